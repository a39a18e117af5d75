"""NET017 no-route-back-to-a-consumer."""

from collections.abc import Iterator

from narrowgate.audit.consumers import consumers_of
from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Subnets of endpoints that consumers reach over a transit gateway, without a route to their addresses."""
    for endpoint in estate.execute_api_endpoints:
        for consumer in consumers_of(estate.snapshot, endpoint):
            if not consumer.link.startswith("tgw-") or not consumer.is_routed:
                continue
            lost = sorted(subnet_id for subnet_id, way in consumer.replies.items() if way == "")
            if lost:
                cut = ", ".join(map(estate.named, lost))
                message = (
                    f"{cut} of {endpoint.vpc_endpoint_id} has no route back to {estate.named(consumer.vpc_id)}"
                )
                related = (consumer.vpc_id, consumer.link, *lost)
                yield Defect(
                    endpoint.vpc_endpoint_id, message, {"SubnetIds": lost}, related, subject=consumer.vpc_id
                )


RULE = Rule(
    id="NET017",
    name="no-route-back-to-a-consumer",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A VPC routes to an execute-api endpoint over a transit gateway, and a subnet of the endpoint has "
        "no route back."
    ),
    why=(
        "Attaching a VPC adds no route to its tables: calls arrive and replies have no way home. The caller "
        "sees a time-out, and nothing is logged as rejected."
    ),
    remediation=(
        "Route the consumers' ranges to the transit gateway in the tables of every subnet of the endpoint."
    ),
    rules=("TGW-03", "NET-10"),
    check=check,
)

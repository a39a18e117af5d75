"""NET015 route-omits-an-endpoint-subnet."""

from collections.abc import Iterator

from narrowgate.audit.consumers import Consumer, consumers_of
from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Subnets that route some subnets of an endpoint to what joins their VPC with it, and others nowhere there."""
    for endpoint in estate.execute_api_endpoints:
        for consumer in consumers_of(estate.snapshot, endpoint):
            yield from _defects(estate, endpoint.vpc_endpoint_id, consumer)


def _defects(estate: Estate, endpoint_id: str, consumer: Consumer) -> Iterator[Defect]:
    for table_id, reached in sorted(consumer.reached.items()):
        lost = [each for each, is_reached in reached.items() if not is_reached]
        if lost and any(reached.values()):
            cut = ", ".join(map(estate.named, lost))
            message = (
                f"{estate.named(table_id)} leads to {endpoint_id} by {consumer.link}, and not to its subnet {cut}"
            )
            yield Defect(table_id, message, {"Routes": consumer.link}, (endpoint_id, *lost), subject=endpoint_id)


RULE = Rule(
    id="NET015",
    name="route-omits-an-endpoint-subnet",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A route table leads to some subnets of an execute-api endpoint over a peering or transit gateway, "
        "and not to others."
    ),
    why=(
        "DNS names every interface of the endpoint: calls that get the address of the other subnet time "
        "out, every second or third call, and a retry seems to mend it."
    ),
    remediation="Route all of the endpoint's subnets, or the whole VPC.",
    rules=("PCX-06", "VPCE-02", "NET-03"),
    check=check,
)

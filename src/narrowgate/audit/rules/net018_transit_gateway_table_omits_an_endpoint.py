"""NET018 transit-gateway-table-omits-an-endpoint."""

from collections.abc import Iterator

from narrowgate.audit.consumers import consumers_of
from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.network.transit_gateway_attachments import attachment_of_vpc
from narrowgate.engine.network.transit_gateway_routes import associated_table, look_up
from narrowgate.engine.network.vpcs import subnet_blocks
from narrowgate.model.address import Address
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Consumers whose gateway table has no active route to an endpoint that their VPC routes there."""
    for endpoint in estate.execute_api_endpoints:
        for consumer in consumers_of(estate.snapshot, endpoint):
            attachment = attachment_of_vpc(estate.snapshot, consumer.link, consumer.vpc_id)
            if attachment is None or not consumer.is_routed:
                continue
            own = attachment.transit_gateway_attachment_id
            table = associated_table(estate.snapshot, consumer.link, own)
            if not isinstance(table, str):
                continue
            lost = [each for each in endpoint.subnet_ids if _has_no_route(estate, table, each)]
            if lost:
                cut = ", ".join(map(estate.named, lost))
                message = (
                    f"{table}, the table of {estate.named(consumer.vpc_id)}, has no active route to {cut} "
                    f"of {endpoint.vpc_endpoint_id}"
                )
                related = (endpoint.vpc_endpoint_id, own, *lost)
                yield Defect(
                    table, message, {"Routes": lost}, related, subject=f"{own} {endpoint.vpc_endpoint_id}"
                )


def _has_no_route(estate: Estate, table: str, subnet_id: str) -> bool:
    """True where everything is known of the table, and nothing in it leads to the subnet."""
    subnet = estate.facts.subnets.get(subnet_id)
    if subnet is None:
        return False
    for block in subnet_blocks(subnet)[:1]:
        found = look_up(estate.snapshot, table, Address(block.family, block.first + 4))
        if found.unread is None and (not found.matches or found.matches[0].state == "blackhole"):
            return True
    return False


RULE = Rule(
    id="NET018",
    name="transit-gateway-table-omits-an-endpoint",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A VPC routes to an execute-api endpoint over a transit gateway, and the gateway's table for that "
        "VPC has no active route there."
    ),
    why=(
        "What comes from an attachment is looked up in the table that it is associated with: where the "
        "endpoint's VPC neither propagates to it nor has a static route there, the gateway drops the call."
    ),
    remediation="Let the attachment of the endpoint's VPC propagate to that table, or add a static route.",
    rules=("TGW-04", "TGW-05"),
    check=check,
)

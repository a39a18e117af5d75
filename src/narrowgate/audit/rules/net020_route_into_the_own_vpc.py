"""NET020 route-into-the-own-vpc."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.address import parse_cidr
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Routes to a peering or a transit gateway whose block lies in the table's own VPC."""
    for own_id, table in sorted(estate.facts.route_tables.items()):
        blocks = estate.blocks(table.vpc_id)
        for route in table.routes if isinstance(table.routes, tuple) else ():
            target = route.vpc_peering_connection_id or route.transit_gateway_id
            text = route.destination_cidr_block or route.destination_ipv6_cidr_block
            if target and text and any(block.covers(parse_cidr(text)) for block in blocks):
                message = f"{estate.named(own_id)} leads {text}, which lies in its own VPC, to {target}"
                yield Defect(own_id, message, {"Routes": text}, (target, table.vpc_id), subject=text)


RULE = Rule(
    id="NET020",
    name="route-into-the-own-vpc",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A route leads a part of the VPC's own addresses to a peering or a transit gateway.",
    why=(
        "AWS refuses it: within a VPC only a NAT gateway, an interface or a Gateway Load Balancer endpoint "
        "may take the place of `local`. In a plan or template the deployment fails."
    ),
    remediation="Remove the route; VPCs with the same addresses cannot reach each other by routes.",
    rules=("NET-06", "NET-02"),
    check=check,
)

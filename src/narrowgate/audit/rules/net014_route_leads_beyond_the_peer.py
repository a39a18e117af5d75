"""NET014 route-leads-beyond-the-peer."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.address import parse_cidr
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Routes whose block overlaps no block of the peer."""
    for own_id, table in estate.facts.route_tables.items():
        for route in table.routes if isinstance(table.routes, tuple) else ():
            peering = estate.facts.vpc_peering_connections.get(route.vpc_peering_connection_id or "")
            text = route.destination_cidr_block or route.destination_ipv6_cidr_block
            side = peering.other_side(table.vpc_id) if peering is not None else None
            if side is None or text is None or side.vpc_id is None:
                continue
            blocks = estate.blocks(side.vpc_id)
            if blocks and not any(block.overlaps(parse_cidr(text)) for block in blocks):
                message = f"{estate.named(own_id)} routes {text} to a peering with {estate.named(side.vpc_id)}"
                facts = {"Routes": text}
                yield Defect(own_id, message, facts, (route.vpc_peering_connection_id or "",), subject=text)


RULE = Rule(
    id="NET014",
    name="route-leads-beyond-the-peer",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A route to a peering covers none of the addresses of the VPC on its other side.",
    why="A peering carries packets to and from the peered VPC only; what lies behind it is dropped.",
    remediation="Route the peer's own ranges; for networks behind it use a transit gateway.",
    rules=("PCX-06", "PCX-07"),
    check=check,
)

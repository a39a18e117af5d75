"""QTA001 route-table-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Tables with more than 450 static IPv4 or IPv6 routes."""
    for own_id, table in estate.facts.route_tables.items():
        routes = table.routes if isinstance(table.routes, tuple) else ()
        static = [each for each in routes if each.origin == "CreateRoute"]
        for field in ("destination_cidr_block", "destination_ipv6_cidr_block"):
            count = sum(getattr(each, field) is not None for each in static)
            if count > 450:
                message = f"{estate.named(own_id)} has {count} of 500 routes"
                yield Defect(own_id, message, {"Routes": count}, subject=field)


RULE = Rule(
    id="QTA001",
    name="route-table-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A route table has used more than nine tenths of its static routes.",
    why="The default quota is 500 routes of a family; one more peering, and adding the route fails.",
    remediation="Ask for more, or route supernets and prefix lists.",
    rules=("NET-13",),
    check=check,
)

"""NET002 blackhole-route."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Routes of any table whose state says so."""
    for own_id, table in estate.facts.route_tables.items():
        for route in table.routes if isinstance(table.routes, tuple) else ():
            where = (
                route.destination_cidr_block
                or route.destination_ipv6_cidr_block
                or route.destination_prefix_list_id
                or ""
            )
            if route.state == "blackhole":
                message = f"{estate.named(own_id)} drops what it routes to {where}"
                yield Defect(own_id, message, {"Routes": f"{where} blackhole"}, subject=where)


RULE = Rule(
    id="NET002",
    name="blackhole-route",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A route is in the state `blackhole`.",
    why="It still takes part in the choice: what it covers is dropped, even where a wider route would work.",
    remediation="Remove the route, or bring its target back.",
    rules=("NET-05",),
    check=check,
)

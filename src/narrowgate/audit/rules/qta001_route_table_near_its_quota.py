"""QTA001 route-table-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import entries, near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Tables with more than 450 static IPv4 or IPv6 routes, prefix lists counted by their maximum."""
    for own_id, table in estate.facts.route_tables.items():
        routes = table.routes if isinstance(table.routes, tuple) else ()
        counts = {"IPv4": 0, "IPv6": 0}
        for route in (each for each in routes if each.origin == "CreateRoute"):
            listed = route.destination_prefix_list_id
            known = estate.facts.managed_prefix_lists.get(listed or "")
            is_ipv6 = route.destination_ipv6_cidr_block is not None or (
                known is not None and known.address_family == "IPv6"
            )
            counts["IPv6" if is_ipv6 else "IPv4"] += entries(estate, listed) if listed else 1
        for family, count in counts.items():
            yield from near(estate, own_id, count, 500, f"{family} routes", f"Routes.{family}")


RULE = Rule(
    id="QTA001",
    name="route-table-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A route table has used more than nine tenths of its static routes.",
    why=(
        "The default quota is 500 routes of a family, and a prefix list counts with its maximum size; one "
        "more peering, and adding the route fails."
    ),
    remediation="Ask for more, or route supernets.",
    rules=("NET-13", "NET-08"),
    check=check,
)

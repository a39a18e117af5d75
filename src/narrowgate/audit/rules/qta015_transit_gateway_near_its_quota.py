"""QTA015 transit-gateway-near-its-quota."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, near_in_account
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Accounts with 5 gateways; gateways with more than 4,500 attachments, 18 tables or 9,000 routes."""
    facts = estate.facts
    own = [
        each
        for each, gateway in facts.transit_gateways.items()
        if gateway.owner_id in (None, estate.snapshot.account_of(each))
    ]
    yield from near_in_account(estate, own, 5, "transit gateways", "TransitGateways")
    attachments = Counter(
        each.transit_gateway_id for each in facts.transit_gateway_attachments.values() if each.transit_gateway_id
    )
    tables = Counter(each.transit_gateway_id or "" for each in facts.transit_gateway_route_tables.values())
    routes: Counter[str] = Counter()
    for own_id, table in facts.transit_gateway_route_tables.items():
        queries = facts.transit_gateway_route_queries.get(own_id, ())
        routes[table.transit_gateway_id or ""] += max((len(each.routes) for each in queries), default=0)
    for counts, quota, things, field in (
        (attachments, 5000, "attachments", "TransitGatewayAttachments"),
        (tables, 20, "route tables", "TransitGatewayRouteTables"),
        (routes, 10000, "routes", "Routes"),
    ):
        for own_id, count in sorted(counts.items()):
            yield from near(estate, own_id, count, quota, things, field)


RULE = Rule(
    id="QTA015",
    name="transit-gateway-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "A transit gateway has used more than nine tenths of its attachments, route tables or routes, or an "
        "account of its gateways in a Region."
    ),
    why=(
        "The default is 5 gateways of an account, and 5,000 attachments, 20 route tables and 10,000 routes "
        "of a gateway. Segments that have a table each fill it first."
    ),
    remediation="Let segments share a table, propagate summaries, or ask for more.",
    rules=("TGW-10",),
    check=check,
)

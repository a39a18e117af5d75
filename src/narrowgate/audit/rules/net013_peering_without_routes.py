"""NET013 peering-without-routes."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import are_routed, peerings_in_tables
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Active connections that no table of two collected VPCs names."""
    used = peerings_in_tables(estate)
    for own_id, peering in estate.facts.vpc_peering_connections.items():
        sides = (peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id)
        if (
            peering.status.code == "active"
            and own_id not in used
            and all(are_routed(estate, each) for each in sides)
        ):
            yield Defect(own_id, f"no route table leads to {own_id}", {"Status.Code": "active"})


RULE = Rule(
    id="NET013",
    name="peering-without-routes",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A peering connection is active and no subnet on either side routes to it.",
    why=(
        "A peering adds no routes: nothing uses it, and whoever reads the list of peerings believes that "
        "the VPCs are joined."
    ),
    remediation="Add the routes on both sides, or delete the connection.",
    rules=("PCX-05",),
    check=check,
)

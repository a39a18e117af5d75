"""NET001 one-way-peering-route."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import are_routed, subnets_towards
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Active peerings that are routed from one side only."""
    for own_id, peering in estate.facts.vpc_peering_connections.items():
        sides = (peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id)
        if peering.status.code != "active" or None in sides or not all(are_routed(estate, each) for each in sides):
            continue
        routed = [bool(subnets_towards(estate, each or "", own_id)) for each in sides]
        if routed[0] != routed[1]:
            there, back = (sides[0], sides[1]) if routed[0] else (sides[1], sides[0])
            message = (
                f"{estate.named(there or '')} routes to {own_id}, {estate.named(back or '')} has no route back"
            )
            yield Defect(own_id, message, {"Status": "active"}, (there or "", back or ""))


RULE = Rule(
    id="NET001",
    name="one-way-peering-route",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="Subnets of one side of a peering have a route to the other side, and no subnet there has one back.",
    why=(
        "Requests arrive and replies have no way home: the client sees a time-out, and nothing is logged "
        "as rejected."
    ),
    remediation=("Add the route back in the tables of the subnets that answer, those of the endpoint included."),
    rules=("NET-10", "PCX-05"),
    check=check,
)

"""NET003 peering-not-active."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import peerings_in_tables
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Connections in another state that some table names."""
    used = peerings_in_tables(estate)
    for own_id, peering in estate.facts.vpc_peering_connections.items():
        state = peering.status.code
        if isinstance(state, str) and state != "active" and own_id in used:
            message = f"{own_id} is {state}, and {', '.join(used[own_id])} route to it"
            yield Defect(own_id, message, {"Status.Code": state}, used[own_id])


RULE = Rule(
    id="NET003",
    name="peering-not-active",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="Route tables lead to a peering connection that is not active.",
    why="Only an active connection carries packets; a request that nobody accepts expires after seven days.",
    remediation="Accept the request in the accepter's account and Region, or remove the routes.",
    rules=("PCX-01", "PCX-03"),
    check=check,
)

"""What a request was found to mean, and the words in which that is told."""

import msgspec

from narrowgate.engine.http.symptoms import FORBIDDEN
from narrowgate.model.answer import Evidence, Leg, Missing, Step, Verdict
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.trace import HttpAnswer


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """The API that a request means, or why none; `http` is set where API Gateway answers at once."""

    step: Step
    api: RestApi | None = None
    domain: DomainName | None = None
    has_access_association: bool | None = None
    http: HttpAnswer | None = None
    warnings: tuple[str, ...] = ()


@index
def _accounts(snapshot: Snapshot) -> dict[str | None, frozenset[str | None]]:
    """The accounts that were asked anything, by Region."""
    accounts: dict[str | None, set[str | None]] = {}
    for call in snapshot.calls:
        accounts.setdefault(call.region, set()).add(call.account)
    return {region: frozenset(found) for region, found in accounts.items()}


@index
def _connected_only(snapshot: Snapshot) -> frozenset[str | None]:
    """Accounts of which only a connection tells; empty where some answer does not say whose it is."""
    asked = {call.account for call in snapshot.calls}
    if None in asked:
        return frozenset()
    facts = snapshot.facts
    sides = (
        side.owner_id
        for peering in facts.vpc_peering_connections.values()
        for side in (peering.requester_vpc_info, peering.accepter_vpc_info)
    )
    attached = (each.vpc_owner_id for each in facts.transit_gateway_vpc_attachments.values())
    return frozenset(owner for owner in (*sides, *attached) if owner and owner not in asked)


def uncollected(snapshot: Snapshot, operation: str, region: str | None) -> tuple[Missing, ...]:
    """The accounts of the Region whose answer to `operation` is missing: a name could stand there.

    An account that owns VPCs connected to these, and that nobody collected, is one of them.
    """
    accounts = _accounts(snapshot).get(region) or _accounts(snapshot).get(None) or frozenset({None})
    accounts |= _connected_only(snapshot)
    found = (snapshot.missing(operation, account, region) for account in sorted(accounts, key=str))
    return tuple(missing for missing in found if missing is not None)


def step_about(
    component: str, verdict: Verdict, text: str, unknowns: tuple[Missing, ...] = (), rule: str = "AGW-09"
) -> Step:
    """One step about a component, which passes or stays open."""
    return Step(layer="http", component=component, verdict=verdict, text=text, rule=rule, unknowns=unknowns)


def refused(
    component: str, reason: Reason, rule: str, text: str, evidence: tuple[Evidence, ...] = ()
) -> Identification:
    """`403 Forbidden`: what is meant cannot be matched (ERR-01)."""
    step = Step(
        layer="http",
        component=component,
        verdict=Verdict.DENIED,
        text=text,
        leg=Leg.FORWARD,
        reason=reason,
        rule=rule,
        evidence=evidence,
    )
    return Identification(step=step, http=FORBIDDEN)

"""Explained answers: steps with what was considered and chosen, causes, missing facts, verdicts.

A verdict is always derived from steps (`conjunction`), never stored beside them by hand. JSON output is these
records, field for field.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from narrowgate.model.reason import Reason


class Verdict(StrEnum):
    """What an answer says; see `docs/model.md` for each word."""

    ALLOWED = "allowed"
    PARTIAL = "partial"
    DENIED = "denied"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"
    UNKNOWN = "unknown"


class Leg(StrEnum):
    """Where a cause lies: on the way there, on the way back, or in a configuration that AWS would refuse."""

    FORWARD = "forward"
    RETURN = "return"
    CONFIG = "config"


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False, gc=False):
    """Base of everything that stands in an answer."""


class Evidence(Record, frozen=True, kw_only=True):
    """The exact fact that decided: the resource, the field inside it, its value, where it was learnt."""

    resource: str
    field: str
    value: str
    source: str = ""


class Missing(Record, frozen=True, kw_only=True):
    """A fact that nobody collected, that is known only later, or that is not modelled.

    `fact` names the AWS call or field that would tell, such as `ec2.describe_route_tables` or
    `VpcEndpoint.PrivateDnsEnabled`.
    """

    fact: str
    resource: str | None = None
    why: str = "not collected"


class Considered(Record, frozen=True, kw_only=True):
    """A candidate that was looked at; `outcome` is `chosen`, `rejected` or `unknown`."""

    item: str
    outcome: str
    why: str = ""


class Step(Record, frozen=True, kw_only=True):
    """One decision on the way: what was asked of which component, what was considered, what came out."""

    layer: str
    component: str | None
    verdict: Verdict
    text: str
    leg: Leg = Leg.FORWARD
    reason: Reason | None = None
    rule: str | None = None
    chosen: str | None = None
    considered: tuple[Considered, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknowns: tuple[Missing, ...] = ()


class Cause(Record, frozen=True, kw_only=True):
    """Why an answer is not `allowed`: one entry per independent cause, in packet order."""

    leg: Leg
    layer: str
    reason: Reason
    resource: str | None
    rule: str | None
    text: str
    evidence: tuple[Evidence, ...] = ()


def cause_of(step: Step) -> Cause | None:
    """The cause that a step contributes; None where it lets the packet through or is only unknown."""
    if step.reason is None or step.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return None
    return Cause(
        leg=step.leg,
        layer=step.layer,
        reason=step.reason,
        resource=step.component,
        rule=step.rule,
        text=step.text,
        evidence=step.evidence,
    )


def conjunction(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of things that must all hold.

    One certain failure decides whatever else is open (RCH-02); an unknown then outweighs `indeterminate` and
    `partial`, because the open part could still turn either into `denied`.
    """
    seen = set(verdicts)
    for verdict in (Verdict.INVALID, Verdict.DENIED, Verdict.UNKNOWN, Verdict.INDETERMINATE, Verdict.PARTIAL):
        if verdict in seen:
            return verdict
    return Verdict.ALLOWED


def spread(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict over equal alternatives that are all used in turn (addresses, AZs, subnets).

    All alike: that verdict. Some work for certain and some fail for certain: `partial`. An unknown among
    alternatives that otherwise agree leaves the whole unknown, never `allowed` (RCH-02).
    """
    seen = set(verdicts)
    if len(seen) == 1:
        return verdicts[0]
    works = bool(seen & {Verdict.ALLOWED, Verdict.PARTIAL})
    fails = bool(seen & {Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL})
    if works and fails:
        return Verdict.PARTIAL
    if Verdict.UNKNOWN in seen:
        return Verdict.UNKNOWN
    if Verdict.INDETERMINATE in seen:
        return Verdict.INDETERMINATE
    return Verdict.DENIED if fails else Verdict.UNKNOWN


def alternatives(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict where AWS picks one alternative without saying which: agreement, else `indeterminate`."""
    seen = set(verdicts)
    if len(seen) == 1:
        return verdicts[0]
    return Verdict.UNKNOWN if Verdict.UNKNOWN in seen else Verdict.INDETERMINATE


class ReachPath(Record, frozen=True, kw_only=True):
    """One client interface to one target address, there and back."""

    client: str
    client_address: str | None
    target: str
    target_address: str | None
    verdict: Verdict
    forward: tuple[Step, ...] = ()
    back: tuple[Step, ...] = ()
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    arrives_from: str | None = None
    """The source address that the target sees (VPCE-06); differs from the client's behind NAT."""


class ReachAnswer(Record, frozen=True, kw_only=True):
    """Whether a client can open a socket to a target: every path, and the deciding one in full."""

    schema: str = "narrowgate.reach/1"
    verdict: Verdict
    decided_by: Cause | None
    blocking: tuple[Cause, ...]
    unknowns: tuple[Missing, ...]
    client: str
    target: str
    protocol: str
    port: int | None
    forward: tuple[Step, ...] = ()
    back: tuple[Step, ...] = ()
    paths: tuple[ReachPath, ...] = ()
    works: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Rcode(StrEnum):
    """What a resolver's client sees; NODATA is NOERROR without a record of the type, TIMEOUT is silence."""

    NOERROR = "NOERROR"
    NODATA = "NODATA"
    NXDOMAIN = "NXDOMAIN"
    SERVFAIL = "SERVFAIL"
    TIMEOUT = "TIMEOUT"


class FirewallBlock(Record, frozen=True, kw_only=True):
    """The DNS Firewall rule that took the answer away (FW-03)."""

    group: str
    list: str | None
    action: str
    response: str | None


class ResolveAnswer(Record, frozen=True, kw_only=True):
    """What a client gets when it asks for a name, and why (`rcode` is null where only public DNS could tell)."""

    schema: str = "narrowgate.resolve/1"
    verdict: Verdict
    decided_by: Cause | None
    blocking: tuple[Cause, ...]
    unknowns: tuple[Missing, ...]
    client: str
    name: str
    type: str
    server: str | None
    rcode: Rcode | None
    addresses: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    target: str | None = None
    answered_by: str | None = None
    blocked: FirewallBlock | None = None
    steps: tuple[Step, ...] = ()
    works: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

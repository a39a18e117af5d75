"""Answers of `exposure` and `diff`: what a VPC can resolve, reach and invoke, entry by entry."""

import msgspec

from narrowgate.model.answer import Cause, Missing, Record, Verdict
from narrowgate.model.fact import UNSET, UnsetType

OPEN, PARTIAL, UNKNOWN = "open", "partial", "unknown"
"""`state` of an entry: for certain; for some hosts or flows only; nobody can tell, and `unknowns` say why."""

_ORDER = (UNKNOWN, PARTIAL, OPEN)


def sureness(state: str) -> int:
    """How sure a state is: more for surer ones."""
    return _ORDER.index(state)


def less_sure(one: str, other: str) -> str:
    """What is left of two states that both must hold."""
    return one if sureness(one) <= sureness(other) else other


class Because(Record, frozen=True, kw_only=True):
    """One link of a reason chain, with its rule of the rule book."""

    text: str
    rule: str | None = None
    resource: str | None = None


class Entry(Record, frozen=True, kw_only=True):
    """What all entries share.

    `consumers` are the VPCs that it is open to; `intended` says whether the design or the baseline means it; `via`
    is the way; `because` the reason chain.
    """

    state: str = OPEN
    intended: bool = False
    via: str = ""
    consumers: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()
    unknowns: tuple[Missing, ...] = ()


class ExposedName(Entry, frozen=True, kw_only=True):
    """A name, or with a leading `*.` every name below a domain that no other entry names.

    `but_not` are the names below the pattern that it does not hold for. `embeds` are the blocks of the addresses
    that stand in names such as `ip-10-0-1-7.ec2.internal`, where the pattern is of that kind.
    """

    name: str
    types: tuple[str, ...] = ("A",)
    target: str | None = None
    addresses: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    embeds: tuple[str, ...] = ()


class LostName(Entry, frozen=True, kw_only=True):
    """A public name that does not get its public answer any more; `answer` is what comes back instead."""

    name: str
    answer: str


class ExposedSocket(Entry, frozen=True, kw_only=True):
    """Ports of a target that hosts can open a connection to.

    `addresses` are ranges; `interfaces` are the real interfaces that can, `startable` the subnets (or parts of
    them, or groups in them) in which a host could be started that can.
    """

    target: str
    kind: str
    vpc: str | None = None
    addresses: tuple[str, ...] = ()
    protocol: str
    ports: str
    interfaces: tuple[str, ...] = ()
    startable: tuple[str, ...] = ()


class ExposedApi(Entry, frozen=True, kw_only=True):
    """A method that can be invoked; `api` is `*` for every private API that is in no account of the source.

    `who` is `anonymous`, a signer's ARN, or words for signers that the policies do not tell apart; `sources` are
    the address ranges that the endpoint sees, where policies ask for them; `needs` is what a caller must have.
    """

    api: str
    name: str = ""
    account: str | None = None
    region: str | None = None
    stage: str
    method: str
    path: str
    who: str
    endpoint: str
    sources: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Difference(Record, frozen=True, kw_only=True):
    """What one list has and the other has not, in words; `kind` is `name`, `socket`, `api` or `lost name`."""

    kind: str
    what: str
    state: str = OPEN
    consumers: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()
    unknowns: tuple[Missing, ...] = ()


class ExposureAnswer(Record, frozen=True, kw_only=True):
    """Everything that consumers can resolve, reach and invoke.

    `names` are answered privately, `public_names` are public records that hold private addresses, `lost_names`
    have lost their public answer. `added` and `removed` are against a baseline. `verdict` is `denied` where
    something was added to the baseline, `unknown` where an entry is, else `allowed`.
    """

    schema: str = "narrowgate.exposure/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    source: str
    consumers: tuple[str, ...]
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    """Name tags of the resources that the entries name, by id."""

    names: tuple[ExposedName, ...] = ()
    public_names: tuple[ExposedName, ...] = ()
    lost_names: tuple[LostName, ...] = ()
    sockets: tuple[ExposedSocket, ...] = ()
    apis: tuple[ExposedApi, ...] = ()
    added: tuple[Difference, ...] | UnsetType = UNSET
    removed: tuple[Difference, ...] | UnsetType = UNSET
    notes: tuple[str, ...] = ()


class DiffAnswer(Record, frozen=True, kw_only=True):
    """What a change opens, closes and breaks, from one source to another.

    `broken` are public names that are lost and were not, and calls that were meant and are no longer open.
    `matched` are resources of the second source that are taken for one of the first by their names, by id.
    """

    schema: str = "narrowgate.diff/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    before: str
    after: str
    opened: tuple[Difference, ...] = ()
    closed: tuple[Difference, ...] = ()
    broken: tuple[Difference, ...] = ()
    matched: dict[str, str] = msgspec.field(default_factory=dict)
    labels: dict[str, str] = msgspec.field(default_factory=dict)

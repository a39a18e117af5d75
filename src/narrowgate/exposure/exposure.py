"""The exposure of one VPC, or of all: names, sockets and APIs, with what is meant marked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec

from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.exposure.labels import labels_of
from narrowgate.exposure.names.names import names_of_vpc
from narrowgate.exposure.names.public import public_entries
from narrowgate.exposure.places import is_in_vpc
from narrowgate.exposure.sockets.listing import socket_entries
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.answer import Missing, Verdict
from narrowgate.model.collection import without_cycle_search
from narrowgate.model.exposure import (
    UNKNOWN,
    Entry,
    ExposedApi,
    ExposedName,
    ExposedSocket,
    ExposureAnswer,
    LostName,
)
from narrowgate.model.snapshot import Snapshot

NOTE_PUBLIC_DNS = (
    "public names are those that the facts of the estate tell of: "
    "other public records may hold private addresses too"
)


E = TypeVar("E", bound=Entry)


class Joined(Generic[E]):
    """Entries of several VPCs: those that differ in the VPC alone stand once."""

    def __init__(self, kind: type[E]) -> None:
        """Start with no entry of that kind."""
        self.kind = kind
        self._found: dict[E, list[str]] = {}

    def add(self, entries: Iterable[E]) -> None:
        """Take the entries of a VPC."""
        for each in entries:
            alone = msgspec.structs.replace(each, consumers=())
            self._found.setdefault(alone, []).extend(each.consumers)

    def entries(self) -> tuple[E, ...]:
        """The entries, each with all VPCs that it is open to."""
        return tuple(
            msgspec.structs.replace(each, consumers=tuple(dict.fromkeys(vpcs)))
            for each, vpcs in self._found.items()
        )


def _public(snapshot: Snapshot, hidden: Mapping[str, frozenset[str]]) -> Iterator[ExposedName]:
    """Public names with the VPCs that they are not hidden from."""
    every = tuple(hidden)
    somewhere = frozenset().union(*hidden.values())
    for each in public_entries(snapshot):
        seen = every
        if each.name in somewhere:
            seen = tuple(vpc for vpc in every if each.name not in hidden[vpc])
        if seen:
            yield msgspec.structs.replace(each, consumers=seen)


class VpcExposure(NamedTuple):
    """The lists of one VPC; of public names only those that it does not see."""

    names: tuple[ExposedName, ...]
    hidden_public_names: frozenset[str]
    lost_names: tuple[LostName, ...]
    sockets: tuple[ExposedSocket, ...]
    apis: tuple[ExposedApi, ...]


def exposure_of_vpc(snapshot: Snapshot, vpc_id: str) -> VpcExposure:
    """Everything that the hosts of a VPC can resolve, reach and invoke."""
    sockets = sockets_of_vpc(snapshot, vpc_id)
    names = names_of_vpc(snapshot, vpc_id, sockets)
    return VpcExposure(
        names.private,
        names.hidden,
        names.lost,
        socket_entries(snapshot, sockets, vpc_id),
        apis_of_vpc(snapshot, vpc_id, sockets),
    )


def evaluate_exposure(
    snapshot: Snapshot, consumers: Sequence[str], *, to: str | None = None, intent: Intent = NOTHING_MEANT
) -> ExposureAnswer:
    """The lists of one VPC, or of several joined: equal entries stand once, with all VPCs that they are open to.

    Args:
        snapshot: the estate.
        consumers: ids of VPCs.
        to: the VPC that the entries must lead to; None for all.
        intent: what the design means to be open.
    """
    names, lost, sockets, apis = Joined(ExposedName), Joined(LostName), Joined(ExposedSocket), Joined(ExposedApi)
    hidden: dict[str, frozenset[str]] = {}
    with without_cycle_search():
        for each in consumers:
            part = exposure_of_vpc(snapshot, each)
            names.add(map(intent.mark_name, part.names))
            lost.add(part.lost_names)
            sockets.add(map(intent.mark_socket, part.sockets))
            apis.add(map(intent.mark_api, part.apis))
            hidden[each] = part.hidden_public_names
    answer = ExposureAnswer(
        verdict=Verdict.ALLOWED,
        source=snapshot.label,
        consumers=tuple(consumers),
        names=names.entries(),
        public_names=tuple(_public(snapshot, hidden)),
        lost_names=lost.entries(),
        sockets=sockets.entries(),
        apis=apis.entries(),
        notes=(NOTE_PUBLIC_DNS,),
    )
    if to is not None:
        answer = _leading_to(snapshot, answer, to)
    gaps = unknowns_of(answer)
    return msgspec.structs.replace(
        answer,
        verdict=Verdict.UNKNOWN if gaps else Verdict.ALLOWED,
        unknowns=gaps,
        labels=labels_of(snapshot, answer),
    )


def entries_of(answer: ExposureAnswer) -> Iterable[Entry]:
    """All entries of all lists."""
    yield from answer.names
    yield from answer.public_names
    yield from answer.lost_names
    yield from answer.sockets
    yield from answer.apis


def unknowns_of(answer: ExposureAnswer) -> tuple[Missing, ...]:
    """Every fact without which some entry cannot be told."""
    return tuple(
        dict.fromkeys(fact for each in entries_of(answer) if each.state == UNKNOWN for fact in each.unknowns)
    )


def _leading_to(snapshot: Snapshot, answer: ExposureAnswer, vpc_id: str) -> ExposureAnswer:
    """Only what leads into one VPC; entries of which nobody can tell stay."""
    return msgspec.structs.replace(
        answer,
        names=tuple(each for each in answer.names if is_in_vpc(snapshot, each, vpc_id)),
        public_names=tuple(each for each in answer.public_names if is_in_vpc(snapshot, each, vpc_id)),
        lost_names=(),
        sockets=tuple(each for each in answer.sockets if each.vpc in (vpc_id, None)),
        apis=tuple(each for each in answer.apis if _endpoint_in(snapshot, each.endpoint, vpc_id)),
    )


def _endpoint_in(snapshot: Snapshot, endpoint_id: str, vpc_id: str) -> bool:
    endpoint = snapshot.facts.vpc_endpoints.get(endpoint_id)
    return endpoint is None or endpoint.vpc_id == vpc_id

"""The exposure of one VPC, or of all: names, sockets and APIs, with what is meant marked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.exposure.joined import Joined
from narrowgate.exposure.labels import labels_of
from narrowgate.exposure.names.names import names_of_vpc
from narrowgate.exposure.names.public import public_entries, same_public_names
from narrowgate.exposure.places import is_in_vpc
from narrowgate.exposure.reuse.earlier import continue_from, earlier_of
from narrowgate.exposure.reuse.untouched import is_untouched
from narrowgate.exposure.sockets.listing import socket_entries
from narrowgate.exposure.sockets.pieces import Sockets
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


def _public(snapshot: Snapshot, hidden: Mapping[str, frozenset[str]]) -> Iterator[ExposedName]:
    """Public names with the VPCs that they are not hidden from; equal sets of VPCs are the very same tuple."""
    every = tuple(hidden)
    hidden_from: dict[str, list[str]] = {}
    for vpc, names in hidden.items():
        for name in names:
            hidden_from.setdefault(name, []).append(vpc)
    seeing: dict[frozenset[str], tuple[str, ...]] = {}
    for each in public_entries(snapshot):
        blind = frozenset(hidden_from.get(each.name, ()))
        if blind not in seeing:
            seeing[blind] = tuple(vpc for vpc in every if vpc not in blind)
        if seeing[blind]:
            yield msgspec.structs.replace(each, consumers=seeing[blind])


class VpcExposure(NamedTuple):
    """The lists of one VPC; of public names only those that it does not see."""

    names: tuple[ExposedName, ...]
    hidden_public_names: frozenset[str] | None
    """None where public names are left out."""
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


def _apart(snapshot: Snapshot, vpc_id: str, other: Snapshot) -> VpcExposure | None:
    """What of a VPC's lists is not the very same as in another snapshot; None where all of it is."""
    if vpc_id not in other.facts.vpcs:
        return exposure_of_vpc(snapshot, vpc_id)
    edited, earlier = (snapshot, earlier_of(snapshot)) if earlier_of(snapshot) else (other, earlier_of(other))
    if earlier is not None and is_untouched(edited, earlier, vpc_id):
        return None
    sockets, others = sockets_of_vpc(snapshot, vpc_id), sockets_of_vpc(other, vpc_id)
    names, known = names_of_vpc(snapshot, vpc_id, sockets), names_of_vpc(other, vpc_id, others)
    apis = apis_of_vpc(snapshot, vpc_id, sockets)
    if (sockets.unread, sockets.outside) == (others.unread, others.outside):
        # A target may be reached from outside as well: only where nothing of that differs are VPCs apart.
        shared = {id(each) for each in others.bundles}
        bundles = tuple(each for each in sockets.bundles if id(each) not in shared)
        sockets = Sockets(bundles, (), ())
    is_public_same = same_public_names(snapshot, other) and names.hidden == known.hidden
    if names is known and is_public_same and not sockets.bundles and apis is apis_of_vpc(other, vpc_id, others):
        return None
    return VpcExposure(
        () if names is known else names.private,
        None if is_public_same else names.hidden,
        () if names is known else names.lost,
        socket_entries(snapshot, sockets, vpc_id),
        () if apis is apis_of_vpc(other, vpc_id, others) else apis,
    )


def evaluate_exposure(
    snapshot: Snapshot,
    consumers: Sequence[str],
    *,
    to: str | None = None,
    intent: Intent = NOTHING_MEANT,
    reuse: Snapshot | None = None,
    apart_from: Snapshot | None = None,
) -> ExposureAnswer:
    """The lists of one VPC, or of several joined: equal entries stand once, with all VPCs that they are open to.

    Args:
        snapshot: the estate.
        consumers: ids of VPCs.
        to: the VPC that the entries must lead to; None for all.
        intent: what the design means to be open.
        reuse: an earlier snapshot: what was answered of it is answered again only where a changed fact touches it.
        apart_from: a snapshot of which what was taken over, or that took it over, is left out of the lists.
    """
    if reuse is not None:
        continue_from(snapshot, reuse)
    with without_cycle_search():
        answer = _lists(snapshot, consumers, intent, apart_from)
        if to is not None:
            answer = _leading_to(snapshot, answer, to)
        gaps = unknowns_of(answer)
        return msgspec.structs.replace(
            answer,
            verdict=Verdict.UNKNOWN if gaps else Verdict.ALLOWED,
            unknowns=gaps,
            labels=labels_of(snapshot, answer),
        )


def _lists(
    snapshot: Snapshot, consumers: Sequence[str], intent: Intent, apart_from: Snapshot | None
) -> ExposureAnswer:
    names, lost, sockets, apis = (
        Joined[ExposedName](),
        Joined[LostName](),
        Joined[ExposedSocket](),
        Joined[ExposedApi](),
    )
    hidden: dict[str, frozenset[str]] = {}
    for each in consumers:
        part = _apart(snapshot, each, apart_from) if apart_from else exposure_of_vpc(snapshot, each)
        if part is None:
            continue
        names.add(map(intent.mark_name, part.names))
        lost.add(part.lost_names)
        sockets.add(map(intent.mark_socket, part.sockets))
        apis.add(map(intent.mark_api, part.apis))
        if part.hidden_public_names is not None:
            hidden[each] = part.hidden_public_names
    return ExposureAnswer(
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

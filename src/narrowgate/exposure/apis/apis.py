"""The methods that a VPC can invoke: every door in reach, every private API of its Region, every caller."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from narrowgate.exposure.apis.behind import same_behind
from narrowgate.exposure.apis.doors import Door, doors_of
from narrowgate.exposure.apis.shared import entries_of_doors, merged
from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.exposure.sockets.pieces import Sockets
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import UNKNOWN, Because, ExposedApi
from narrowgate.model.snapshot import Snapshot, index


class _Called(NamedTuple):
    """What can be invoked, with the doors and doubts that it was asked for."""

    sockets: Sockets
    doors: list[Door]
    gaps: tuple[ExposedApi, ...]
    entries: tuple[ExposedApi, ...]


@index
def _kept(snapshot: Snapshot) -> dict[str, _Called]:
    """Filled as VPCs are asked for."""
    return {}


def apis_of_vpc(snapshot: Snapshot, vpc_id: str, sockets: Sockets) -> tuple[ExposedApi, ...]:
    """Every method of every private API that some host of the VPC can invoke, and the doors to those of others.

    Args:
        snapshot: the estate.
        vpc_id: the VPC.
        sockets: what its hosts can open connections to.
    """
    kept = _kept(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = _read(snapshot, vpc_id, sockets)
    return kept[vpc_id].entries


def _read(snapshot: Snapshot, vpc_id: str, sockets: Sockets) -> _Called:
    """What can be invoked; the doors are those from before an edit where the sockets are."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    if held is not None and held.sockets is sockets:
        doors, gaps = held.doors, held.gaps
    else:
        doors, gaps = doors_of(snapshot, sockets), tuple(uncollected_doors(snapshot, sockets))
    return _Called(sockets, doors, gaps, _entries(snapshot, vpc_id, (doors, gaps), held))


def _entries(
    snapshot: Snapshot, vpc_id: str, asked: tuple[list[Door], tuple[ExposedApi, ...]], held: _Called | None
) -> tuple[ExposedApi, ...]:
    """The entries, or those from before an edit that cannot touch them."""
    earlier, (doors, gaps) = earlier_of(snapshot), asked
    if earlier is not None and held is not None and (held.doors, held.gaps) == asked:
        endpoints = {each.endpoint_id for each in doors}
        if all(same_behind(snapshot, earlier, each) for each in endpoints):
            return held.entries
    if earlier is not None:
        earlier.work["calls of VPCs"] += 1
    consumers = (vpc_id,)
    in_doubt = (msgspec.structs.replace(each, consumers=consumers) for each in merged(gaps))
    return (*entries_of_doors(snapshot, doors, consumers), *in_doubt)


def uncollected_doors(snapshot: Snapshot, sockets: Sockets) -> Iterator[ExposedApi]:
    """Where interfaces or endpoints are not known, a door may be among them."""
    for each in sockets.unknown:
        if each.state == UNKNOWN and each.target != "internet":
            yield _unknown_door("?", each.via, each.target, each.unknowns)
    told: set[str] = set()
    for socket in sockets.in_doubt():
        if socket.opening.state != UNKNOWN:
            continue
        for target, _ in socket.targets:
            own = target.vpc_endpoint_id or target.label
            is_endpoint = target.vpc_endpoint_id is not None or target.interface_type == "vpc_endpoint"
            if is_endpoint and own not in snapshot.facts.vpc_endpoints and own not in told:
                told.add(own)
                yield _unknown_door(own, socket.opening.via, own, socket.opening.unknowns)


def _unknown_door(endpoint: str, via: str, where: str, unknowns: tuple[Missing, ...]) -> ExposedApi:
    return ExposedApi(
        api="*",
        stage="*",
        method="*",
        path="*",
        who="anybody",
        endpoint=endpoint,
        state=UNKNOWN,
        via=via,
        because=(Because(text=f"an execute-api endpoint may be in reach: {where}", rule="AGW-14"),),
        unknowns=unknowns,
    )

"""The methods that a VPC can invoke: every door in reach, every private API of its Region, every caller."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.exposure.apis.behind import apis_behind, same_behind
from narrowgate.exposure.apis.decisions import Decision, decisions
from narrowgate.exposure.apis.doors import Door, doors_of
from narrowgate.exposure.apis.strangers import stranger_entries
from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.exposure.sockets.pieces import Sockets
from narrowgate.exposure.sockets.spelling import spell_ranges
from narrowgate.model.answer import Missing
from narrowgate.model.apigateway import RestApi
from narrowgate.model.exposure import UNKNOWN, Because, ExposedApi, less_sure, sureness
from narrowgate.model.snapshot import Snapshot, index


class _Called(NamedTuple):
    """What can be invoked, with the doors and doubts that it was asked for."""

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
        doors, gaps = doors_of(snapshot, sockets), tuple(uncollected_doors(snapshot, sockets))
        kept[vpc_id] = _Called(doors, gaps, _entries(snapshot, vpc_id, doors, gaps))
    return kept[vpc_id].entries


def _entries(
    snapshot: Snapshot, vpc_id: str, doors: list[Door], gaps: tuple[ExposedApi, ...]
) -> tuple[ExposedApi, ...]:
    """The entries, or those from before an edit that cannot touch them."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    if earlier is not None and held is not None and (held.doors, held.gaps) == (doors, gaps):
        endpoints = {each.endpoint_id for each in doors}
        if all(same_behind(snapshot, earlier, each) for each in endpoints):
            return held.entries
    if earlier is not None:
        earlier.work["calls of VPCs"] += 1
    found: list[ExposedApi] = []
    for door in doors:
        found += entries_through(snapshot, door, apis_behind(snapshot, door.endpoint_id))
        found += [_behind_door(door, each) for each in stranger_entries(snapshot, door.endpoint_id)]
    merged = merge_verbs(_without_weaker([*found, *gaps]))
    return tuple(msgspec.structs.replace(each, consumers=(vpc_id,)) for each in merged)


def entries_through(snapshot: Snapshot, door: Door, apis: Iterable[RestApi]) -> Iterator[ExposedApi]:
    """What one door lets its visitors invoke of some APIs."""
    endpoint = snapshot.facts.vpc_endpoints[door.endpoint_id]
    for api in apis:
        for decision in decisions(snapshot, api, endpoint):
            entry = _entry(snapshot, door, api, decision)
            if entry is not None:
                yield entry


def _entry(snapshot: Snapshot, door: Door, api: RestApi, decision: Decision) -> ExposedApi | None:
    sources, state, unknowns = door.sources, less_sure(door.state, decision.state), decision.unknowns
    spelled: tuple[str, ...] = ()
    if decision.sources is not None:
        if door.is_ipv4:
            sources = door.sources & decision.sources
            if not sources:
                return None
            spelled = spell_ranges(4, sources)
        else:
            state = UNKNOWN
            unknowns = (
                *unknowns,
                Missing(fact="aws:VpcSourceIp of IPv6 callers", resource=api.id, why="not computed"),
            )
    call = decision.call
    return ExposedApi(
        api=api.id,
        name=api.name,
        account=snapshot.place(api.id).account,
        region=snapshot.region_of(api.id),
        stage=call.stage if call else "*",
        method=call.verb if call else "*",
        path=_path(decision),
        who=decision.who,
        endpoint=door.endpoint_id,
        sources=spelled,
        needs=decision.needs,
        state=state,
        via=door.via,
        because=(*door.because, *decision.because),
        unknowns=tuple(dict.fromkeys((*door.unknowns, *unknowns))) if state == UNKNOWN else (),
    )


def _path(decision: Decision) -> str:
    call = decision.call
    if call is None:
        return "*"
    return f"{call.path} (such as {call.sample})" if call.is_part else call.path


def _behind_door(door: Door, entry: ExposedApi) -> ExposedApi:
    return msgspec.structs.replace(
        entry,
        via=door.via,
        state=less_sure(door.state, entry.state),
        because=(*door.because, *entry.because),
        unknowns=(*door.unknowns, *entry.unknowns),
    )


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


def _without_weaker(entries: list[ExposedApi]) -> Iterator[ExposedApi]:
    """A call that one way opens for certain needs no entry for the same way in doubt."""
    best: dict[tuple[object, ...], ExposedApi] = {}
    for each in entries:
        key = (
            each.api,
            each.name,
            each.stage,
            each.method,
            each.path,
            each.who,
            each.endpoint,
            each.via,
            each.sources,
        )
        held = best.get(key)
        if held is None or sureness(each.state) > sureness(held.state):
            best[key] = each
    yield from best.values()


_VERBS = 7


def merge_verbs(entries: Iterable[ExposedApi]) -> Iterator[ExposedApi]:
    """Methods of one path that are open alike as one entry: `GET, POST`, or `ANY` for all seven."""
    groups: dict[tuple[object, ...], list[ExposedApi]] = {}
    for each in entries:
        groups.setdefault(_but_for_method(each), []).append(each)
    for members in groups.values():
        verbs = list(dict.fromkeys(each.method for each in members))
        spelled = "ANY" if len(verbs) == _VERBS else ", ".join(verbs)
        yield msgspec.structs.replace(members[0], method=spelled)


def _but_for_method(entry: ExposedApi) -> tuple[object, ...]:
    return (
        entry.api,
        entry.name,
        entry.stage,
        entry.path,
        entry.who,
        entry.endpoint,
        entry.via,
        entry.sources,
        entry.needs,
        entry.state,
        entry.unknowns,
    )

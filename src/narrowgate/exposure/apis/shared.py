"""What VPCs can invoke through their doors: worked out once for all that stand before an endpoint alike.

Entries of different endpoints, and of different APIs, have nothing to do with each other. What is left are the
doors of one VPC to one endpoint: which of their entries stand is the same for every VPC with such doors, but for
the way there; only where policies ask for addresses each VPC is looked at by itself.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import msgspec

from narrowgate.exposure.apis.behind import apis_behind
from narrowgate.exposure.apis.decisions import decisions
from narrowgate.exposure.apis.doors import Door
from narrowgate.exposure.apis.entries import but_for_method, entries_of_strangers, entries_through, with_methods
from narrowgate.model.apigateway import RestApi
from narrowgate.model.exposure import Because, ExposedApi, sureness
from narrowgate.model.snapshot import Snapshot, index


class _Line(NamedTuple):
    """An entry through the door at a place of the list, without the way to it."""

    place: int
    entry: ExposedApi


@index
def _kept(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[tuple[_Line, ...] | RestApi, ...]]:
    """Lines through an endpoint, by its doors; an API where policies ask for addresses."""
    return {}


def entries_of_doors(
    snapshot: Snapshot, doors: Iterable[Door], consumers: tuple[str, ...]
) -> Iterator[ExposedApi]:
    """Everything that the doors of a VPC, sorted by endpoint, let through."""
    for endpoint_id, group in groupby(doors, key=lambda door: door.endpoint_id):
        same = tuple(group)
        chains: dict[tuple[int, int], tuple[Because, ...]] = {}
        for place, entry in _lines(snapshot, endpoint_id, same):
            door = same[place]
            chain = chains.get((place, id(entry.because)))
            if chain is None:
                chain = chains[place, id(entry.because)] = (*door.because, *entry.because)
            yield msgspec.structs.replace(entry, via=door.via, because=chain, consumers=consumers)


def _lines(snapshot: Snapshot, endpoint_id: str, doors: tuple[Door, ...]) -> list[_Line]:
    kept = _kept(snapshot)
    ways = [each.via for each in doors]
    bare = tuple(each._replace(via=str(ways.index(each.via)), because=()) for each in doors)
    key = (endpoint_id, tuple((each.state, each.is_ipv4, each.via, each.unknowns) for each in bare))
    if key not in kept:
        kept[key] = tuple(_parts(snapshot, endpoint_id, bare))
    found: list[_Line] = []
    for part in kept[key]:
        found += _of_api(snapshot, part, bare) if isinstance(part, RestApi) else part
    # Door by door, as they were asked.
    return sorted(found, key=lambda line: line.place) if len(doors) > 1 else found


def _parts(snapshot: Snapshot, endpoint_id: str, doors: tuple[Door, ...]) -> Iterator[tuple[_Line, ...] | RestApi]:
    endpoint = snapshot.facts.vpc_endpoints[endpoint_id]
    for api in apis_behind(snapshot, endpoint_id):
        if any(each.sources is not None for each in decisions(snapshot, api, endpoint)):
            yield api
        else:
            yield _of_api(snapshot, api, doors)
    yield _merged(
        _Line(place, each) for place, door in enumerate(doors) for each in entries_of_strangers(snapshot, door)
    )


def _of_api(snapshot: Snapshot, api: RestApi, doors: tuple[Door, ...]) -> tuple[_Line, ...]:
    return _merged(
        _Line(place, each) for place, door in enumerate(doors) for each in entries_through(snapshot, door, (api,))
    )


def merged(entries: Iterable[ExposedApi]) -> Iterator[ExposedApi]:
    """Entries without those that a surer one makes needless, their methods merged."""
    return (line.entry for line in _merged(_Line(0, each) for each in entries))


def _merged(lines: Iterable[_Line]) -> tuple[_Line, ...]:
    groups: dict[tuple[object, ...], list[_Line]] = {}
    for each in _surest(lines):
        groups.setdefault(but_for_method(each.entry), []).append(each)
    return tuple(
        _Line(members[0].place, with_methods(members[0].entry, (each.entry.method for each in members)))
        for members in groups.values()
    )


def _surest(lines: Iterable[_Line]) -> Iterator[_Line]:
    """A call that one way opens for certain needs no entry for the same way in doubt."""
    best: dict[tuple[object, ...], _Line] = {}
    for line in lines:
        each = line.entry
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
        if held is None or sureness(each.state) > sureness(held.entry.state):
            best[key] = line
    yield from best.values()

"""Names that hosts get by asking DNS servers themselves: once for all VPCs that reach the same servers alike."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from narrowgate.exposure.names.listeners import names_of_server
from narrowgate.exposure.names.servers import Server
from narrowgate.model.exposure import ExposedName, less_sure, sureness
from narrowgate.model.snapshot import Snapshot, index


class _Answer(NamedTuple):
    """A name by the server at a place of the list, and how surely hosts get it."""

    place: int
    entry: ExposedName
    state: str


@index
def _kept(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[_Answer, ...]]:
    """By what is asked, and how surely; filled as VPCs are asked for."""
    return {}


def names_by_asking(
    snapshot: Snapshot, servers: Sequence[Server], consumers: tuple[str, ...]
) -> Iterator[ExposedName]:
    """Every name that one of the servers answers privately, by the way that leads there."""
    ways = [f"asking {each.label} directly" for each in servers]
    for place, entry, state in _answers(snapshot, servers):
        server = servers[place]
        unknowns = entry.unknowns
        if server.unknowns:
            unknowns = tuple(dict.fromkeys((*server.unknowns, *unknowns)))
        yield msgspec.structs.replace(
            entry,
            via=ways[place],
            state=state,
            because=(*server.because, *entry.because),
            unknowns=unknowns,
            consumers=consumers,
        )


def _answers(snapshot: Snapshot, servers: Sequence[Server]) -> tuple[_Answer, ...]:
    kept = _kept(snapshot)
    key = tuple(
        (each.address, each.known.vpc_id if each.known is not None else None, each.label, each.state)
        for each in servers
    )
    if key not in kept:
        kept[key] = tuple(_distinct(snapshot, servers))
    return kept[key]


def _distinct(snapshot: Snapshot, servers: Sequence[Server]) -> Iterator[_Answer]:
    """Several addresses of one server answer alike: one entry for each name and way, the surest."""
    seen: dict[tuple[object, ...], _Answer] = {}
    for place, server in enumerate(servers):
        for each in names_of_server(snapshot, server.address, server.known):
            state = less_sure(each.state, server.state)
            key = (each.name, server.label, each.target, each.addresses, each.types, each.embeds)
            held = seen.get(key)
            if held is None or sureness(state) > sureness(held.state):
                seen[key] = _Answer(place, each, state)
    yield from seen.values()

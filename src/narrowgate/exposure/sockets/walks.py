"""Ways between classes, walked once for all that are equal: what gets through, there and back."""

from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.pair import Walked, walk_way
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.exposure.sockets.ways import Leg, way_key
from narrowgate.model.address import IntervalSet
from narrowgate.model.exposure import OPEN
from narrowgate.model.snapshot import Snapshot, index

CLEAR = -1
"""The key of every way that lets all pass, there and back."""

ALL_PASSES = Walked(EVERY_PORT, OPEN, is_shared=True)


@index
def _clear(snapshot: Snapshot) -> dict[tuple[int, tuple[int, int]], bool]:
    """Whether a way lets all pass, by its key and the ports that replies come to."""
    return {}


@index
def _walked(snapshot: Snapshot) -> dict[tuple[object, ...], Walked]:
    """Ways already walked, by what decides them."""
    return {}


def way_between(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> tuple[int, Leg] | None:
    """A number that ways share which decide alike, there and back, and the first leg; None where there is none."""
    here, there = sender.part, target.part
    found = way_key(snapshot, here, there) if here is not None and there is not None else None
    if found is None:
        return None
    key, leg = found
    kept = _clear(snapshot)
    asked = (key, sender.client_ports)
    if asked not in kept:
        kept[asked] = all(
            walk(snapshot, (sender, target), key, each, EVERY_PORT) == ALL_PASSES for each in PROTOCOLS
        )
    return (CLEAR, leg) if kept[asked] else found


def walk(
    snapshot: Snapshot, pair: tuple[SenderClass, TargetClass], key: int, protocol: int, ports: IntervalSet
) -> Walked | None:
    """What the way of some ports comes to; None where that holds for this pair alone."""
    if key == CLEAR:
        return ALL_PASSES
    sender, target = pair
    kept = _walked(snapshot)
    asked = (key, protocol, ports, sender.client_ports)
    found = kept.get(asked)
    if found is None:
        known, address = target.members[0]
        found = kept[asked] = walk_way(snapshot, sender.sample, known, address, protocol, ports)
    return found if found.is_shared else None

"""Lists of an edited snapshot take over from an earlier one what no changed fact can touch.

`continue_from` tells a snapshot which one it was made of, or is compared with. What was answered of that one is
answered again only where `touched_by_edit` says that it may differ; everything taken over is the very object, so
that whoever compares two lists can pass over it.
"""

from collections import Counter
from collections.abc import Iterable

from narrowgate.exposure.reuse.touch import Touch
from narrowgate.exposure.reuse.touched import touched_by_edit
from narrowgate.model.collection import without_cycle_search
from narrowgate.model.differences import Difference, differences
from narrowgate.model.reads import PLACES
from narrowgate.model.snapshot import Snapshot, index


class Earlier:
    """The snapshot that lists are taken over from, and what differs; `work` counts what was answered anew."""

    __slots__ = ("snapshot", "touched", "work")

    def __init__(self, snapshot: Snapshot, touched: Touch) -> None:
        self.snapshot = snapshot
        self.touched = touched
        self.work: Counter[str] = Counter()


@index
def _earlier(snapshot: Snapshot) -> list[Earlier]:
    """At most one."""
    return []


def continue_from(snapshot: Snapshot, previous: Snapshot) -> Earlier | None:
    """Let the lists of a snapshot take over what it has in common with a previous one; None where nothing is.

    Call it before anything is asked of `snapshot`; later calls change nothing.
    """
    held = _earlier(snapshot)
    if not held and snapshot is not previous:
        with without_cycle_search():
            found = list(differences(previous.facts, snapshot.facts))
            follow(snapshot, previous, found)
            touched = touched_by_edit(previous, snapshot, found)
        if touched is not None:
            held.append(Earlier(previous, touched))
    return held[0] if held else None


def follow(snapshot: Snapshot, previous: Snapshot, found: Iterable[Difference]) -> None:
    """Let a snapshot take over what lists are computed from, where both were collected in the very same way."""
    told = (
        (
            each.assume_complete,
            each.outside,
            each.calls,
            each.refused,
            each.untold,
            each.assumed,
            each.stand_in_accounts,
            each.contradictions,
        )
        for each in (previous, snapshot)
    )
    if snapshot.follows is None and next(told) == next(told):
        places, others = previous.places, snapshot.places
        elsewhere = (own for own in {**places, **others} if places.get(own) != others.get(own))
        facts = ((each.kind, each.key) for each in found)
        snapshot.follow(previous, (*facts, *((PLACES, own) for own in elsewhere)))


def earlier_of(snapshot: Snapshot) -> Earlier | None:
    """What a snapshot continues from."""
    held = _earlier(snapshot)
    return held[0] if held else None

"""One fact that an edit changed, with the snapshots on both sides of it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.model.snapshot import Snapshot


class Side(NamedTuple):
    """A snapshot, the key of a fact in it, and the fact."""

    snapshot: Snapshot
    key: object
    fact: object


class Edited(NamedTuple):
    """A fact before and after; None where it is not there."""

    before: Snapshot
    after: Snapshot
    key: object
    was: object
    now: object

    @property
    def sides(self) -> Iterator[Side]:
        """The fact where it is there."""
        for snapshot, fact in ((self.before, self.was), (self.after, self.now)):
            if fact is not None:
                yield Side(snapshot, self.key, fact)

    def owners(self, of: Callable[[Side], frozenset[str] | None]) -> frozenset[str] | None:
        """Whose the fact is on either side; None where that is not known of one."""
        found: frozenset[str] = frozenset()
        for side in self.sides:
            own = of(side)
            if own is None:
                return None
            found |= own
        return found

    def differs_in(self) -> frozenset[str] | None:
        """The fields that differ; None for a fact that is new or gone, or no record."""
        was, now = self.was, self.now
        if not isinstance(was, msgspec.Struct) or type(was) is not type(now):
            return None
        return frozenset(each for each in was.__struct_fields__ if getattr(was, each) != getattr(now, each))

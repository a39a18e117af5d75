"""What was computed of a snapshot and is kept, with what it was read from; an edited snapshot takes it over."""

from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from functools import partial
from typing import Any, cast

from narrowgate.model.estate_facts import Collections, Place
from narrowgate.model.reads import OPEN, PLACES, WHOLE, Noted, Notes, Pair, Watched, WatchedFacts

Read = Callable[..., Any]
"""A function whose results are kept: of a snapshot, or of a snapshot and a key."""


class Keeping:
    """What a snapshot keeps: results by the function that computes them, those for keys by their key beside."""

    facts: Collections
    places: Mapping[str, Place]

    def __init__(self) -> None:
        self._results: dict[Any, Any] = {}
        self._noted: dict[Read, Noted] = {}
        self._noted_by_key: dict[Read, dict[Hashable, Noted]] = {}
        self._notes: Notes | None = None
        self._earlier: Keeping | None = None
        self._differing: frozenset[Pair] = frozenset()
        self.kept: MutableMapping[Any, Any] = self._results
        """Results by function; while something is computed, as somebody sees them who is watched."""

    def follow(self, earlier: "Keeping", differing: Iterable[Pair]) -> None:
        """Take over what was computed of an earlier snapshot and read from nothing that differs.

        Args:
            earlier: a snapshot that was collected in the same way.
            differing: kind and key of every fact that differs; places count as a kind.
        """
        if self._earlier is None and earlier is not self:
            self._earlier = earlier
            known = frozenset(differing)
            self._differing = known | {(kind, WHOLE) for kind, _ in known} | {OPEN}

    @property
    def follows(self) -> "Keeping | None":
        """The snapshot that results are taken over from."""
        return self._earlier

    def result(self, read: Read) -> Any:
        """The result of a function that is not kept yet."""
        self._make(read)
        return self.kept[read]

    def entry(self, read: Read, key: Hashable) -> Any:
        """The result of a function for a key that is not kept yet."""
        if self._earlier is None or not self._takes_over_entry(read, key):
            value, noted = self._watching(partial(read, self, key))
            self._keep_entry(read, key, value, noted)
            if self._notes is not None:
                self._notes.take(noted)
            return value
        return self.kept[read][key]

    def _make(self, read: Read) -> None:
        if not self._takes_over(read):
            self._results[read], self._noted[read] = self._watching(partial(read, self))

    def _keep_entry(self, read: Read, key: Hashable, value: object, noted: Noted) -> None:
        if read not in self._results:
            self._results[read], self._noted_by_key[read] = {}, {}
        self._results[read][key] = value
        self._noted_by_key[read][key] = noted

    def _watching(self, compute: Callable[[], Any]) -> tuple[Any, Noted]:
        """Compute something while the snapshot is watched."""
        notes = self._notes
        if notes is None:
            return self._begin_watching(compute)
        outer = (notes.facts, notes.through)
        notes.facts, notes.through = set(), set()
        try:
            value = compute()
            if isinstance(value, Watched):
                # It goes on being looked into when nobody watches any more.
                value = value.held
                notes.facts.add(OPEN)
            facts, through = notes.facts, notes.through
            noted = Noted(tuple(facts), tuple(through) if through else ()) if facts or through else _NOTHING
        finally:
            notes.facts, notes.through = outer
        return value, noted

    def _begin_watching(self, compute: Callable[[], Any]) -> tuple[Any, Noted]:
        plain = (self.facts, self.places, self.kept)
        notes = self._notes = Notes()
        self.facts = WatchedFacts(self.facts, notes.note)  # type: ignore[assignment]
        self.places = Watched(self.places, PLACES, notes.note)  # type: ignore[assignment]
        self.kept = _WatchedResults(self, notes)
        try:
            return self._watching(compute)
        finally:
            self.facts, self.places, self.kept = plain
            self._notes = None

    def _takes_over(self, read: Read) -> bool:
        earlier = self._earlier
        if earlier is None or not earlier._has(read):
            return False
        noted = earlier._noted[read]
        if noted == _NOTHING or not self._is_same(noted):
            return False
        self._results[read], self._noted[read] = earlier._results[read], noted
        return True

    def _has(self, read: Read) -> bool:
        return read in self._results or self._takes_over(read)

    def _takes_over_entry(self, read: Read, key: Hashable) -> bool:
        earlier = self._earlier
        if earlier is None or not earlier._has_entry(read, key):
            return False
        noted = earlier._noted_by_key[read][key]
        if not self._is_same(noted):
            return False
        self._keep_entry(read, key, earlier._results[read][key], noted)
        return True

    def _has_entry(self, read: Read, key: Hashable) -> bool:
        return key in self._results.get(read, ()) or self._takes_over_entry(read, key)

    def _is_same(self, noted: Noted) -> bool:
        """Whether nothing that was looked at differs, for certain."""
        return self._differing.isdisjoint(noted.facts) and all(
            self._is_same_through(read, key) for read, key in noted.through
        )

    def _is_same_through(self, read: Read, key: object) -> bool:
        """Whether an index has the same for a key."""
        if read not in self._results:
            self._make(read)
        was: Any = self._earlier._results[read] if self._earlier is not None else None
        now = self._results[read]
        if was is now:
            return True
        return _are_equal(was, now) if key is WHOLE else _are_equal(was.get(key, OPEN), now.get(key, OPEN))

    def watched_result(self, read: Read, notes: Notes) -> Any:
        """What is kept of a function, as somebody sees it who is watched.

        Raises:
            KeyError: nothing is kept of it.
        """
        value = self._results[read]
        if read in self._noted_by_key:
            return _WatchedEntries(value, self._noted_by_key[read], notes)
        if self._noted[read] == _NOTHING:
            # A table was made empty, to be filled by those who ask: nobody notes what with. Else nothing decides.
            if isinstance(value, (dict, list, set)):
                notes.note(OPEN)
            return value
        if isinstance(value, dict):
            return Watched(value, read, notes.note_through)
        notes.note_through((read, WHOLE))
        return value


_NOTHING = Noted((), ())


def _are_equal(one: object, other: object) -> bool:
    """Whether two results are equal and are gone through in one order."""
    return bool(one == other) and (not isinstance(one, dict) or list(one) == list(cast("dict[Any, Any]", other)))


class _WatchedResults(dict[Any, Any]):
    """What is kept, as somebody sees it who is watched."""

    def __init__(self, keeping: Keeping, notes: Notes) -> None:
        super().__init__()
        self._keeping = keeping
        self._notes = notes

    def __missing__(self, read: Read) -> Any:
        found = self._keeping.watched_result(read, self._notes)
        if isinstance(found, (Watched, _WatchedEntries)):
            self[read] = found
        return found


class _WatchedEntries:
    """Results by key, as somebody sees them who is watched."""

    __slots__ = ("_held", "_noted", "_notes")

    def __init__(self, held: Mapping[Any, Any], noted: Mapping[Any, Noted], notes: Notes) -> None:
        self._held = held
        self._noted = noted
        self._notes = notes

    def __getitem__(self, key: Hashable) -> Any:
        found = self._held[key]
        self._notes.take(self._noted[key])
        return found

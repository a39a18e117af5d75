"""What a computation looked at in a snapshot: so that its result is taken over where none of that differs.

While something is computed that is kept, the snapshot's collections are *watched*: they note which facts were
asked for by key, and which collections were gone through as a whole. An index that was looked into is noted by its
keys too. What is noted is compared with an edit; nobody writes down by hand what depends on what.
"""

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, NamedTuple

from narrowgate.model.estate_facts import Collections

PLACES = "places"
"""The kind under which is noted where a fact was learnt."""

WHOLE = object()
"""The key that is noted of what was gone through as a whole."""

Pair = tuple[Any, Any]
"""A kind of fact, or an index, and a key in it."""

OPEN: Pair = (WHOLE, WHOLE)
"""Noted where something was looked at that cannot be followed: nothing can be said of the result."""


class Noted(NamedTuple):
    """What was looked at, once the computation is over."""

    facts: tuple[Pair, ...]
    through: tuple[Pair, ...]
    """Indexes with keys: what they hold there is compared."""


class Notes:
    """Where what is looked at is noted now; one for a snapshot, whatever is computed while something else is."""

    __slots__ = ("facts", "through")

    def __init__(self) -> None:
        self.facts: set[Pair] = set()
        self.through: set[Pair] = set()

    def note(self, pair: Pair) -> None:
        """Note a fact."""
        self.facts.add(pair)

    def note_through(self, pair: Pair) -> None:
        """Note a key of an index."""
        self.through.add(pair)

    def take(self, noted: Noted) -> None:
        """Note what a result was read from that is used."""
        if noted.facts:
            self.facts.update(noted.facts)
        if noted.through:
            self.through.update(noted.through)


class Watched:
    """A mapping that notes what is asked of it."""

    __slots__ = ("_kind", "_note", "held")

    def __init__(self, held: Mapping[Any, Any], kind: object, note: Callable[[Pair], None]) -> None:
        self.held = held
        self._kind = kind
        self._note = note

    def __getitem__(self, key: object) -> Any:
        self._note((self._kind, key))
        return self.held[key]

    def get(self, key: object, default: Any = None) -> Any:
        """The value of a key, or the default."""
        self._note((self._kind, key))
        return self.held.get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note((self._kind, key))
        return key in self.held

    def __iter__(self) -> Iterator[Any]:
        self._note((self._kind, WHOLE))
        return iter(self.held)

    def __len__(self) -> int:
        self._note((self._kind, WHOLE))
        return len(self.held)

    def keys(self) -> KeysView[Any]:
        """All keys."""
        self._note((self._kind, WHOLE))
        return self.held.keys()

    def values(self) -> ValuesView[Any]:
        """All values."""
        self._note((self._kind, WHOLE))
        return self.held.values()

    def items(self) -> ItemsView[Any, Any]:
        """All keys with their values."""
        self._note((self._kind, WHOLE))
        return self.held.items()


class WatchedFacts:
    """The collections of a snapshot, watched; stands in for `Collections` while something is computed."""

    def __init__(self, facts: Collections, note: Callable[[Pair], None]) -> None:
        self._facts = facts
        self._note = note

    def __getattr__(self, kind: str) -> Any:
        held: Any = getattr(self._facts, kind)
        if not isinstance(held, dict):
            self._note((kind, WHOLE))
            return held
        watched = Watched(held, kind, self._note)
        setattr(self, kind, watched)
        return watched

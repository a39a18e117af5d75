"""Texts that patterns can tell apart: one witness for every combination of patterns that some text matches.

All patterns run at once as one automaton whose states are the bits of an integer, breadth first, so that the
witness of each combination is a shortest text. A universe restricts the texts to those that can occur.
"""

import string
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from narrowgate.engine.policy.glob import ANY_RUN, Token

MAX_STATES: Final = 10_000
MAX_STEPS: Final = 60_000

_CATEGORIES: Final = (string.ascii_lowercase, string.digits, string.ascii_uppercase, "~!$&'()+,;=@._-")


class TooComplexError(Exception):
    """The patterns tell too many texts apart for the budget."""


class Item(msgspec.Struct, frozen=True):
    """One place of a pattern: a character of a set, or a run of such characters; `negated` means all others."""

    chars: frozenset[str]
    run: bool = False
    negated: bool = False

    def takes(self, char: str) -> bool:
        """Whether the place takes a character."""
        return (char in self.chars) is not self.negated


Word = tuple[Item, ...]
"""A pattern, place by place."""

ANYTHING: Final = Item(frozenset(), run=True, negated=True)


def literal(text: str) -> Word:
    """The pattern that matches one text."""
    return tuple(Item(frozenset(char)) for char in text)


def some(chars: str) -> Word:
    """One or more characters of a set."""
    return (Item(frozenset(chars)), Item(frozenset(chars), run=True))


def from_tokens(tokens: Iterable[Token], *, stop: str = "", ignore_case: bool = False) -> Word:
    """A pattern of literals, `*` and `?`; wildcards never take the characters of `stop`."""
    items: list[Item] = []
    for token in tokens:
        if isinstance(token, str):
            for char in token:
                both = {char.lower(), char.upper(), char} if ignore_case else {char}
                items.append(Item(frozenset(each for each in both if len(each) == 1)))
        else:
            items.append(Item(frozenset(stop), run=token is ANY_RUN, negated=True))
    return tuple(items)


def witnesses(patterns: Sequence[Word], universe: Sequence[Word]) -> list[str]:
    """A shortest text for every combination of patterns, among the texts that some word of the universe matches.

    Raises:
        TooComplexError: the patterns tell too many texts apart.
    """
    machine = _Machine([*patterns, *universe], len(patterns))
    start = machine.start
    parents: dict[int, tuple[int, str]] = {}
    found: dict[int, str] = {}
    seen = {start}
    queue = deque([start])
    steps = 0
    while queue:
        state = queue.popleft()
        if state & machine.universe_ends:
            combination = state & machine.pattern_ends
            if combination not in found:
                found[combination] = _spell(state, parents)
        for char in machine.telling(state):
            steps += 1
            following = machine.step(state, char)
            if following not in seen and following & machine.universe:
                if len(seen) > MAX_STATES or steps > MAX_STEPS:
                    raise TooComplexError
                seen.add(following)
                parents[following] = (state, char)
                queue.append(following)
    return list(found.values())


def samples(patterns: Sequence[Word], universe: Sequence[Word], *, most: int = 40) -> list[str]:
    """A few texts, found pattern by pattern: enough to refute, never to prove."""
    found: dict[str, None] = {}
    for pattern in patterns[:most]:
        found.update(dict.fromkeys(witnesses([pattern], universe)))
    return list(found)


def _spell(state: int, parents: dict[int, tuple[int, str]]) -> str:
    chars: list[str] = []
    while state in parents:
        state, char = parents[state]
        chars.append(char)
    return "".join(reversed(chars))


class _Machine:
    """All patterns side by side: bit `i` means that place `i` comes next, one more bit marks each end."""

    def __init__(self, words: Sequence[Word], patterns: int) -> None:
        self.start = self.pattern_ends = self.universe_ends = self.universe = 0
        self._runs = 0
        self._items: list[tuple[int, Item]] = []
        bit = 1
        for number, word in enumerate(words):
            self.start |= bit
            for item in word:
                self._items.append((bit, item))
                if item.run:
                    self._runs |= bit
                if number >= patterns:
                    self.universe |= bit
                bit <<= 1
            if number < patterns:
                self.pattern_ends |= bit
            else:
                self.universe_ends |= bit
                self.universe |= bit
            bit <<= 1
        self.start = self._skip_runs(self.start)
        self._alphabet()

    def _alphabet(self) -> None:
        """Characters that some place names, and one of every category that none does."""
        named = {char for _, item in self._items for char in item.chars if len(item.chars) <= 3}
        barred = {char for _, item in self._items if item.negated for char in item.chars}
        # Sets are made of whole categories of letters and digits, and of single other characters.
        barred |= {
            char for _, item in self._items if len(item.chars) > 3 for char in item.chars if not char.isalnum()
        }
        self._always = [
            char
            for category in _CATEGORIES
            for char in [next((each for each in category if each not in named | barred), None)]
            if char is not None
        ]
        self._always += sorted(barred)
        self._expected: dict[str, int] = {}
        for bit, item in self._items:
            if not item.negated and len(item.chars) <= 3:
                for char in item.chars:
                    self._expected[char] = self._expected.get(char, 0) | bit
        self._moves: dict[str, tuple[int, int]] = {}
        for char in dict.fromkeys([*self._always, *sorted(named)]):
            advance = stay = 0
            for bit, item in self._items:
                if item.takes(char):
                    if item.run:
                        stay |= bit
                    else:
                        advance |= bit
            self._moves[char] = (advance, stay)

    def telling(self, state: int) -> list[str]:
        """The characters after which the state's continuations differ."""
        telling = dict.fromkeys(self._always)
        for char, expected in self._expected.items():
            if state & expected:
                telling[char] = None
        return list(telling)

    def step(self, state: int, char: str) -> int:
        """The state after a character."""
        advance, stay = self._moves[char]
        return self._skip_runs(((state & advance) << 1) | (state & stay))

    def _skip_runs(self, state: int) -> int:
        """A run may be empty: the place behind it comes next as well."""
        while True:
            wider = state | ((state & self._runs) << 1)
            if wider == state:
                return state
            state = wider

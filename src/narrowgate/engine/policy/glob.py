"""IAM's `*` and `?` over text, without backtracking.

`*` matches any run of characters, `/` and `:` included (POL-17); `?` matches exactly one. A pattern is cut at its
stars into pieces of fixed length. The first and the last piece are pinned to the ends, and taking the leftmost
place for each piece between them can never lose a match: what comes after it only gets more room. So nothing is
ever tried twice, and a pattern of thousands of stars costs one pass. A regular expression with `.*` would try
them all.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final


class Wildcard:
    """A token that stands for characters not yet known; text tokens are plain strings."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ANY_RUN: Final = Wildcard("*")
ANY_ONE: Final = Wildcard("?")

Token = str | Wildcard


def tokenize(text: str) -> tuple[Token, ...]:
    """Split text into literal runs and wildcards."""
    tokens: list[Token] = []
    for part in re.split(r"([*?])", text):
        if part == "*":
            if not tokens or tokens[-1] is not ANY_RUN:
                tokens.append(ANY_RUN)
        elif part == "?":
            tokens.append(ANY_ONE)
        elif part:
            tokens.append(part)
    return tuple(tokens)


class _Piece:
    """What stands between two stars: literal text, or text with `?` in it."""

    __slots__ = ("length", "regex", "text")

    def __init__(self, tokens: Iterable[Token]) -> None:
        tokens = tuple(tokens)
        self.length = sum(len(token) if isinstance(token, str) else 1 for token in tokens)
        self.text = "".join(token for token in tokens if isinstance(token, str))
        self.regex: re.Pattern[str] | None = None
        if ANY_ONE in tokens:
            # No quantifier ever stands in this expression, so the matcher cannot backtrack.
            source = "".join(re.escape(token) if isinstance(token, str) else "." for token in tokens)
            self.regex = re.compile(source, re.DOTALL)

    def stands_at(self, text: str, position: int) -> bool:
        if self.regex is None:
            return text.startswith(self.text, position)
        return self.regex.match(text, position) is not None

    def find(self, text: str, start: int, end: int) -> int:
        if self.regex is None:
            return text.find(self.text, start, end)
        found = self.regex.search(text, start, end)
        return found.start() if found else -1


class Glob:
    """A compiled pattern; compare whole strings with `matches`."""

    __slots__ = ("_first", "_last", "_middle", "_prefix", "_shortest", "tokens")

    def __init__(self, tokens: Iterable[Token]) -> None:
        self.tokens = tuple(tokens)
        pieces: list[list[Token]] = [[]]
        for token in self.tokens:
            if token is ANY_RUN:
                pieces.append([])
            else:
                pieces[-1].append(token)
        self._first = _Piece(pieces[0])
        self._last = _Piece(pieces[-1]) if len(pieces) > 1 else None
        self._middle = tuple(_Piece(piece) for piece in pieces[1:-1] if piece)
        self._shortest = sum(_Piece(piece).length for piece in pieces)
        # `text*` is by far the commonest pattern of real policies.
        simple = len(pieces) == 2 and not pieces[1] and self._first.regex is None
        self._prefix = self._first.text if simple else None

    @property
    def is_literal(self) -> bool:
        """Whether the pattern holds no wildcard, so that it matches one text only."""
        return all(isinstance(token, str) for token in self.tokens)

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        if self._prefix is not None:
            return text.startswith(self._prefix)
        length = len(text)
        if length < self._shortest:
            return False
        first, last = self._first, self._last
        if last is None:
            return length == first.length and first.stands_at(text, 0)
        end = length - last.length
        if not first.stands_at(text, 0) or not last.stands_at(text, end):
            return False
        position = first.length
        for piece in self._middle:
            position = piece.find(text, position, end)
            if position < 0:
                return False
            position += piece.length
        return True


@lru_cache(maxsize=8192)
def compile_glob(text: str) -> Glob:
    """The compiled form of a pattern written with `*` and `?`."""
    return Glob(tokenize(text))

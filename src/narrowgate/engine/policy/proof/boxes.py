"""Boxes of cells: a search for a point inside one box and outside many.

A box has one set of cells, as bits, for every dimension. Taking one box away from another leaves at most one
smaller box a dimension, so the search splits only where boxes overlap, and stops at the first point.
"""

from collections.abc import Sequence
from typing import Final

from narrowgate.engine.policy.proof.words import TooComplexError

Box = tuple[int, ...]

MAX_SPLITS: Final = 100_000


class Search:
    """Finds points; all searches of one proof share a budget."""

    __slots__ = ("_splits",)

    def __init__(self) -> None:
        self._splits = 0

    def point(self, inside: Box, outside: Sequence[Box]) -> Box | None:
        """A box (of any size) that lies inside one and outside all of the others; None if there is none.

        Raises:
            TooComplexError: the budget is spent.
        """
        if not all(inside):
            return None
        pending: list[tuple[Box, int]] = [(inside, 0)]
        while pending:
            box, place = pending.pop()
            place = _next_overlap(box, outside, place)
            if place == len(outside):
                return box
            self._splits += 1
            if self._splits > MAX_SPLITS:
                raise TooComplexError
            pending.extend((rest, place + 1) for rest in _without(box, outside[place]))
        return None


def _next_overlap(box: Box, others: Sequence[Box], place: int) -> int:
    while place < len(others) and not all(map(int.__and__, box, others[place])):
        place += 1
    return place


def _without(box: Box, other: Box) -> list[Box]:
    """What is left of a box without another, as boxes that do not overlap."""
    left: list[Box] = []
    common = list(box)
    for dimension, cells in enumerate(other):
        rest = common[dimension] & ~cells
        if rest:
            left.append((*common[:dimension], rest, *common[dimension + 1 :]))
        common[dimension] &= cells
    return left


def intersect(one: Box, other: Box) -> Box:
    """The cells that two boxes share; some dimension is empty where they do not meet."""
    return tuple(map(int.__and__, one, other))

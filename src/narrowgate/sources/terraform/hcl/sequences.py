"""Terraform's functions that cut, count and combine lists. Elements are only moved, so they may be references."""

import itertools
import math
from typing import Any

_MOST_COMBINATIONS = 100_000


def sliced(values: list[Any], start: int, end: int) -> list[Any]:
    """`slice`: from one place up to before another; both have to be there."""
    if not 0 <= int(start) <= int(end) <= len(values):
        raise IndexError(end)
    return values[int(start) : int(end)]


def chunked(values: list[Any], size: int) -> list[list[Any]]:
    """`chunklist`: pieces of a size."""
    width = int(size) or len(values) or 1
    return [values[at : at + width] for at in range(0, len(values), width)]


def numbers(*bounds: Any) -> list[int]:
    """`range`, which Terraform ends at 1024 numbers."""
    found = range(*map(int, bounds))
    if len(found) > 1024:
        raise ValueError(found)
    return list(found)


def product(*lists: list[Any]) -> list[list[Any]]:
    """`setproduct`: every combination, the last list turning fastest."""
    if math.prod(map(len, lists)) > _MOST_COMBINATIONS:
        raise ValueError(len(lists))
    return [list(each) for each in itertools.product(*lists)]


def first_filled(*lists: list[Any]) -> list[Any]:
    """`coalescelist`: the first list that is not empty."""
    return next(each for each in lists if each)


def shared(first: list[Any], *others: list[Any]) -> list[Any]:
    """`setintersection`."""
    return [each for each in first if all(each in other for other in others)]


def without(values: list[Any], gone: list[Any]) -> list[Any]:
    """`setsubtract`."""
    return [each for each in values if each not in gone]

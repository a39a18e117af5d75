"""JSON documents with something else in some of their places."""

import copy
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            "10.0.0.0/33",
            "0.0.0.0/0",
            "::/0",
            "10.0.1.999",
            "vpc-0",
            "-1",
            ".",
            "*",
            "\x00",
            "x" * 300,
            "bücher",
        ]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
GONE = object()
"""Stands for nothing: the place itself is taken away."""


def places_of(value: Any, path: Path = ()) -> list[Path]:
    """The path of every value inside a document."""
    found = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += places_of(child, (*path, key))
    return found


def damaged(document: Any, hits: Iterable[tuple[Path, Any]]) -> Any:
    """A copy of a document with other values in these places; a place inside one that is gone is passed over."""
    copied = copy.deepcopy(document)
    for path, junk in hits:
        holder = copied
        try:
            for part in path[:-1]:
                holder = holder[part]
            if junk is GONE:
                del holder[path[-1]]
            else:
                # Each place has its own: one inside itself would be no JSON.
                holder[path[-1]] = copy.deepcopy(junk)
        except (KeyError, IndexError, TypeError):
            continue
    return copied

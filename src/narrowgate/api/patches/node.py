"""Values where they stand in a text, and the smallest edits that turn one into another."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec


class Uncertain(Exception):
    """An edit that nobody can make with certainty: why, and the line (0 where there is none)."""

    def __init__(self, why: str, line: int = 0, file: str = "") -> None:
        """`file` where it is another one than the caller's."""
        super().__init__(why)
        self.line = line
        self.file = file


class Scalar(msgspec.Struct, frozen=True):
    """A literal: text, number, true, false, null."""

    start: int
    end: int
    line: int
    value: Any


class Opaque(msgspec.Struct, frozen=True):
    """What is computed: `what` it is, for people. `is_reference` for one that may be replaced where it stands."""

    start: int
    end: int
    line: int
    what: str
    is_reference: bool = False


class Items(msgspec.Struct, frozen=True):
    """A list."""

    start: int
    end: int
    line: int
    items: tuple["Node", ...]
    is_block: bool = False


class Entries(msgspec.Struct, frozen=True):
    """A mapping: by key the value and where the whole entry stands."""

    start: int
    end: int
    line: int
    values: Mapping[str, "Node"]
    spans: Mapping[str, tuple[int, int]]
    is_block: bool = False


Node = Scalar | Opaque | Items | Entries


class TextEdit(msgspec.Struct, frozen=True):
    """Text in place of what stands between two offsets."""

    start: int
    end: int
    text: str


class Writer(Protocol):
    """How a language writes values into its text."""

    def value(self, node: Node, new: Any) -> TextEdit:
        """A value in place of a node."""

    def entry(self, node: Entries, key: str, new: Any) -> TextEdit:
        """One more entry."""

    def item(self, node: Items, new: Any) -> TextEdit:
        """One more item, after the others."""

    def without(self, node: Node, span: tuple[int, int]) -> TextEdit:
        """An entry or item taken out."""


def apply_edits(text: str, edits: Sequence[TextEdit]) -> str:
    """The text with every edit made; those of one place in their order."""
    for _, edit in sorted(enumerate(edits), key=lambda each: (each[1].start, each[0]), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def revise(node: Node, old: Any, new: Any, writer: Writer) -> Iterator[TextEdit]:
    """The edits after which a node that tells `old` tells `new`.

    Raises:
        Uncertain: what has to change is computed.
    """
    if old == new:
        return
    match node:
        case Opaque(is_reference=False):
            raise Uncertain(f"its value comes from {node.what}", node.line)
        case Entries() if isinstance(new, dict) and isinstance(old, dict):
            yield from _entries(node, old, new, writer)
        case Items() if isinstance(new, list):
            yield from _items(node, old if isinstance(old, list) else [old], new, writer)
        case Entries() if isinstance(new, list) and old == new[:1]:
            raise Uncertain("it is no list yet", node.line)
        case _:
            hidden = next(computed(node), None)
            if hidden is not None and hidden is not node:
                raise Uncertain(f"a part of its value comes from {hidden.what}", hidden.line)
            yield writer.value(node, new)


def _entries(node: Entries, old: dict[str, Any], new: dict[str, Any], writer: Writer) -> Iterator[TextEdit]:
    for key, value in new.items():
        if key in node.values:
            yield from revise(node.values[key], old.get(key), value, writer)
        elif key in old and old[key] != value:
            raise Uncertain(f"`{key}` is not written here", node.line)
        elif key not in old:
            yield writer.entry(node, key, value)
    for key in old.keys() - new.keys():
        if key not in node.spans:
            raise Uncertain(f"`{key}` is not written here", node.line)
        yield writer.without(node, node.spans[key])


def _items(node: Items, old: list[Any], new: list[Any], writer: Writer) -> Iterator[TextEdit]:
    if len(node.items) != len(old):
        hidden = next(computed(node), None)
        if hidden is not None:
            raise Uncertain(f"its value comes from {hidden.what}", hidden.line)
        yield writer.value(node, new)
    elif new[: len(old)] == old:
        for value in new[len(old) :]:
            yield writer.item(node, value)
    elif len(new) == len(old):
        for each, was, value in zip(node.items, old, new, strict=True):
            yield from revise(each, was, value, writer)
    else:
        hidden = next(computed(node), None)
        if hidden is not None:
            raise Uncertain(f"a part of its value comes from {hidden.what}", hidden.line)
        yield writer.value(node, new)


def computed(node: Node) -> Iterator[Opaque]:
    """Every part of a node that is computed."""
    match node:
        case Opaque():
            yield node
        case Items(items=items):
            for each in items:
                yield from computed(each)
        case Entries(values=values):
            for each in values.values():
                yield from computed(each)

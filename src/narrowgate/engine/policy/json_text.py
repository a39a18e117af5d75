"""JSON as it arrives from people: no repeated keys, bounded size and depth, and the line of what is wrong.

The standard decoder keeps the last of two equal keys without a word, which in a policy silently drops a Deny. So
repeated keys are refused here. Lines are looked up only once something is wrong.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Never

from narrowgate.model.errors import InputError

MAX_DEPTH = 64
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")

Pointer = tuple[str | int, ...]
"""Steps into a document: member names and list positions."""


class PlacedError(InputError):
    """A fault in a document, with its place also as a JSON pointer."""

    def __init__(self, message: str, *, where: str, help: str = "", pointer: Pointer = ()) -> None:
        super().__init__(message, where=where, help=help)
        self.pointer = pointer


class _RepeatedKeyError(Exception):
    pass


class JsonText:
    """A decoded document that still knows where its parts stand.

    Args:
        tree: the decoded value.
        where: file name, or any name of the place.
        text: the source; empty when the document came as Python values, and then places are JSON pointers.
    """

    __slots__ = ("text", "tree", "where")

    def __init__(self, tree: Any, where: str, text: str = "") -> None:
        self.tree = tree
        self.where = where
        self.text = text

    def fail(self, message: str, pointer: Pointer = (), help: str = "") -> Never:
        """Raise `PlacedError` at a place inside the document."""
        raise PlacedError(message, where=self.place(pointer), help=help, pointer=pointer)

    def place(self, pointer: Pointer) -> str:
        """`file:line` where the text is at hand, else `file#/json/pointer`."""
        line = _line_of(self.text, pointer) if self.text else None
        if line is not None:
            return f"{self.where}:{line}"
        return f"{self.where}#{format_pointer(pointer)}" if pointer else self.where


def format_pointer(pointer: Sequence[str | int]) -> str:
    """A JSON pointer as RFC 6901 writes it."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)


def decode_text(data: bytes | str, where: str) -> str:
    """Text from bytes; a byte order mark is dropped.

    Raises:
        InputError: the bytes are not UTF-8.
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return bytes(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = bytes(data)[: error.start].count(b"\n") + 1
        raise InputError("the text is not UTF-8", where=f"{where}:{line}") from None


def parse_json(data: bytes | str, where: str, *, max_length: int) -> JsonText:
    """Decode JSON strictly.

    Raises:
        InputError: too long, not JSON, a key twice in one object, nested too deeply, `NaN`, or text that no
            encoding of Unicode can carry.
    """
    if len(data) > max_length:
        raise InputError(f"the document has more than {max_length} characters", where=where)
    text = decode_text(data, where)
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except _RepeatedKeyError:
        key, line = _first_repeated_key(text)
        raise InputError(
            f"the key `{key}` stands twice in one object",
            where=f"{where}:{line}",
            help="keep one; which of them AWS would use is not defined",
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}", where=f"{where}:{error.lineno}"
        ) from None
    except RecursionError:
        raise InputError(f"the document is nested more than {MAX_DEPTH} levels deep", where=where) from None
    except ValueError as error:
        raise InputError(f"this is not JSON: {error}", where=where) from None
    document = JsonText(tree, where, text)
    _check_values(document)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RepeatedKeyError
    return members


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"`{name}` is not a JSON value")


def _check_values(document: JsonText) -> None:
    """Refuse depth and half surrogate pairs, which would break whatever prints the answer."""
    level: list[tuple[Pointer, Any]] = [((), document.tree)]
    for _ in range(MAX_DEPTH):
        below: list[tuple[Pointer, Any]] = []
        for pointer, value in level:
            if isinstance(value, str):
                if _SURROGATE.search(value):
                    document.fail("the text holds half of a surrogate pair", pointer)
            elif isinstance(value, dict):
                for key, member in value.items():
                    if _SURROGATE.search(key):
                        document.fail("a key holds half of a surrogate pair", pointer)
                    below.append(((*pointer, key), member))
            elif isinstance(value, list):
                below.extend(((*pointer, index), element) for index, element in enumerate(value))
        if not below:
            return
        level = below
    document.fail(f"the document is nested more than {MAX_DEPTH} levels deep", level[0][0])


def _first_repeated_key(text: str) -> tuple[str, int]:
    """The first key that stands twice in its object, and the line of its second place."""
    open_objects: list[set[str] | None] = []
    key_expected = False
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            open_objects.append(set() if mark == "{" else None)
            key_expected = mark == "{"
        elif mark in "}]":
            open_objects.pop()
            key_expected = False
        elif mark == ",":
            key_expected = open_objects[-1] is not None
        elif mark == ":":
            key_expected = False
        elif key_expected:
            seen = open_objects[-1]
            key = str(json.loads(mark))
            if seen is not None:
                if key in seen:
                    return key, text.count("\n", 0, token.start()) + 1
                seen.add(key)
    return "?", 1


def _line_of(text: str, pointer: Pointer) -> int | None:
    """The line on which the value at a pointer begins; None if the pointer leads nowhere."""
    decoder = json.JSONDecoder()
    position = _skip_space(text, 0)
    try:
        for step in pointer:
            position = _enter(text, position, step, decoder)
    except (ValueError, IndexError, RecursionError):
        return None
    return text.count("\n", 0, position) + 1


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _enter(text: str, position: int, step: str | int, decoder: json.JSONDecoder) -> int:
    """The position of a member or element of the container that begins at `position`."""
    in_object = text[position] == "{"
    position = _skip_space(text, position + 1)
    index = 0
    while text[position] not in "}]":
        key: str | int = index
        if in_object:
            key, position = decoder.raw_decode(text, position)
            position = _skip_space(text, _skip_space(text, position) + 1)
        if key == step:
            return position
        _, position = decoder.raw_decode(text, position)
        position = _skip_space(text, position)
        if text[position] == ",":
            position = _skip_space(text, position + 1)
        index += 1
    raise ValueError("no such member")

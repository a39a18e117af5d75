"""Answers as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from narrowgate.model.answer import Record

_ENCODER = msgspec.json.Encoder()
_AT_ONCE = 1000
"""So many entries of a list are encoded together: the lists of large estates are longer than memory is wide."""


def to_json(answer: Any, *, indent: int = 2) -> str:
    """An answer as indented JSON."""
    return msgspec.json.format(_ENCODER.encode(answer), indent=indent).decode()


def json_parts(answer: Record, *, indent: int = 2) -> Iterator[bytes]:
    """The same as `to_json` in parts, in UTF-8: long lists are never there as a whole."""
    opening, margin = b"{\n", b" " * indent
    for field in msgspec.structs.fields(answer):
        value = getattr(answer, field.name)
        if value is msgspec.UNSET:
            continue
        yield opening + margin + _ENCODER.encode(field.encode_name) + b": "
        opening = b",\n"
        if isinstance(value, tuple) and len(value) > _AT_ONCE:
            yield from _long_list(value, indent)
        else:
            yield _indented(_ENCODER.encode(value), indent, margin)
    yield b"\n}"


def _long_list(entries: Sequence[object], indent: int) -> Iterator[bytes]:
    opening, margin = b"[", b" " * indent
    for start in range(0, len(entries), _AT_ONCE):
        some = _indented(_ENCODER.encode(entries[start : start + _AT_ONCE]), indent, margin)
        yield opening + some.removeprefix(b"[").removesuffix(b"\n" + margin + b"]")
        opening = b","
    yield b"\n" + margin + b"]"


def _indented(compact: bytes, indent: int, margin: bytes) -> bytes:
    # No text of JSON holds the end of a line: all of them are those of the layout.
    return msgspec.json.format(compact, indent=indent).replace(b"\n", b"\n" + margin)


def to_json_line(answer: Any) -> bytes:
    """An answer as one line of JSON, without the line's end."""
    return _ENCODER.encode(answer)

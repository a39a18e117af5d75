"""Answers as JSON, and their JSON Schemas, both from the same types."""

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def to_json(answer: Any, *, indent: int = 2) -> str:
    """An answer as indented JSON."""
    return msgspec.json.format(_ENCODER.encode(answer), indent=indent).decode()


def to_json_line(answer: Any) -> bytes:
    """An answer as one line of JSON, without the line's end."""
    return _ENCODER.encode(answer)

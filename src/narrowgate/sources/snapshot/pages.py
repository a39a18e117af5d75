"""Answers of which only the first pages were kept: the rest is unknown, not absent."""

from typing import Any

import msgspec

# Each service has words of its own for "there is more"; an empty value, or none, means that there is not.
_MARKS = ("NextToken", "nextToken", "NextMarker", "position", "IsTruncated")
_SEARCHED = tuple(f'"{mark}"'.encode() for mark in _MARKS)
# Pages are marked before or behind their elements.
_ENDS = 2048


def unfinished(body: Any) -> str | None:
    """The field by which a response says that there is more; None for a whole one.

    Args:
        body: the parsed JSON of a response, or its bytes (`msgspec.Raw`).
    """
    if isinstance(body, dict):
        return _mark(body)
    if not isinstance(body, msgspec.Raw):
        return None
    view = memoryview(body)
    ends = bytes(view[:_ENDS]) + bytes(view[-_ENDS:])
    if not any(mark in ends for mark in _SEARCHED):
        return None
    try:
        return _mark(msgspec.json.decode(view, type=dict[str, msgspec.Raw]))
    except msgspec.MsgspecError:
        # Whoever reads the elements says what is wrong.
        return None


def _mark(content: dict[str, Any]) -> str | None:
    for mark in _MARKS:
        value = content.get(mark)
        if isinstance(value, msgspec.Raw):
            value = msgspec.json.decode(value)
        if value is True or (isinstance(value, str) and value not in ("", "false")):
            return mark
    return None

"""YAML as CloudFormation reads it: short forms of its functions, comments, everything doubtful quoted."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9 ._/:@+-]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


class Tag(msgspec.Struct, frozen=True):
    """A function's short form, such as `!Ref ApiVpc`."""

    name: str
    value: Any


class Commented(msgspec.Struct, frozen=True):
    """A value with lines for people above it."""

    lines: tuple[str, ...]
    value: Any


def write_yaml(value: Mapping[str, Any]) -> str:
    """The text of a document; top-level sections stand apart."""
    parts = ["\n".join(_mapping({key: each}, 0)) for key, each in value.items()]
    return "\n\n".join(parts) + "\n"


def without_comments(value: Any) -> Any:
    """The same document without its lines for people."""
    match value:
        case Commented(value=inner):
            return without_comments(inner)
        case Tag(name=name, value=inner):
            return Tag(name, without_comments(inner))
        case Mapping():
            return {key: without_comments(each) for key, each in value.items()}
        case list() | tuple():
            return [without_comments(each) for each in value]
        case _:
            return value


def _mapping(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for key, each in value.items():
        shown = each
        if isinstance(each, Commented):
            for line in each.lines:
                yield f"{pad}# {line}"
            shown = each.value
        yield from _entry(f"{pad}{scalar_text(str(key))}:", shown, depth)


def _entry(head: str, value: Any, depth: int) -> Iterator[str]:
    """`head` followed by a value: on the same line where it fits, else below."""
    tag, inner = "", value
    if isinstance(value, Tag):
        tag, inner = f" !{value.name}", value.value
    if _is_short(inner):
        yield f"{head}{tag} {_short(inner)}"
    elif isinstance(inner, str):
        yield f"{head}{tag} |{'' if inner.endswith(chr(10)) else '-'}"
        yield from ("  " * (depth + 1) + line if line else "" for line in inner.rstrip("\n").split("\n"))
    elif isinstance(inner, Mapping):
        yield f"{head}{tag}"
        yield from _mapping(inner, depth + 1)
    else:
        yield f"{head}{tag}"
        yield from _sequence(inner, depth + 1)


def _sequence(value: Sequence[Any], depth: int) -> Iterator[str]:
    pad = "  " * depth
    for each in value:
        if isinstance(each, Mapping) and each:
            lines = list(_mapping(each, depth + 1))
            yield f"{pad}- {lines[0].lstrip()}"
            yield from lines[1:]
        else:
            yield from _entry(f"{pad}-", each, depth)


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return "\n" not in value
    if isinstance(value, Mapping):
        return not value
    if isinstance(value, (list, tuple)):
        return not value or (
            all(isinstance(e, (str, int, bool)) and "\n" not in str(e) for e in value)
            and (len(_short(value)) < 80)
        )
    return True


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(scalar_text(each, in_list=True) for each in value) + "]"
    if isinstance(value, Mapping):
        return "{}"
    return scalar_text(value)


def scalar_text(value: Any, *, in_list: bool = False) -> str:
    """A scalar, quoted where it could be read as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    is_plain = (
        _PLAIN.fullmatch(text) is not None
        and text.lower() not in _WORDS
        and not text.endswith((":", " "))
        and ": " not in text
        and not (in_list and ":" in text)
    )
    return text if is_plain else json.dumps(text, ensure_ascii=False)

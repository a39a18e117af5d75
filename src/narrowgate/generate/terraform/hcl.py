"""Terraform's language, written as `terraform fmt` leaves it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Raw(msgspec.Struct, frozen=True):
    """An expression that is written as it stands, such as `aws_vpc.this["api_vpc"].id`."""

    text: str


class Template(msgspec.Struct, frozen=True):
    """Text with expressions in it: `"${aws_api_gateway_rest_api.this["orders_api"].id}.execute-api…"`."""

    parts: tuple[str | Raw, ...]


class Json(msgspec.Struct, frozen=True):
    """`jsonencode(…)`."""

    value: Any


class Comment(msgspec.Struct, frozen=True):
    """A line for people, before what follows it."""

    text: str


class Block(msgspec.Struct, frozen=True):
    """A block: `resource "aws_vpc" "this" { … }`. The body holds attributes, blocks, comments, None for a gap."""

    kind: str
    labels: tuple[str, ...]
    body: Sequence[Any]
    """Pairs of name and value, `Block`, `Comment`, or None for an empty line."""


def write(items: Sequence[Block | Comment | None]) -> str:
    """The text of a file."""
    return "\n".join(_aligned(_body(items, 0))) + "\n"


def assignment(name: str, value: Any, depth: int = 0) -> str:
    """One argument as its lines, indented by a depth; without a line end."""
    return "\n".join(_aligned(_attribute(_key(name), value, depth)))


Line = tuple[str, str, str]
"""Indentation with what stands before `=`, what stands from there, and whether it may be aligned."""


def _body(items: Sequence[Any], depth: int) -> Iterator[Line]:
    pad = "  " * depth
    for item in items:
        match item:
            case None:
                yield ("", "", "")
            case Comment(text=text):
                yield (f"{pad}# {text}", "", "")
            case Block(kind=kind, labels=labels, body=body):
                head = " ".join((kind, *(f'"{label}"' for label in labels)))
                if body:
                    yield (f"{pad}{head} {{", "", "")
                    yield from _body(body, depth + 1)
                    yield (f"{pad}}}", "", "")
                else:
                    yield (f"{pad}{head} {{}}", "", "")
            case (name, value):
                yield from _attribute(name, value, depth)


def _attribute(name: str, value: Any, depth: int) -> Iterator[Line]:
    pad = "  " * depth
    lines = list(expression(value, depth))
    if len(lines) == 1:
        yield (f"{pad}{name}", f"= {lines[0]}", "aligned")
        return
    yield (f"{pad}{name} = {lines[0]}", "", "")
    for line in lines[1:]:
        yield line if isinstance(line, tuple) else (line, "", "")


def expression(value: Any, depth: int) -> Iterator[Any]:
    """An expression's lines: the first without indentation, the others as lines of their own."""
    match value:
        case Json(value=inner):
            lines = list(expression(inner, depth))
            if len(lines) == 1:
                yield f"jsonencode({lines[0]})"
            else:
                yield f"jsonencode({lines[0]}"
                yield from lines[1:-1]
                yield (lines[-1][0] + ")", "", "")
        case dict() if value:
            yield "{"
            for key, each in value.items():
                if isinstance(each, Comment):
                    yield ("  " * (depth + 1) + f"# {each.text}", "", "")
                else:
                    yield from _attribute(_key(key), each, depth + 1)
            yield ("  " * depth + "}", "", "")
        case list() | tuple() if _is_long(value):
            yield "["
            for each in value:
                lines = list(expression(each, depth + 1))
                first = "  " * (depth + 1) + lines[0]
                if len(lines) == 1:
                    yield (first + ",", "", "")
                else:
                    yield (first, "", "")
                    yield from lines[1:-1]
                    yield (lines[-1][0] + ",", "", "")
            yield ("  " * depth + "]", "", "")
        case _:
            yield inline(value)


def _is_long(value: Sequence[Any]) -> bool:
    return any(isinstance(each, (dict, Json)) and each for each in value) or len(inline(list(value))) > 88


def inline(value: Any) -> str:
    """An expression on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return quoted(value)
        case Raw(text=text):
            return text
        case Template(parts=parts):
            return '"' + "".join(f"${{{p.text}}}" if isinstance(p, Raw) else _escaped(p) for p in parts) + '"'
        case Json(value=inner):
            return f"jsonencode({inline(inner)})"
        case Mapping():
            return "{ " + ", ".join(f"{_key(k)} = {inline(v)}" for k, v in value.items()) + " }" if value else "{}"
        case list() | tuple():
            return "[" + ", ".join(inline(each) for each in value) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} is no Terraform value")


def quoted(text: str) -> str:
    """A string literal; what Terraform would read as a template is escaped."""
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("${", "$${").replace("%{", "%%{")


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) else quoted(key)


def _aligned(lines: Iterator[Line]) -> Iterator[str]:
    """Lines that follow each other and hold one whole assignment each have their `=` under each other."""
    chain: list[Line] = []
    for line in lines:
        if line[2]:
            chain.append(line)
            continue
        yield from _flushed(chain)
        chain = []
        yield line[0].rstrip()
    yield from _flushed(chain)


def _flushed(chain: Sequence[Line]) -> Iterator[str]:
    width = max((len(name) for name, _, _ in chain), default=0)
    for name, rest, _ in chain:
        yield f"{name.ljust(width)} {rest}"

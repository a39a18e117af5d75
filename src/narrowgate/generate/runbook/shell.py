"""AWS CLI commands for a POSIX shell: ids in variables, documents in files, everything quoted."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from narrowgate.generate.names import snake
from narrowgate.generate.plan import AccountId, value_name
from narrowgate.generate.requests import AsText, Request
from narrowgate.model.resource import GetAtt, Join, Ref

_SAFE = re.compile(r"[A-Za-z0-9_./:,=@+-]+")
_WIDTH = 100


class Document(msgspec.Struct, frozen=True):
    """A JSON document that a command reads from a file, written just before."""

    file: str
    value: Any


class Text(msgspec.Struct, frozen=True):
    """Text that a command reads from a file, written just before; nothing in it is expanded."""

    file: str
    value: str


class Stamped(msgspec.Struct, frozen=True):
    """Text that has to be new in every run: the shell adds the time."""

    value: str


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One `aws` command.

    `options` are pairs of flag and value: None for a flag alone, a list for several values, a `Document` or `Text`
    for a file.
    """

    service: str
    operation: str
    region: str
    options: tuple[tuple[str, Any], ...]
    captures: tuple[tuple[str, str], ...] = ()
    """The variable that the answer goes to, and the query for it; one at most."""


def command_of(request: Request, region: str, file: str = "request.json") -> Command:
    """A request in the words of the AWS CLI; what is too deep for one word goes into a file."""
    options = tuple((f"--{_dashed(name)}", _option(value, file)) for name, value in request.parameters.items())
    return Command(
        service=request.service, operation=request.operation.replace("_", "-"), region=region, options=options
    )


def _dashed(name: str) -> str:
    return snake(name).replace("_", "-")


def _option(value: Any, file: str) -> Any:
    match value:
        case Mapping():
            return joined(value)
        case list() if any(isinstance(inner, AsText) for each in value for inner in each.values()):
            return Document(file, value)
        case list():
            return [joined(each) for each in value]
        case _:
            return value


def joined(change: Mapping[str, Any]) -> Any:
    """A flat structure as the AWS CLI takes it in one word: `op=add,path=/a,value=b`."""
    parts: list[Any] = []
    for key, value in change.items():
        told = str(value).lower() if isinstance(value, bool) else value
        parts += [f"{',' if parts else ''}{key}=", *(told.parts if isinstance(told, Join) else (told,))]
    return "".join(parts) if all(isinstance(each, str) for each in parts) else Join(tuple(parts))


def variable(logical_id: str, attribute: str | None = None) -> str:
    """The shell variable of a value: `API_VPC_ID`."""
    return value_name(logical_id, attribute).upper()


def quoted(value: Any) -> str:
    """A value as one word of the shell."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() if _SAFE.fullmatch(value):
            return value
        case str() if "'" not in value and "$" not in value:
            return f"'{value}'"
        case list() | tuple():
            return " ".join(quoted(each) for each in value)
        case Stamped(value=inner):
            return f'"{inner}-$(date +%s)"'
        case _:
            return f'"{_expanded(value)}"'


def _expanded(value: Any) -> str:
    """Text within double quotes, or within a document that the shell expands."""
    match value:
        case Ref(logical_id=own):
            return f"${variable(own)}"
        case GetAtt(logical_id=own, attribute=attribute):
            return f"${variable(own, attribute)}"
        case AccountId():
            return "$ACCOUNT_ID"
        case Join(parts=parts):
            return _braced([_expanded(part) for part in parts])
        case _:
            text = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return text.replace("$", "\\$").replace("`", "\\`")


def _braced(parts: Sequence[str]) -> str:
    """Variables in braces where letters follow."""
    return "".join(f"${{{each[1:]}}}" if each.startswith("$") else each for each in parts)


def lines_of(command: Command, profile: str | None) -> Iterator[str]:
    """A command's lines, with the files that it reads."""
    words: list[str] = []
    for flag, value in command.options:
        match value:
            case Document(file=file, value=inner):
                yield from document(file, inner)
                words.append(f"{flag} file://{file}")
            case Text(file=file, value=inner):
                yield f"cat > {file} <<'TEXT'"
                yield from inner.rstrip("\n").split("\n")
                yield "TEXT"
                words.append(f"{flag} file://{file}")
            case None:
                words.append(flag)
            case _:
                words.append(f"{flag} {quoted(value)}")
    words.append(f"--region {command.region}")
    if profile is not None:
        words.append(f'--profile "${profile}"')
    start, end = f"aws {command.service} {command.operation}", ""
    for name, query in command.captures:
        words.append(f"--query '{query}' --output text")
        start, end = f"{name}=$({start}", ")"
    yield from _wrapped(start, words, end)


def document(file: str, value: Any) -> Iterator[str]:
    """Lines that write a JSON document, with ids filled in."""
    yield f"cat > {file} <<JSON"
    yield from _json(value).split("\n")
    yield "JSON"


_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([A-Z0-9_]+){_CLOSE}")


def _json(value: Any) -> str:
    """JSON in a here-document that the shell expands: only ids are, everything else is kept from it."""
    text = json.dumps(_marked(value), indent=2, ensure_ascii=False)
    kept = text.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`")
    return _MARK.sub(r"${\1}", kept)


def _marked(value: Any) -> Any:
    match value:
        case Ref(logical_id=own):
            return f"{_OPEN}{variable(own)}{_CLOSE}"
        case GetAtt(logical_id=own, attribute=attribute):
            return f"{_OPEN}{variable(own, attribute)}{_CLOSE}"
        case AccountId():
            return f"{_OPEN}ACCOUNT_ID{_CLOSE}"
        case Join(parts=parts):
            return "".join(_marked(part) for part in parts)
        case AsText(value=inner):
            return json.dumps(_marked(inner), ensure_ascii=False)
        case Mapping():
            return {key: _marked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_marked(inner) for inner in value]
        case _:
            return value


def _wrapped(start: str, words: Sequence[str], end: str) -> Iterator[str]:
    line = start
    for at, word in enumerate(words):
        tail = end if at == len(words) - 1 else ""
        if len(line) + len(word) + len(tail) + 3 > _WIDTH:
            yield f"{line} \\"
            line = f"    {word}{tail}"
        else:
            line = f"{line} {word}{tail}"
    yield line

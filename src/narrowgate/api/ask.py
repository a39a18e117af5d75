"""Many questions, one JSON answer a line: the form in which other programs talk to narrowgate.

A question that fails answers with an `error` and does not stop the rest. Loaded sources are kept, so that a
thousand questions of one estate read it once.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from narrowgate import api
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError, NarrowgateError
from narrowgate.model.snapshot import Snapshot

_KEPT_SOURCES = 8
_MAX_LINE_BYTES = 16 * 1024 * 1024
_EXIT = {Verdict.ALLOWED: 0, Verdict.UNKNOWN: 3, Verdict.INDETERMINATE: 3}


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"client": "from"}):
    """One line of a questions file; the fields are the verbs' options."""

    ask: str
    id: Any = None
    source: str | None = None
    client: str | None = None
    name: str | None = None
    type: str = "A"
    server: str | None = None
    to: str | None = None
    port: int | None = None
    protocol: str = "tcp"
    client_ports: str | list[int] | None = None
    ip_version: int | str | None = None
    url: str | None = None
    method: str = "GET"
    headers: dict[str, str] | list[str] = msgspec.field(default_factory=list)
    principal: str | None = msgspec.field(default="anonymous", name="as")
    security_groups: list[str] = msgspec.field(default_factory=list)
    security_group: str | list[str] | None = None
    assume_complete: bool | None = None
    request: str | dict[str, Any] | None = None
    resource_policy: str | dict[str, Any] | None = None
    endpoint_policy: str | dict[str, Any] | None = None
    identity_policies: list[str | dict[str, Any]] = msgspec.field(default_factory=list)


class Sources:
    """Loaded snapshots, the least recently used dropped."""

    def __init__(
        self, base: Path, loaded: Mapping[str, Snapshot], tell: Callable[[Snapshot], object] | None = None
    ) -> None:
        """`base` is where relative paths are looked up when the working folder has none; `loaded` is by name."""
        self.base = base
        self._tell = tell
        self._loaded = loaded
        self._kept: OrderedDict[tuple[Path, bool], Snapshot] = OrderedDict()

    def snapshot(self, source: str | Path, *, assume_complete: bool) -> Snapshot:
        """The snapshot of a source, read at most once while it is kept.

        Raises:
            InputError: the source cannot be read.
        """
        if isinstance(source, str) and source in self._loaded:
            return self._loaded[source]
        key = (self.path(source), assume_complete)
        if key not in self._kept:
            self._kept[key] = api.load(key[0], assume_complete=assume_complete)
            if self._tell is not None:
                self._tell(self._kept[key])
            if len(self._kept) > _KEPT_SOURCES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def path(self, text: str | Path) -> Path:
        """A path as the working folder sees it, else beside the questions."""
        path = Path(text)
        return path if path.exists() or path.is_absolute() else self.base / path


def answer_questions(
    lines: Iterable[bytes],
    *,
    source: Path | None,
    assume_complete: bool = False,
    base: Path | None = None,
    loaded: Mapping[str, Snapshot] | None = None,
    tell: Callable[[Snapshot], object] | None = None,
) -> Iterator[bytes]:
    """Answer each line in order.

    Args:
        lines: JSON objects, one a line; empty lines are passed over.
        source: the source of questions that name none.
        assume_complete: the default for questions that do not say.
        base: where relative paths are looked up second.
        loaded: snapshots that questions may name as their source, for a caller that has them already.
        tell: called with each snapshot that was read, for what its source set aside.
    """
    sources = Sources(base or Path(), loaded or {}, tell)
    for line in lines:
        if line.strip():
            yield _answer(line, sources, source, assume_complete)


def _answer(line: bytes, sources: Sources, source: Path | None, assume_complete: bool) -> bytes:
    identity: Any = None
    try:
        identity = _identity(line)
        question = _decode(line)
        status, answer = _ask(question, sources, source, assume_complete)
    except NarrowgateError as error:
        return _line({"id": identity, "exit": 2, "error": _error(error)})
    except Exception as error:
        # One question must never end the conversation; what is left here is a defect of ours, and says so.
        text = f"internal error: {type(error).__name__}: {error}"
        return _line(
            {"id": identity, "exit": 2, "error": {"message": text, "where": "", "help": "please report it"}}
        )
    return _line({"id": question.id, "exit": status, "answer": answer})


def _ask(question: Question, sources: Sources, default: Path | None, assume_complete: bool) -> tuple[int, Any]:
    if question.ask == "authorize":
        return _authorize(question, sources)
    if question.ask not in ("resolve", "reach", "trace"):
        raise InputError(
            f"`{question.ask[:40]}` is no question", help="`ask` is resolve, reach, trace or authorize"
        )
    source = question.source if question.source is not None else default
    if source is None:
        raise InputError("the question names no source", help="give SOURCE, or a `source` in the question")
    complete = assume_complete if question.assume_complete is None else question.assume_complete
    snapshot = sources.snapshot(source, assume_complete=complete)
    answer = _asked_of(snapshot, question)
    return _EXIT.get(answer.verdict, 1), answer


def _asked_of(snapshot: Snapshot, question: Question) -> Any:
    client = _needed(question.client, "from", question)
    groups = tuple(question.security_groups)
    if question.security_group is not None:
        more = question.security_group
        groups += (more,) if isinstance(more, str) else tuple(more)
    if question.ask == "resolve":
        name = _needed(question.name, "name", question)
        return api.resolve(snapshot, client, name, question.type, server=question.server, security_groups=groups)
    if question.ask == "reach":
        flow = api.Flow(
            port=_needed(question.port, "port", question),
            protocol=question.protocol,
            client_ports=_ports(question.client_ports),
            ip_version=None if question.ip_version is None else str(question.ip_version),
        )
        return api.reach(snapshot, client, _needed(question.to, "to", question), flow, security_groups=groups)
    headers = question.headers
    lines = headers if isinstance(headers, list) else [f"{key}: {value}" for key, value in headers.items()]
    return api.trace(
        snapshot,
        client,
        _needed(question.url, "url", question),
        method=question.method,
        headers=lines,
        principal=question.principal or "anonymous",
        security_groups=groups,
    )


def _authorize(question: Question, sources: Sources) -> tuple[int, Any]:
    answer = api.authorize(
        _document(_needed(question.request, "request", question), sources),
        resource_policy=_optional(question.resource_policy, sources),
        endpoint_policy=_optional(question.endpoint_policy, sources),
        identity_policies=[_document(each, sources) for each in question.identity_policies],
    )
    return _EXIT.get(answer.verdict, 1), answer


def _document(value: str | dict[str, Any], sources: Sources) -> api.Document:
    if isinstance(value, str):
        return api.Document.read(sources.path(value))
    return api.Document(content=value, where="question")


def _optional(value: str | dict[str, Any] | None, sources: Sources) -> api.Document | None:
    return None if value is None else _document(value, sources)


def _ports(value: str | list[int] | None) -> str | None:
    if isinstance(value, list):
        return "-".join(str(port) for port in value)
    return value


def _needed(value: Any, field: str, question: Question) -> Any:
    if value is None:
        raise InputError(f"`{question.ask}` needs the field `{field}`")
    return value


def _identity(line: bytes) -> Any:
    """The question's id even where the rest of it is wrong; None where there is none."""
    if len(line) > _MAX_LINE_BYTES:
        raise InputError(f"a line of {len(line) // 1_000_000} MB is no question", help="16 MB at most")
    try:
        parsed = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        found = re.search(rb'"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)', line)
        return json.loads(found[1]) if found else None
    return parsed.get("id") if isinstance(parsed, dict) else None


def _decode(line: bytes) -> Question:
    from narrowgate.sources.snapshot.decode import decode_json

    question: Question = decode_json(line, Question, where="question")
    return question


def _error(error: NarrowgateError) -> dict[str, str]:
    return {"message": error.message, "where": error.where, "help": error.help}


def _line(content: Any) -> bytes:
    return msgspec.json.encode(content)

"""Conformance cases: read, built into an estate, asked, compared. The format is in README.md."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

from narrowgate.api.ask import answer_questions
from narrowgate.api.policies import Document, validate
from narrowgate.guide.estate import Guide, build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.model.errors import InputError
from narrowgate.sources.design.read import read_design
from narrowgate.sources.synthetic.estate import Estate
from narrowgate.sources.synthetic.filters import allow, any_protocol, deny, tcp, udp

FOLDER = Path(__file__).parent / "cases"
BASES = {
    "guide": build_guide,
    "guide-plain": lambda: build_guide(resolver=False),
    "guide-two-accounts": lambda: build_guide(two_accounts=True),
    "guide-two-regions": lambda: build_guide(resolver=False, requester_region="eu-west-1"),
}


def _entry(action: Any, is_egress: bool) -> Any:
    def made(number: int, cidr: str, protocol: str = "all", ports: Any = None) -> Any:
        return action(number, cidr, protocol=protocol, ports=ports, egress=is_egress)

    return made


WORDS = {
    "tcp": tcp,
    "udp": udp,
    "any_protocol": any_protocol,
    "allow_in": _entry(allow, False),
    "allow_out": _entry(allow, True),
    "deny_in": _entry(deny, False),
    "deny_out": _entry(deny, True),
}
"""What stands for a permission of a group or an entry of an ACL, written `{tcp: [443, 10.1.0.0/16]}`."""


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case, as its file has it."""

    rule: str | list[str]
    holds: bool
    case: str
    ask: dict[str, Any]
    expect: dict[str, Any]
    source: str
    given: dict[str, Any] = {}
    assume_complete: bool = False
    file: str = ""

    @property
    def rules(self) -> list[str]:
        return [self.rule] if isinstance(self.rule, str) else self.rule


def read_cases(folder: Path = FOLDER) -> list[Case]:
    """Every case of every file; a malformed one fails with its file."""
    yaml = YAML(typ="safe")
    cases: list[Case] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        for position, element in enumerate(yaml.load(path.read_text()) or []):
            try:
                cases.append(msgspec.convert({**element, "file": name}, Case))
            except msgspec.ValidationError as error:
                raise AssertionError(f"{name}, case {position}: {error}") from None
    return cases


class World:
    """The estate that a case is asked of, and the names it may use."""

    def __init__(self, given: dict[str, Any]) -> None:
        base = given.get("base", "empty")
        self.guide: Guide | None = None if base == "empty" else BASES[base]()
        self.estate = self.guide.estate if self.guide else Estate("111122223333", "us-east-1")
        self.names: dict[str, Any] = {}
        for step in _flat(given.get("do", ())):
            self._do(dict(step))

    def name(self, text: str) -> Any:
        """What `$text` stands for."""
        head, *rest = text.split(".")
        found: Any = self.names[head] if head in self.names else getattr(self.guide, head)
        for part in rest:
            if isinstance(found, dict):
                found = found[part]
            else:
                found = found[int(part)] if part.isdigit() else getattr(found, part)
        return found

    def filled(self, value: Any) -> Any:
        """A value with every `$name` in it replaced, also inside longer text written `${name}`."""
        if isinstance(value, dict):
            return {self.filled(key): self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value
        if value.startswith("$") and not value.startswith("${"):
            return self.name(value[1:])
        while "${" in value and "}" in value:
            before, _, rest = value.partition("${")
            inner, _, after = rest.partition("}")
            if not (inner.split(".")[0] in self.names or hasattr(self.guide, inner.split(".")[0])):
                break
            value = f"{before}{self.name(inner)}{after}"
        return value

    def _do(self, step: dict[str, Any]) -> None:
        result_name, where = step.pop("as", None), step.pop("at", None)
        ((verb, arguments),) = step.items()
        if verb == "repeat":
            for number in range(arguments["times"]):
                self.names["n"] = number
                for each in _flat(arguments["do"]):
                    self._do(dict(each))
            return
        arguments = _written_out(self.filled(arguments))
        estate = self.estate if where is None else self.estate.at(*map(str, where))
        if verb == "set":
            element = estate.resource(arguments.pop("of"))
            for path, value in arguments.items():
                parent, key = _descend(element, path)
                parent[key] = value
            return
        if verb == "set_listed":
            self._set_listed(arguments)
            return
        if verb == "delete":
            parent, key = _descend(estate.resource(arguments["of"]), arguments["field"])
            del parent[key]
            return
        if verb == "append":
            parent, key = _descend(estate.resource(arguments["of"]), arguments["field"])
            parent[key].append(arguments["value"])
            return
        if verb == "answer":
            body = estate.ledger.answer(arguments.pop("call"), arguments.pop("parent"))
            body.update(arguments)
            return
        if verb == "single":
            estate.ledger.single[estate.where, arguments.pop("call")].update(arguments)
            return
        if verb == "add":
            estate._add(arguments["call"], arguments["element"])
            return
        if verb == "outside":
            self.estate.outside = arguments
            return
        method = getattr(estate, verb)
        result = method(*arguments) if isinstance(arguments, list) else method(**arguments)
        if result_name is not None:
            self.names[result_name] = result

    def _set_listed(self, arguments: dict[str, Any]) -> None:
        """Fields of the elements of one call's answers: associations have ids of their own, which nobody names."""
        call, chosen = arguments.pop("call"), arguments.pop("where")
        found = [
            element
            for (_, name), elements in self.estate.ledger.elements.items()
            if name == call
            for element in elements
            if all(element.get(field) == value for field, value in chosen.items())
        ]
        assert found, f"no element of {call} has {chosen}"
        for element in found:
            element.update(arguments)


def _flat(steps: Any) -> Iterator[Any]:
    """Steps, with lists of steps (an anchor used again) put in their place."""
    for step in steps:
        if isinstance(step, list):
            yield from _flat(step)
        else:
            yield step


def _written_out(value: Any) -> Any:
    """Every `{tcp: [443, …]}` and its like as the element that it stands for."""
    if isinstance(value, list):
        return [_written_out(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((word, arguments),) = value.items()
        if word in WORDS and isinstance(arguments, list):
            return WORDS[word](*arguments)
    return {key: _written_out(each) for key, each in value.items()}


def _descend(element: Any, path: str) -> tuple[Any, Any]:
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        element = element[part]
    return element, last


def ask(case: Case) -> tuple[dict[str, Any], World]:
    """The line that `narrowgate ask` would print for the case, parsed; or what a check of documents says."""
    world = World(case.given)
    question = world.filled(case.ask)
    if question["ask"] in ("validate", "design"):
        return _ask_documents(question), world
    if question["ask"] != "authorize":
        snapshot = snapshot_of(world.estate, assume_complete=case.assume_complete)
        question |= {"source": "estate", "assume_complete": case.assume_complete}
        lines = answer_questions([json.dumps(question).encode()], source=None, loaded={"estate": snapshot})
    else:
        lines = answer_questions([json.dumps(question).encode()], source=None)
    return json.loads(next(iter(lines))), world


def _ask_documents(question: dict[str, Any]) -> dict[str, Any]:
    """What the checks of a policy find, or whether a design is taken."""
    try:
        if question["ask"] == "design":
            design = read_design(question["text"].encode(), file="narrowgate.yaml", read_beside=lambda _: b"")
            return {"answer": {"apis": [each.name for each in design.apis]}}
        types = question.get("authorization", ())
        document = Document(content=json.dumps(question["policy"]).encode(), where="policy")
        findings = validate(document, kind=question.get("kind", "resource"), authorization_types=types)
    except InputError as error:
        return {"error": {"message": error.message, "help": error.help}}
    return {"answer": {"findings": json.loads(msgspec.json.encode(findings))}}


def differences(case: Case) -> Iterator[str]:
    """Each expectation that does not hold, as a sentence."""
    line, world = ask(case)
    if "error" in case.expect:
        message = json.dumps(line.get("error", "no error"))
        if case.expect["error"] not in message:
            yield f"wanted the error {case.expect['error']!r}, got {message[:400]}"
        return
    if "answer" not in line:
        yield f"error: {line['error']}"
        return
    for path, wanted in world.filled(case.expect).items():
        found = _at(line["answer"], path)
        if not _fits(found, wanted):
            yield f"{path}: wanted {wanted!r}, found {found!r}; {_told(line['answer'])}"


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value


def _fits(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and set(wanted) <= {"any", "has", "lacks"} and wanted:
        return (
            ("any" not in wanted or found in wanted["any"])
            and ("has" not in wanted or _contains(found, wanted["has"]))
            and ("lacks" not in wanted or not _contains(found, wanted["lacks"]))
        )
    if isinstance(found, list) and isinstance(wanted, list):
        return sorted(map(str, found)) == sorted(map(str, wanted))
    return bool(found == wanted)


def _contains(found: Any, wanted: Any) -> bool:
    """Text inside text, an element in a list, or text anywhere inside a list's elements."""
    if isinstance(found, list):
        return any(
            element == wanted or (isinstance(wanted, str) and wanted in json.dumps(element)) for element in found
        )
    return isinstance(found, str) and str(wanted) in found


def _told(answer: dict[str, Any]) -> str:
    keys = ("verdict", "symptom", "rcode", "addresses", "decided_by", "decision", "unknowns")
    return json.dumps({key: answer[key] for key in keys if answer.get(key)})[:900]

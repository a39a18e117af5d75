"""Symptoms: found by what a person pastes, and the cause picked by what a trace shows.

`data/symptoms.toml` holds them. A cause's `when` lists marks of a trace; the cause that asks for most of them, and
gets them all, is the one. The marks: `reason:`, `layer:`, `rule:` and `leg:` of the fact that decided, and `any`;
`key:` of conditions that kept an Allow from matching or made a Deny match, `absent` where such a key was missing,
`literal` where such a condition holds a wildcard under an operator without wildcards; `principal` and `resource`
where these kept an Allow from matching; `note:` of the policies' answer.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from narrowgate.model.answer import Verdict
from narrowgate.model.explanation import Symptom, SymptomCause
from narrowgate.model.policy import StatementResult
from narrowgate.model.trace import TraceAnswer

_MESSAGE = re.compile(r'"message": ?"([^"]*)"')
"""What API Gateway writes into the body of a refusal."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    symptom: tuple[Symptom, ...]


@cache
def load_symptoms() -> tuple[Symptom, ...]:
    """Return every symptom; the data file is read at the first call."""
    text = (files("narrowgate.rulebook") / "data" / "symptoms.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).symptom


def find_symptoms(text: str) -> tuple[Symptom, ...]:
    """Return the symptoms that a text means: a name such as `403`, an id, or a message as a tool prints it."""
    asked = " ".join(text.casefold().replace("’", "'").split())
    body = _MESSAGE.search(asked)
    words = {part.strip("'\"{}[]().,;:! ") for part in (asked, body[1] if body is not None else asked)}
    named = tuple(each for each in load_symptoms() if words.intersection((*each.names, each.id)))
    if named:
        return named
    printed = tuple(each for each in load_symptoms() if re.search(each.message, asked))
    if printed:
        return printed
    told = set(re.findall(r"(?<![\w.])[45][0-9]{2}(?![\w.])|[a-z]+exception\b", asked))
    return tuple(each for each in load_symptoms() if told.intersection(each.names))


def looks_pasted(text: str) -> bool:
    """True for what reads as a program's message rather than as words to look for."""
    return len(text.split()) > 6 or re.search(r"[:;{}\"'=()/]|error|exception", text.casefold()) is not None


def symptom_of(answer: TraceAnswer, asked: Sequence[Symptom] = ()) -> Symptom | None:
    """Return the symptom that a trace shows; None where the call works or stays undecided.

    A call that is lost in parts shows the one that was `asked` for, where that is of calls that work at times.
    """
    if answer.verdict is Verdict.PARTIAL:
        for each in asked:
            if each.seen is None and pick_cause(each, answer) is not None:
                return each
    if answer.symptom is None:
        return None
    error_type = answer.http.error_type if answer.http is not None else None
    body = (answer.http.body or "").casefold() if answer.http is not None else ""
    shown = [each for each in load_symptoms() if each.seen == answer.symptom]
    if error_type == "IncompleteSignatureException":
        error_type = "InvalidSignatureException"  # one family of refusals (ERR-08)
    shown = [each for each in shown if each.error_type == error_type]
    if len(shown) > 1:
        shown = [each for each in shown if re.search(each.message, body)]
    return shown[0] if shown else None


def pick_cause(symptom: Symptom, answer: TraceAnswer) -> SymptomCause | None:
    """Return the cause of a symptom that a trace shows; None where it shows none of them."""
    marks = frozenset(_marks(answer))
    fitting = [each for each in symptom.cause if each.when and marks.issuperset(each.when)]
    return max(
        fitting, key=lambda each: len(each.when), default=None
    )  # the first, that is the likeliest, of equals


def _marks(answer: TraceAnswer) -> Iterator[str]:
    cause = answer.decided_by
    if cause is None:
        return
    yield f"reason:{cause.reason}"
    yield f"layer:{cause.layer}"
    yield f"rule:{cause.rule}"
    yield f"leg:{cause.leg}"
    yield "any"
    decided = answer.authorization
    if decided is None:
        return
    yield from (f"note:{note.code}" for note in decided.notes)
    statements = [each for each in decided.statements if each.layer == cause.layer]
    yield from _of_statements(statements, is_deny=cause.reason == "EXPLICIT_DENY")


def _of_statements(statements: Sequence[StatementResult], *, is_deny: bool) -> Iterator[str]:
    """What made a Deny match, or kept every Allow from matching."""
    for statement in statements:
        if is_deny and (statement.effect != "Deny" or statement.applies != "yes"):
            continue
        if not is_deny and (statement.effect != "Allow" or statement.applies == "yes"):
            continue
        if not is_deny and statement.principal == "no":
            yield "principal"
        if not is_deny and statement.resource == "no":
            yield "resource"
        for condition in statement.conditions:
            if is_deny or condition.holds == "no":
                yield f"key:{condition.key.casefold()}"
                if condition.state == "absent":
                    yield "absent"
                if any("*" in value for value in condition.wanted) and "string" in condition.operator.casefold():
                    yield "like" if "like" in condition.operator.casefold() else "literal"

"""The text of `authorize`."""

from collections.abc import Iterator

from narrowgate.model.answer import Verdict
from narrowgate.model.policy import AuthorizeAnswer, Decider, StatementResult
from narrowgate.report.steps import section, warning_lines
from narrowgate.report.style import Style, clean

_APPLIES = {"yes": Verdict.ALLOWED, "no": Verdict.DENIED, "unknown": Verdict.UNKNOWN}


def render_authorize(answer: AuthorizeAnswer, style: Style, *, verbose: bool = False) -> str:
    """The decision, what decides, what the caller sees, and every statement that was looked at."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: AuthorizeAnswer, style: Style, verbose: bool) -> Iterator[str]:
    verdict = f"{style.mark(answer.verdict)} {style.verdict(answer.verdict)}"
    yield f"{verdict} ({answer.decision})  {clean(answer.resource)}"
    if answer.http is not None:
        body = clean(answer.http.body or "")
        yield f"  caller sees  HTTP {answer.http.status}  {answer.http.error_type}  {body}"
    if answer.authorizer_invoked is not None:
        yield f"  authorizer   {'invoked' if answer.authorizer_invoked else 'not invoked'}"
    yield from section("Decided by", map(_decider, answer.decided_by), style)
    rest = [cause for cause in answer.blocking if cause not in answer.decided_by]
    yield from section("Would refuse as well", map(_decider, rest), style)
    yield from section("Statements", _statements(answer, style, verbose), style)
    yield from section("Not known", map(_decider, answer.unknowns), style)
    yield from section("Mind", warning_lines((note.text for note in answer.notes), style), style)


def _decider(decider: Decider) -> str:
    place = "" if decider.index is None else f" statement {decider.statement or decider.index}"
    return clean(f"  {decider.layer}{place}: {decider.reason}")


def _statements(answer: AuthorizeAnswer, style: Style, verbose: bool) -> Iterator[str]:
    for statement in answer.statements:
        mark = style.mark(_APPLIES[statement.applies])
        name = statement.statement or f"statement {statement.index}"
        yield f"  {mark} {statement.layer}: {statement.effect} {clean(name)} - applies: {statement.applies}"
        if verbose or statement.applies != "yes":
            yield from _parts(statement, style)


def _parts(statement: StatementResult, style: Style) -> Iterator[str]:
    for what, holds in (
        ("principal", statement.principal),
        ("action", statement.action),
        ("resource", statement.resource),
    ):
        if holds not in (None, "yes"):
            yield f"      {what} matches: {holds}"
    for condition in statement.conditions:
        found = ", ".join(condition.found) if condition.found else condition.state
        wanted = ", ".join(condition.wanted)
        rule = f"  [{condition.rule}]" if condition.rule else ""
        text = f"{condition.operator} {condition.key} wants {wanted}; found {found}: {condition.holds}{rule}"
        yield "      " + style.dim(text)

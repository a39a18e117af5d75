"""The text of `explain` for a symptom: what it means, its causes, how to tell them apart."""

import textwrap
from collections.abc import Iterator

from narrowgate.model.explanation import CallExplanation, ExplainAnswer, Symptom, SymptomCause
from narrowgate.report.style import Style, clean

_WIDTH = 100


def render_explanation(answer: ExplainAnswer, style: Style) -> str:
    """The answer for a person: the cause of the call first, where one was traced."""
    return "\n".join(_lines(answer, style)).rstrip()


def _lines(answer: ExplainAnswer, style: Style) -> Iterator[str]:
    if answer.call is not None:
        yield from _call(answer.call, style)
    if len(answer.symptoms) > 1:
        yield style.strong(f"`{answer.asked}` may be any of {len(answer.symptoms)}: compare the exact message.")
        yield ""
    for symptom in answer.symptoms:
        yield from _symptom(symptom, style, answer.call)
        yield ""


def _call(call: CallExplanation, style: Style) -> Iterator[str]:
    yield f"{style.mark(call.verdict)} {style.verdict(call.verdict)}  {clean(call.url)}"
    yield f"  from           {clean(call.client)}"
    yield f"  caller sees    {style.strong(call.sees)}"
    if not call.is_asked:
        yield "  Mind           in this source the call does not end as was asked"
    if call.decided_by is not None:
        own, words = clean(call.decided_by.resource or ""), clean(call.decided_by.text)
        yield f"  decided by     {words if words.startswith(own) else f'{own} {words}'}"
    if call.picked is not None:
        yield from _wrapped(f"{call.picked.text} ({call.picked.rule})", "  the cause      ", 17)
    for missing in call.unknowns:
        yield f"  not known      {clean(missing.fact)} {clean(missing.resource or '')} ({clean(missing.why)})"
    yield ""


def _symptom(symptom: Symptom, style: Style, call: CallExplanation | None) -> Iterator[str]:
    yield f"{style.strong(symptom.title)}  {style.dim(symptom.rule)}"
    yield from _wrapped(symptom.meaning, "  ", 2)
    yield ""
    yield "  Causes, likeliest first"
    for number, cause in enumerate(symptom.cause, start=1):
        is_picked = call is not None and cause == call.picked and symptom.id == call.symptom
        yield from _cause(number, cause, is_picked=is_picked)


def _cause(number: int, cause: SymptomCause, *, is_picked: bool) -> Iterator[str]:
    mark = "→" if is_picked else " "
    yield from _wrapped(f"{cause.text} ({cause.rule})", f"{mark} {number:>2}. ", 6)
    yield from _wrapped(cause.tell, "      Tell: ", 12)
    yield f"      Ask:  {cause.command}"


def _wrapped(text: str, first: str, indent: int) -> list[str]:
    return textwrap.wrap(
        clean(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )

"""The text of `lab test`: what packets did, beside what the engine says, line by line."""

from collections.abc import Iterator

from narrowgate.model.laboratory import Compared, LabAnswer
from narrowgate.report.numbers import counted
from narrowgate.report.steps import section
from narrowgate.report.style import Style, clean

_WORDS = {True: ("agrees ", "32"), False: ("DIFFERS", "31"), None: ("open   ", "35")}


def render_lab(answer: LabAnswer, style: Style, *, verbose: bool = False) -> str:
    """The comparison for a person."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: LabAnswer, style: Style, verbose: bool) -> Iterator[str]:
    yield f"{style.mark(answer.verdict)} {_headline(answer)}  {style.dim(answer.source)}"
    yield ""
    for each in answer.compared:
        yield from _compared(each, style, verbose)
    if answer.not_asked:
        yield style.dim(f"  {answer.not_asked} more questions were not asked: --most or --questions says which")
    yield from section(
        "Not in the lab", (f"  {clean(what)}: {clean(why)}" for what, why in answer.left_out), style
    )


def _headline(answer: LabAnswer) -> str:
    agreed = sum(each.agrees is True for each in answer.compared)
    differ = sum(each.agrees is False for each in answer.compared)
    undecided = len(answer.compared) - agreed - differ
    rest = f", {undecided} undecided by the engine" if undecided else ""
    if differ:
        return f"packets and engine differ on {differ} of {counted(len(answer.compared), 'question')}{rest}"
    if not agreed:
        return "the engine decides none of the questions, so that nothing can be compared"
    return f"packets and engine agree on {counted(agreed, 'question')}{rest}"


def _compared(each: Compared, style: Style, verbose: bool) -> Iterator[str]:
    word, code = _WORDS[each.agrees]
    yield f"  {style.coloured(word, code)} {clean(each.question)}"
    observed = ", ".join(each.observed)
    lost = f", lost at {clean(each.dropped_at)}" if each.dropped_at else ""
    yield style.dim(f"          packets: {observed}{lost}")
    if verbose or each.agrees is not True:
        decided = f", decided by {clean(each.decided_by)}" if each.decided_by else ""
        yield style.dim(f"          engine:  {each.verdict}, {each.expected or 'no symptom'}{decided}")
    if each.text:
        yield f"          {clean(each.text)}"

"""Lines that several reports share: steps, causes, missing facts."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from narrowgate.model.answer import Cause, Missing, Step, Verdict
from narrowgate.report.style import Style, clean

WIDTH = 108


def step_lines(steps: Iterable[Step], style: Style, *, verbose: bool, indent: str = "  ") -> Iterator[str]:
    """A line per step: mark, sentence, rule; with `verbose` also what was considered and where it was learnt."""
    for step in steps:
        rule = f"  {style.dim('[' + step.rule + ']')}" if step.rule else ""
        yield from _wrapped(f"{indent}{style.mark(step.verdict)} ", clean(step.text), rule)
        if not verbose and step.verdict is Verdict.ALLOWED:
            continue
        for candidate in step.considered:
            sign = {"chosen": "→", "rejected": "·"}.get(candidate.outcome, "?")
            why = f" - {candidate.why}" if candidate.why else ""
            yield f"{indent}    {sign} {style.dim(candidate.item + why)}"
        for fact in step.evidence:
            source = f"  ({fact.source})" if fact.source else ""
            yield f"{indent}    {style.dim(f'{fact.resource} {fact.field} = {_short(fact.value)}{source}')}"


def cause_lines(causes: Sequence[Cause], style: Style) -> Iterator[str]:
    """A numbered line per cause, first the one that decides."""
    for number, cause in enumerate(causes, start=1):
        rule = f"  {style.dim('[' + cause.rule + ']')}" if cause.rule else ""
        where = f"{cause.leg} · {cause.layer}"
        yield from _wrapped(f"  {number}. ", f"{cause.reason} ({where}): {clean(cause.text)}", rule)


def missing_lines(unknowns: Iterable[Missing], style: Style) -> Iterator[str]:
    """A line per missing fact."""
    for missing in unknowns:
        about = f" of {missing.resource}" if missing.resource else ""
        yield f"  {style.mark(Verdict.UNKNOWN)} {clean(missing.fact + about)} - {clean(missing.why)}"


def warning_lines(warnings: Iterable[str], style: Style) -> Iterator[str]:
    """A line per warning."""
    for warning in warnings:
        yield from _wrapped("  ! ", clean(warning), "")


def section(title: str, lines: Iterable[str], style: Style) -> Iterator[str]:
    """A titled block; nothing at all where there are no lines."""
    found = list(lines)
    if found:
        yield ""
        yield style.strong(title)
        yield from found


def _wrapped(first: str, text: str, tail: str) -> Iterator[str]:
    rest = " " * 6
    lines = textwrap.wrap(text, WIDTH - len(rest), break_long_words=False, break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        yield (first if number == 0 else rest) + line + (tail if number == len(lines) - 1 else "")


def _short(text: str, limit: int = 120) -> str:
    return clean(text if len(text) <= limit else text[: limit - 1] + "…")

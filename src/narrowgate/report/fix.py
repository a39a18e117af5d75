"""The text of `fix`: what to change, with the commands; what it was verified against; what else it opens."""

import textwrap
from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import Difference
from narrowgate.model.repair import FixAnswer, RepairStep
from narrowgate.report.steps import cause_lines, missing_lines, section
from narrowgate.report.style import Style, clean

_WIDTH = 110


def render_fix(answer: FixAnswer, style: Style, *, verbose: bool = False) -> str:
    """The answer for a person: the changes first, then the proof."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: FixAnswer, style: Style, verbose: bool) -> Iterator[str]:
    yield f"{style.mark(answer.verdict)} {_headline(answer)}  {style.dim(answer.source)}"
    for number, change in enumerate(answer.changes, 1):
        yield from _change(number, change, style)
    if answer.patch:
        yield ""
        yield style.dim(
            f"  --patch-out FILE writes the patches; `git apply FILE` in {clean(answer.patch_root)} takes them"
        )
    if answer.goals:
        yield from section("Verified", (line for line in _goals(answer, style)), style)
    if answer.changes:
        yield from section("Opens beside", _differences(answer.opened, "+", style), style)
    if answer.changes and answer.closed:
        yield from section("Closes beside", _differences(answer.closed, "-", style), style)
    yield from section("Why not" if not _is_mended(answer) else "", cause_lines(answer.blocking, style), style)
    yield from section("What you can do", (f"  {clean(each)}" for each in answer.hints), style)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    if verbose:
        yield style.dim(f"  {answer.tried} sets of changes were judged")


def _is_mended(answer: FixAnswer) -> bool:
    return answer.verdict is Verdict.ALLOWED


def _headline(answer: FixAnswer) -> str:
    if not _is_mended(answer):
        return "no repair was found" if answer.verdict is Verdict.DENIED else "cannot be told: facts are missing"
    if not answer.changes:
        return "everything holds; there is nothing to mend"
    return f"mended by {len(answer.changes)} change{'s' if len(answer.changes) > 1 else ''}"


def _change(number: int, change: RepairStep, style: Style) -> Iterator[str]:
    rule = f" ({change.rule})" if change.rule else ""
    yield ""
    yield from textwrap.wrap(
        f"{number}. {clean(change.text)}{rule}", _WIDTH, subsequent_indent="   ", break_long_words=False
    )
    if change.file:
        where = f"{change.file}:{change.line}" if change.line else change.file
        yield style.dim(f"   written at {where}{f' ({change.address})' if change.address else ''}")
    if change.account or change.region:
        where = " in ".join(filter(None, (change.account and f"account {change.account}", change.region)))
        yield style.dim(f"   as {where}" if change.account else f"   in {where}")
    for each in change.by_hand:
        yield from textwrap.wrap(
            f"   by hand: {clean(each)}", _WIDTH, subsequent_indent="     ", break_long_words=False
        )
    for line in change.patch.splitlines():
        yield f"   {_coloured(clean(line), style)}"
    for command in change.commands:
        # Whole and on one line each: a command is copied, not read.
        yield f"   {style.strong('$')} {clean(command)}"
    named = ", ".join(f"{own} is {address}" for own, address in change.stands_for.items())
    if named:
        yield from textwrap.wrap(
            f"   where {clean(named)}", _WIDTH, subsequent_indent="     ", break_long_words=False
        )


def _coloured(line: str, style: Style) -> str:
    """A line of a patch: what it is of stands back, what changes stands out."""
    if line.startswith(("---", "+++", "@@")):
        return style.dim(line)
    return style.strong(line) if line.startswith(("+", "-")) else line


def _goals(answer: FixAnswer, style: Style) -> Iterator[str]:
    for each in answer.goals:
        mark = style.mark(Verdict.ALLOWED if each.holds else Verdict.DENIED)
        yield f"  {mark} {clean(each.goal)}: {each.before} before, {each.after} after"
        if each.text:
            yield style.dim(f"      {each.text}")


def _differences(found: Sequence[Difference], sign: str, style: Style) -> Iterator[str]:
    if not found:
        yield "  nothing"
    for each in found[:20]:
        who = f" for {', '.join(each.consumers[:3])}" if each.consumers else ""
        yield f"  {sign} {each.kind} {clean(each.what)}{who}"
    if len(found) > 20:
        yield style.dim(f"  and {len(found) - 20} more: `--format json` lists them")

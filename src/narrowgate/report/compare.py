"""The text of `compare` and `check`: one screen, the best first, every reason with its rule."""

import textwrap
from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import (
    CheckAnswer,
    CompareAnswer,
    ExpectationAnswer,
    MonthlyCost,
    OptionAnswer,
    RankReason,
)
from narrowgate.report.cost import bill_lines
from narrowgate.report.findings import finding_lines
from narrowgate.report.steps import missing_lines, section, warning_lines
from narrowgate.report.style import Style, clean

HEADINGS = ("works", "opens", "breaks", "$ a month", "new", "acts")
_WIDTHS = (8, 17, 20, 9, 4, 4)
_NAME_WIDTH = 28
_WIDTH = 100
_FEW = 3
_ORDER = (Verdict.ALLOWED, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.INDETERMINATE)


def render_compare(answer: CompareAnswer, style: Style, *, verbose: bool = False) -> str:
    """Every option side by side, the recommendation, and answers to what people ask."""
    return "\n".join(_lines(answer, style, verbose))


def sorted_options(answer: CompareAnswer) -> list[OptionAnswer]:
    """The recommended one, then what may be taken, what works and breaks something, what fails, what cannot be."""
    best = answer.recommendation.option if answer.recommendation else None

    def key(each: OptionAnswer) -> tuple[object, ...]:
        total = (each.cost.total is None, each.cost.at_least) if each.cost else (True, 0.0)
        may = each.verdict is Verdict.ALLOWED and not each.violations
        works = _ORDER.index(each.works) if each.works in _ORDER else len(_ORDER)
        return (each.option != best, not each.fits, not may, works, total)

    return sorted(answer.options, key=key)


def cells(each: OptionAnswer) -> tuple[str, ...]:
    """An option's row: works, opens, breaks, cost, new resources, acting accounts."""
    opened = "/".join(str(len(each.opened(kind))) for kind in ("name", "socket", "api"))
    unmeant = sum(1 for found in each.exposed if not found.intended)
    lost = dict.fromkeys(found.what.removeprefix("the ") for found in each.broken_for_consumers)
    side = [found for found in each.broken if not found.is_consumer]
    breaks = ", ".join(lost) or (f"({side[0].who})" if side else "-")
    return (
        _works(each),
        opened + (f" ({unmeant} unmeant)" if unmeant else ""),
        breaks.replace("`", ""),
        price_text(each.cost),
        str(each.new_resources),
        str(len(each.accounts)),
    )


def price_text(cost: MonthlyCost | None) -> str:
    """A month's total; where a price is not known, what it costs at least."""
    if cost is None:
        return "?"
    return f"{cost.total:,.2f}" if cost.total is not None else f"≥ {cost.at_least:,.2f}"


def cost_sentence(cost: MonthlyCost | None) -> str:
    """What a month costs, and which prices that rests on."""
    if cost is None:
        return ""
    dated = f"; prices of {cost.prices_as_of}" if cost.prices_as_of else ""
    if cost.total is None or cost.fixed is None or cost.variable is None:
        names = ", ".join(cost.unknown_prices)
        return f"at least {cost.at_least:,.2f} dollars a month (not known: {names}{dated})"
    return f"{cost.total:,.2f} dollars a month ({cost.fixed:,.2f} fixed, {cost.variable:,.2f} by use{dated})"


def grouped_refusals(refused: Sequence[OptionAnswer]) -> dict[str, list[str]]:
    """Options that cannot be built, by the sentence that says why."""
    found: dict[str, list[str]] = {}
    for each in refused:
        found.setdefault(f"{each.text} ({each.rule})", []).append(each.option)
    return found


def _works(each: OptionAnswer) -> str:
    if each.works is not Verdict.ALLOWED:
        return {"denied": "no", "invalid": "no"}.get(each.works, str(each.works))
    return "yes" if each.verdict is Verdict.ALLOWED and not each.violations else "yes, but"


def _lines(answer: CompareAnswer, style: Style, verbose: bool) -> Iterator[str]:
    yield style.strong(f"{answer.design}: ways to connect") + style.dim("   opens: names/sockets/API methods")
    head = "  " + "option".ljust(_NAME_WIDTH) + _row(HEADINGS)
    yield style.dim(head)
    refused = []
    for each in sorted_options(answer):
        if not each.fits:
            refused.append(each)
            continue
        is_best = answer.recommendation is not None and each.option == answer.recommendation.option
        name = style.strong(each.option.ljust(_NAME_WIDTH)) if is_best else each.option.ljust(_NAME_WIDTH)
        yield f"{style.mark(_mark(each))} {name}{_row(cells(each))}"
        if verbose:
            yield from _details(each, style)
    for text, names in grouped_refusals(refused).items():
        yield from _wrap(f"· cannot be built: {', '.join(names)}: {clean(text)}", "    ")
    yield from _reasons(answer, style, verbose)
    yield from section("Why not", _failing(answer, verbose), style)
    yield from section("What people ask", _replies(answer, style), style)


def _mark(each: OptionAnswer) -> Verdict:
    return Verdict.DENIED if each.verdict is Verdict.ALLOWED and each.violations else each.verdict


def _row(values: Sequence[str]) -> str:
    texts = [_cut(clean(text), width).ljust(width) for text, width in zip(values, _WIDTHS, strict=True)]
    texts[3] = texts[3].strip().rjust(_WIDTHS[3])
    return " ".join(texts).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _reasons(answer: CompareAnswer, style: Style, verbose: bool) -> Iterator[str]:
    found = answer.recommendation
    if found is None:
        yield ""
        yield style.strong("No option keeps every expectation and constraint.")
        return
    best = next(each for each in answer.options if each.option == found.option)
    yield ""
    take = f"Take {found.option}: {cost_sentence(best.cost)}"
    first, *rest = _wrap(take, "  ")
    yield style.strong(first)
    yield from rest
    if answer.via != "auto":
        yield f"  (the design says `via: {clean(answer.via)}`)"
    for number, reason in enumerate(found.reasons, start=1):
        rule = f" ({reason.rule})" if reason.rule else ""
        yield from _wrap(f"  {number}. {clean(reason.text)}{rule}; not so: {_beaten(reason, verbose)}", "     ")
    if found.would_change:
        yield from _wrap("  Else: " + "; ".join(clean(text) for text in found.would_change), "     ")
    for each in found.break_even:
        yield from _wrap(f"  {each.option}: {clean(each.text)}", "     ")


def _beaten(reason: RankReason, verbose: bool) -> str:
    """Names where they are few: the table shows the others."""
    few = verbose or len(reason.beats) <= _FEW
    return ", ".join(reason.beats) if few else f"{len(reason.beats)} others"


def _failing(answer: CompareAnswer, verbose: bool) -> Iterator[str]:
    """Why options that are built do not work; those that fail alike in one line."""
    found: dict[str, list[str]] = {}
    for each in answer.options:
        if each.fits and each.works is Verdict.DENIED and each.decided_by is not None:
            rule = f" ({each.decided_by.rule})" if each.decided_by.rule else ""
            text = each.decided_by.text if verbose else each.decided_by.text.partition("; ")[0]
            found.setdefault(clean(text) + rule, []).append(each.option)
    for text, names in found.items():
        yield from _wrap(f"  {', '.join(names)}: {text}", "     ")


def _replies(answer: CompareAnswer, style: Style) -> Iterator[str]:
    for each in answer.replies:
        first, *rest = _wrap(f"  {each.question} {clean(each.answer)}", "    ")
        question = f"  {each.question}"
        yield style.strong(question) + first.removeprefix(question)
        yield from rest


def _details(each: OptionAnswer, style: Style) -> Iterator[str]:
    yield style.dim(f"    {each.title}")
    for violation in each.violations:
        yield from _wrap(f"    ! {violation.constraint}: {clean(violation.text)}", "      ")
    for found in each.exposed:
        sign = "+" if found.intended else "+!"
        note = " [stand-in]" if found.is_stand_in else ""
        text = f"    {sign} {found.kind} {clean(found.what)} for {found.consumer}: {clean(found.because)}{note}"
        yield from _wrap(text, "      ")
    for lost in each.broken:
        note = " [stand-in]" if lost.is_stand_in else ""
        what = f"{clean(lost.what)} for {clean(lost.who)}"
        text = f"    - {what}: {lost.symptom}, {clean(lost.text)} ({lost.rule}){note}"
        yield from _wrap(text, "      ")
    for expectation in each.expectations:
        if expectation.verdict is not Verdict.ALLOWED:
            mark = style.mark(expectation.verdict)
            yield from _wrap(f"    {mark} {clean(expectation.expectation)}: {clean(expectation.text)}", "      ")
    for line in bill_lines(each.cost) if each.cost else ():
        yield from _wrap(style.dim(f"    {line}"), "                 ")
    for point in each.single_points_of_failure:
        yield from _wrap(f"    one only: {clean(point)}", "      ")
    for limit in each.limits:
        yield from _wrap(style.dim(f"    · {limit.text} ({limit.rule})"), "      ")
    for resource in each.resources:
        yield from _wrap(style.dim(f"    new {clean(resource)}"), "      ")
    yield from missing_lines(each.unknowns, style)


def _wrap(text: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, _WIDTH, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    ) or [text]


def render_check(answer: CheckAnswer, style: Style, *, verbose: bool = False) -> str:
    """Every expectation with what came of it; those that hold in one line."""
    return "\n".join(_check_lines(answer, style, verbose))


def _check_lines(answer: CheckAnswer, style: Style, verbose: bool) -> Iterator[str]:
    held = sum(1 for each in answer.expectations if each.verdict is Verdict.ALLOWED)
    by = f" by `{answer.via}`" if answer.via else ""
    yield f"{style.mark(answer.verdict)} {style.verdict(answer.verdict)}  {clean(answer.source)}{by}"
    if answer.expectations:
        yield f"  {held} of {len(answer.expectations)} expectations hold"
    for each in answer.expectations:
        if verbose or each.verdict is not Verdict.ALLOWED:
            yield from _expectation(each, style)
    for violation in answer.violations:
        yield from _wrap(f"  ! {violation.constraint}: {clean(violation.text)}", "    ")
    yield from finding_lines(answer.findings, style, verbose=verbose)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    yield from section("Mind", warning_lines(answer.warnings, style), style)


def _expectation(each: ExpectationAnswer, style: Style) -> Iterator[str]:
    where = style.dim(f"  {each.where}") if each.where else ""
    yield f"  {style.mark(each.verdict)} {clean(each.expectation)}{where}"
    if each.verdict is not Verdict.ALLOWED:
        yield from _wrap(f"      {clean(each.text)}", "      ")
        if each.decided_by is not None:
            rule = f" ({each.decided_by.rule})" if each.decided_by.rule else ""
            yield from _wrap(f"      {clean(each.decided_by.text)}{rule}", "      ")

"""A month's bill as text and Markdown: every line with its arithmetic, sums, what nobody knows, and the dates."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from narrowgate.model.comparison import CostAnswer, CostLine, MonthlyCost
from narrowgate.report.style import Style, clean

_WIDTH = 100
_INDENT = " " * 13
_SPECIAL = re.compile(r"([\\|<>*_\[\]#])")


def render_cost(answer: CostAnswer, style: Style, *, verbose: bool = False) -> str:
    """The bill; with `verbose` also the source of each price."""
    return "\n".join(_lines(answer, style, verbose))


def bill_lines(cost: MonthlyCost) -> Iterator[str]:
    """A bill's lines without headings: fixed ones, those by use, sums, and what stands apart."""
    payers = len({line.payer for line in cost.lines}) > 1
    for title, lines, total in bill_parts(cost):
        yield f"$ {amount_text(total):>9}  {title}"
        for line in lines:
            yield f"  {amount_text(line.amount):>9}    {_label(line, payers)}: {line.formula}"


def amount_text(amount: float | None) -> str:
    """Dollars and cents, or finer where a cent would hide something; `?` where the price is not known."""
    if amount is None:
        return "?"
    text = f"{amount:,.6f}".rstrip("0")
    return f"{amount:,.2f}" if len(text.partition(".")[2]) <= 2 else text


def bill_parts(cost: MonthlyCost) -> Iterator[tuple[str, Sequence[CostLine], float | None]]:
    """What is fixed, what is by use, and what stands apart: title, lines, sum."""
    groups = (
        ("fixed", [line for line in cost.lines if line.is_fixed and not line.is_apart], cost.fixed),
        ("by use", [line for line in cost.lines if not line.is_fixed and not line.is_apart], cost.variable),
        ("apart: logs, alarms, keys, firewall", [line for line in cost.lines if line.is_apart], cost.logs),
    )
    for title, lines, total in groups:
        if lines:
            yield title, lines, total


def _lines(answer: CostAnswer, style: Style, verbose: bool) -> Iterator[str]:
    cost = answer.cost
    yield style.strong(f"{clean(answer.design)} by {answer.option}: {_total(cost)}")
    payers = len({line.payer for line in cost.lines}) > 1
    for title, lines, total in bill_parts(cost):
        yield ""
        yield f"  {amount_text(total):>9}  {style.strong(title)}"
        for line in lines:
            yield from _wrap(f"  {amount_text(line.amount):>9}    {_label(line, payers)}: {line.formula}")
            if verbose:
                yield from _wrap(style.dim(f"{_INDENT}  {_evidence(line)}"))
    yield ""
    for name, amount in answer.by_account:
        yield f"  {amount_text(amount):>9}  paid by {clean(name)}"
    if cost.unknown_prices:
        yield from _wrap(f"  Not known, and in no sum: {', '.join(cost.unknown_prices)}.", "  ")
        yield "  `narrowgate cost --refresh FILE` asks AWS for its prices, `--prices FILE` uses them."
    yield from _wrap(f"  {_dates(cost)}", "  ")
    yield from _wrap(f"  {_assumed(answer)}", "  ")


def _total(cost: MonthlyCost) -> str:
    if cost.total is None:
        return f"at least {cost.at_least:,.2f} dollars a month"
    return f"{cost.total:,.2f} dollars a month"


def _label(line: CostLine, payers: bool) -> str:
    where = f", paid by {line.payer}" if payers else ""
    away = f" from {line.region} to {line.to}" if line.to else ""
    return f"{line.text}{away}{where}"


def _evidence(line: CostLine) -> str:
    if line.amount is None:
        return f"no price is known in {line.region} [{line.rule}]"
    return f"seen {line.seen}, confidence {line.confidence}, {line.source} [{line.rule}]"


def _dates(cost: MonthlyCost) -> str:
    dated = f"List prices in US dollars, without free tier, seen {cost.prices_as_of}" if cost.prices_as_of else ""
    weakest = "; all of high confidence"
    if cost.confidence != "high":
        weakest = f"; the least certain is of {cost.confidence} confidence"
    return f"{dated}{weakest}." if dated else "No price is known."


def _assumed(answer: CostAnswer) -> str:
    usage = answer.usage
    return (
        f"A month of {usage.hours} hours, {usage.requests:,} calls, {usage.gigabytes:g} GB in and out, "
        f"{usage.dns_queries:,} DNS queries at Resolver endpoints, {usage.cross_az_percent:g} % across zones: "
        "`usage` in the design says otherwise."
    )


def _wrap(text: str, rest: str = _INDENT + "  ") -> Iterable[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False) or [
        text
    ]


def render_cost_markdown(answer: CostAnswer) -> str:
    """The bill as one table."""
    cost = answer.cost
    payers = len({line.payer for line in cost.lines}) > 1
    rows = [f"# {_text(answer.design)} by `{answer.option}`: {_total(cost)}", ""]
    rows += ["| line | arithmetic | \\$ a month |", "| --- | --- | ---: |"]
    for title, lines, total in bill_parts(cost):
        rows += [
            f"| {_text(_label(line, payers))} | {_text(line.formula)} | {amount_text(line.amount)} |"
            for line in lines
        ]
        rows.append(f"| **{title}** | | **{amount_text(total)}** |")
    rows.append("")
    rows += [f"- paid by {_text(name)}: {amount_text(amount)}" for name, amount in answer.by_account]
    if cost.unknown_prices:
        rows.append(f"- not known, and in no sum: {_text(', '.join(cost.unknown_prices))}")
    rows += [f"- {_text(_dates(cost))}", f"- {_assumed(answer)}"]
    return "\n".join(rows) + "\n"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text)).replace("`", "")

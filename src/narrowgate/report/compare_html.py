"""`compare` as one self-contained HTML page: no script, nothing from elsewhere, every name escaped."""

from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CompareAnswer, MonthlyCost, OptionAnswer, RankReason
from narrowgate.report.compare import cells, cost_sentence, grouped_refusals, price_text, sorted_options
from narrowgate.report.compare_html_details import details
from narrowgate.report.html.page import page
from narrowgate.report.html_text import money, sentence, text
from narrowgate.report.style import clean

_COLUMNS = ("option", "works", "opens", "breaks", "fixed", "by use", "$ a month", "", "new", "acts")
_NUMBERS = frozenset({"fixed", "by use", "$ a month", "new", "acts"})


def render_compare_html(answer: CompareAnswer) -> str:
    """The whole page."""
    title = f"{answer.design}: ways to connect"
    return page(title, f"<h1>{text(title)}</h1>\n" + "\n".join(compare_body(answer)))


def compare_body(answer: CompareAnswer) -> Iterator[str]:
    """What the page says, without its title: also a part of `report`."""
    yield from _recommendation(answer)
    yield from _replies(answer)
    yield from _table(answer)
    refused = [each for each in answer.options if not each.fits]
    if refused:
        yield "<h2>Cannot be built here</h2>\n<ul>"
        for words, names in grouped_refusals(refused).items():
            options = ", ".join(f"<code>{text(name)}</code>" for name in names)
            yield f"<li>{options}: {sentence(words)}</li>"
        yield "</ul>"
    yield "<h2>Behind each option</h2>"
    yield from (_behind(each) for each in sorted_options(answer) if each.fits)
    yield f'<p class="dim">{text(_dates(answer))}</p>'


def _replies(answer: CompareAnswer) -> Iterator[str]:
    if answer.replies:
        yield "<h2>What people ask</h2>\n<dl>"
        for reply in answer.replies:
            yield f"<dt>{text(reply.question)}</dt><dd>{sentence(reply.answer)}</dd>"
        yield "</dl>"


def _recommendation(answer: CompareAnswer) -> Iterator[str]:
    found = answer.recommendation
    if found is None:
        yield '<section class="card none"><h2>No option keeps every expectation and constraint.</h2></section>'
        return
    best = next(each for each in answer.options if each.option == found.option)
    yield f'<section class="card">\n<h2>Take <code>{text(found.option)}</code></h2>'
    yield f'<p class="price">{text(best.title)}<br>{text(cost_sentence(best.cost))}</p>'
    if answer.via != "auto":
        yield f"<p>The design says <code>via: {text(answer.via)}</code>.</p>"
    yield "Because it\n<ol>"
    yield from (_reason(each) for each in found.reasons)
    yield "</ol>"
    if found.would_change:
        changes = "".join(f"<li>{sentence(each)}</li>" for each in found.would_change)
        yield f"Another constraint would change that:<ul>{changes}</ul>"
    if found.break_even:
        points = "".join(
            f"<li><code>{text(each.option)}</code>: {text(each.text)}</li>" for each in found.break_even
        )
        yield f"So would another size:<ul>{points}</ul>"
    yield "</section>"


def _reason(reason: RankReason) -> str:
    rule = f" ({text(reason.rule)})" if reason.rule else ""
    beaten = ", ".join(f"<code>{text(name)}</code>" for name in reason.beats)
    return f'<li>{text(reason.text)}{rule} <span class="dim">not so: {beaten}</span></li>'


def _table(answer: CompareAnswer) -> Iterator[str]:
    heads = "".join(f"<th{_number(name)}>{text(name)}</th>" for name in _COLUMNS)
    yield f'<h2>Every option, judged</h2>\n<div class="scroll"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>'
    most = max((each.cost.at_least for each in answer.options if each.cost), default=0.0)
    group = ""
    for each in sorted_options(answer):
        if each.fits:
            if _group(each) != group:
                group = _group(each)
                yield f'<tr class="group"><td colspan="{len(_COLUMNS)}">{text(group)}</td></tr>'
            yield _row(answer, each, most)
    yield "</tbody>\n</table></div>"
    yield (
        '<p class="dim">opens: names / sockets / API methods that were shut before'
        '<span class="key fixed"></span>fixed<span class="key use"></span>by use</p>'
    )


def _group(each: OptionAnswer) -> str:
    if each.verdict is Verdict.ALLOWED and not each.violations:
        return "Works, and breaks nothing that was asked for"
    if each.is_open_at_caller_only and not each.violations:
        return "Works, if the caller's own policies or token let it"
    if each.works is Verdict.ALLOWED:
        return "Works, but breaks an expectation or a constraint"
    return "Cannot be told" if each.works is Verdict.UNKNOWN else "Does not work"


def _row(answer: CompareAnswer, each: OptionAnswer, most: float) -> str:
    is_best = answer.recommendation is not None and each.option == answer.recommendation.option
    works, opened, breaks, _, new, acts = cells(each)
    values: Sequence[tuple[str, str]] = (
        ("works", f'<span class="{"partial" if "but" in works else each.works}">{text(works)}</span>'),
        ("opens", f"<span>{text(opened)}</span>"),
        ("breaks", text(breaks)),
        ("fixed", _amount(each.cost.fixed if each.cost else None)),
        ("by use", _amount(each.cost.variable if each.cost else None)),
        ("$ a month", f"<b>{text(price_text(each.cost))}</b>"),
        ("", _bar(each.cost, most)),
        ("new", text(new)),
        ("acts", text(acts)),
    )
    shown = "".join(f"<td{_number(name)}>{value}</td>" for name, value in values)
    name = f'<a href="#option-{text(each.option)}"><code>{text(each.option)}</code></a>'
    return f'<tr class="{"best" if is_best else ""}"><td>{name}</td>{shown}</tr>'


def _behind(each: OptionAnswer) -> str:
    name = f"<code>{text(each.option)}</code>"
    about = f'<summary>{name} <span class="dim">{sentence(each.title)}</span></summary>'
    return f'<details class="more" id="option-{text(each.option)}">{about}{"".join(details(each))}</details>'


def _amount(amount: float | None) -> str:
    return "?" if amount is None else money(amount)


def _bar(cost: MonthlyCost | None, most: float) -> str:
    if cost is None or not most:
        return ""
    fixed = sum(line.amount or 0.0 for line in cost.lines if line.is_fixed and not line.is_apart)
    shares = (("fixed", fixed), ("use", max(cost.at_least - fixed, 0.0)))
    parts = "".join(
        f'<span class="{name}" style="width:{100 * value / most:.1f}%"></span>' for name, value in shares
    )
    return f'<div class="bar">{parts}</div>'


def _number(name: str) -> str:
    return ' class="number"' if name in _NUMBERS else ""


def _dates(answer: CompareAnswer) -> str:
    seen = sorted({each.cost.prices_as_of for each in answer.options if each.cost and each.cost.prices_as_of})
    return f"List prices in US dollars, without free tier, seen {clean(seen[-1])}." if seen else ""

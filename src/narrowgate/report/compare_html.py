"""`compare` as one self-contained HTML page: no script from elsewhere, every name escaped."""

from collections.abc import Iterator
from html import escape

from narrowgate.model.comparison import CompareAnswer, OptionAnswer
from narrowgate.report.compare import HEADINGS, cells, grouped_refusals, sorted_options
from narrowgate.report.style import clean

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --dim: #777; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.best td:first-child { font-weight: 700; border-left: .3rem solid var(--good); }
.allowed { color: var(--good); } .denied, .invalid { color: var(--bad); } .dim { color: var(--dim); }
details { margin: .2rem 0; } summary { cursor: pointer; } code { font-size: .92em; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
@media print { details > * { display: block; } }
"""


def render_compare_html(answer: CompareAnswer) -> str:
    """The whole page."""
    title = f"{_text(answer.design)}: ways to connect"
    body = "\n".join(_body(answer))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _body(answer: CompareAnswer) -> Iterator[str]:
    yield from _recommendation(answer)
    yield "<table>\n<thead><tr><th>option</th>" + "".join(f"<th>{_text(each)}</th>" for each in HEADINGS)
    yield "</tr></thead>\n<tbody>"
    refused = []
    for each in sorted_options(answer):
        if each.fits:
            yield _row(answer, each)
        else:
            refused.append(each)
    yield "</tbody>\n</table>"
    yield '<p class="dim">opens: names / sockets / API methods that were shut before</p>'
    if refused:
        yield "<h2>Cannot be built here</h2>\n<ul>"
        for text, names in grouped_refusals(refused).items():
            options = ", ".join(f"<code>{_text(name)}</code>" for name in names)
            yield f"<li>{options}: {_sentence(text)}</li>"
        yield "</ul>"
    if answer.replies:
        yield "<h2>What people ask</h2>\n<dl>"
        for reply in answer.replies:
            yield f"<dt><b>{_text(reply.question)}</b></dt><dd>{_sentence(reply.answer)}</dd>"
        yield "</dl>"


def _recommendation(answer: CompareAnswer) -> Iterator[str]:
    found = answer.recommendation
    if found is None:
        yield "<p><b>No option keeps every expectation and constraint.</b></p>"
        return
    yield f"<h2>Take <code>{_text(found.option)}</code>, because it</h2>\n<ol>"
    for reason in found.reasons:
        rule = f" ({_text(reason.rule)})" if reason.rule else ""
        beaten = ", ".join(f"<code>{_text(name)}</code>" for name in reason.beats)
        yield f'<li>{_text(reason.text)}{rule}; <span class="dim">not so: {beaten}</span></li>'
    yield "</ol>"
    lines = [*map(_sentence, found.would_change)]
    lines += [f"<code>{_text(each.option)}</code>: {_text(each.text)}" for each in found.break_even]
    if lines:
        yield "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def _row(answer: CompareAnswer, each: OptionAnswer) -> str:
    is_best = answer.recommendation is not None and each.option == answer.recommendation.option
    values = cells(each)
    numbers = {3, 4, 5}
    shown = "".join(
        f'<td class="{"number" if at in numbers else each.works if at == 0 else ""}">{_text(value)}</td>'
        for at, value in enumerate(values)
    )
    details = "".join(_details(each))
    first = f"<details><summary><code>{_text(each.option)}</code></summary>{details}</details>"
    return f'<tr class="{"best" if is_best else ""}"><td>{first}</td>{shown}</tr>'


def _details(each: OptionAnswer) -> Iterator[str]:
    yield f"<p>{_text(each.title)}</p><ul>"
    if each.decided_by is not None:
        yield f"<li>{_sentence(each.decided_by.text)} ({_text(each.decided_by.rule or '')})</li>"
    for violation in each.violations:
        yield f"<li><b>{_text(violation.constraint)}</b>: {_sentence(violation.text)}</li>"
    for found in each.exposed:
        mark = "" if found.intended else " <b>not meant</b>"
        note = " (stand-in)" if found.is_stand_in else ""
        yield f"<li>opens {_text(found.kind)} {_sentence(found.what)} for {_text(found.consumer)}{mark}{note}</li>"
    for lost in each.broken:
        what = f"{_sentence(lost.what)} for {_sentence(lost.who)}"
        yield f"<li>breaks {what}: {_text(lost.symptom)} ({_text(lost.rule)})</li>"
    for line in each.cost.lines if each.cost else ():
        amount = "unknown" if line.amount is None else f"{line.amount:,.2f}"
        yield f"<li>$ {amount}: {_text(line.text)} = <code>{_text(line.formula)}</code></li>"
    for limit in each.limits:
        yield f'<li class="dim">{_text(limit.text)} ({_text(limit.rule)})</li>'
    yield "</ul>"


def _text(text: str) -> str:
    return escape(clean(str(text)))


def _sentence(text: str) -> str:
    """A sentence of ours in which names stand in backticks."""
    parts = _text(text).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))

"""What stands behind one option's row on the HTML page: why, what it opens and breaks, its bill, its parts."""

from collections.abc import Iterable, Iterator

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import Broken, Exposed, MonthlyCost, OptionAnswer
from narrowgate.report.cost import bill_parts
from narrowgate.report.html_text import money, sentence, text


def details(each: OptionAnswer) -> Iterator[str]:
    """Headed lists, those that have something in them."""
    yield from _list("Why it does not hold", _causes(each))
    yield from _list("Breaks", (_lost(found) for found in each.broken))
    yield from _list("Opens", (_opened(found) for found in each.exposed))
    if each.cost is not None:
        yield f"<h3>A month's bill</h3>{bill_table(each.cost)}"
    points = (text(point) for point in each.single_points_of_failure)
    yield from _list("Single points of failure", points)
    yield from _list("Traps", (f"{sentence(trap.text)} ({text(trap.rule)})" for trap in each.limits))
    yield from _list("New", (sentence(resource) for resource in each.resources))
    unknowns = (f"{text(missing.fact)}: {sentence(missing.why)}" for missing in each.unknowns)
    yield from _list("Not known", unknowns)


def _causes(each: OptionAnswer) -> Iterator[str]:
    if each.decided_by is not None:
        rule = f" ({text(each.decided_by.rule)})" if each.decided_by.rule else ""
        yield sentence(each.decided_by.text) + rule
    for violation in each.violations:
        yield f"<code>{text(violation.constraint)}</code>: {sentence(violation.text)}"
    for line in each.expectations:
        if line.verdict is not Verdict.ALLOWED:
            yield f"{text(line.expectation)}: {sentence(line.text)}"


def _opened(found: Exposed) -> str:
    mark = "" if found.intended else " <b class=denied>not meant</b>"
    note = " <span class=dim>(stand-in)</span>" if found.is_stand_in else ""
    return f"{text(found.kind)} {sentence(found.what)} for {text(found.consumer)}{mark}{note}"


def _lost(found: Broken) -> str:
    note = " <span class=dim>(stand-in)</span>" if found.is_stand_in else ""
    what = f"{sentence(found.what)} for {sentence(found.who)}"
    return f"{what}: {text(found.symptom)}, {sentence(found.text)} ({text(found.rule)}){note}"


def bill_table(cost: MonthlyCost) -> str:
    """A bill as a table, and what is not known of it."""
    return "".join(_bill(cost))


def _bill(cost: MonthlyCost) -> Iterator[str]:
    yield "<table class=bill>"
    for title, lines, total in bill_parts(cost):
        for line in lines:
            formula = f"<code>{text(line.formula)}</code>"
            amount = f"<td class=number>{money(line.amount)}</td>"
            yield f"<tr><td>{text(line.text)}</td><td>{formula}</td>{amount}</tr>"
        yield f"<tr class=sum><td>{text(title)}</td><td></td><td class=number>{money(total)}</td></tr>"
    yield "</table>"
    if cost.unknown_prices:
        yield f"<p class=dim>Not known, and in no sum: {text(', '.join(cost.unknown_prices))}.</p>"


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    found = list(items)
    if found:
        yield f"<h3>{title}</h3><ul>" + "".join(f"<li>{item}</li>" for item in found) + "</ul>"

"""`compare` as Markdown, for pull requests and design documents."""

import re
from collections.abc import Iterator

from narrowgate.model.comparison import CompareAnswer, OptionAnswer
from narrowgate.report.compare import HEADINGS, cells, cost_sentence, grouped_refusals, sorted_options
from narrowgate.report.cost import amount_text
from narrowgate.report.style import clean

_COST = HEADINGS.index("$ a month")
_HEADINGS = (*HEADINGS[:_COST], "fixed", "by use", *HEADINGS[_COST:])
_NUMBERS = frozenset({"fixed", "by use", "$ a month", "new", "acts"})
_SPECIAL = re.compile(r"([\\|<>*_\[\]#])")


def render_compare_markdown(answer: CompareAnswer) -> str:
    """Headings, one table, the reasons, the replies."""
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: CompareAnswer) -> Iterator[str]:
    yield f"# {_text(answer.design)}: ways to connect"
    yield ""
    yield "| option | " + " | ".join(_HEADINGS).replace("$", "\\$") + " |"
    yield "| --- | " + " | ".join("---:" if each in _NUMBERS else "---" for each in _HEADINGS) + " |"
    refused = []
    for each in sorted_options(answer):
        if not each.fits:
            refused.append(each)
            continue
        is_best = answer.recommendation is not None and each.option == answer.recommendation.option
        name = f"**`{each.option}`**" if is_best else f"`{each.option}`"
        yield f"| {name} | " + " | ".join(_text(cell) for cell in _cells(each)) + " |"
    yield ""
    yield "*opens*: names / sockets / API methods that were shut before."
    yield from _refused(refused)
    yield from _recommendation(answer)
    if answer.replies:
        yield ""
        yield "## What people ask"
        for reply in answer.replies:
            yield ""
            yield f"**{_text(reply.question)}** {_sentence(reply.answer)}"


def _cells(each: OptionAnswer) -> tuple[str, ...]:
    """The row of the text, with the two parts of the cost before their sum."""
    found = cells(each)
    parts = (each.cost.fixed, each.cost.variable) if each.cost else (None, None)
    return (*found[:_COST], *map(amount_text, parts), *found[_COST:])


def _refused(refused: list[OptionAnswer]) -> Iterator[str]:
    if refused:
        yield ""
        for text, names in grouped_refusals(refused).items():
            yield f"- cannot be built: {', '.join(f'`{name}`' for name in names)}: {_sentence(text)}"


def _recommendation(answer: CompareAnswer) -> Iterator[str]:
    found = answer.recommendation
    yield ""
    if found is None:
        yield "**No option keeps every expectation and constraint.**"
        return
    best = next(each for each in answer.options if each.option == found.option)
    yield f"## Take `{found.option}`, because it"
    yield ""
    if best.cost is not None:
        yield f"{_text(cost_sentence(best.cost)).capitalize()}."
        yield ""
    for number, reason in enumerate(found.reasons, start=1):
        rule = f" ({reason.rule})" if reason.rule else ""
        beaten = ", ".join(f"`{name}`" for name in reason.beats)
        yield f"{number}. {_text(reason.text)}{rule}; not so: {beaten}"
    for line in found.would_change:
        yield f"- Else: {_sentence(line)}"
    for each in found.break_even:
        yield f"- `{each.option}`: {_text(each.text)}"


def _text(text: str) -> str:
    """Names come from files and accounts: nothing in them may act as Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", clean(text)).replace("`", "")


def _sentence(text: str) -> str:
    """A sentence of ours in which names stand in backticks: what is between them is shown as it is."""
    parts = clean(text).split("`")
    return "".join(
        f"`{part.replace('|', '')}`" if at % 2 else _SPECIAL.sub(r"\\\1", part) for at, part in enumerate(parts)
    )

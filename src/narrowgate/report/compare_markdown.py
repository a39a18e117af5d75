"""`compare` as Markdown, for pull requests and design documents."""

import re
from collections.abc import Iterator

from narrowgate.model.comparison import CompareAnswer, OptionAnswer
from narrowgate.report.compare import HEADINGS, cells, grouped_refusals, sorted_options
from narrowgate.report.style import clean

_SPECIAL = re.compile(r"([\\|<>*_\[\]#])")


def render_compare_markdown(answer: CompareAnswer) -> str:
    """Headings, one table, the reasons, the replies."""
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: CompareAnswer) -> Iterator[str]:
    yield f"# {_text(answer.design)}: ways to connect"
    yield ""
    yield "| option | " + " | ".join(HEADINGS).replace("$", "\\$") + " |"
    yield "| --- | " + " | ".join("---" if each != "$ a month" else "---:" for each in HEADINGS) + " |"
    refused = []
    for each in sorted_options(answer):
        if not each.fits:
            refused.append(each)
            continue
        is_best = answer.recommendation is not None and each.option == answer.recommendation.option
        name = f"**`{each.option}`**" if is_best else f"`{each.option}`"
        yield f"| {name} | " + " | ".join(_text(cell) for cell in cells(each)) + " |"
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
    yield f"## Take `{found.option}`, because it"
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

"""Pages of the ways to connect, from them and the engine: `python -m narrowgate.cli.option_pages docs/options`.

Everything is computed on an example: the path, what is opened and broken, the bill. Only when to choose an option,
and its traps, are sentences that its own class holds.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from narrowgate.api import designs
from narrowgate.cli.option_pictures import draw
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CompareAnswer, MonthlyCost, OptionAnswer
from narrowgate.model.design import Design
from narrowgate.options.option import Option
from narrowgate.options.registry import OPTIONS
from narrowgate.report.compare import cost_sentence, price_text
from narrowgate.report.cost import amount_text, bill_parts

_MARK = "<!-- written by `python -m narrowgate.cli.option_pages docs/options`; change the options instead -->"
_EXAMPLES = ("guide", "custom-domain")
"""An option's page shows the first of these that it fits."""
_WORDS: Mapping[Verdict, str] = {
    Verdict.ALLOWED: "works",
    Verdict.DENIED: "does not work",
    Verdict.INVALID: "is refused by AWS",
    Verdict.PARTIAL: "works for some hosts only",
    Verdict.UNKNOWN: "cannot be told",
    Verdict.INDETERMINATE: "is left open by AWS",
}


def pages(examples: Path) -> dict[str, str]:
    """Every page by file name: one an option, and the index.

    Args:
        examples: the folder of the example designs.
    """
    paths = {name: examples / name / "narrowgate.yaml" for name in _EXAMPLES}
    answers = {name: designs.compare(path) for name, path in paths.items()}
    found = {}
    rows = []
    for option in OPTIONS:
        name = next(name for name in _EXAMPLES if _answer(answers[name], option).fits)
        answer = _answer(answers[name], option)
        design = designs.load_design(paths[name])
        found[f"{option.name}.md"] = "\n".join(_page(option, answer, design, name)) + "\n"
        rows.append(_row(option, answer))
    return found | {"index.md": "\n".join(_index(rows)) + "\n"}


def _answer(answer: CompareAnswer, option: Option) -> OptionAnswer:
    return next(each for each in answer.options if each.option == option.name)


def _page(option: Option, answer: OptionAnswer, design: Design, example: str) -> Iterator[str]:
    yield from (_MARK, "", f"# `{option.name}`", "", f"{_sentence(option.title)}.")
    yield from ("", "## When to choose it", "", option.when)
    if option.client_change:
        yield from ("", f"On the clients' side, {option.client_change}.")
    yield from ("", "## The path", "")
    path = f"examples/{example}/narrowgate.yaml"
    who, works = answer.calls[0].consumer, _WORDS[answer.works]
    yield f"As the engine traces `{who}`'s call in `{path}`, where it **{works}**:"
    yield from ("", "```mermaid", draw(option, design), "```", "")
    yield "Dashed: the way of the name. Bold: the way of the packets."
    if answer.decided_by is not None:
        yield from ("", f"What decides: {answer.decided_by.text}{_rule(answer.decided_by.rule)}.")
    for missing in answer.unknowns:
        yield from ("", f"Not known: {missing.fact}, {missing.why}.")
    yield from _exposure(answer)
    yield from _cost(answer.cost)
    yield from ("", "## Traps", "")
    yield from (f"- {limit.text}{_rule(limit.rule)}" for limit in option.limits(design))
    yield from ("", "## Parts", "", f"{answer.new_resources} new resources in {len(answer.accounts)} account.", "")
    yield from (f"- {_code(resource)}" for resource in answer.resources)
    yield from ("", "```", f"narrowgate cost {path} --via {option.name}", "```")


def _exposure(answer: OptionAnswer) -> Iterator[str]:
    yield from ("", "## What it exposes", "")
    yield "| kind | what | because | meant |"
    yield "| --- | --- | --- | --- |"
    for found in answer.exposed:
        note = " (stand-in)" if found.is_stand_in else ""
        meant = "yes" if found.intended else "**no**"
        yield f"| {found.kind} | {_cell(found.what)}{note} | {_cell(found.because)} | {meant} |"
    if not answer.broken:
        yield from ("", "It breaks nothing that worked before.")
        return
    yield from ("", "What it breaks:", "")
    for lost in answer.broken:
        note = " (stand-in)" if lost.is_stand_in else ""
        yield f"- {lost.what} for {lost.who}: {lost.symptom}, {lost.text}{_rule(lost.rule)}{note}"


def _cost(cost: MonthlyCost | None) -> Iterator[str]:
    if cost is None:
        return
    yield from ("", "## Cost", "", f"{_sentence(cost_sentence(cost))}.", "")
    yield "| line | arithmetic | $ a month |"
    yield "| --- | --- | ---: |"
    for title, lines, total in bill_parts(cost):
        for line in lines:
            yield f"| {line.text} | {line.formula} | {amount_text(line.amount)} |"
        yield f"| **{title}** | | **{amount_text(total)}** |"
    yield from ("", "How this is estimated: [costs](../cost.md).")


def _row(option: Option, answer: OptionAnswer) -> str:
    unmeant = sum(1 for each in answer.exposed if not each.intended)
    broken = len(answer.broken_for_consumers)
    also = " but" if answer.works is Verdict.ALLOWED else " and"
    works = _WORDS[answer.works] + (f",{also} breaks something" if broken else "")
    return (
        f"| [`{option.name}`]({option.name}.md) | {option.title} | {works} | {unmeant or '-'} | "
        f"{price_text(answer.cost)} |"
    )


_HEAD = """\
# Ways to connect

Each is built on paper for the guide's example and judged by the engine (two need a name of their own, and are
judged on `examples/custom-domain/narrowgate.yaml`); `narrowgate compare` does the same for a design of yours.
*Unmeant* counts the names, sockets and API methods that become visible beyond what was asked for.

| option | what it is | on the example it | unmeant | $ a month |
| --- | --- | --- | ---: | ---: |"""
_FOOT = """
Those that do not work stay in the list, because guides recommend them: their pages show why not."""


def _index(rows: list[str]) -> Iterator[str]:
    yield from (_MARK, "", _HEAD, *rows, _FOOT)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rule(rule_id: str | None) -> str:
    if rule_id is None:
        return ""
    # The rule book is read for these pages only, never at the start of a verb.
    from narrowgate.rulebook import load_rules

    known = next(each for each in load_rules() if each.bare_id == rule_id)
    anchor = known.bare_id.lower()
    return f" ([{rule_id}](../rules/{known.book}/{known.family.lower()}.md#{anchor}))"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(resource: str) -> str:
    kind, _, rest = resource.partition(" ")
    name, _, purpose = rest.partition(": ")
    return f"`{kind}` {name}: {purpose}"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for page_name, text in pages(folder.parent.parent / "examples").items():
        (folder / page_name).write_text(text, encoding="utf-8")

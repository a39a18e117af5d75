"""`check` as Markdown, for the comment under a pull request."""

import re
from collections.abc import Iterator

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CheckAnswer
from narrowgate.report.findings import summary
from narrowgate.report.style import clean

_SPECIAL = re.compile(r"([\\|<>*_\[\]#`])")
_MOST_ROWS = 100
"""A comment under a pull request has room for so many; the gravest come first."""
_SIGNS = {Verdict.ALLOWED: "✅", Verdict.UNKNOWN: "❔", Verdict.INDETERMINATE: "❔"}


def render_check_markdown(answer: CheckAnswer) -> str:
    """The verdict, what does not hold, a table of findings."""
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: CheckAnswer) -> Iterator[str]:
    yield f"### {_SIGNS.get(answer.verdict, '❌')} narrowgate: {answer.verdict}"
    if answer.expectations:
        yield ""
    held = sum(each.verdict is Verdict.ALLOWED for each in answer.expectations)
    if answer.expectations:
        yield f"{held} of {len(answer.expectations)} expectations hold."
    for each in answer.expectations:
        if each.verdict is not Verdict.ALLOWED:
            why = each.decided_by.text if each.decided_by is not None else each.text
            yield f"- {_SIGNS.get(each.verdict, '❌')} {_text(each.expectation)}: {_text(why)}"
    counted = [each for each in answer.findings if each.counts]
    if counted:
        yield ""
        yield f"**{len(counted):,} finding{'s' if len(counted) > 1 else ''}**: {summary(counted)}"
        yield ""
        yield "| severity | rule | what | where | what to do |"
        yield "| --- | --- | --- | --- | --- |"
    for finding in counted[:_MOST_ROWS]:
        where = str(finding.location) if finding.location is not None else finding.resource
        cells = (str(finding.severity), finding.rule, finding.message, where, finding.remediation)
        yield "| " + " | ".join(_text(cell) for cell in cells) + " |"
    if len(counted) > _MOST_ROWS:
        yield ""
        yield f"{len(counted) - _MOST_ROWS:,} more are in the other formats."
    quiet = len(answer.findings) - len(counted)
    if quiet:
        yield ""
        yield f"{quiet} more are accepted or known from the baseline."


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text))

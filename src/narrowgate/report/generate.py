"""What `generate` says to people."""

from collections.abc import Iterator

from narrowgate.model.answer import Verdict
from narrowgate.model.generation import GenerateAnswer
from narrowgate.report.style import Style


def render_generate(answer: GenerateAnswer, style: Style) -> str:
    """What was built, why, and what is left to do; or why nothing was written."""
    return "\n".join(_lines(answer, style)) + "\n"


def _lines(answer: GenerateAnswer, style: Style) -> Iterator[str]:
    yield f"{style.strong(answer.option)}: {answer.title}"
    for reason in answer.why:
        yield f"  because {reason}"
    for promise in answer.failed:
        yield f"  {promise.verdict}: {promise.expectation}: {promise.text}"
        if promise.decided_by is not None:
            rule = f" ({promise.decided_by.rule})" if promise.decided_by.rule else ""
            yield f"    {promise.decided_by.text}{rule}"
    for violation in answer.violations:
        yield f"  breaks {violation.constraint}: {violation.text}"
    if answer.verdict is not Verdict.ALLOWED:
        names = [each.expectation for each in answer.failed] + [each.constraint for each in answer.violations]
        yield "nothing was written; what may fail all the same has to be named:"
        yield f'  --despite "{names[0]}"'
        return
    for name in answer.written:
        yield f"  wrote {name}"
    for name in answer.removed:
        yield f"  removed {name}"
    if answer.unchanged:
        yield f"  {len(answer.unchanged)} files are unchanged"
    if answer.to_fill_in:
        yield "to fill in, for the design does not tell them: " + ", ".join(answer.to_fill_in)

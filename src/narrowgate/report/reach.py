"""The text of `reach`."""

from collections.abc import Iterator

from narrowgate.model.answer import ReachAnswer
from narrowgate.report.steps import cause_lines, missing_lines, section, step_lines, warning_lines
from narrowgate.report.style import Style, clean


def render_reach(answer: ReachAnswer, style: Style, *, verbose: bool = False) -> str:
    """The answer for a person: there, back, every cause, what works and what fails."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: ReachAnswer, style: Style, verbose: bool) -> Iterator[str]:
    port = "" if answer.port is None else f" {answer.port}"
    asked = f"{answer.protocol}{port} to {clean(answer.target)}"
    yield f"{style.mark(answer.verdict)} {style.verdict(answer.verdict)}  {asked}"
    yield f"  from  {clean(answer.client)}"
    yield from section("There", step_lines(answer.forward, style, verbose=verbose), style)
    yield from section("Back", step_lines(answer.back, style, verbose=verbose), style)
    yield from section("Why not", cause_lines(answer.blocking, style), style)
    if answer.works and answer.fails:
        yield from section("Works", (f"  {clean(item)}" for item in answer.works), style)
        yield from section("Fails", (f"  {clean(item)}" for item in answer.fails), style)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    yield from section("Mind", warning_lines(answer.warnings, style), style)

"""The text of `resolve`."""

from collections.abc import Iterator

from narrowgate.model.answer import ResolveAnswer, Verdict
from narrowgate.report.steps import cause_lines, missing_lines, section, step_lines, warning_lines
from narrowgate.report.style import Style, clean


def render_resolve(answer: ResolveAnswer, style: Style, *, verbose: bool = False) -> str:
    """The answer for a person: what came back, from whom, each decision on the way, what is missing."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: ResolveAnswer, style: Style, verbose: bool) -> Iterator[str]:
    server = f" @{answer.server}" if answer.server else ""
    asked = clean(f"{answer.name} {answer.type}{server}")
    yield f"{style.mark(answer.verdict)} {style.verdict(answer.verdict)}  {asked}"
    yield f"  asked by  {clean(answer.client)}"
    yield f"  answer    {summary(answer)}"
    if answer.answered_by:
        yield f"  from      {clean(answer.answered_by)}"
    yield from section("How", step_lines(answer.steps, style, verbose=verbose), style)
    yield from section("Why not", cause_lines(answer.blocking, style), style)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    yield from section("Mind", warning_lines(answer.warnings, style), style)


def summary(answer: ResolveAnswer) -> str:
    """The outcome in a few words."""
    if answer.blocked:
        block = answer.blocked
        return f"blocked by DNS Firewall {block.group} ({block.action} {block.response or ''})".strip()
    values = answer.addresses or answer.records
    code = str(answer.rcode) if answer.rcode else "known to public DNS only"
    if values:
        target = f"  ({answer.target})" if answer.target else ""
        return clean(f"{', '.join(values)}{target}")
    if answer.target == "public" and answer.verdict is Verdict.ALLOWED:
        return "public addresses"
    return clean(code)

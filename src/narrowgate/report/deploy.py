"""What `deploy` says to people: before a yes, and afterwards."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.model.answer import Verdict
from narrowgate.model.deployment import DeployAnswer, Promise
from narrowgate.report.cost import amount_text
from narrowgate.report.style import Style, clean

_SHOWN = 20
_TAKES_AWAY = frozenset({"delete", "replace"})


def render_preview(answer: DeployAnswer, style: Style) -> str:
    """What will change, what that opens, and what it costs: what a person says yes to."""
    return "\n".join(_preview(answer, style))


def render_deploy(answer: DeployAnswer, style: Style) -> str:
    """What became of a deployment."""
    return "\n".join(_lines(answer, style))


def _preview(answer: DeployAnswer, style: Style) -> Iterator[str]:
    counts = Counter(each.action for each in answer.changes)
    told = ", ".join(f"{number} to {action}" for action, number in sorted(counts.items())) or "nothing to change"
    yield style.strong(f"{answer.option} by {answer.engine} ({answer.target}): {told}")
    # What goes is never among the rest.
    for each in sorted(answer.changes, key=lambda change: change.action not in _TAKES_AWAY)[:_SHOWN]:
        yield f"  {each.action:<8} {clean(each.address)}"
    if len(answer.changes) > _SHOWN:
        yield f"  … and {len(answer.changes) - _SHOWN} more"
    if answer.opens:
        yield style.strong("It opens:")
        for opened in answer.opens:
            note = "" if opened.intended else "  (not meant)"
            yield f"  {opened.kind:<8} {clean(opened.what)} for {clean(opened.consumer)}{note}"
    if answer.cost is not None:
        total = amount_text(answer.cost.total)
        least = f" (at least {amount_text(answer.cost.at_least)})" if answer.cost.total is None else ""
        yield style.strong(f"It costs {total} US dollars a month{least}, at the use that the design tells.")


def _lines(answer: DeployAnswer, style: Style) -> Iterator[str]:
    if answer.stage == "destroyed":
        yield style.strong(f"{answer.option}: {len(answer.changes)} resources removed")
        return
    if answer.stage == "planned":
        yield "nothing was changed: this was a dry run"
        return
    if answer.stage == "declined":
        yield "nothing was deployed: nobody said yes"
        return
    if answer.stage == "refused":
        yield style.strong(f"{answer.option}: nothing was deployed, for not every promise holds")
    else:
        yield style.strong(f"{answer.option}: {len(answer.changes)} resources changed, collected, verified again")
    for promise in answer.promises:
        yield from _promise(promise, style)
    if answer.stage == "refused":
        broken = next((e for e in answer.promises if e.before is not Verdict.ALLOWED), None)
        if broken is not None:
            yield f'what may fail all the same has to be named: --despite "{clean(broken.expectation)}"'
        return
    if answer.is_settled is False:
        yield style.strong("the engine, asked again, still finds something to change")
    for url in answer.calls:
        yield f"call {clean(url)}"
    for what, where in (("files and state", answer.folder), ("snapshot", answer.snapshot)):
        if where is not None:
            yield f"{what}: {clean(where)}"


def _promise(promise: Promise, style: Style) -> Iterator[str]:
    now = promise.after or promise.before
    yield f"{style.mark(now)} {clean(promise.expectation)}: {style.verdict(now)}"
    if promise.after is not None and promise.after is not promise.before:
        yield f"    before the deployment it was {promise.before}"
    if now is not Verdict.ALLOWED and promise.text:
        yield f"    {clean(promise.text)}"

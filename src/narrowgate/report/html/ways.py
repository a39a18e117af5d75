"""Calls and expectations in the report: what came of each, its picture, and its hops one by one."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from narrowgate.model.answer import Cause, Leg, Missing, Step, Verdict
from narrowgate.model.comparison import ExpectationAnswer
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.html.picture.scene import Scene
from narrowgate.report.html.picture.way import ENDS, draw_way
from narrowgate.report.html_text import sentence, text
from narrowgate.report.style import Style
from narrowgate.report.trace import caller_sees

_PLAIN = Style()
_OPENED = 3
"""So many ways that fail are unfolded at the start."""
_LEGEND = (
    '<p class="legend"><span>numbers are hops of the list below: violet asks for names, blue goes there, '
    "grey comes back, red is where it ends, and what is faint would come after</span></p>"
)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One question with its answer, whichever verb it came from."""

    title: str
    verdict: Verdict
    seen: str
    steps: tuple[Step, ...] = ()
    decided_by: Cause | None = None
    unknowns: tuple[Missing, ...] = ()
    where: str = ""
    must_fail: bool = False
    """True for what must not work: its last hop blocks as it should."""


def way_of_expectation(each: ExpectationAnswer) -> Way:
    """An expectation as a way."""
    return Way(
        title=each.expectation,
        verdict=each.verdict,
        seen=each.text,
        steps=each.steps,
        decided_by=each.decided_by,
        unknowns=each.unknowns,
        where=each.where,
        must_fail=" must not " in each.expectation,
    )


def way_of_trace(answer: TraceAnswer) -> Way:
    """A traced call as a way."""
    return Way(
        title=f"{answer.client} calls {answer.method} {answer.url}",
        verdict=answer.verdict,
        seen=caller_sees(answer),
        steps=(*(answer.dns.steps if answer.dns is not None else ()), *answer.hops),
        decided_by=answer.decided_by,
        unknowns=answer.unknowns,
    )


def ways_section(ways: Sequence[Way], snapshot: Snapshot | None, scene: Scene) -> Iterator[str]:
    """Every way; the first that fail are unfolded."""
    yield '<h2 id="calls">Calls and expectations</h2>'
    if not ways:
        yield "<p>Nothing was asked: a design has expectations, <code>--from CLIENT URL</code> traces a call.</p>"
        return
    yield '<div class="ways">'
    failing = 0
    for number, way in enumerate(ways, start=1):
        failing += way.verdict is not Verdict.ALLOWED
        is_open = (way.verdict is not Verdict.ALLOWED and failing <= _OPENED) or len(ways) == 1
        yield from _way(number, way, snapshot, scene, is_open=is_open)
    yield "</div>"


def _way(number: int, way: Way, snapshot: Snapshot | None, scene: Scene, *, is_open: bool) -> Iterator[str]:
    mark = f'<span class="mark {way.verdict}">{_PLAIN.mark(way.verdict)}</span>'
    yield f'<details class="way" id="way-{number}"{" open" if is_open else ""}>'
    yield f'<summary>{mark}<b>{text(way.title)}</b> <span class="seen">{text(way.seen)}</span></summary>'
    if way.decided_by is not None:
        rule = f" ({text(way.decided_by.rule)})" if way.decided_by.rule else ""
        about = f"<code>{text(way.decided_by.resource)}</code> " if way.decided_by.resource else ""
        why = f"{text(way.decided_by.reason)}: {sentence(way.decided_by.text)}{rule}"
        yield f"<p><b>Decided by</b> {about}{why}</p>"
    for missing in way.unknowns:
        about = f" of <code>{text(missing.resource)}</code>" if missing.resource else ""
        yield f'<p class="unknown">not known: {text(missing.fact)}{about}, {sentence(missing.why)}</p>'
    if way.where:
        yield f'<p class="dim">asked for at {text(way.where)}</p>'
    title, ends_well = f"the way of: {way.title}", way.must_fail and way.verdict is Verdict.ALLOWED
    picture = draw_way(snapshot, scene, way.steps, title, must_fail=ends_well) if snapshot is not None else ""
    if picture:
        yield f'<div class="picture" tabindex="0" role="group" aria-label="Picture of the way">{picture}</div>'
        yield _LEGEND
    if way.steps:
        yield "".join(_hops(way))
    yield "</details>"


def _hops(way: Way) -> Iterable[str]:
    """Each step; the first that stops the call is marked and named."""
    stopping = next((at for at, step in enumerate(way.steps) if step.verdict is not Verdict.ALLOWED), -1)
    yield '<ol class="hops">'
    for at, step in enumerate(way.steps):
        yield from _hop(
            at + 1,
            step,
            _word(step, way) if at == stopping else "",
            is_later=any(each.verdict in ENDS for each in way.steps[:at]),
        )
    yield "</ol>"


def _word(step: Step, way: Way) -> str:
    if step.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE):
        return "Not known here"
    return "Stops here, as it must" if way.must_fail and way.verdict is Verdict.ALLOWED else "Blocked here"


def _hop(number: int, step: Step, word: str, *, is_later: bool) -> Iterator[str]:
    kind = ' class="later"' if is_later else ""
    if word:
        is_open = step.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE)
        kind = ' class="open"' if is_open or word.endswith("must") else ' class="blocked"'
    mark = f'<span class="{step.verdict}">{_PLAIN.mark(step.verdict)}</span>'
    layer = step.layer.replace("_", " ") + (", back" if step.leg is Leg.RETURN else "")
    here = ""
    if word:
        about = f" <code>{text(step.component)}</code>" if step.component else ""
        here = f'<span class="here">{word}</span>:{about} '
    rule = f' <span class="rule">{text(step.rule)}</span>' if step.rule else ""
    yield (
        f'<li{kind}><span class="at">{number}</span>{mark}<span class="layer">{text(layer)}</span>'
        f'<div class="what">{here}{sentence(step.text)}{rule}{"".join(_behind(step))}</div></li>'
    )


def _behind(step: Step) -> Iterator[str]:
    """What was considered, and the facts."""
    considered = [
        f"{each.outcome}: {each.item}" + (f", {each.why}" if each.why else "") for each in step.considered
    ]
    facts = [f"{each.resource} {each.field} = {each.value}" for each in step.evidence]
    if considered or facts:
        lines = "".join(f"<li>{text(line)}</li>" for line in (*considered, *facts))
        parts = ((len(considered), "considered"), (len(facts), "fact" if len(facts) == 1 else "facts"))
        counts = ", ".join(f"{number} {word}" for number, word in parts if number)
        yield f"<details><summary>{counts}</summary><ul>{lines}</ul></details>"

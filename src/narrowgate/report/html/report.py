"""The page of `report`: verdicts first, then calls, the estate, exposure, findings, costs, ways to connect."""

from collections.abc import Iterator

import msgspec

from narrowgate.model.answer import Verdict, conjunction
from narrowgate.model.comparison import CheckAnswer, CompareAnswer, MonthlyCost
from narrowgate.model.exposure import ExposureAnswer
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.compare_html import compare_body
from narrowgate.report.compare_html_details import bill_table
from narrowgate.report.cost import amount_text
from narrowgate.report.findings import summary
from narrowgate.report.html.estate import estate_section
from narrowgate.report.html.exposure import exposure_section, unmeant
from narrowgate.report.html.findings import findings_section
from narrowgate.report.html.page import page
from narrowgate.report.html.picture.gather import gather
from narrowgate.report.html.picture.scene import Scene
from narrowgate.report.html.ways import Way, way_of_expectation, way_of_trace, ways_section
from narrowgate.report.html_text import sentence, text
from narrowgate.report.numbers import counted


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows; what is None was not asked, or nothing could be built to ask it of.

    `unasked` VPCs of the source are in no exposure list; `has_intent` says whether somebody said what is meant.
    """

    source: str
    check: CheckAnswer
    snapshot: Snapshot | None = None
    traces: tuple[TraceAnswer, ...] = ()
    exposure: ExposureAnswer | None = None
    unasked: int = 0
    has_intent: bool = False
    compare: CompareAnswer | None = None
    option: str = ""
    cost: MonthlyCost | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the check and every traced call hold."""
        return conjunction([self.check.verdict, *(each.verdict for each in self.traces)])


def render_report(report: Report) -> str:
    """The whole page, the same bytes for the same report."""
    return page(f"narrowgate: {report.source}", "\n".join(_body(report)), has_script=True)


def _body(report: Report) -> Iterator[str]:
    ways = [
        *(way_of_trace(each) for each in report.traces),
        *(way_of_expectation(each) for each in report.check.expectations),
    ]
    scene = gather(report.snapshot) if report.snapshot is not None else Scene()
    yield from _navigation(report)
    yield f'<main id="main">\n<h1>{text(report.source)}</h1>'
    yield "<noscript><p>Without scripts lists show their first rows only, and do not filter.</p></noscript>"
    yield from _verdicts(report, ways)
    yield from ways_section(ways, report.snapshot, scene)
    if report.snapshot is not None:
        yield from estate_section(scene)
    if report.exposure is not None:
        yield from exposure_section(report.exposure, report.unasked, has_intent=report.has_intent)
    yield from findings_section(report.check.findings)
    if report.cost is not None:
        yield f'<h2 id="costs">Costs of <code>{text(report.option)}</code></h2>'
        yield f'<div class="scroll">{bill_table(report.cost)}</div>'
    if report.compare is not None:
        yield '<h2 id="options">Ways to connect</h2>'
        yield "\n".join(compare_body(report.compare))
    yield "</main>"


def _navigation(report: Report) -> Iterator[str]:
    sections = [
        ("verdicts", "Verdicts", True),
        ("calls", "Calls", True),
        ("estate", "Estate", report.snapshot is not None),
        ("exposure", "Exposure", report.exposure is not None),
        ("findings", "Findings", True),
        ("costs", "Costs", report.cost is not None),
        ("options", "Ways to connect", report.compare is not None),
    ]
    links = "".join(f'<a href="#{own}">{name}</a>' for own, name, is_there in sections if is_there)
    yield '<a class="skip" href="#main">To the report</a>'
    yield (
        f'<nav class="top" aria-label="Sections"><b>narrowgate</b>{links}'
        '<button type="button" id="theme" title="system, light, dark">Colours: system</button></nav>'
    )


def _verdicts(report: Report, ways: list[Way]) -> Iterator[str]:
    check = report.check
    yield '<h2 id="verdicts">Verdicts</h2>\n<div class="cards">'
    told = f"by {check.via}" if check.via else ""
    about = "calls, expectations and findings together" if ways else "by the findings; no call was asked about"
    yield _card("verdicts", str(report.verdict), str(report.verdict), about, told)
    if ways:
        held = sum(each.verdict is Verdict.ALLOWED for each in ways)
        state = conjunction(each.verdict for each in ways)
        yield _card("calls", str(state), f"{held} of {len(ways)}", "calls and expectations hold", "")
    counted = [each for each in check.findings if each.counts]
    state = Verdict.DENIED if check.failing else Verdict.ALLOWED
    yield _card("findings", str(state), f"{len(counted):,}", "findings", summary(counted))
    if report.exposure is not None and report.exposure.consumers:
        yield _exposure_card(report, report.exposure)
    if report.cost is not None:
        total = report.cost.total
        shown = f"$ {amount_text(total if total is not None else report.cost.at_least)}"
        yield _card("costs", "", shown, "a month" if total is not None else "a month at least", "")
    yield "</div>"
    for violation in check.violations:
        broken = f"<code>{text(violation.constraint)}</code> is broken: {sentence(violation.text)}"
        yield f'<p class="denied">The constraint {broken}</p>'
    if not check.expectations and check.decided_by is not None:
        yield f'<p class="denied">{sentence(check.decided_by.text)}</p>'
    for warning in check.warnings:
        yield f'<p class="dim">Mind: {sentence(warning)}</p>'
    if ways:
        yield "<ul>"
        for number, way in enumerate(ways, start=1):
            if way.verdict is not Verdict.ALLOWED:
                link = f'<a href="#way-{number}">{text(way.title)}</a>'
                yield f'<li class="{way.verdict}">{link}: {text(way.seen)}</li>'
        yield "</ul>"


def _exposure_card(report: Report, answer: ExposureAnswer) -> str:
    told = ", ".join(
        counted(len(each), word)
        for each, word in ((answer.apis, "call"), (answer.names, "name"), (answer.sockets, "socket"))
    )
    if not report.has_intent:
        return _card(
            "exposure", "", f"{len(answer.apis) + len(answer.names) + len(answer.sockets):,}", "open", told
        )
    beyond = unmeant(answer)
    state = str(Verdict.PARTIAL if beyond else Verdict.ALLOWED)
    return _card("exposure", state, f"{beyond:,}", "open and not meant", told)


def _card(section: str, state: str, shown: str, about: str, told: str) -> str:
    below = f'<span class="dim">{text(told)}</span>' if told else ""
    return (
        f'<div class="card {state}"><a href="#{section}"><b class="big {state}">{text(shown)}</b>{text(about)}</a>'
        f"<br>{below}</div>"
    )

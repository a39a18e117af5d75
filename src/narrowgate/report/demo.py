"""The text of `demo`: a few lines a step, at most 100 columns, names of the code in the place of ids."""

import re
import textwrap
from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Step, Verdict
from narrowgate.model.comparison import CompareAnswer, OptionAnswer
from narrowgate.model.demonstration import BrokenForm, ReadBack, RecordedEstate, WrittenAt
from narrowgate.model.laboratory import LabAnswer
from narrowgate.model.repair import FixAnswer
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.compare import cells, price_text, sorted_options
from narrowgate.report.resolve import summary
from narrowgate.report.style import Style, clean
from narrowgate.report.trace import caller_sees, part_of

WIDTH = 100
_LAST_REASONS = 3
_ROOM = 70
_TOLD = frozenset(
    {"dns", "route_table", "vpc_peering_connection", "security_group", "vpc_endpoint", "tls", "http"}
)
_PARTS = {"There": "there", "Back": "back", "API Gateway": "API", "Policies": "policy"}


def compare_lines(answer: CompareAnswer, style: Style) -> Iterator[str]:
    """The ways that keep every promise, with cost; the others by name; the decision."""
    keep: list[OptionAnswer] = []
    rest: list[OptionAnswer] = []
    for each in sorted_options(answer):
        (keep if each.verdict is Verdict.ALLOWED and not each.violations else rest).append(each)
    yield style.dim(f"    {'way':<28}{'$ a month':>9}   {'new resources':>13}   opens names/sockets/API methods")
    for each in keep:
        _, opens, _, price, new, _ = cells(each)
        yield f"  {style.mark(each.verdict)} {each.option:<28}{price:>9}   {new:>13}   {opens}"
    others = ", ".join(each.option for each in rest if each.fits)
    yield from _wrap(f"  · fail, are undecided, take something away, or open what was not meant: {others}", "    ")
    found = answer.recommendation
    if found is not None:
        best = next(each for each in answer.options if each.option == found.option)
        yield f"  {style.strong(f'Take {found.option}')}: {price_text(best.cost)} dollars a month; it"
        for reason in found.reasons[-_LAST_REASONS:]:
            rule = f" [{reason.rule}]" if reason.rule else ""
            yield from _wrap(f"    {clean(reason.text)}{rule}", "    ")


def generated_lines(read: ReadBack, folder: str, style: Style) -> Iterator[str]:
    """What was written, and what the text alone, read back, says of it."""
    files = sum(1 for each in read.files if each.endswith(".tf"))
    yield f"  {files} files in {clean(folder)}"
    yield from _expectations(read, style)
    yield from _call_lines(read, style)


def broken_lines(read: ReadBack, changed: str, style: Style) -> Iterator[str]:
    """What was changed, what the caller sees, and what decides."""
    yield f"  Changed: {clean(changed)}."
    yield from _call_lines(read, style)
    decided = read.trace.decided_by
    if decided is not None:
        yield f"    {style.strong(str(decided.reason))}: {decided.reason.meaning} [{decided.rule}]"
    yield from _expectations(read, style, is_brief=True)


def fix_lines(answer: FixAnswer, read: ReadBack, style: Style) -> Iterator[str]:
    """The change, where it belongs, its commands, and what it was verified against."""
    for change in answer.changes:
        rule = f" [{change.rule}]" if change.rule else ""
        yield from _wrap(f"  {style.mark(answer.verdict)} {_named(change.text, read.written)}{rule}", "    ")
        at = read.written.get(change.resource)
        if at is not None:
            yield f"    in the code at {clean(at.file)}:{at.line}; in an account by"
        for command in change.commands:
            yield from _command(command, style)
    for goal in answer.goals:
        mark = style.mark(Verdict.ALLOWED if goal.holds else Verdict.DENIED)
        yield f"  {mark} the same call, on the changed facts: {goal.before} before, {goal.after} after"


def packet_lines(answer: LabAnswer | None, missing: str, style: Style) -> Iterator[str]:
    """What packets did beside what the engine says, hosts that fare alike in one line; or why none was sent."""
    if answer is None:
        yield from _wrap(f"  · not on this machine: {clean(missing)}", "    ")
        yield "    Nothing else depends on it."
        return
    agreeing, every = sum(1 for each in answer.compared if each.agrees), len(answer.compared)
    yield f"  {style.mark(answer.verdict)} {agreeing} of {every} answers of the engine are what packets do:"
    alike = dict.fromkeys(
        (each.agrees, ", ".join(each.observed), each.question.partition(": ")[2]) for each in answer.compared
    )
    for agrees, observed, question in alike:
        verdict = Verdict.UNKNOWN if agrees is None else Verdict.ALLOWED if agrees else Verdict.DENIED
        yield f"    {style.mark(verdict)} {_cut(f'{observed:<15} {clean(question)}', WIDTH - 6)}"


def other_lines(forms: Sequence[BrokenForm], recorded: Sequence[RecordedEstate], style: Style) -> Iterator[str]:
    """How many broken forms are told rightly, and what comes of the recorded estates."""
    right = sum(1 for each in forms if each.is_expected)
    mark = style.mark(Verdict.ALLOWED if right == len(forms) else Verdict.DENIED)
    yield f"  {mark} {right} of {len(forms)} broken forms of an estate are told as the rule book says, such as"
    for each in _examples(forms):
        yield _cut(f"      {each.id}: {_seen(each.answer)}; {_reason(each)}")
    wrong = [each.id for each in forms if not each.is_expected]
    if wrong:
        yield from _wrap(f"  {style.mark(Verdict.DENIED)} otherwise: {', '.join(wrong)}", "    ")
    for estate in recorded:
        socket = f"{estate.text}, port {estate.answer.port}"
        yield f"  {style.mark(estate.answer.verdict)} recorded from AWS: {socket}: {estate.answer.verdict}"


def _expectations(read: ReadBack, style: Style, *, is_brief: bool = False) -> Iterator[str]:
    every = read.check.expectations
    held = sum(1 for each in every if each.verdict is Verdict.ALLOWED)
    yield f"  {style.mark(read.check.verdict)} {held} of {len(every)} expectations of the design hold"
    for verdict in dict.fromkeys(each.verdict for each in every):
        if not (is_brief and verdict is Verdict.ALLOWED):
            names = "; ".join(clean(each.expectation) for each in every if each.verdict is verdict)
            yield from _wrap(f"    {style.mark(verdict)} {names}", "      ")


def _call_lines(read: ReadBack, style: Style) -> Iterator[str]:
    call = read.trace
    yield f"  {style.mark(call.verdict)} {call.method} {clean(call.url)}: {style.strong(_seen(call))}"
    before = ""
    for part, step in _short(call):
        label, before = ("" if part == before else part), part
        at = read.written.get(step.component or "")
        where = f"{at.file.rpartition('/')[2]}:{at.line}" if at else ""
        text = _brief(_named(_words(call, step), read.written))
        yield f"    {style.mark(step.verdict)} {label:<6} {text:<{_ROOM}} {style.dim(where)}".rstrip()


def _short(call: TraceAnswer) -> Iterator[tuple[str, Step]]:
    """The last step of each component that decides by what is written; the first failure ends it."""
    last: dict[tuple[str, str | None], tuple[str, Step]] = {}
    for step in (*(call.dns.steps if call.dns else ()), *call.hops):
        part = "name" if step.layer == "dns" else _PARTS.get(part_of(step), part_of(step))
        is_told = step.layer in _TOLD or step.layer.endswith("policy")
        # A host that only could be started has no group of its own to show.
        is_told = is_told and not (step.layer == "security_group" and step.chosen is None)
        if is_told or step.verdict is not Verdict.ALLOWED:
            last[part, None if part == "name" else step.component] = (part, step)
        if step.verdict is not Verdict.ALLOWED:
            break
    yield from last.values()


def _words(call: TraceAnswer, step: Step) -> str:
    if step.verdict is Verdict.ALLOWED and step.layer == "dns" and call.dns is not None:
        return f"→ {summary(call.dns)}"
    if step.verdict is Verdict.ALLOWED and step.chosen and step.layer in ("route_table", "security_group"):
        return f"{step.component}: {step.chosen}"
    if step.verdict is Verdict.ALLOWED and step.layer == "tls":
        return "the certificate covers the name"
    return step.text


def _brief(text: str) -> str:
    """A sentence that fits: without what stands in brackets, then without what stands before its colon."""
    if len(text) > _ROOM:
        text = re.sub(r" \([^)]*\)", "", text)
    if len(text) > _ROOM:
        text = text.partition(": ")[2] or text
    return _cut(text, _ROOM)


def _seen(call: TraceAnswer) -> str:
    """What the caller sees, without a body."""
    return f"HTTP {call.http.status}" if call.http is not None else caller_sees(call)


def _named(text: str, written: dict[str, WrittenAt]) -> str:
    """A sentence with the names of the code for ids."""
    names = sorted(written, key=len, reverse=True)
    if not names:
        return clean(text)
    pattern = re.compile("|".join(re.escape(each) + r"(?![\w.-])" for each in names))
    return clean(pattern.sub(lambda found: written[found[0]].name, text))


def _command(text: str, style: Style) -> Iterator[str]:
    first, *rest = text.split(" --")
    line = f"    {style.strong('$')} {first}"
    length = len(f"    $ {first}")
    for word in rest:
        if length + len(word) + 5 > WIDTH:
            yield line + " \\"
            line, length = "       ", 7
        line += f" --{word}"
        length += len(word) + 3
    yield line


def _examples(forms: Sequence[BrokenForm]) -> Iterator[BrokenForm]:
    """One form for each of the first symptoms that differ."""
    seen: dict[str, BrokenForm] = {}
    for each in forms:
        if each.answer.decided_by is not None and each.answer.symptom is not None:
            seen.setdefault(each.answer.symptom, each)
    yield from list(seen.values())[:4]


def _reason(form: BrokenForm) -> str:
    decided = form.answer.decided_by
    return f"{decided.reason} [{decided.rule}]" if decided else ""


def _cut(text: str, width: int = WIDTH) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrap(text: str, rest: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)

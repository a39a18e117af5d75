"""`exposure` and `diff` as Markdown, for a pull request."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from narrowgate.model.exposure import UNKNOWN, DiffAnswer, Difference, Entry, ExposedSocket, ExposureAnswer
from narrowgate.model.fact import UnsetType
from narrowgate.report.exposure_words import (
    Named,
    api_cells,
    lost_cells,
    name_cells,
    namer,
    reason_line,
    socket_cells,
    socket_senders,
)
from narrowgate.report.style import clean

E = TypeVar("E", bound=Entry)


def render_exposure_markdown(answer: ExposureAnswer) -> str:
    """The lists as tables, what is unmeant first."""
    named = namer(answer.labels)
    lines = [f"# Exposure of {_text(', '.join(map(named, answer.consumers[:5])))}", ""]
    lines += _table("Calls", answer.apis, api_cells, named)
    lines += _table("Names answered privately", answer.names, name_cells, named)
    lines += _table("Public names with private addresses", answer.public_names, name_cells, named)
    lines += _table("Public names lost", answer.lost_names, lost_cells, named)
    lines += _table("Sockets", answer.sockets, _socket, named)
    if not isinstance(answer.added, UnsetType):
        lines += _differences("Not in the baseline", answer.added, named)
    if not isinstance(answer.removed, UnsetType):
        lines += _differences("In the baseline only", answer.removed, named)
    if answer.unknowns:
        lines += ["## Not known", ""]
        lines += [
            f"- {_text(f'{each.fact} {each.resource or str()}')}: {_text(each.why)}" for each in answer.unknowns
        ]
        lines.append("")
    return "\n".join(lines)


def _socket(entry: ExposedSocket, named: Named) -> tuple[str, str]:
    what, kind = socket_cells(entry, named)
    real, startable = socket_senders(entry, named)
    return what, f"{kind}; from {real}; could be started in {startable}"


def _table(
    title: str, entries: Sequence[E], cells: Callable[[E, Named], tuple[str, str]], named: Named
) -> Iterator[str]:
    if not entries:
        return
    yield f"## {title}"
    yield ""
    yield "| | what | where | because |"
    yield "| --- | --- | --- | --- |"
    for each in sorted(entries, key=lambda each: (each.intended, each.state != UNKNOWN)):
        what, where = cells(each, named)
        mark = "meant" if each.intended else each.state
        yield f"| {mark} | {_text(what)} | {_text(where)} | {_text(reason_line(each))} |"
    yield ""


def render_diff_markdown(answer: DiffAnswer) -> str:
    """What a change opens, breaks and closes, as lists."""
    named = namer(answer.labels)
    lines = [f"# From {_text(answer.before)} to {_text(answer.after)}", ""]
    for title, every in (("Opened", answer.opened), ("Broken", answer.broken), ("Closed", answer.closed)):
        lines += _differences(title, every, named)
    return "\n".join(lines)


def _differences(title: str, every: Sequence[Difference], named: Named) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    for each in every:
        doubt = " (not certain)" if each.state == UNKNOWN else ""
        reason = f": {_text(reason_line(each))}" if each.because else ""
        yield f"- {each.kind} {_text(each.what)}{doubt}{reason}"
        yield f"  - {_text(', '.join(map(named, each.consumers[:5])))}"
    if not every:
        yield "Nothing."
    yield ""


def _text(text: str) -> str:
    """Text that no table or list of Markdown takes apart."""
    escaped = clean(text)
    for character in "\\`*_{}[]<>|#":
        escaped = escaped.replace(character, "\\" + character)
    return escaped

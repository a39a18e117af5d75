"""Exposure in the report: names, sockets and calls that hosts of the consumers have, as lists that filter."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from narrowgate.exposure.names.names import OWN_RESOLVER
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import Entry, ExposedName, ExposedSocket, ExposureAnswer
from narrowgate.report.exposure_words import (
    Named,
    api_cells,
    lost_cells,
    mark_of,
    name_cells,
    namer,
    socket_cells,
)
from narrowgate.report.html.rows import Choice, Row, row_list
from narrowgate.report.html_text import text

E = TypeVar("E", bound=Entry)

_TAGS = {
    Verdict.ALLOWED: ("allowed", "✓", "meant"),
    Verdict.DENIED: ("denied", "!", "not meant"),
    Verdict.PARTIAL: ("partial", "~", "in parts"),
    Verdict.UNKNOWN: ("unknown", "?", "not known"),
}
_OPEN = {Verdict.DENIED: ("open", "○", "open")}
_MOST_CONSUMERS = 12


def exposure_section(answer: ExposureAnswer, unasked: int, *, has_intent: bool) -> Iterator[str]:
    """The lists with their counts; `unasked` VPCs of the source are in no list.

    Where nobody said what is meant (`has_intent` false), nothing is called unmeant.
    """
    yield '<h2 id="exposure">Exposure</h2>'
    named = namer(answer.labels)
    if not answer.consumers:
        yield f"<p>No VPC was asked about; the source has {unasked}. <code>--consumer VPC</code> asks.</p>"
        return
    whose = ", ".join(named(each) for each in answer.consumers[:_MOST_CONSUMERS])
    rest = len(answer.consumers) - _MOST_CONSUMERS
    more = f" and {rest} more VPCs" if rest > 0 else ""
    yield f"<p>What hosts of {text(whose)}{more} can invoke, resolve and reach."
    others = "1 other VPC was" if unasked == 1 else f"{unasked:,} other VPCs were"
    yield f" {others} not asked about.</p>" if unasked else "</p>"
    if not has_intent:
        yield '<p class="dim">The source does not say what is meant: a design does, and so does a baseline.</p>'
    lists = Lists(answer=answer, named=named, has_intent=has_intent)
    yield from lists.of("Calls", "calls", answer.apis, api_cells)
    yield from lists.of("Names answered privately", "names", answer.names, name_cells)
    public = msgspec.structs.replace(lists, has_intent=False)
    yield from public.of("Public names with private addresses", "public-names", answer.public_names, name_cells)
    yield from lists.of("Public names lost", "lost-names", answer.lost_names, lost_cells)
    yield from lists.of("Sockets", "sockets", answer.sockets, socket_cells)


def unmeant(answer: ExposureAnswer) -> int:
    """How many entries are open, for certain or in parts, and not meant."""
    return sum(
        mark_of(each) in (Verdict.DENIED, Verdict.PARTIAL)
        for entries in (answer.apis, answer.names, answer.sockets)
        for each in entries
    )


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """What all lists of one answer share."""

    answer: ExposureAnswer
    named: Named
    has_intent: bool

    def of(
        self, title: str, own: str, entries: Sequence[E], cells: Callable[[E, Named], tuple[str, str]]
    ) -> Iterator[str]:
        """One list with its heading; a word where there is nothing in it."""
        if not entries:
            yield f'<h3>{text(title)}</h3><p class="dim">None.</p>'
            return
        shared = len(self.answer.consumers) > 1
        rows = [
            _row(each, cells(each, self.named), self.named, has_intent=self.has_intent, shared=shared)
            for each in entries
        ]
        yield f"<h3>{text(title)} ({len(rows):,})</h3>"
        words = {row.facets[0]: row.tag for row in rows}
        choices = [
            Choice(about="Meant", values=tuple(sorted(words.items()))),
            Choice(about="From", values=tuple((each, self.named(each)) for each in self._consumers())),
        ]
        yield row_list(f"exposure-{own}", title, rows, choices)

    def _consumers(self) -> Sequence[str]:
        """By name, as people look for them."""
        labels = self.answer.labels
        return sorted(self.answer.consumers, key=lambda each: (labels.get(each, each), each))


def _row(entry: Entry, cells: tuple[str, str], named: Named, *, has_intent: bool, shared: bool) -> Row:
    mark = mark_of(entry)
    state, sign, tag = _TAGS[mark] if has_intent or mark not in _OPEN else _OPEN[mark]
    return Row(
        state=state,
        sign=sign,
        first=cells[0],
        second=", ".join(_second(entry, cells[1], named, shared=shared)),
        tag=tag,
        facets=(state, " ".join(entry.consumers)),
        told=tuple(_told(entry, named)),
    )


def _second(entry: Entry, cell: str, named: Named, *, shared: bool) -> Iterator[str]:
    """Where it leads; which way and for whose hosts, where several lead there; whose it is, of several asked."""
    yield cell
    if isinstance(entry, ExposedSocket):
        yield from filter(None, (entry.via, _hosts(entry, named)))
    elif isinstance(entry, ExposedName) and entry.via != OWN_RESOLVER:
        yield entry.via
    if shared:
        rest = len(entry.consumers) - 1
        yield f"from {named(entry.consumers[0])}" + (f" and {rest} more" if rest else "")


def _hosts(entry: ExposedSocket, named: Named) -> str:
    """The first of those that can: real interfaces, else subnets."""
    for where, found in (("", entry.interfaces), ("hosts of ", entry.startable)):
        if found:
            own, blank, part = found[0].partition(" ")
            return f"by {where}{named(own)}{blank}{part}" + (f" and {len(found) - 1} more" if found[1:] else "")
    return ""


def _told(entry: Entry, named: Named) -> Iterator[tuple[str, str]]:
    yield "from", ", ".join(named(each) for each in entry.consumers)
    if entry.via:
        yield "by", entry.via
    if isinstance(entry, ExposedSocket):
        yield "interfaces", ", ".join(named(each) for each in entry.interfaces) or "none"
        yield "startable in", ", ".join(entry.startable) or "none"
    for link in entry.because:
        yield "because", f"{link.text} [{link.rule}]" if link.rule else link.text
    for missing in entry.unknowns:
        about = f" of {missing.resource}" if missing.resource else ""
        yield "not known", f"{missing.fact}{about}: {missing.why}"

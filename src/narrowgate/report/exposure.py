"""The text of `exposure` and `diff`: what is not meant first, each line with the rule that opens it."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from narrowgate.model.answer import Missing
from narrowgate.model.exposure import UNKNOWN, DiffAnswer, Difference, Entry, ExposedSocket, ExposureAnswer
from narrowgate.model.fact import UnsetType
from narrowgate.report.exposure_groups import (
    Group,
    about_api,
    about_lost,
    about_name,
    about_public_name,
    about_socket,
    api_group_cells,
    lost_group_cells,
    name_group_cells,
    reason_of,
    socket_group_cells,
    ways_of,
    widest,
)
from narrowgate.report.exposure_words import (
    Named,
    api_cells,
    lost_cells,
    mark_of,
    name_cells,
    namer,
    reason_line,
    socket_cells,
    socket_senders,
)
from narrowgate.report.steps import missing_lines, section
from narrowgate.report.style import Style, clean

E = TypeVar("E", bound=Entry)

_SHORT = 12
"""So many entries or groups of a list are shown without `--verbose`."""
_LONG = 24
"""A list with more entries than that is told as groups."""


def render_exposure(answer: ExposureAnswer, style: Style, *, verbose: bool = False) -> str:
    """The lists for a person: counts, then names, sockets and APIs, what is unmeant before what is meant."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: ExposureAnswer, style: Style, verbose: bool) -> Iterator[str]:
    named = namer(answer.labels)
    whose = ", ".join(map(named, answer.consumers[:3]))
    more = f" and {len(answer.consumers) - 3:,} more VPCs" if len(answer.consumers) > 3 else ""
    yield style.strong(f"{clean(answer.source or 'the estate')}: what {whose}{more} can resolve, reach and invoke")
    yield f"  {_counts(answer)}"
    lists = _Lists(style, named, shared=len(answer.consumers) > 1, verbose=verbose)
    yield from section("Calls", lists.of(answer.apis, _CALLS), style)
    yield from section("Names answered privately", lists.of(answer.names, _NAMES), style)
    yield from section("Public names with private addresses", lists.of(answer.public_names, _PUBLIC), style)
    yield from section("Public names lost", lists.of(answer.lost_names, _LOST), style)
    yield from section("Sockets", lists.of(answer.sockets, _SOCKETS), style)
    if not isinstance(answer.added, UnsetType):
        yield from section("Not in the baseline", difference_lines(answer.added, style, named), style)
    if not isinstance(answer.removed, UnsetType):
        yield from section("In the baseline only", difference_lines(answer.removed, style, named), style)
    yield from section("Not known", _missing(answer.unknowns, style, verbose=verbose), style)
    yield from section("Mind", (f"  {clean(note)}" for note in answer.notes), style)


def _missing(unknowns: Sequence[Missing], style: Style, *, verbose: bool) -> Iterator[str]:
    most = len(unknowns) if verbose or len(unknowns) <= _LONG else _SHORT
    yield from missing_lines(unknowns[:most], style)
    if len(unknowns) > most:
        yield style.dim(f"  … {len(unknowns) - most:,} more; --verbose shows all")


def _counts(answer: ExposureAnswer) -> str:
    parts = []
    for what, entries in (
        ("call", answer.apis),
        ("name", answer.names),
        ("public name", answer.public_names),
        ("lost name", answer.lost_names),
        ("socket", answer.sockets),
    ):
        plural = "" if len(entries) == 1 else "s"
        meant = sum(each.intended for each in entries)
        unknown = sum(each.state == UNKNOWN for each in entries)
        told = [f"{number:,} {word}" for number, word in ((meant, "meant"), (unknown, "not known")) if number]
        parts.append(f"{len(entries):,} {what}{plural}" + (f" ({', '.join(told)})" if told else ""))
    return ", ".join(parts)


class _Form(NamedTuple, Generic[E]):
    """How a list is told: entry by entry, and as groups of entries about the same."""

    cells: Callable[[E, Named], tuple[str, str]]
    about: Callable[[E], Hashable]
    part: Callable[[E], Hashable]
    """What of it."""
    group_cells: Callable[[Group[E], Named], tuple[str, str]]
    beneath: Callable[[E, Named], str] | None = None
    group_beneath: Callable[[Group[E]], str] | None = None


def _senders(entry: ExposedSocket, named: Named) -> str:
    """The two columns of a socket, and the way."""
    real, startable = socket_senders(entry, named)
    return f"from {real}; could be started in {startable}; {entry.via}"


_CALLS = _Form(api_cells, about_api, lambda each: (each.method, each.path), api_group_cells)
_NAMES = _Form(name_cells, about_name, lambda each: each.name, name_group_cells)
_PUBLIC = _Form(name_cells, about_public_name, lambda each: each.name, name_group_cells)
_LOST = _Form(lost_cells, about_lost, lambda each: each.name, lost_group_cells)
_SOCKETS = _Form(
    socket_cells, about_socket, lambda each: (each.protocol, each.ports), socket_group_cells, _senders, ways_of
)


class _Lists:
    """How lists are shown."""

    def __init__(self, style: Style, named: Named, *, shared: bool, verbose: bool) -> None:
        self.style = style
        self.named = named
        self.shared = shared
        self.verbose = verbose

    def of(self, entries: Sequence[E], form: _Form[E]) -> Iterator[str]:
        """One list: unmeant entries first; a long one as groups, the widest first."""
        if self.verbose or len(entries) <= _LONG:
            yield from self._one_by_one(entries, form)
            return
        groups = widest(entries, form.about)
        if self.shared and len(groups) > 1:
            yield self.style.dim("  what is open to the most VPCs comes first")
        for group in groups[:_SHORT]:
            yield from self._entry(group.first, form) if len(group.entries) == 1 else self._group(group, form)
        if len(groups) > _SHORT:
            yield self.style.dim(f"  … {len(groups) - _SHORT:,} more like these; --verbose shows each entry")
        elif len(groups) < len(entries):
            yield self.style.dim(f"  … --verbose shows each of the {len(entries):,} entries")

    def _one_by_one(self, entries: Sequence[E], form: _Form[E]) -> Iterator[str]:
        most = len(entries) if self.verbose else _SHORT
        for each in sorted(entries, key=lambda each: (each.intended, each.state != UNKNOWN))[:most]:
            yield from self._entry(each, form)
        if len(entries) > most:
            yield self.style.dim(f"  … {len(entries) - most} more; --verbose shows all")

    def _entry(self, entry: E, form: _Form[E]) -> Iterator[str]:
        yield self._line(entry, form.cells(entry, self.named))
        if form.beneath:
            yield f"      {clean(form.beneath(entry, self.named))}"
        if self.shared:
            yield f"      open to {_shown(entry.consumers, self.named)}"
        if self.verbose:
            for link in entry.because:
                yield f"      because {clean(link.text)}" + (f" ({link.rule})" if link.rule else "")
        elif entry.because and not entry.intended:
            yield f"      because {clean(reason_line(entry))}"

    def _group(self, group: Group[E], form: _Form[E]) -> Iterator[str]:
        yield self._line(group.first, form.group_cells(group, self.named))
        if form.group_beneath:
            yield f"      {clean(form.group_beneath(group))}"
        if self.shared:
            how = "open to" if group.is_whole(form.part) else "parts of it open to"
            many = f" {len(group.consumers):,} VPCs:" if len(group.consumers) > 3 else ""
            yield f"      {how}{many} {_shown(group.consumers, self.named)}"
        reason = reason_of(group)
        if reason and not group.first.intended:
            yield f"      because {clean(reason)}"

    def _line(self, entry: Entry, cells: tuple[str, str]) -> str:
        what, where = cells
        meant = self.style.dim(" meant") if entry.intended else ""
        return f"  {self.style.mark(mark_of(entry))} {clean(what)}  {self.style.dim(where)}{meant}"


def _shown(consumers: Sequence[str], named: Named) -> str:
    shown = ", ".join(map(named, consumers[:3]))
    return clean(shown + (f" and {len(consumers) - 3:,} more" if len(consumers) > 3 else ""))


def difference_lines(every: Sequence[Difference], style: Style, named: Named) -> Iterator[str]:
    """Differences, one a line, with the reason beneath."""
    if not every:
        yield "  nothing"
    for each in every:
        yield f"  {style.mark(mark_of(each))} {each.kind} {clean(each.what)}"
        yield f"      {_shown(each.consumers, named)}"
        if each.because:
            yield f"      because {clean(reason_line(each))}"


def render_diff(answer: DiffAnswer, style: Style, *, verbose: bool = False) -> str:
    """What a change opens, closes and breaks, for a person."""
    return "\n".join(_diff_lines(answer, style, verbose))


def _diff_lines(answer: DiffAnswer, style: Style, verbose: bool) -> Iterator[str]:
    named = namer(answer.labels)
    yield f"{style.mark(answer.verdict)} from {clean(answer.before)} to {clean(answer.after)}"
    yield f"  {len(answer.opened)} opened, {len(answer.closed)} closed, {len(answer.broken)} broken"
    yield from section("Opened", difference_lines(answer.opened, style, named), style)
    yield from section("Broken", difference_lines(answer.broken, style, named), style)
    yield from section("Closed", difference_lines(answer.closed, style, named), style)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    if verbose and answer.matched:
        pairs = (f"  {new} is taken for {old}" for new, old in sorted(answer.matched.items()))
        yield from section("Matched by name", map(clean, pairs), style)

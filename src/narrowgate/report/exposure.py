"""The text of `exposure` and `diff`: what is not meant first, each line with the rule that opens it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from narrowgate.model.exposure import UNKNOWN, DiffAnswer, Difference, Entry, ExposedSocket, ExposureAnswer
from narrowgate.model.fact import UnsetType
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
"""How many entries of a list are shown without `--verbose`."""


def render_exposure(answer: ExposureAnswer, style: Style, *, verbose: bool = False) -> str:
    """The lists for a person: counts, then names, sockets and APIs, what is unmeant before what is meant."""
    return "\n".join(_lines(answer, style, verbose))


def _lines(answer: ExposureAnswer, style: Style, verbose: bool) -> Iterator[str]:
    named = namer(answer.labels)
    whose = ", ".join(map(named, answer.consumers[:3]))
    more = f" and {len(answer.consumers) - 3} more VPCs" if len(answer.consumers) > 3 else ""
    yield style.strong(f"{clean(answer.source or 'the estate')}: what {whose}{more} can resolve, reach and invoke")
    yield f"  {_counts(answer)}"
    shared = len(answer.consumers) > 1
    lists = _Lists(style, named, shared=shared, most=None if verbose else _SHORT, verbose=verbose)
    yield from section("Calls", lists.of(answer.apis, api_cells), style)
    yield from section("Names answered privately", lists.of(answer.names, name_cells), style)
    yield from section("Public names with private addresses", lists.of(answer.public_names, name_cells), style)
    yield from section("Public names lost", lists.of(answer.lost_names, lost_cells), style)
    yield from section("Sockets", lists.of(answer.sockets, socket_cells, lists.senders), style)
    if not isinstance(answer.added, UnsetType):
        yield from section("Not in the baseline", difference_lines(answer.added, style, named), style)
    if not isinstance(answer.removed, UnsetType):
        yield from section("In the baseline only", difference_lines(answer.removed, style, named), style)
    yield from section("Not known", missing_lines(answer.unknowns, style), style)
    yield from section("Mind", (f"  {clean(note)}" for note in answer.notes), style)


def _counts(answer: ExposureAnswer) -> str:
    parts = []
    for what, entries in (
        ("call", answer.apis),
        ("name", answer.names),
        ("public name", answer.public_names),
        ("lost name", answer.lost_names),
        ("socket", answer.sockets),
    ):
        meant = sum(1 for each in entries if each.intended)
        plural = "" if len(entries) == 1 else "s"
        parts.append(f"{len(entries)} {what}{plural}" + (f" ({meant} meant)" if meant else ""))
    return ", ".join(parts)


class _Lists:
    """How lists are shown."""

    def __init__(self, style: Style, named: Named, *, shared: bool, most: int | None, verbose: bool) -> None:
        self.style = style
        self.named = named
        self.shared = shared
        self.most = most
        self.verbose = verbose

    def of(
        self,
        entries: Sequence[E],
        cells: Callable[[E, Named], tuple[str, str]],
        beneath: Callable[[E], Iterable[str]] | None = None,
    ) -> Iterator[str]:
        """One list: unmeant and unknown entries first."""
        ordered = sorted(entries, key=lambda each: (each.intended, each.state != UNKNOWN))
        for each in ordered[: self.most]:
            what, where = cells(each, self.named)
            meant = self.style.dim(" meant") if each.intended else ""
            yield f"  {self.style.mark(mark_of(each))} {clean(what)}  {self.style.dim(where)}{meant}"
            for line in beneath(each) if beneath else ():
                yield f"      {clean(line)}"
            if self.shared:
                yield f"      open to {_shown(each.consumers, self.named)}"
            if self.verbose:
                for link in each.because:
                    yield f"      because {clean(link.text)}" + (f" ({link.rule})" if link.rule else "")
            elif each.because and not each.intended:
                yield f"      because {clean(reason_line(each))}"
        if self.most is not None and len(ordered) > self.most:
            yield self.style.dim(f"  … {len(ordered) - self.most} more; --verbose shows all")

    def senders(self, entry: ExposedSocket) -> Iterator[str]:
        """The two columns of a socket, and the way."""
        real, startable = socket_senders(entry, self.named)
        yield f"from {real}; could be started in {startable}; {entry.via}"


def _shown(consumers: Sequence[str], named: Named) -> str:
    shown = ", ".join(map(named, consumers[:3]))
    return clean(shown + (f" and {len(consumers) - 3} more" if len(consumers) > 3 else ""))


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

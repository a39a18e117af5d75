"""Long lists as few lines: entries that say nearly the same together, what is open to the most VPCs first."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

from narrowgate.model.exposure import UNKNOWN, Entry, ExposedApi, ExposedName, ExposedSocket, LostName
from narrowgate.report.exposure_words import (
    Named,
    api_cells,
    lost_cells,
    name_cells,
    reason_line,
    shortened,
    socket_cells,
)

E = TypeVar("E", bound=Entry)

ANONYMOUS = "anonymous"


class Group(NamedTuple, Generic[E]):
    """Entries about one thing, and the VPCs that any of them is open to; none where whoever there is may."""

    entries: tuple[E, ...]
    consumers: tuple[str, ...]

    @property
    def first(self) -> E:
        """The entry that stands for the others."""
        return self.entries[0]

    def is_whole(self, part: Callable[[E], Hashable]) -> bool:
        """Whether every part of it is open to the same VPCs; `part` tells which one an entry is about."""
        found: dict[Hashable, set[str]] = {}
        for each in self.entries:
            found.setdefault(part(each), set()).update(each.consumers)
        return len(set(map(frozenset, found.values()))) == 1


def widest(entries: Iterable[E], about: Callable[[E], Hashable]) -> list[Group[E]]:
    """Entries about the same as one group: first what is not meant, of that what is open to the most VPCs.

    Args:
        entries: a list.
        about: what an entry is about.
    """
    found: dict[Hashable, list[E]] = {}
    for each in entries:
        found.setdefault((each.intended, each.state, about(each)), []).append(each)
    return sorted(map(_group, found.values()), key=_rank)


def _group(members: list[E]) -> Group[E]:
    if len(members) == 1:
        return Group(tuple(members), members[0].consumers)
    return Group(tuple(members), tuple(dict.fromkeys(vpc for each in members for vpc in each.consumers)))


def _rank(group: Group[E]) -> tuple[bool, bool, int, bool, bool]:
    first = group.first
    is_anonymous = isinstance(first, ExposedApi) and first.who == ANONYMOUS
    # Whom an entry names no VPC for is in no account of the source: that is wider than all of them.
    return (first.intended, bool(first.consumers), -len(group.consumers), not is_anonymous, first.state != UNKNOWN)


def about_api(entry: ExposedApi) -> Hashable:
    """Calls of one stage by one door as one caller."""
    return (entry.api, entry.name, entry.stage, entry.who, entry.endpoint, entry.needs)


def about_name(entry: ExposedName) -> Hashable:
    """The names of a zone, else one name, whatever it leads to."""
    link = entry.because[-1] if entry.because else None
    if link is not None and link.rule == _BY_RECORD and link.resource:
        return (_BY_RECORD, link.resource)
    return (entry.name, entry.types)


_BY_RECORD = "RSLV-05"


def about_public_name(entry: ExposedName) -> Hashable:
    """The names of an endpoint, or of whatever they lead to."""
    return entry.target or entry.name


def about_lost(entry: LostName) -> Hashable:
    """One name, whatever comes back."""
    return entry.name


def about_socket(entry: ExposedSocket) -> Hashable:
    """One target, on whatever ports."""
    return (entry.target, entry.kind, entry.addresses if entry.target == "internet" else ())


def api_group_cells(group: Group[ExposedApi], named: Named) -> tuple[str, str]:
    """The methods and paths of an API, and as whom by which endpoint."""
    first, every = group.first, group.entries
    what, where = api_cells(first, named)
    paths = list(dict.fromkeys(each.path for each in every))
    if len(paths) == 1 or first.api == "*":
        return what, where
    methods = list(dict.fromkeys(each.method for each in every))
    called = methods[0] if len(methods) == 1 else f"{len(methods)} sets of methods"
    told = f"{called} on {len(paths):,} paths of {first.name or first.api} ({first.api}/{first.stage})"
    return f"{told}: {shortened(tuple(paths), 3)}", where


def name_group_cells(group: Group[ExposedName], named: Named) -> tuple[str, str]:
    """The names, and what they lead to."""
    what, where = name_cells(group.first, named)
    names = tuple(dict.fromkeys(each.name for each in group.entries))
    if len(names) > 1:
        what = f"{len(names):,} names: {shortened(names, 3)}"
    targets = {each.target for each in group.entries}
    if len(targets) == 1 and group.first.target:
        return what, named(group.first.target)
    answers = {(each.target, each.addresses, each.embeds) for each in group.entries}
    return (what if len(names) > 1 else names[0]), f"{len(answers):,} answers, such as {where}"


def lost_group_cells(group: Group[LostName], named: Named) -> tuple[str, str]:
    """The name, and what comes back instead of its public answer."""
    return lost_cells(group.first, named)


def socket_group_cells(group: Group[ExposedSocket], named: Named) -> tuple[str, str]:
    """The target with all its ports, and what it is."""
    what, kind = socket_cells(group.first, named)
    ports = dict.fromkeys(_ports(each) for each in group.entries)
    if len(ports) == 1:
        return what, kind
    of_target = what.partition(" of ")[2]
    return f"{shortened(tuple(ports), 4)} of {of_target}", kind


def _ports(entry: ExposedSocket) -> str:
    return f"{entry.protocol} {entry.ports}"


def ways_of(group: Group[ExposedSocket]) -> str:
    """By which ways."""
    return f"ways: {shortened(tuple(dict.fromkeys(each.via for each in group.entries)), 3)}"


def reason_of(group: Group[E]) -> str:
    """Why the first is open, and how many other reasons there are."""
    every = tuple(dict.fromkeys(reason_line(each) for each in group.entries if each.because))
    if len(every) < 2:
        return every[0] if every else ""
    return f"{every[0]}; and {len(every) - 1:,} more like it"

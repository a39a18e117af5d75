"""Two answers side by side: which names, ports and calls one has and the other has not.

Ports are compared as sets, so that another rule for the same ports is no difference, and addresses not at all: a
target is the same target at another address. What many VPCs hold is compared once for all of them.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import msgspec

from narrowgate.exposure.covered import uncovered
from narrowgate.exposure.held import NAME, Contents, Share, Words, is_told, spelled
from narrowgate.model.address import IntervalSet
from narrowgate.model.exposure import (
    UNKNOWN,
    Difference,
    Entry,
    ExposedApi,
    ExposedName,
    ExposedSocket,
    ExposureAnswer,
    LostName,
)


class _Split(NamedTuple):
    """VPCs that a second list has as well, and those that it has not."""

    shared: tuple[str, ...]
    fresh: tuple[str, ...]


class _Splits:
    """Sets of VPCs against each other: few are different, and all of one list last as long as it."""

    def __init__(self) -> None:
        """Start with nothing compared."""
        self._found: dict[tuple[int, int], _Split] = {}

    def of(self, ours: tuple[str, ...], theirs: tuple[str, ...]) -> _Split:
        """Which of ours are theirs."""
        if ours is theirs or (len(ours) == 1 and ours[0] in theirs):
            return _Split(ours, ())
        if len(ours) == 1:
            return _Split((), ours)
        key = (id(ours), id(theirs))
        found = self._found.get(key)
        if found is None:
            known = frozenset(theirs)
            shared = tuple(vpc for vpc in ours if vpc in known)
            found = self._found[key] = _Split(shared, tuple(vpc for vpc in ours if vpc not in known))
        return found


def differences(before: Contents, after: Contents) -> tuple[Difference, ...]:
    """What `after` holds beyond `before`; equal ones of several VPCs are told once."""
    grouped: dict[tuple[Words, str, str], list[Share]] = {}
    splits = _Splits()
    for words in after.rows:
        for share in after.shares(words):
            for more in _beyond(before, words, share, splits):
                grouped.setdefault((words, str(more.ports), more.entry.state), []).append(more)
    ordered = sorted(grouped.items(), key=lambda each: (each[1][0].row, each[1][0].column))
    return tuple(_difference(words, members) for (words, _, _), members in ordered)


def _beyond(before: Contents, words: Words, share: Share, splits: _Splits) -> Iterator[Share]:
    """What of a share was not there before."""
    known = before.shares(words)
    if not known:
        yield from _new(before, words, share)
        return
    if len(known) == 1:
        shared, fresh = splits.of(share.consumers, known[0].consumers)
        more = _more(share, known[0]) if shared else None
        if more is None and fresh:
            yield from _new(before, words, share.of(fresh))
        elif more is not None and not fresh:
            yield more
        if more is None or not fresh:
            return
    for vpc in share.consumers:
        alone, held = share.of((vpc,)), before.at(words, vpc)
        more = _more(alone, held) if held is not None else None
        if more is not None:
            yield more
        elif held is None:
            yield from _new(before, words, alone)


def _new(before: Contents, words: Words, share: Share) -> Iterator[Share]:
    """What nobody held in these words: a name is nothing new where a pattern gave the same answer."""
    if words[0] != NAME:
        yield share
        return
    some = uncovered(before.whole, words, share.consumers)
    if some:
        yield share.of(some)


def _more(share: Share, held: Share) -> Share | None:
    """A share with the ports that another has not; None where it has all, and as surely."""
    ports = share.ports - held.ports
    if ports:
        return share._replace(ports=ports)
    return share if share.is_certain and not held.is_certain else None


def _difference(words: Words, members: list[Share]) -> Difference:
    first, entry = members[0], members[0].entry
    return Difference(
        kind=words[0],
        what=words_of(entry, first.ports, words),
        state=entry.state,
        consumers=tuple(vpc for each in members for vpc in each.consumers),
        because=entry.because,
        unknowns=entry.unknowns if entry.state == UNKNOWN else (),
    )


def words_of(entry: Entry, ports: IntervalSet, words: Words) -> str:
    """An entry in a few words."""
    match entry:
        case ExposedName():
            inside = f" (addresses of {', '.join(entry.embeds)})" if entry.embeds else ""
            return f"{entry.name}{inside} -> {entry.target or '?'} by {entry.via}"
        case LostName():
            return f"{entry.name} -> {entry.answer}, {entry.via}"
        case ExposedSocket():
            told = "all ports" if ports == IntervalSet([(0, 65535)]) else str(ports)
            column = "interfaces" if words[-1] == "interfaces" else "hosts that could be started"
            where = f" {', '.join(entry.addresses)}" if entry.target == "internet" else ""
            return f"{entry.protocol} {told} of {entry.target}{where} ({entry.kind}) from {column}"
        case ExposedApi():
            return f"{words[3]} {entry.name or entry.api} {entry.stage}{entry.path} as {entry.who}"
        case _:
            return str(words)


E = TypeVar("E", bound=Entry)


def mark_known(answer: ExposureAnswer, now: Contents, baseline: Contents) -> ExposureAnswer:
    """The answer with all that a baseline holds marked as meant; `now` is what the answer comes to.

    Both may be without what they say alike: it is known.
    """
    splits = _Splits()
    doubtful = {id(share.entry) for rows in now.rows.values() for share in rows}

    def is_known(words: Words, ports: IntervalSet, consumers: tuple[str, ...]) -> bool:
        if words not in now.rows:
            return True
        known = baseline.shares(words)
        if len(known) == 1:
            return not splits.of(consumers, known[0].consumers).fresh and not ports - known[0].ports
        every = (baseline.at(words, vpc) for vpc in consumers)
        return bool(known) and all(held is not None and not ports - held.ports for held in every)

    def mark(entry: E) -> E:
        if id(entry) not in doubtful:
            meant = is_told(entry)
        else:
            meant = all(is_known(words, ports, entry.consumers) for words, ports in spelled(entry))
        return msgspec.structs.replace(entry, intended=True) if meant else entry

    return msgspec.structs.replace(
        answer,
        names=tuple(map(mark, answer.names)),
        public_names=tuple(map(mark, answer.public_names)),
        lost_names=tuple(map(mark, answer.lost_names)),
        sockets=tuple(map(mark, answer.sockets)),
        apis=tuple(map(mark, answer.apis)),
    )

"""What the lists of an answer come to, apart from how they are written: which VPCs hold which words."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from narrowgate.model.address import IntervalSet
from narrowgate.model.exposure import (
    UNKNOWN,
    Entry,
    ExposedApi,
    ExposedName,
    ExposedSocket,
    ExposureAnswer,
    LostName,
)

NAME, SOCKET, API, LOST = "name", "socket", "api", "lost name"

Rename = Callable[[str], str]
"""Says ids of one source as the other says them."""

ENDPOINT_NAME = re.compile(r"\bvpce-[0-9a-f]{8,17}-[a-z0-9]{8}\b")
"""What the names of an endpoint begin with: its id and something made up."""
_ID = re.compile(rf"{ENDPOINT_NAME.pattern}|\b(?:[a-z]+-)*[a-z]+-[0-9a-f]{{8,17}}\b|\b[a-z0-9]{{10}}\b")


Words = tuple[str, ...]
"""What makes two entries the same, apart from whose they are: first the kind."""


class Share(NamedTuple):
    """VPCs that a list holds the same for: ports (for sockets), whether for certain, and an entry to show."""

    consumers: tuple[str, ...]
    ports: IntervalSet
    is_certain: bool
    entry: Entry
    row: int
    """Where in the lists it stands."""
    column: int = 0
    """Of the row's VPCs, the number of the first."""

    def of(self, some: tuple[str, ...]) -> "Share":
        """The same for some of its VPCs, in their order."""
        if some == self.consumers:
            return self
        return self._replace(consumers=some, column=self.column + self.consumers.index(some[0]))

    def is_like(self, other: "Share") -> bool:
        """Whether both say the same of the same VPCs."""
        return (
            self.is_certain == other.is_certain and self.consumers == other.consumers and self.ports == other.ports
        )


class Contents:
    """An answer as sets that can be compared: by words, whose they are.

    `whole` is all of the answer, of which this may be a part.
    """

    def __init__(self, rows: dict[Words, tuple[Share, ...]], whole: "Contents | None" = None) -> None:
        """Take over shares as they stand in the lists; several of one VPC count together."""
        self.rows = rows
        self.whole = whole or self
        self._names: dict[str, tuple[Words, ...]] | None = None
        self._shares: dict[Words, tuple[Share, ...]] = {}
        self._by_consumer: dict[Words, dict[str, Share]] = {}

    def shares(self, words: Words) -> tuple[Share, ...]:
        """The shares of some words, no two of which have a VPC in common."""
        rows = self.rows.get(words, ())
        if len(rows) < 2:
            return rows
        found = self._shares.get(words)
        if found is None:
            found = self._shares[words] = tuple(_merged(rows))
        return found

    def at(self, words: Words, consumer: str) -> Share | None:
        """What a VPC holds."""
        known = self._by_consumer.get(words)
        if known is None:
            every = self.shares(words)
            known = self._by_consumer[words] = {vpc: each for each in every for vpc in each.consumers}
        return known.get(consumer)

    def names(self, name: str) -> tuple[Words, ...]:
        """Every words that begin with a name, or a pattern."""
        if self._names is None:
            found: dict[str, list[Words]] = {}
            for words in self.rows:
                if words[0] == NAME:
                    found.setdefault(words[1], []).append(words)
            self._names = {own: tuple(every) for own, every in found.items()}
        return self._names.get(name, ())

    def of_kinds(self, *kinds: str) -> "Contents":
        """Only what is of some kinds."""
        return Contents({words: rows for words, rows in self.rows.items() if words[0] in kinds}, self.whole)

    def meant(self) -> "Contents":
        """Only what is meant."""
        found = {words: tuple(each for each in self.shares(words) if each.entry.intended) for words in self.rows}
        return Contents({words: rows for words, rows in found.items() if rows}, self.whole)

    def within(self, vpcs: frozenset[str]) -> "Contents":
        """Only what some VPCs hold."""
        kept: dict[int, tuple[str, ...]] = {}

        def inside(share: Share) -> Share | None:
            every = share.consumers
            if id(every) not in kept:
                kept[id(every)] = every if vpcs.issuperset(every) else tuple(vpc for vpc in every if vpc in vpcs)
            some = kept[id(every)]
            return share.of(some) if some else None

        found = {words: tuple(filter(None, map(inside, rows))) for words, rows in self.rows.items()}
        return Contents({words: rows for words, rows in found.items() if rows}, self.whole)

    def beside(self, other: "Contents") -> "Contents":
        """Only what another says otherwise, in the very same words, or not at all."""
        rows = self.rows.items()
        return Contents(
            {words: own for words, own in rows if not _is_like(own, other.rows.get(words))}, self.whole
        )


def _is_like(ours: tuple[Share, ...], theirs: tuple[Share, ...] | None) -> bool:
    if theirs is None or len(ours) != len(theirs):
        return False
    return all(one.is_like(other) for one, other in zip(ours, theirs, strict=True))


def unchanged(text: str) -> str:
    """Ids stay as they are."""
    return text


def renamer(matched: dict[str, str]) -> Rename:
    """Replaces ids that stand anywhere in a text, as in the name of an endpoint."""
    if not matched:
        return unchanged

    def renamed(found: re.Match[str]) -> str:
        own, dash, made_up = found[0].rpartition("-")
        return matched.get(found[0]) or (f"{matched[own]}{dash}{made_up}" if own in matched else found[0])

    return lambda text: _ID.sub(renamed, text)


def contents(answer: ExposureAnswer, rename: Rename = unchanged) -> Contents:
    """An answer as sets that can be compared."""
    found: dict[Words, list[Share]] = {}
    renamed: dict[int, tuple[str, ...]] = {}
    lists = (answer.names, answer.public_names, answer.lost_names, answer.sockets, answer.apis)
    row = 0
    for entry in (entry for entries in lists for entry in entries if entry.consumers):
        vpcs, certain = entry.consumers, entry.state != UNKNOWN
        if rename is not unchanged:
            if id(vpcs) not in renamed:
                renamed[id(vpcs)] = tuple(map(rename, vpcs))
            vpcs = renamed[id(vpcs)]
        for words, ports in spelled(entry):
            known = words if rename is unchanged else (words[0], *map(rename, words[1:]))
            found.setdefault(known, []).append(Share(vpcs, ports, certain, entry, row))
            row += 1
    return Contents({words: tuple(rows) for words, rows in found.items()})


def _merged(rows: tuple[Share, ...]) -> Iterable[Share]:
    """Shares of one list that have no VPC in common."""
    found: dict[str, Share] = {}
    for each in rows:
        for column, vpc in enumerate(each.consumers, each.column):
            held = found.get(vpc)
            if held is None:
                found[vpc] = each._replace(consumers=(vpc,), column=column)
            else:
                found[vpc] = held._replace(
                    ports=each.ports | held.ports,
                    is_certain=each.is_certain or held.is_certain,
                    entry=each.entry if each.is_certain else held.entry,
                )
    return found.values()


def is_told(entry: Entry) -> bool:
    """Whether an entry comes to anything."""
    return bool(entry.consumers) and next(spelled(entry), None) is not None


def spelled(entry: Entry) -> Iterator[tuple[Words, IntervalSet]]:
    """What an entry comes to, apart from whose it is, and for which ports."""
    match entry:
        case ExposedName():
            yield (NAME, entry.name, *entry.embeds, entry.target or "", entry.via), _NO_PORTS
        case LostName():
            yield (LOST, entry.name), _NO_PORTS
        case ExposedSocket():
            ports = parse_ports(entry.ports)
            for column, senders in (("interfaces", entry.interfaces), ("startable", entry.startable)):
                if senders or entry.state == UNKNOWN:
                    yield (SOCKET, entry.target, *_outside(entry), entry.protocol, column), ports
        case ExposedApi():
            # By which door a call goes is no difference, except for doors to the APIs of others.
            door = entry.endpoint if entry.api == "*" else ""
            for verb in entry.method.split(", "):
                yield (API, entry.api, entry.stage, verb, entry.path, entry.who, door), _NO_PORTS


_NO_PORTS = IntervalSet()


def _outside(socket: ExposedSocket) -> tuple[str, ...]:
    """Addresses that are no target of the estate are what they are."""
    return socket.addresses if socket.target == "internet" else ()


@lru_cache(maxsize=4096)
def parse_ports(text: str) -> IntervalSet:
    """Ports as `spell_ports` wrote them."""
    if text == "all":
        return IntervalSet([(0, 65535)])
    pairs = (part.partition("-") for part in text.split(","))
    return IntervalSet((int(first), int(last or first)) for first, _, last in pairs if first.isdigit())

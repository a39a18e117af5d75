"""Two answers side by side: which names, ports and calls one has and the other has not.

Ports are compared as sets, so that another rule for the same ports is no difference, and addresses not at all: a
target is the same target at another address.
"""

import re
from collections.abc import Callable, Iterator, Set
from typing import NamedTuple, TypeVar

import msgspec

from narrowgate.model.address import IntervalSet
from narrowgate.model.domain import is_in_domain, parents
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

NAME, SOCKET, API, LOST = "name", "socket", "api", "lost name"

Rename = Callable[[str], str]
"""Says ids of one source as the other says them."""

ENDPOINT_NAME = re.compile(r"\bvpce-[0-9a-f]{8,17}-[a-z0-9]{8}\b")
"""What the names of an endpoint begin with: its id and something made up."""
_ID = re.compile(rf"{ENDPOINT_NAME.pattern}|\b(?:[a-z]+-)*[a-z]+-[0-9a-f]{{8,17}}\b|\b[a-z0-9]{{10}}\b")


class Key(NamedTuple):
    """What makes two entries of one VPC the same: kind, VPC, and words."""

    kind: str
    consumer: str
    words: tuple[str, ...]


class Held(NamedTuple):
    """What a list holds under a key: ports (for sockets), whether for certain, and an entry to show."""

    ports: IntervalSet
    is_certain: bool
    entry: Entry


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


def contents(answer: ExposureAnswer, rename: Rename = unchanged) -> dict[Key, Held]:
    """An answer as sets that can be compared."""
    found: dict[Key, Held] = {}
    for key, ports, entry in _all(answer, rename):
        held = found.get(key)
        certain = entry.state != UNKNOWN
        if held is not None:
            ports, certain = ports | held.ports, certain or held.is_certain
            entry = entry if entry.state != UNKNOWN else held.entry
        found[key] = Held(ports, certain, entry)
    return found


def _all(answer: ExposureAnswer, rename: Rename) -> Iterator[tuple[Key, IntervalSet, Entry]]:
    lists = (answer.names, answer.public_names, answer.lost_names, answer.sockets, answer.apis)
    for entry in (entry for entries in lists for entry in entries):
        for kind, ports, words in _spelled(entry):
            spelled = tuple(rename(word) for word in words)
            for vpc in entry.consumers:
                yield Key(kind, rename(vpc), spelled), ports, entry


def _spelled(entry: Entry) -> Iterator[tuple[str, IntervalSet, tuple[str, ...]]]:
    """What an entry comes to, apart from whose it is: kind, ports, words."""
    match entry:
        case ExposedName():
            yield NAME, IntervalSet(), (entry.name, *entry.embeds, entry.target or "", entry.via)
        case LostName():
            yield LOST, IntervalSet(), (entry.name,)
        case ExposedSocket():
            ports = parse_ports(entry.ports)
            for column, senders in (("interfaces", entry.interfaces), ("startable", entry.startable)):
                if senders or entry.state == UNKNOWN:
                    yield SOCKET, ports, (entry.target, *_outside(entry), entry.protocol, column)
        case ExposedApi():
            # By which door a call goes is no difference, except for doors to the APIs of others.
            door = entry.endpoint if entry.api == "*" else ""
            for verb in entry.method.split(", "):
                yield API, IntervalSet(), (entry.api, entry.stage, verb, entry.path, entry.who, door)


def _outside(socket: ExposedSocket) -> tuple[str, ...]:
    """Addresses that are no target of the estate are what they are."""
    return socket.addresses if socket.target == "internet" else ()


def parse_ports(text: str) -> IntervalSet:
    """Ports as `spell_ports` wrote them."""
    if text == "all":
        return IntervalSet([(0, 65535)])
    pairs = (part.partition("-") for part in text.split(","))
    return IntervalSet((int(first), int(last or first)) for first, _, last in pairs if first.isdigit())


def differences(before: dict[Key, Held], after: dict[Key, Held]) -> tuple[Difference, ...]:
    """What `after` holds beyond `before`; equal ones of several VPCs are told once.

    A name that a pattern held is nothing new where the pattern gave the same answer.
    """
    grouped: dict[tuple[str, tuple[str, ...], str, str], list[tuple[Key, Held]]] = {}
    told: Set[tuple[str, str]] = frozenset()
    for key, held in after.items():
        was = before.get(key)
        ports = held.ports - was.ports if was is not None else held.ports
        is_new = was is None or (held.is_certain and not was.is_certain) or bool(ports)
        if is_new and was is None and key.kind == NAME:
            told = told or {(each.consumer, each.words[0]) for each in before if each.kind == NAME}
            is_new = not _is_within(key, before, told)
        if is_new:
            state = held.entry.state
            shown = ports or held.ports
            grouped.setdefault((key.kind, key.words, str(shown), state), []).append(
                (key, held._replace(ports=shown))
            )
    return tuple(_difference(members) for members in grouped.values())


def _is_within(key: Key, before: dict[Key, Held], told: Set[tuple[str, str]]) -> bool:
    """Whether a pattern gave a name the same answer in the same way; `told` are the names and patterns of VPCs.

    The nearest that is told decides: what it says of a name, no wider pattern does.
    """
    name, *others = key.words
    bare = name.removeprefix("*.")
    wider = (f"*.{domain}" for domain in parents(bare)[1:])
    nearest = next((each for each in (name, *wider) if (key.consumer, each) in told), None)
    held = before.get(Key(NAME, key.consumer, (nearest, *others))) if nearest is not None else None
    if held is None or not held.is_certain or not isinstance(held.entry, ExposedName):
        return False
    return not any(is_in_domain(bare, each.removeprefix("*.")) for each in held.entry.but_not)


def _difference(members: list[tuple[Key, Held]]) -> Difference:
    key, held = members[0]
    entry = held.entry
    return Difference(
        kind=key.kind,
        what=words_of(entry, held.ports, key),
        state=entry.state,
        consumers=tuple(each.consumer for each, _ in members),
        because=entry.because,
        unknowns=entry.unknowns if entry.state == UNKNOWN else (),
    )


def words_of(entry: Entry, ports: IntervalSet, key: Key) -> str:
    """An entry in a few words."""
    match entry:
        case ExposedName():
            inside = f" (addresses of {', '.join(entry.embeds)})" if entry.embeds else ""
            return f"{entry.name}{inside} -> {entry.target or '?'} by {entry.via}"
        case LostName():
            return f"{entry.name} -> {entry.answer}, {entry.via}"
        case ExposedSocket():
            spelled = "all ports" if ports == IntervalSet([(0, 65535)]) else str(ports)
            column = "interfaces" if key.words[-1] == "interfaces" else "hosts that could be started"
            where = f" {', '.join(entry.addresses)}" if entry.target == "internet" else ""
            return f"{entry.protocol} {spelled} of {entry.target}{where} ({entry.kind}) from {column}"
        case ExposedApi():
            return f"{key.words[2]} {entry.name or entry.api} {entry.stage}{entry.path} as {entry.who}"
        case _:
            return str(key.words)


E = TypeVar("E", bound=Entry)


def mark_known(answer: ExposureAnswer, baseline: dict[Key, Held]) -> ExposureAnswer:
    """The answer with all that a baseline holds marked as meant."""

    def mark(entry: E) -> E:
        spelled = list(_spelled(entry))
        pairs = [(Key(kind, vpc, words), ports) for kind, ports, words in spelled for vpc in entry.consumers]
        meant = bool(pairs) and all(key in baseline and not ports - baseline[key].ports for key, ports in pairs)
        return msgspec.structs.replace(entry, intended=True) if meant else entry

    return msgspec.structs.replace(
        answer,
        names=tuple(map(mark, answer.names)),
        public_names=tuple(map(mark, answer.public_names)),
        lost_names=tuple(map(mark, answer.lost_names)),
        sockets=tuple(map(mark, answer.sockets)),
        apis=tuple(map(mark, answer.apis)),
    )

"""The sockets of a VPC as entries: one for each target, protocol, ports and rule, with ranges of addresses."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.flow import protocol_name
from narrowgate.exposure.sockets.bands import Band, Bands, Hosts
from narrowgate.exposure.sockets.pieces import Members, Sockets
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.spelling import spell_addresses, spell_ports, spell_sender
from narrowgate.exposure.sockets.targets import Named, name_of
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import Because, ExposedSocket
from narrowgate.model.snapshot import Snapshot, index


class _Place(NamedTuple):
    """Members of one name and VPC."""

    named: Named
    vpc: str | None
    addresses: tuple[Address, ...]
    spelled: tuple[str, ...]


class _Key(NamedTuple):
    """What sockets of one entry have in common."""

    named: Named
    vpc: str | None
    protocol: int
    ports: IntervalSet
    state: str
    via: str
    rule: Because | None
    unknowns: tuple[Missing, ...]


_Part = tuple[Band, _Place]
"""A band, and those of its members that an entry is about."""

_Columns = tuple[tuple[str, ...], tuple[str, ...]]
"""Senders in words: real interfaces, and hosts that could be started."""


def socket_entries(snapshot: Snapshot, sockets: Sockets, consumer: str) -> tuple[ExposedSocket, ...]:
    """The sockets as entries: one for each target, protocol, ports and rule, with ranges of addresses."""
    groups: dict[_Key, list[_Part]] = {}
    bands = Bands()
    for each in (band for bundle in sockets.bundles for band in bands.of(bundle)):
        protocol, (ports, state, via, because, unknowns, _) = each.protocol, each.opening
        rule = because[-1] if because else None
        for place in _places(snapshot, each):
            key = _Key(place.named, place.vpc, protocol, ports, state, via, rule, unknowns)
            groups.setdefault(key, []).append((each, place))
    spelled = _Spelled({}, _addresses(snapshot))
    own = (consumer,)
    entries = [_entry(key, parts, own, spelled) for key, parts in groups.items()]
    return (*entries, *_of_consumer(sockets.unknown, consumer))


@index
def _addresses(snapshot: Snapshot) -> dict[tuple[int, ...], tuple[str, ...]]:
    """Addresses in words, by places that classes of the snapshot hold."""
    return {}


@index
def _kept(snapshot: Snapshot) -> dict[int, tuple[Members, tuple[_Place, ...]]]:
    """By members of a class, which are held so that nothing else takes their place in memory."""
    return {}


def _places(snapshot: Snapshot, band: Band) -> tuple[_Place, ...]:
    """The members of a band by what they are called."""
    if not band.is_of_class:
        return _read_places(snapshot, band.targets)
    kept = _kept(snapshot)
    found = kept.get(id(band.targets))
    if found is None:
        found = kept[id(band.targets)] = (band.targets, _read_places(snapshot, band.targets))
    return found[1]


def _read_places(snapshot: Snapshot, members: Members) -> tuple[_Place, ...]:
    by_name: dict[tuple[Named, str | None], list[Address]] = {}
    for target, address in members:
        by_name.setdefault((name_of(snapshot, target), target.vpc_id), []).append(address)
    return tuple(_Place(*known, tuple(found), spell_addresses(found)) for known, found in by_name.items())


class _Spelled(NamedTuple):
    """What was spelled already: by senders, which last as long as the VPC's bands, and by places of classes."""

    senders: dict[tuple[int, ...], _Columns]
    addresses: dict[tuple[int, ...], tuple[str, ...]]

    def columns(self, parts: list[_Part]) -> _Columns:
        """The senders of an entry."""
        key = tuple([id(band.senders) for band, _ in parts])
        found = self.senders.get(key)
        if found is None:
            found = self.senders[key] = _columns(band.senders for band, _ in parts)
        return found

    def where(self, parts: list[_Part]) -> tuple[str, ...]:
        """The addresses of an entry."""
        first = parts[0][1]
        if all(place is first for _, place in parts):
            return first.spelled
        places = {id(place): place for _, place in parts}
        key = tuple(places)
        found = self.addresses.get(key)
        if found is None:
            found = spell_addresses(each for place in places.values() for each in place.addresses)
            if all(band.is_of_class for band, _ in parts):
                self.addresses[key] = found
        return found


def _entry(key: _Key, parts: list[_Part], consumers: tuple[str, ...], spelled: _Spelled) -> ExposedSocket:
    first = parts[0][0]
    interfaces, startable = spelled.columns(parts)
    return ExposedSocket(
        target=key.named.target,
        kind=key.named.kind,
        vpc=key.vpc,
        addresses=spelled.where(parts),
        protocol=protocol_name(key.protocol),
        ports=spell_ports(key.ports),
        state=key.state,
        via=key.via,
        interfaces=interfaces,
        startable=startable,
        consumers=consumers,
        because=first.opening.because,
        unknowns=key.unknowns,
    )


def _columns(every: Iterable[Hosts]) -> _Columns:
    senders = [sender for hosts in every for cls in hosts for sender in cls]
    return (
        _spell(each for each in senders if each.is_real),
        _spell(each for each in senders if not each.is_real),
    )


def _spell(senders: Iterable[Sender]) -> tuple[str, ...]:
    """Senders by label; the parts of a subnet that are open together are spelled as one."""
    found: dict[tuple[str, int, str | None, bool], tuple[IntervalSet, IntervalSet]] = {}
    for each in senders:
        key = (each.host.instance_id or each.host.label, each.family, each.group, each.is_real)
        held = found[key][0] if key in found else IntervalSet()
        found[key] = (held | each.addresses, each.whole)
    return tuple(sorted({spell_sender(key, held, whole) for key, (held, whole) in found.items()}))


def _of_consumer(entries: Iterable[ExposedSocket], consumer: str) -> Iterator[ExposedSocket]:
    for each in entries:
        yield msgspec.structs.replace(each, consumers=(consumer,))

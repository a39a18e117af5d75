"""The sockets of one VPC: every sender to every target that its routes may lead to, merged into entries."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.flow import protocol_name
from narrowgate.engine.network.interfaces import Interface
from narrowgate.exposure.sockets.internet import internet_sockets
from narrowgate.exposure.sockets.pair import PROTOCOLS, Opening, openings
from narrowgate.exposure.sockets.reachable import reachable_from
from narrowgate.exposure.sockets.senders import Sender, in_groups, parts, senders_of_vpc
from narrowgate.exposure.sockets.spelling import spell_addresses, spell_ports, spell_sender
from narrowgate.exposure.sockets.targets import Named, name_of, targets_of_vpc
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import Because, ExposedSocket
from narrowgate.model.snapshot import Snapshot, index


class Socket(NamedTuple):
    """One opening of one sender to one address of a target."""

    sender: Sender
    target: Interface
    address: Address
    protocol: int
    opening: Opening


class Sockets(NamedTuple):
    """What a VPC can open: pair by pair, and where nobody can tell of pairs."""

    found: tuple[Socket, ...]
    unknown: tuple[ExposedSocket, ...]


@index
def _kept(snapshot: Snapshot) -> dict[str, Sockets]:
    """Filled as VPCs are asked for."""
    return {}


def sockets_of_vpc(snapshot: Snapshot, vpc_id: str) -> Sockets:
    """Everything that a host of the VPC can open a connection to, now or when it is started."""
    kept = _kept(snapshot)
    if vpc_id not in kept:
        reachable = reachable_from(snapshot, vpc_id)
        senders = senders_of_vpc(snapshot, vpc_id)
        every = (*senders.real, *senders.startable)
        found = [
            socket
            for other in reachable.vpcs
            for target in targets_of_vpc(snapshot, other)
            for sender in every
            for socket in _to_target(snapshot, sender, target)
        ]
        unknown = list(reachable.unknown)
        if reachable.leads_outside:
            unknown += internet_sockets(snapshot, every)
        kept[vpc_id] = Sockets(tuple(found), tuple(unknown))
    return kept[vpc_id]


def _to_target(snapshot: Snapshot, sender: Sender, target: Interface) -> Iterator[Socket]:
    addresses = [each for each in target.addresses if each.family == sender.family]
    if not addresses:
        return
    for part in parts(snapshot, sender, target):
        for each in in_groups(snapshot, part, target):
            for address in addresses:
                for protocol in PROTOCOLS:
                    for opening in openings(snapshot, each, target, address, protocol):
                        yield Socket(each, target, address, protocol, opening)


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


def socket_entries(snapshot: Snapshot, sockets: Sockets, consumer: str) -> tuple[ExposedSocket, ...]:
    """The sockets as entries: one for each target, protocol, ports and rule, with ranges of addresses."""
    groups: dict[_Key, list[Socket]] = {}
    for each in sockets.found:
        opening = each.opening
        rule = opening.because[-1] if opening.because else None
        key = _Key(
            name_of(snapshot, each.target),
            each.target.vpc_id,
            each.protocol,
            opening.ports,
            opening.state,
            opening.via,
            rule,
            opening.unknowns,
        )
        groups.setdefault(key, []).append(each)
    entries = [_entry(key, members, consumer) for key, members in groups.items()]
    return (*entries, *_of_consumer(sockets.unknown, consumer))


def _entry(key: _Key, members: list[Socket], consumer: str) -> ExposedSocket:
    first = members[0].opening
    return ExposedSocket(
        target=key.named.target,
        kind=key.named.kind,
        vpc=key.vpc,
        addresses=spell_addresses(each.address for each in members),
        protocol=protocol_name(key.protocol),
        ports=spell_ports(key.ports),
        state=key.state,
        via=key.via,
        interfaces=_spell(each.sender for each in members if each.sender.is_real),
        startable=_spell(each.sender for each in members if not each.sender.is_real),
        consumers=(consumer,),
        because=first.because,
        unknowns=key.unknowns,
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

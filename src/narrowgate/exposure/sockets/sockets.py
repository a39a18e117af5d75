"""The sockets of one VPC: every sender to every target that its routes may lead to, merged into entries."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.flow import protocol_name
from narrowgate.exposure.sockets.alike import Socket
from narrowgate.exposure.sockets.classes import classes_of_vpc
from narrowgate.exposure.sockets.columns import side_of, sockets_across
from narrowgate.exposure.sockets.internet import internet_sockets
from narrowgate.exposure.sockets.outlooks import outward_classes
from narrowgate.exposure.sockets.reachable import reachable_from
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.spelling import spell_addresses, spell_ports, spell_sender
from narrowgate.exposure.sockets.targets import Named, name_of
from narrowgate.exposure.sockets.vpc_pairs import sockets_between
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import Because, ExposedSocket
from narrowgate.model.snapshot import Snapshot, index


class Sockets(NamedTuple):
    """What a VPC can open: class by class, and where nobody can tell of classes."""

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
        inside = classes_of_vpc(snapshot, vpc_id)
        here = side_of(snapshot, vpc_id, outward_classes(snapshot, vpc_id))
        found = [
            socket
            for target in inside.targets
            for sender in inside.senders
            for socket in sockets_between(snapshot, sender, target)
        ]
        for other in reachable.vpcs:
            if other != vpc_id:
                found += sockets_across(snapshot, here, side_of(snapshot, other, outward_classes(snapshot, other)))
        unknown = list(reachable.unknown)
        if reachable.leads_outside:
            unknown += internet_sockets(snapshot, [one for each in inside.senders for one in each.senders])
        kept[vpc_id] = Sockets(tuple(found), tuple(unknown))
    return kept[vpc_id]


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
    groups: dict[_Key, list[tuple[Socket, tuple[Address, ...]]]] = {}
    for each in sockets.found:
        opening = each.opening
        rule = opening.because[-1] if opening.because else None
        by_name: dict[tuple[Named, str | None], list[Address]] = {}
        for target, address in each.targets:
            by_name.setdefault((name_of(snapshot, target), target.vpc_id), []).append(address)
        for (named, vpc_id), addresses in by_name.items():
            key = _Key(
                named,
                vpc_id,
                each.protocol,
                opening.ports,
                opening.state,
                opening.via,
                rule,
                opening.unknowns,
            )
            groups.setdefault(key, []).append((each, tuple(addresses)))
    entries = [_entry(key, members, consumer) for key, members in groups.items()]
    return (*entries, *_of_consumer(sockets.unknown, consumer))


def _entry(key: _Key, members: list[tuple[Socket, tuple[Address, ...]]], consumer: str) -> ExposedSocket:
    senders = [sender for each, _ in members for sender in each.senders]
    return ExposedSocket(
        target=key.named.target,
        kind=key.named.kind,
        vpc=key.vpc,
        addresses=spell_addresses(address for _, addresses in members for address in addresses),
        protocol=protocol_name(key.protocol),
        ports=spell_ports(key.ports),
        state=key.state,
        via=key.via,
        interfaces=_spell(each for each in senders if each.is_real),
        startable=_spell(each for each in senders if not each.is_real),
        consumers=(consumer,),
        because=members[0][0].opening.because,
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

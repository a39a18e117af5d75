"""The sockets of a VPC as entries: one for each target, protocol, ports and rule, with ranges of addresses."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.flow import protocol_name
from narrowgate.exposure.sockets.pieces import Socket, Sockets
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.spelling import spell_addresses, spell_ports, spell_sender
from narrowgate.exposure.sockets.targets import Named, name_of
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import Because, ExposedSocket
from narrowgate.model.snapshot import Snapshot


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

"""Sockets beyond the estate: what of the Internet hosts can open, and public addresses of the estate itself."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from narrowgate.engine.network.flow import protocol_name
from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.route_lookup import PRIVATE_BLOCKS, CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.security_group_rules import Direction, Rule, group_rules
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.served import PROTOCOLS
from narrowgate.exposure.sockets.spelling import spell_ports, spell_ranges
from narrowgate.exposure.sockets.targets import name_of, public_targets
from narrowgate.model.address import Address, Cidr, IntervalSet
from narrowgate.model.answer import Missing, ReachPath, Verdict
from narrowgate.model.exposure import OPEN, PARTIAL, UNKNOWN, Because, ExposedSocket
from narrowgate.model.snapshot import Snapshot

_SPACE = {4: (0, 2**32 - 1), 6: (0x2000 << 112, (0x4000 << 112) - 1)}
_RESERVED = IntervalSet([(0, 2**24 - 1), (224 << 24, 2**32 - 1)])
_CLOSED = (Verdict.DENIED, Verdict.INVALID)
_STATES = {Verdict.ALLOWED: OPEN, Verdict.UNKNOWN: UNKNOWN}


def internet_sockets(snapshot: Snapshot, senders: Iterable[Sender]) -> list[ExposedSocket]:
    """What senders can open outside: ranges of addresses and ports that no rule tells apart."""
    groups: dict[tuple[object, ...], list[Sender]] = {}
    for each in senders:
        key = (
            each.family,
            each.host.subnet_id,
            each.host.security_groups,
            each.host.public_ip is None,
            each.is_real,
        )
        groups.setdefault(key, []).append(each)
    return [entry for alike in groups.values() for entry in _alike(snapshot, alike)]


def _alike(snapshot: Snapshot, alike: list[Sender]) -> Iterator[ExposedSocket]:
    """Senders of one subnet and one set of groups: they differ in nothing that the Internet cares for."""
    first = alike[0]
    for cell in _address_cells(snapshot, first):
        address = Address(first.family, cell.intervals[0][0])
        for protocol in PROTOCOLS:
            for ports, path in _by_ports(snapshot, first, address, protocol):
                yield _entry("internet", "the Internet", (first.family, cell), (protocol, ports), path, alike)
    for target in public_targets(snapshot):
        for _, public in target.public_addresses:
            if public.family == first.family and target.interface_id != first.host.network_interface_id:
                for protocol in PROTOCOLS:
                    for ports, path in _by_ports(snapshot, first, public, protocol, target.security_groups or ()):
                        own = IntervalSet([(public.value, public.value)])
                        named = name_of(snapshot, target)
                        what = f"{named.kind} at its public address"
                        yield _entry(named.target, what, (public.family, own), (protocol, ports), path, alike)


def _entry(
    target: str,
    kind: str,
    where: tuple[int, IntervalSet],
    what: tuple[int, IntervalSet],
    path: ReachPath,
    senders: list[Sender],
) -> ExposedSocket:
    real = [each.host.instance_id or each.host.label for each in senders if each.is_real]
    startable = [each.host.label for each in senders if not each.is_real]
    way = [step for step in path.forward if step.layer in ("route_table", "nat_gateway", "internet_gateway")]
    return ExposedSocket(
        target=target,
        kind=kind,
        addresses=spell_ranges(*where),
        protocol=protocol_name(what[0]),
        ports=spell_ports(what[1]),
        state=_STATES.get(path.verdict, PARTIAL),
        via="internet",
        interfaces=tuple(dict.fromkeys(real)),
        startable=tuple(dict.fromkeys(startable)),
        because=tuple(Because(text=step.text, rule=step.rule, resource=step.component) for step in way),
        unknowns=path.unknowns,
    )


def _by_ports(
    snapshot: Snapshot, sender: Sender, address: Address, protocol: int, groups: tuple[str, ...] = ()
) -> Iterator[tuple[IntervalSet, ReachPath]]:
    """Ports that fare alike, merged; only what is not shut."""
    alike: dict[tuple[object, ...], tuple[IntervalSet, ReachPath]] = {}
    for first, last in _port_cells(snapshot, sender, groups):
        path = evaluate_path(snapshot, sender.host, address, protocol=protocol_name(protocol), port=max(first, 1))
        if path.verdict in _CLOSED:
            continue
        key = (path.verdict, path.unknowns)
        held = alike.get(key, (IntervalSet(), path))
        alike[key] = (held[0] | IntervalSet([(first, last)]), held[1])
    yield from alike.values()


def _rules(snapshot: Snapshot, groups: Iterable[str], direction: Direction) -> Iterator[Rule]:
    for group in groups:
        rules = group_rules(snapshot, group, direction)
        yield from () if isinstance(rules, Missing) else rules


def _port_cells(snapshot: Snapshot, sender: Sender, groups: tuple[str, ...]) -> list[tuple[int, int]]:
    edges = {1}
    rules = [*_rules(snapshot, sender.host.security_groups or (), Direction.EGRESS)]
    for rule in (*rules, *_rules(snapshot, groups, Direction.INGRESS)):
        if rule.ports:
            edges |= {rule.ports[0], rule.ports[1] + 1}
    subnets = {sender.host.subnet_id}
    subnets |= {
        each.subnet_id for each in snapshot.facts.nat_gateways.values() if each.vpc_id == sender.host.vpc_id
    }
    if groups:
        subnets |= {each.subnet_id for each in public_targets(snapshot)}
    for subnet_id in subnets:
        acl = acl_of_subnet(snapshot, subnet_id) if subnet_id else None
        if isinstance(acl, CompiledAcl):
            for entry in (*acl.egress, *acl.ingress):
                edges |= {edge for low, high in entry.ports or () for edge in (low, high + 1)}
    inside = [*sorted(edge for edge in edges if 0 < edge <= 65535), 65536]
    return [(low, following - 1) for low, following in pairwise(inside)]


def _address_cells(snapshot: Snapshot, sender: Sender) -> list[IntervalSet]:
    """Public addresses cut by the routes, ACLs and outbound rules that they meet; parts alike stay together."""
    family = sender.family
    blocks = {
        block
        for rule in _rules(snapshot, sender.host.security_groups or (), Direction.EGRESS)
        for block in (*rule.blocks, *_listed(snapshot, rule))
        if block.family == family
    }
    subnets = [sender.host.subnet_id]
    subnets += [
        each.subnet_id for each in snapshot.facts.nat_gateways.values() if each.vpc_id == sender.host.vpc_id
    ]
    for subnet_id in subnets:
        acl = acl_of_subnet(snapshot, subnet_id) if subnet_id else None
        if isinstance(acl, CompiledAcl):
            blocks |= {entry.cidr for entry in (*acl.egress, *acl.ingress) if entry.cidr.family == family}
        table = table_of_subnet(snapshot, subnet_id) if subnet_id else None
        if isinstance(table, CompiledTable):
            blocks |= {each.cidr for each in table.candidates() if each.cidr.family == family}
    space = _public_space(family)
    edges = sorted({edge for block in blocks for edge in (block.first, block.last + 1)})
    pieces: dict[frozenset[Cidr], IntervalSet] = {}
    for first, last in space:
        inside = [first, *(edge for edge in edges if first < edge <= last), last + 1]
        for low, following in pairwise(inside):
            covering = frozenset(block for block in blocks if block.first <= low <= block.last)
            piece = IntervalSet([(low, following - 1)])
            pieces[covering] = pieces.get(covering, IntervalSet()) | piece
    return list(pieces.values())


def _listed(snapshot: Snapshot, rule: Rule) -> Iterator[Cidr]:
    for list_id in rule.prefix_lists:
        blocks = prefix_list_blocks(snapshot, list_id)
        yield from () if isinstance(blocks, Missing) else blocks


def _public_space(family: int) -> IntervalSet:
    private = IntervalSet((block.first, block.last) for block in PRIVATE_BLOCKS if block.family == family)
    space = IntervalSet([_SPACE[family]]) - private
    return space - _RESERVED if family == 4 else space

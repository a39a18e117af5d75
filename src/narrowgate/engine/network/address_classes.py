"""Parts of a subnet (or of the Internet) that rules treat alike: one host stands for each (RCH-02).

A group rule, ACL entry or route that covers only part of a subnet makes the answer differ inside it. Asking about
one address would hide that, asking about each would take for ever; so the subnet is cut at the borders of the
blocks that could matter, and one free address is asked for each part.
"""

from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from narrowgate.engine.network.blocks import BlockIndex
from narrowgate.engine.network.hosts import first_free
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.route_lookup import PRIVATE_BLOCKS, CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.security_group_rules import Direction, group_rules
from narrowgate.engine.network.transit_gateway_routes import all_routes
from narrowgate.engine.network.vpcs import subnet_blocks
from narrowgate.model.address import Address, Cidr, IntervalSet, parse_cidr
from narrowgate.model.fact import UNSET
from narrowgate.model.host import Client, Host
from narrowgate.model.snapshot import Snapshot, index

_EVERYTHING = {4: parse_cidr("0.0.0.0/0"), 6: parse_cidr("::/0")}


def refine_client(
    snapshot: Snapshot, client: Client, targets: Iterable[Interface], family: int, blocks: Iterable[Cidr] = ()
) -> Client:
    """Cut the hosts of a client that stand for many addresses into parts that all rules treat alike.

    Args:
        snapshot: the estate.
        client: as `find_client` gave it; one that no rule cuts comes back as it is.
        targets: the interfaces that are to be reached: their groups, ACLs and routes are asked for blocks.
        family: 4 or 6, the family of the flow.
        blocks: further blocks that matter, such as those of a policy's conditions.
    """
    if not client.any_address:
        return client
    given, found = tuple(blocks), tuple(targets)
    hosts = tuple(part for host in client.hosts for part in refine_host(snapshot, host, found, family, given))
    return client if hosts == client.hosts else msgspec.structs.replace(client, hosts=hosts)


def refine_host(
    snapshot: Snapshot, host: Host, targets: tuple[Interface, ...], family: int, blocks: tuple[Cidr, ...] = ()
) -> list[Host]:
    """Cut one host that stands for many addresses; one with an interface of its own comes back as it is."""
    parts = address_parts(snapshot, host, targets, family, blocks)
    if len(parts) < 2:
        return [host]
    return [msgspec.structs.replace(part, label=f"{host.label} ({_spell(family, held)})") for part, held in parts]


def address_parts(
    snapshot: Snapshot, host: Host, targets: tuple[Interface, ...], family: int, blocks: tuple[Cidr, ...] = ()
) -> list[tuple[Host, list[tuple[int, int]]]]:
    """The parts themselves: a host with a free address of each, and the addresses, as first and last.

    Empty where the host stands for no more than its own address, or nothing of its subnet is free.
    """
    address = host.address(family)
    whole = _whole(snapshot, host, address) if address else None
    if address is None or whole is None or host.network_interface_id is not None:
        return []
    inside = {block for block in blocks if whole.covers(block) and block != whole}
    for relevant in _relevant(snapshot, host, targets):
        inside.update(relevant.inside(whole))
    return _parts(snapshot, host, address, whole, sorted(inside))


def _relevant(snapshot: Snapshot, host: Host, targets: tuple[Interface, ...]) -> Iterable[BlockIndex]:
    """The lists of blocks that a packet from the host to the targets, or a reply, is compared with."""
    subnets = {subnet_id for subnet_id in (host.subnet_id, *(each.subnet_id for each in targets)) if subnet_id}
    between = _subnets_between(snapshot)
    for vpc_id in {host.vpc_id, *(each.vpc_id for each in targets)}:
        subnets.update(between.get(vpc_id or "", ()))
    for group in {group for target in targets for group in target.security_groups or ()}:
        yield _cached(snapshot, ("group", group), partial(_of_group, snapshot, group))
    for subnet_id in subnets:
        yield _cached(snapshot, ("subnet", subnet_id), partial(_of_subnet, snapshot, subnet_id))
    yield _cached(snapshot, ("gateways", ""), partial(_of_gateways, snapshot))


@index
def _block_indexes(snapshot: Snapshot) -> dict[tuple[str, str], BlockIndex]:
    """By what the blocks belong to; filled as they are asked for."""
    return {}


def _cached(snapshot: Snapshot, key: tuple[str, str], blocks: Callable[[], Iterable[Cidr]]) -> BlockIndex:
    indexes = _block_indexes(snapshot)
    if key not in indexes:
        indexes[key] = BlockIndex(blocks())
    return indexes[key]


@index
def _subnets_between(snapshot: Snapshot) -> dict[str, set[str]]:
    """The subnets of each VPC that a packet may pass on its way: of gateway attachments and NAT gateways."""
    found: dict[str, set[str]] = {}
    for attachment in snapshot.facts.transit_gateway_vpc_attachments.values():
        if attachment.subnet_ids is not UNSET:
            found.setdefault(attachment.vpc_id, set()).update(attachment.subnet_ids)
    for gateway in snapshot.facts.nat_gateways.values():
        if gateway.vpc_id and gateway.subnet_id:
            found.setdefault(gateway.vpc_id, set()).add(gateway.subnet_id)
    return found


def _of_group(snapshot: Snapshot, group: str) -> Iterable[Cidr]:
    rules = group_rules(snapshot, group, Direction.INGRESS)
    for rule in rules if isinstance(rules, tuple) else ():
        yield from rule.blocks
        for list_id in rule.prefix_lists:
            blocks = prefix_list_blocks(snapshot, list_id)
            yield from blocks if isinstance(blocks, tuple) else ()


def _of_gateways(snapshot: Snapshot) -> Iterable[Cidr]:
    return (route.cidr for route in all_routes(snapshot))


def _of_subnet(snapshot: Snapshot, subnet_id: str) -> Iterable[Cidr]:
    acl = acl_of_subnet(snapshot, subnet_id)
    if isinstance(acl, CompiledAcl):
        yield from (entry.cidr for entry in (*acl.egress, *acl.ingress))
    table = table_of_subnet(snapshot, subnet_id)
    if isinstance(table, CompiledTable):
        yield from (candidate.cidr for candidate in table.candidates())


def _whole(snapshot: Snapshot, host: Host, address: Address) -> Cidr | None:
    if host.is_internet:
        return _EVERYTHING[address.family]
    subnet = snapshot.facts.subnets.get(host.subnet_id or "")
    return next((block for block in subnet_blocks(subnet) if block.holds(address)), None) if subnet else None


def _parts(
    snapshot: Snapshot, host: Host, address: Address, whole: Cidr, blocks: list[Cidr]
) -> list[tuple[Host, list[tuple[int, int]]]]:
    """One host for each set of addresses that the same blocks cover."""
    if not blocks:
        return [(host, [(whole.first, whole.last)])]
    edges = sorted({whole.first, *(block.first for block in blocks), *(block.last + 1 for block in blocks)})
    pieces: dict[frozenset[Cidr], list[tuple[int, int]]] = {}
    for first, following in zip(edges, [*edges[1:], whole.last + 1], strict=True):
        if first <= whole.last:
            covering = frozenset(block for block in blocks if block.first <= first <= block.last)
            pieces.setdefault(covering, []).append((first, following - 1))
    hosts: list[tuple[Host, list[tuple[int, int]]]] = []
    for ranges in pieces.values():
        found = _representative(snapshot, host, whole, ranges)
        if found is not None:
            others = tuple(each for each in host.addresses if each.family != address.family)
            hosts.append((msgspec.structs.replace(host, addresses=(found, *others)), ranges))
    return hosts


def _representative(snapshot: Snapshot, host: Host, whole: Cidr, ranges: list[tuple[int, int]]) -> Address | None:
    if host.is_internet:
        public = IntervalSet(ranges) - _private(whole.family)
        wanted = next((each.value for each in host.addresses if each.family == whole.family), None)
        if wanted is not None and wanted in public:
            return Address(whole.family, wanted)
        return Address(whole.family, public.intervals[0][0]) if public else None
    for first, last in ranges:
        found = first_free(snapshot, host.vpc_id or "", whole, first, last)
        if found is not None:
            return found
    return None


def _private(family: int) -> IntervalSet:
    return IntervalSet((block.first, block.last) for block in PRIVATE_BLOCKS if block.family == family)


def _spell(family: int, ranges: list[tuple[int, int]]) -> str:
    spelled = [
        str(Address(family, a)) if a == b else f"{Address(family, a)}-{Address(family, b)}"
        for a, b in IntervalSet(ranges)
    ]
    if len(spelled) > 4:
        spelled = [*spelled[:3], f"{len(spelled) - 3} more ranges"]
    return ", ".join(spelled)

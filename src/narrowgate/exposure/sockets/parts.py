"""Parts of subnets whose addresses no rule of the estate tells apart: cut at every block that any rule names."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter

from narrowgate.engine.network.blocks import BlockIndex
from narrowgate.engine.network.hosts import first_free
from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.security_group_rules import Direction, group_rules
from narrowgate.engine.network.transit_gateway_routes import all_routes
from narrowgate.engine.network.vpcs import RESERVED_FIRST, RESERVED_LAST, subnet_blocks, subnets_by_vpc, vpc_blocks
from narrowgate.model.address import Address, Cidr, IntervalSet
from narrowgate.model.answer import Missing
from narrowgate.model.snapshot import Snapshot, index, keyed_index
from narrowgate.model.vpc import Subnet


class Part:
    """Addresses of one subnet that every rule treats alike; compared by identity."""

    __slots__ = ("addresses", "family", "free", "hosts", "sample", "subnet_id", "twin", "vpc_id")

    def __init__(
        self, subnet: Subnet, family: int, addresses: IntervalSet, hosts: IntervalSet, free: Address | None
    ) -> None:
        self.subnet_id = subnet.subnet_id
        self.vpc_id = subnet.vpc_id
        self.family = family
        self.addresses = addresses
        self.sample = Address(family, addresses.intervals[0][0])
        self.hosts = hosts
        """Of `addresses`, those that hosts can have."""
        self.free = free
        """One that a new host could get; None where all are taken."""
        self.twin: Part | None = None
        """What `twin_of` told; None until somebody asks."""


class SubnetParts:
    """The parts of one block of a subnet, found by address."""

    __slots__ = ("_firsts", "_ranges", "parts", "whole")

    def __init__(self, parts: Iterable[Part], whole: IntervalSet) -> None:
        self.parts = tuple(parts)
        self.whole = whole
        ranges = [(first, last, part) for part in self.parts for first, last in part.addresses]
        self._ranges = sorted(ranges, key=itemgetter(0))
        self._firsts = [first for first, _, _ in self._ranges]

    def at(self, family: int, value: int) -> Part | None:
        """The part that holds an address; None outside of the block."""
        place = bisect_right(self._firsts, value) - 1
        if place < 0:
            return None
        _, last, part = self._ranges[place]
        return part if value <= last and part.family == family else None


@index
def cutting_blocks(snapshot: Snapshot) -> BlockIndex:
    """Every block that a route, an ACL entry or a group's rule names."""
    return BlockIndex(_blocks(snapshot))


def _blocks(snapshot: Snapshot) -> Iterator[Cidr]:
    for vpc_id in {*_groups_by_vpc(snapshot), *subnets_by_vpc(snapshot)}:
        yield from _blocks_of_vpc(snapshot, vpc_id)
    yield from (route.cidr for route in all_routes(snapshot))


@index
def _groups_by_vpc(snapshot: Snapshot) -> dict[str | None, tuple[str, ...]]:
    found: dict[str | None, list[str]] = {}
    for own, group in snapshot.facts.security_groups.items():
        found.setdefault(group.vpc_id, []).append(own)
    return {vpc_id: tuple(groups) for vpc_id, groups in found.items()}


@keyed_index
def _blocks_of_vpc(snapshot: Snapshot, vpc_id: str | None) -> frozenset[Cidr]:
    """The blocks that the groups, ACLs and route tables of a VPC name."""
    found: set[Cidr] = set()
    for group in _groups_by_vpc(snapshot).get(vpc_id, ()):
        for direction in Direction:
            rules = group_rules(snapshot, group, direction)
            for rule in () if isinstance(rules, Missing) else rules:
                found.update(rule.blocks)
                for list_id in rule.prefix_lists:
                    blocks = prefix_list_blocks(snapshot, list_id)
                    found.update(() if isinstance(blocks, Missing) else blocks)
    for subnet in subnets_by_vpc(snapshot).get(vpc_id or "", ()):
        acl, table = acl_of_subnet(snapshot, subnet.subnet_id), table_of_subnet(snapshot, subnet.subnet_id)
        if isinstance(acl, CompiledAcl):
            found.update(entry.cidr for entry in (*acl.egress, *acl.ingress))
        if isinstance(table, CompiledTable):
            found.update(candidate.cidr for candidate in table.candidates())
    return frozenset(found)


@index
def _kept(snapshot: Snapshot) -> dict[str, tuple[SubnetParts, ...]]:
    """Filled as subnets are asked for."""
    return {}


def parts_of_subnet(snapshot: Snapshot, subnet: Subnet) -> tuple[SubnetParts, ...]:
    """The parts of every block of a subnet."""
    kept = _kept(snapshot)
    if subnet.subnet_id not in kept:
        kept[subnet.subnet_id] = tuple(_cut(snapshot, subnet, block) for block in subnet_blocks(subnet))
    return kept[subnet.subnet_id]


def part_at(snapshot: Snapshot, subnet_id: str | None, address: Address) -> Part | None:
    """The part that an address of a subnet lies in; None where the subnet is not known, or does not hold it."""
    subnet = snapshot.facts.subnets.get(subnet_id or "")
    for block in parts_of_subnet(snapshot, subnet) if subnet else ():
        part = block.at(address.family, address.value)
        if part is not None:
            return part
    return None


def _cut(snapshot: Snapshot, subnet: Subnet, block: Cidr) -> SubnetParts:
    inside = cutting_blocks(snapshot).inside(block)
    edges = sorted({block.first, *(each.first for each in inside), *(each.last + 1 for each in inside)})
    pieces: dict[frozenset[Cidr], list[tuple[int, int]]] = {}
    for first, following in zip(edges, [*edges[1:], block.last + 1], strict=True):
        if first <= block.last:
            covering = frozenset(each for each in inside if each.first <= first <= each.last)
            pieces.setdefault(covering, []).append((first, following - 1))
    whole = IntervalSet([(block.first + RESERVED_FIRST, block.last - RESERVED_LAST)])
    found = []
    for ranges in pieces.values():
        addresses = IntervalSet(ranges)
        frees = (first_free(snapshot, subnet.vpc_id, block, first, last) for first, last in addresses)
        free = next((each for each in frees if each is not None), None)
        found.append(Part(subnet, block.family, addresses, addresses & whole, free))
    return SubnetParts(found, whole)


@index
def _solid(snapshot: Snapshot) -> dict[str, bool]:
    """Filled as VPCs are asked for."""
    return {}


def is_solid(snapshot: Snapshot, vpc_id: str) -> bool:
    """Whether no rule of the estate names a part of a VPC, which has one IPv4 block with all of its subnets."""
    kept = _solid(snapshot)
    if vpc_id not in kept:
        blocks = vpc_blocks(snapshot, vpc_id) or ()
        alone = len(blocks) == 1 and blocks[0].family == 4
        kept[vpc_id] = (
            alone
            and _holds_subnets(snapshot, vpc_id, blocks[0])
            and not cutting_blocks(snapshot).inside(blocks[0])
        )
    return kept[vpc_id]


def _holds_subnets(snapshot: Snapshot, vpc_id: str, whole: Cidr) -> bool:
    """Whether no subnet lies outside of a block: a fact that is out of date may say so."""
    every = (block for subnet in subnets_by_vpc(snapshot).get(vpc_id, ()) for block in subnet_blocks(subnet))
    return all(
        block.family == whole.family and whole.first <= block.first and block.last <= whole.last for block in every
    )


@index
def _twins(snapshot: Snapshot) -> dict[tuple[str, int], Part]:
    """A part of each solid VPC that stands for all of its own family."""
    return {}


def twin_of(snapshot: Snapshot, part: Part) -> Part:
    """A part that every block of every rule treats like this one: one for the whole of a solid VPC."""
    twin = part.twin
    if twin is None:
        is_whole = is_solid(snapshot, part.vpc_id)
        twin = _twins(snapshot).setdefault((part.vpc_id, part.family), part) if is_whole else part
        part.twin = twin
    return twin

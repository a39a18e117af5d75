"""A VPC's blocks, its subnets, its owner and zones: the small facts that every evaluator asks for."""

from narrowgate.model.address import Address, Cidr, parse_address, parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UnsetType
from narrowgate.model.routing import PeeringVpcInfo
from narrowgate.model.snapshot import Snapshot, index, keyed_index
from narrowgate.model.vpc import Subnet, Vpc

_GONE = frozenset({"disassociating", "disassociated", "failing", "failed"})
RESERVED_FIRST, RESERVED_LAST = 4, 1
"""The first four addresses of a subnet and its last belong to AWS."""

RESOLVER_LINK_LOCAL = parse_address("169.254.169.253")
RESOLVER_LINK_LOCAL_V6 = parse_address("fd00:ec2::253")


@index
def _peering_views(snapshot: Snapshot) -> dict[str, PeeringVpcInfo]:
    """What peerings tell of their sides: all there is of a VPC whose account was not collected."""
    views: dict[str, PeeringVpcInfo] = {}
    for connection in snapshot.facts.vpc_peering_connections.values():
        for side in (connection.requester_vpc_info, connection.accepter_vpc_info):
            if side.vpc_id and (side.vpc_id not in views or side.cidr_block_set):
                views[side.vpc_id] = side
    return views


@index
def subnets_by_vpc(snapshot: Snapshot) -> dict[str, tuple[Subnet, ...]]:
    """Every VPC's subnets, by id."""
    grouped: dict[str, list[Subnet]] = {}
    for subnet in snapshot.facts.subnets.values():
        grouped.setdefault(subnet.vpc_id, []).append(subnet)
    return {vpc_id: tuple(sorted(found, key=lambda each: each.subnet_id)) for vpc_id, found in grouped.items()}


@keyed_index
def vpc_blocks(snapshot: Snapshot, vpc_id: str) -> tuple[Cidr, ...] | None:
    """All blocks of a VPC, both families, secondary ones included (NET-02); None where nobody knows them.

    The VPC's own record wins; a peering's view of it serves where its account was not collected.
    """
    vpc = snapshot.facts.vpcs.get(vpc_id)
    if vpc is not None:
        return _own_blocks(vpc)
    side = _peering_views(snapshot).get(vpc_id)
    if side is None:
        return None
    texts = [each.cidr_block for each in side.cidr_block_set]
    if side.cidr_block:
        texts.append(side.cidr_block)
    texts += [each.ipv6_cidr_block for each in side.ipv6_cidr_block_set]
    return tuple(dict.fromkeys(parse_cidr(text) for text in texts)) or None


def _own_blocks(vpc: Vpc) -> tuple[Cidr, ...] | None:
    if isinstance(vpc.cidr_block, UnsetType):
        return None
    texts = [
        each.cidr_block for each in vpc.cidr_block_association_set if each.cidr_block_state.state not in _GONE
    ]
    if not vpc.cidr_block_association_set:
        texts = [vpc.cidr_block]
    texts += [
        each.ipv6_cidr_block
        for each in vpc.ipv6_cidr_block_association_set
        if each.ipv6_cidr_block_state.state not in _GONE
    ]
    return tuple(dict.fromkeys(parse_cidr(text) for text in texts))


def holds_address(snapshot: Snapshot, vpc_id: str, address: Address) -> bool | None:
    """True where the address lies in a block of the VPC; None where its blocks are unknown."""
    blocks = vpc_blocks(snapshot, vpc_id)
    return None if blocks is None else any(block.holds(address) for block in blocks)


def resolver_address(snapshot: Snapshot, vpc_id: str) -> Address | None:
    """The VPC's +2: the base of its primary IPv4 block plus two (NET-09); None where the block is unknown."""
    vpc = snapshot.facts.vpcs.get(vpc_id)
    side = _peering_views(snapshot).get(vpc_id)
    text = vpc.cidr_block if vpc else side.cidr_block if side else None
    return Address(4, parse_cidr(text).first + 2) if isinstance(text, str) else None


def owner_of_vpc(snapshot: Snapshot, vpc_id: str | None) -> tuple[str | None, str | None]:
    """Account and Region of a VPC, also of one that only a peering names."""
    if vpc_id is None:
        return None, None
    side = _peering_views(snapshot).get(vpc_id)
    account = snapshot.account_of(vpc_id) or (side.owner_id if side else None)
    region = side.region if side and vpc_id not in snapshot.facts.vpcs else None
    return account, region or snapshot.region_of(vpc_id)


def missing_of_vpc(
    snapshot: Snapshot, operation: str, vpc_id: str | None, resource: str | None = None
) -> Missing | None:
    """The missing fact where a list was not collected in the VPC owner's account (SHR-01: only it sees all)."""
    account, region = owner_of_vpc(snapshot, vpc_id)
    return snapshot.missing(operation, account, region, resource=resource or vpc_id)


def subnet_blocks(subnet: Subnet) -> tuple[Cidr, ...]:
    """The IPv4 block and the IPv6 blocks of a subnet."""
    texts = [subnet.cidr_block] if subnet.cidr_block else []
    texts += [
        each.ipv6_cidr_block
        for each in subnet.ipv6_cidr_block_association_set
        if each.ipv6_cidr_block_state.state not in _GONE
    ]
    return tuple(parse_cidr(text) for text in texts)


def subnet_of_address(snapshot: Snapshot, vpc_id: str, address: Address) -> Subnet | None:
    """The subnet of a VPC that an address lies in."""
    for subnet in subnets_by_vpc(snapshot).get(vpc_id, ()):
        if any(block.holds(address) for block in subnet_blocks(subnet)):
            return subnet
    return None


class Zone(tuple[str | None, str | None, str | None]):
    """An Availability Zone as far as it is known: id, name, and the account that gave the name."""

    __slots__ = ()

    def same_as(self, other: "Zone") -> bool | None:
        """Whether two zones are one; None where that cannot be told.

        Names compare only inside one account: another account's `us-east-1a` may be another zone (SHR-01).
        """
        if self[0] and other[0]:
            return self[0] == other[0]
        if self[1] and other[1] and self[2] == other[2]:
            return self[1] == other[1]
        return None


@keyed_index
def zone_of_subnet(snapshot: Snapshot, subnet_id: str) -> Zone:
    """The Availability Zone of a subnet, with its id looked up by name where the subnet does not give it."""
    subnet = snapshot.facts.subnets.get(subnet_id)
    if subnet is None:
        return Zone((None, None, None))
    place = snapshot.place(subnet_id)
    zone_id, name = subnet.availability_zone_id, subnet.availability_zone
    if not zone_id and name:
        for zone in snapshot.facts.availability_zones.get(f"{place.account}/{place.region}", ()):
            if zone.zone_name == name:
                zone_id = zone.zone_id
    return Zone((zone_id, name, place.account))

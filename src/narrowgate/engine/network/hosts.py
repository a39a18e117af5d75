"""Hosts as the engine sends from them: interfaces, instances, functions, free addresses of a subnet."""

from collections.abc import Iterable

import msgspec

from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.vpcs import (
    RESERVED_FIRST,
    RESERVED_LAST,
    missing_of_vpc,
    subnet_blocks,
)
from narrowgate.model.address import Address, Cidr, parse_address
from narrowgate.model.errors import InputError
from narrowgate.model.host import Host
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.vpc import Instance, Subnet

INTERNET = (parse_address("192.0.2.1"), parse_address("2001:db8::1"))
"""What stands for any address of the Internet: reserved for documentation, so no rule means it in particular."""


def host_of_interface(known: Interface, *, label: str, address: Address | None = None) -> Host:
    """An interface as a host, at all its addresses or at one (and those of the other family)."""
    addresses = known.addresses
    if address is not None:
        addresses = (address, *(each for each in addresses if each.family != address.family))
    public = next((public for inside, public in known.public_addresses if inside in addresses), None)
    return Host(
        label=label,
        vpc_id=known.vpc_id,
        subnet_id=known.subnet_id,
        addresses=addresses,
        security_groups=known.security_groups,
        network_interface_id=known.interface_id,
        instance_id=known.instance_id,
        public_ip=str(public) if public else None,
        platform=known.platform,
    )


def primary_interface(snapshot: Snapshot, instance: Instance) -> Interface | None:
    """The interface that an instance sends from: device index 0."""
    ids = [*_attached(snapshot).get(instance.instance_id, ())]
    ids += [each.network_interface_id for each in instance.network_interfaces]
    for own_id in ids:
        known = interface(snapshot, own_id)
        if known:
            return known
    if instance.vpc_id and instance.private_ip_address:
        return interfaces_of_vpc(snapshot, instance.vpc_id).get(parse_address(instance.private_ip_address))
    return None


def primary_by_attachment(snapshot: Snapshot, instance_id: str) -> Interface | None:
    """The interface of an instance that only its interfaces name."""
    ids = _attached(snapshot).get(instance_id, ())
    return interface(snapshot, ids[0]) if ids else None


@index
def _attached(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Each instance's interfaces by device index."""
    found: dict[str, list[tuple[int, str]]] = {}
    for own_id, fact in snapshot.facts.network_interfaces.items():
        if fact.attachment and fact.attachment.instance_id:
            slot = (fact.attachment.device_index or 0, own_id)
            found.setdefault(fact.attachment.instance_id, []).append(slot)
    return {instance_id: tuple(own_id for _, own_id in sorted(slots)) for instance_id, slots in found.items()}


def function_hosts(snapshot: Snapshot, subnet_id: str, groups: tuple[str, ...], label: str) -> Iterable[Host]:
    """A function's interfaces in a subnet, by their groups; a free address with its groups where none is seen."""
    subnet = snapshot.facts.subnets.get(subnet_id)
    if subnet is None:
        yield Host(
            label=f"{label} in {subnet_id}",
            vpc_id=None,
            subnet_id=subnet_id,
            addresses=(),
            security_groups=groups,
        )
        return
    own = {
        each.label: each
        for each in interfaces_of_vpc(snapshot, subnet.vpc_id).values()
        if each.interface_type == "lambda"
        and each.subnet_id == subnet_id
        and set(each.security_groups or ()) == set(groups)
    }
    for each in own.values():
        yield host_of_interface(each, label=subnet_id)
    if not own:
        yield msgspec.structs.replace(free_host(snapshot, subnet), security_groups=groups)


def free_host(snapshot: Snapshot, subnet: Subnet) -> Host:
    """A host that could be started in a subnet.

    Raises:
        InputError: the subnet is full.
    """
    host = free_host_or_none(snapshot, subnet)
    if host is None:
        raise InputError(f"subnet `{subnet.subnet_id}` has no free address")
    return host


def free_host_or_none(snapshot: Snapshot, subnet: Subnet) -> Host | None:
    """A host in a subnet; None where the subnet is full. Without known blocks it has no known address."""
    addresses = []
    blocks = subnet_blocks(subnet)
    for block in blocks:
        address = first_free(snapshot, subnet.vpc_id, block, block.first, block.last)
        if address is not None:
            addresses.append(address)
    if blocks and not addresses:
        return None
    return Host(
        label=subnet.subnet_id, vpc_id=subnet.vpc_id, subnet_id=subnet.subnet_id, addresses=tuple(addresses)
    )


def first_free(snapshot: Snapshot, vpc_id: str, block: Cidr, first: int, last: int) -> Address | None:
    """The first address of a range of a subnet that a new host could get: not AWS's five, not taken."""
    taken = interfaces_of_vpc(snapshot, vpc_id)
    low = max(first, block.first + RESERVED_FIRST)
    high = min(last, block.last - RESERVED_LAST)
    value = low
    while value <= high:
        address = Address(block.family, value)
        if address not in taken:
            return address
        value += 1
    return None


def host_at(snapshot: Snapshot, subnet: Subnet, address: Address) -> Host:
    """A host that nothing is known of but its address.

    Raises:
        InputError: AWS keeps the address for itself.
    """
    block = next(block for block in subnet_blocks(subnet) if block.holds(address))
    if not block.first + RESERVED_FIRST <= address.value <= block.last - RESERVED_LAST:
        raise InputError(f"address `{address}` of subnet `{subnet.subnet_id}` is reserved by AWS: no host has it")
    return Host(
        label=str(address),
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.subnet_id,
        addresses=(address,),
        is_address_only=True,
        has_unseen_interface=_unseen(snapshot, subnet.vpc_id),
    )


def _unseen(snapshot: Snapshot, vpc_id: str) -> bool:
    return missing_of_vpc(snapshot, "ec2.describe_network_interfaces", vpc_id) is not None

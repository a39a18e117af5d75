"""Whom a bare address means: the interface that has it, a free address of a subnet, or somebody outside."""

from collections.abc import Iterable

from narrowgate.engine.network.hosts import (
    host_at,
    host_of_interface,
)
from narrowgate.engine.network.interface_addresses import interface_with_public_address, interfaces_with_address
from narrowgate.engine.network.route_lookup import is_private
from narrowgate.engine.network.vpcs import (
    missing_of_vpc,
    subnet_blocks,
    vpc_blocks,
)
from narrowgate.model.address import Address
from narrowgate.model.errors import InputError
from narrowgate.model.host import Client, Host
from narrowgate.model.snapshot import Snapshot


def client_at_address(snapshot: Snapshot, address: Address) -> Client:
    """The client that an address means.

    Raises:
        InputError: it stands in several VPCs, is one of AWS's own, or lies in a VPC but in none of its subnets.
    """
    label = str(address)
    known = interfaces_with_address(snapshot, address)
    if len(known) > 1:
        raise _several(label, (each.vpc_id or "?" for each in known))
    if known:
        host = host_of_interface(known[0], label=known[0].label, address=address)
        return Client(label=label, kind="address", hosts=(host,))
    public = interface_with_public_address(snapshot, address)
    if public:
        return Client(label=label, kind="address", hosts=(host_of_interface(public, label=public.label),))
    subnets = [
        subnet
        for subnet in snapshot.facts.subnets.values()
        if any(block.holds(address) for block in subnet_blocks(subnet))
    ]
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise _several(label, (subnet.vpc_id for subnet in subnets))
    if subnets:
        return Client(label=label, kind="address", hosts=(host_at(snapshot, subnets[0], address),))
    return _outside_subnets(snapshot, address)


def _several(label: str, vpc_ids: Iterable[str]) -> InputError:
    return InputError(
        f"address `{label}` stands in several VPCs: {', '.join(sorted(set(vpc_ids)))}",
        help="name the interface, instance or subnet instead",
    )


def _outside_subnets(snapshot: Snapshot, address: Address) -> Client:
    label = str(address)
    holders = [
        vpc_id
        for vpc_id in snapshot.facts.vpcs
        if any(block.holds(address) for block in vpc_blocks(snapshot, vpc_id) or ())
    ]
    if len(holders) > 1:
        raise _several(label, holders)
    if holders and not missing_of_vpc(snapshot, "ec2.describe_subnets", holders[0]):
        raise InputError(f"address `{label}` is in VPC `{holders[0]}` but in none of its subnets")
    host = Host(
        label=label,
        vpc_id=holders[0] if holders else None,
        subnet_id=None,
        addresses=(address,),
        is_internet=not holders and not is_private(address),
        is_address_only=bool(holders) or is_private(address),
    )
    return Client(label=label, kind="address", hosts=(host,))

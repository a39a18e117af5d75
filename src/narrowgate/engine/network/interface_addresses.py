"""Which interface has an address, in one VPC or anywhere."""

from narrowgate.engine.network.interfaces import (
    Interface,
    ids_by_vpc,
    interface,
    resolver_addresses,
    vpc_of_subnet,
)
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index, keyed_index


@keyed_index
def interfaces_of_vpc(snapshot: Snapshot, vpc_id: str) -> dict[Address, Interface]:
    """Every private address of a VPC that an interface is known to have."""
    found: dict[Address, Interface] = {}
    for each in _from_instances(snapshot).get(vpc_id, ()):
        found.update(dict.fromkeys(each.addresses, each))
    for each in _from_resolver_endpoints(snapshot).get(vpc_id, ()):
        found.update(dict.fromkeys(each.addresses, each))
    for own_id in ids_by_vpc(snapshot).get(vpc_id, ()):
        known = interface(snapshot, own_id)
        if known:
            found.update(dict.fromkeys(known.addresses, known))
    return found


@index
def _from_instances(snapshot: Snapshot) -> dict[str, list[Interface]]:
    """Interfaces that only their instance tells of."""
    grouped: dict[str, list[Interface]] = {}
    for instance in snapshot.facts.instances.values():
        for each in instance.network_interfaces:
            if instance.vpc_id and each.private_ip_address and is_address(each.private_ip_address):
                grouped.setdefault(instance.vpc_id, []).append(
                    Interface(
                        label=each.network_interface_id,
                        interface_id=each.network_interface_id,
                        vpc_id=instance.vpc_id,
                        subnet_id=instance.subnet_id if len(instance.network_interfaces) == 1 else None,
                        addresses=(parse_address(each.private_ip_address),),
                        security_groups=tuple(group.group_id for group in each.groups) or None,
                        instance_id=instance.instance_id,
                    )
                )
    return grouped


@index
def _from_resolver_endpoints(snapshot: Snapshot) -> dict[str, list[Interface]]:
    """Addresses of Resolver endpoints, whose interfaces need not have been collected (IN-02)."""
    grouped: dict[str, list[Interface]] = {}
    for (subnet_id, address), endpoint_id in resolver_addresses(snapshot).items():
        endpoint = snapshot.facts.resolver_endpoints.get(endpoint_id)
        host_vpc = endpoint.host_vpc_id if endpoint and endpoint.host_vpc_id is not UNSET else None
        vpc_id = vpc_of_subnet(snapshot, subnet_id) or host_vpc
        if vpc_id:
            groups = endpoint.security_group_ids if endpoint else UNSET
            grouped.setdefault(vpc_id, []).append(
                Interface(
                    label=f"{endpoint_id}/{address}",
                    interface_id=None,
                    vpc_id=vpc_id,
                    subnet_id=subnet_id,
                    addresses=(address,),
                    security_groups=None if groups is UNSET else groups,
                    interface_type="route53_resolver",
                    resolver_endpoint_id=endpoint_id,
                )
            )
    return grouped


@index
def _vpcs_by_address(snapshot: Snapshot) -> dict[Address, list[Interface]]:
    """Every interface of the estate by private address: built only when a question asks beyond one VPC."""
    found: dict[Address, list[Interface]] = {}
    vpc_ids = {*ids_by_vpc(snapshot), *_from_instances(snapshot), *_from_resolver_endpoints(snapshot)}
    for vpc_id in sorted(vpc_ids):
        for address, each in interfaces_of_vpc(snapshot, vpc_id).items():
            found.setdefault(address, []).append(each)
    return found


def interfaces_with_address(snapshot: Snapshot, address: Address) -> tuple[Interface, ...]:
    """Every interface with a private address, whatever its VPC."""
    return tuple(_vpcs_by_address(snapshot).get(address, ()))


@index
def _by_public_address(snapshot: Snapshot) -> dict[Address, Interface]:
    found: dict[Address, Interface] = {}
    for own_id, fact in snapshot.facts.network_interfaces.items():
        if fact.association or any(each.association for each in fact.private_ip_addresses):
            known = interface(snapshot, own_id)
            if known:
                found.update((public, known) for _, public in known.public_addresses)
    return found


def interface_with_public_address(snapshot: Snapshot, address: Address) -> Interface | None:
    """The interface that a public address belongs to, or None."""
    return _by_public_address(snapshot).get(address)

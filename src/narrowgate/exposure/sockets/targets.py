"""What could be reached in a VPC: its interfaces, those of one target and of equal filters together."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface
from narrowgate.model.snapshot import Snapshot, index

_NEVER = frozenset({"transit_gateway", "nat_gateway", "gateway_load_balancer_endpoint"})
"""Interfaces that nothing is addressed to: packets pass through them."""


class Named(NamedTuple):
    """What a target is called in answers: its id, and what kind of thing it is."""

    target: str
    kind: str


@index
def _kept(snapshot: Snapshot) -> dict[str, tuple[Interface, ...]]:
    """Filled as VPCs are asked for."""
    return {}


def targets_of_vpc(snapshot: Snapshot, vpc_id: str) -> tuple[Interface, ...]:
    """Every interface of a VPC that answers on its own address."""
    kept = _kept(snapshot)
    if vpc_id not in kept:
        every = {each.label: each for each in interfaces_of_vpc(snapshot, vpc_id).values()}
        kept[vpc_id] = tuple(each for each in every.values() if each.interface_type not in _NEVER)
    return kept[vpc_id]


def name_of(snapshot: Snapshot, target: Interface) -> Named:
    """The thing behind an interface: endpoint, Resolver endpoint, balancer, instance, or the interface itself."""
    if target.vpc_endpoint_id:
        endpoint = snapshot.facts.vpc_endpoints.get(target.vpc_endpoint_id)
        service = (
            endpoint.service_name if endpoint and isinstance(endpoint.service_name, str) else "unknown service"
        )
        return Named(target.vpc_endpoint_id, f"interface endpoint of {service.rsplit('.', 1)[-1]}")
    if target.resolver_endpoint_id:
        resolver = snapshot.facts.resolver_endpoints.get(target.resolver_endpoint_id)
        way = resolver.direction.lower() if resolver else "Resolver"
        return Named(target.resolver_endpoint_id, f"{way} Resolver endpoint")
    if target.load_balancer_arn:
        return Named(target.load_balancer_arn, "load balancer")
    if target.instance_id:
        return Named(target.instance_id, "instance")
    return Named(target.label, f"network interface ({target.interface_type})")


def public_targets(snapshot: Snapshot) -> Iterator[Interface]:
    """Interfaces that the Internet can address."""
    yield from _public(snapshot)


@index
def _public(snapshot: Snapshot) -> tuple[Interface, ...]:
    vpcs = {each.vpc_id for each in snapshot.facts.network_interfaces.values() if each.vpc_id}
    every = (each for vpc_id in sorted(vpcs) for each in targets_of_vpc(snapshot, vpc_id))
    return tuple(each for each in every if each.public_addresses)

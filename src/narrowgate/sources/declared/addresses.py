"""Addresses of declared interfaces: as given, else one that AWS could choose."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from narrowgate.model.resource import Resource, Unknown

if TYPE_CHECKING:
    from narrowgate.sources.declared.estate import Declared

_RESERVED_HEAD = 4
_FIRST_GIVEN = 10


class Addresses:
    """Who has which address of which subnet.

    AWS chooses an address where none is given: any free one of the subnet. The first free one stands for it here,
    and `assumed` remembers that: where a rule could tell it from the subnet's other free addresses,
    `distinguished.py` takes it away again.
    """

    def __init__(self, declared: Declared) -> None:
        """Nothing is given yet."""
        self._declared = declared
        self._taken: dict[str, set[str]] = {}
        self._given: dict[tuple[str, int], str | Unknown] = {}
        self._reserved = False
        self.assumed: dict[str, set[str]] = {}

    def give(self, logical_id: str, position: int, subnet_id: Any, wanted: Any = None) -> str | Unknown:
        """The address of a resource's interface; the same each time it is asked for."""
        key = (logical_id, position)
        if key not in self._given:
            self._reserve()
            self._given[key] = self._choose(subnet_id, wanted)
        return self._given[key]

    def taken(self, subnet_id: str) -> frozenset[str]:
        """The addresses of a subnet that the list itself gives away."""
        return frozenset(self._taken.get(subnet_id, ())) - self.assumed.get(subnet_id, set())

    def network_of(self, subnet_id: Any) -> ipaddress.IPv4Network | None:
        """The IPv4 block of a subnet of the list."""
        subnet = self._declared.named(subnet_id)
        text = self._declared.property(subnet, "CidrBlock") if subnet else None
        if not isinstance(text, str):
            return None
        try:
            return ipaddress.IPv4Network(text, strict=False)
        except ValueError:
            return None

    def _choose(self, subnet_id: Any, wanted: Any) -> str | Unknown:
        if isinstance(wanted, (str, Unknown)) and wanted:
            return wanted
        if not isinstance(subnet_id, str):
            return Unknown("its subnet is not known")
        network = self.network_of(subnet_id)
        if network is None:
            return Unknown(f"the block of {subnet_id} is not known")
        taken = self._taken.setdefault(subnet_id, set())
        for at in _places(network.num_addresses):
            address = str(network[at])
            if address not in taken:
                taken.add(address)
                self.assumed.setdefault(subnet_id, set()).add(address)
                return address
        return Unknown(f"{subnet_id} has no free address")

    def _reserve(self) -> None:
        """What the list gives away itself is never chosen for another."""
        if self._reserved:
            return
        self._reserved = True
        for resource in self._declared.resources.values():
            for subnet_id, address in self._explicit(resource):
                if isinstance(subnet_id, str) and isinstance(address, str):
                    self._taken.setdefault(subnet_id, set()).add(address)

    def _explicit(self, resource: Resource) -> Iterator[tuple[Any, Any]]:
        read = self._declared.property
        match resource.type:
            case "AWS::EC2::Instance":
                if "PrivateIpAddress" in resource.properties:
                    yield read(resource, "SubnetId"), read(resource, "PrivateIpAddress")
                yield from _pairs(read(resource, "NetworkInterfaces"), "PrivateIpAddress")
            case "AWS::EC2::NetworkInterface":
                subnet = read(resource, "SubnetId")
                yield subnet, read(resource, "PrivateIpAddress")
                for each in _records(read(resource, "PrivateIpAddresses")):
                    yield subnet, each.get("PrivateIpAddress")
            case "AWS::EC2::NatGateway":
                yield read(resource, "SubnetId"), read(resource, "PrivateIpAddress")
            case "AWS::Route53Resolver::ResolverEndpoint":
                yield from _pairs(read(resource, "IpAddresses"), "Ip")
            case "AWS::ElasticLoadBalancingV2::LoadBalancer":
                yield from _pairs(read(resource, "SubnetMappings"), "PrivateIPv4Address")


def _places(size: int) -> Iterator[int]:
    """Offsets in the order in which they are tried: the low ones, which people like to write down, come last."""
    first = _FIRST_GIVEN if size > 2 * _FIRST_GIVEN else _RESERVED_HEAD
    yield from range(first, size - 1)
    yield from range(_RESERVED_HEAD, first)


def _records(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _pairs(value: Any, field: str) -> Iterator[tuple[Any, Any]]:
    for each in _records(value):
        yield each.get("SubnetId"), each.get(field)

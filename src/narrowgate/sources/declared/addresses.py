"""Addresses of declared interfaces: as given, else one that AWS could choose."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.listed import Listed

_RESERVED_HEAD = 4
_FIRST_GIVEN = 10


class Addresses:
    """Who has which address of which subnet.

    AWS chooses an address where none is given: any free one of the subnet. The first free one stands for it here,
    and `assumed` remembers that: where a rule could tell it from the subnet's other free addresses,
    `distinguished.py` takes it away again.
    """

    def __init__(self, listed: Listed) -> None:
        """Nothing is given yet."""
        self._listed = listed
        self._taken: dict[str, set[str]] = {}
        self._given: dict[tuple[str, int], str | Unknown] = {}
        self._reserved = False
        self._written: set[str] = set()
        self.assumed: dict[str, set[str]] = {}

    def give(self, logical_id: str, position: int, subnet_id: Any, wanted: Any = None) -> str | Unknown:
        """The address of a resource's interface; the same each time it is asked for."""
        key = (logical_id, position)
        if key not in self._given:
            self._reserve()
            self._given[key] = self._choose(subnet_id, wanted)
        return self._given[key]

    def take_over(self, other: Addresses) -> None:
        """Give what another declaration of the same list gave, so that both agree on what they share."""
        self._given.update(other._given)
        self._taken = {subnet_id: set(taken) for subnet_id, taken in other._taken.items()}
        self.assumed = {subnet_id: set(assumed) for subnet_id, assumed in other.assumed.items()}

    def not_chosen(self, subnet_id: str) -> frozenset[str]:
        """The addresses that AWS does not choose in a subnet: given away by the list, or written down in it."""
        given = self._taken.get(subnet_id, set()) - self.assumed.get(subnet_id, set())
        return frozenset(given | self._written)

    def network_of(self, subnet_id: Any) -> ipaddress.IPv4Network | None:
        """The IPv4 block of a subnet of the list."""
        subnet = self._listed.named(subnet_id)
        text = self._listed.property(subnet, "CidrBlock") if subnet else None
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
            if address not in taken and address not in self._written:
                taken.add(address)
                self.assumed.setdefault(subnet_id, set()).add(address)
                return address
        return Unknown(f"{subnet_id} has no free address")

    def _reserve(self) -> None:
        """What the list gives away itself is never chosen for another."""
        if self._reserved:
            return
        self._reserved = True
        self._written = set(_written(self._listed.resources.values()))
        for resource in self._listed.resources.values():
            for subnet_id, address in self._explicit(resource):
                if isinstance(subnet_id, str) and isinstance(address, str):
                    self._taken.setdefault(subnet_id, set()).add(address)

    def _explicit(self, resource: Resource) -> Iterator[tuple[Any, Any]]:
        read = self._listed.property
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


_ALONE = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?:/32)?(?![\d./])")


def _written(value: Any) -> Iterator[str]:
    """Every address that is written down alone, anywhere in the list."""
    match value:
        case str():
            yield from _ALONE.findall(value)
        case Resource():
            yield from _written(value.properties)
        case dict():
            yield from _written(value.values())
        case Iterable():
            for each in value:
                yield from _written(each)
        case _:
            return


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

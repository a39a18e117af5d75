"""Addresses that AWS chooses, taken back where somebody's range could tell one from another.

Any free address of the subnet could be the one. As long as every range that the list names holds all of them or
none, the one that stands for it answers for all; else nobody knows, and the engine must say so. An address that is
written down alone (or as /32) belongs to whoever it is written for, so AWS does not choose it.
"""

import re
from collections.abc import Iterator
from typing import Any

from narrowgate.model.address import IntervalSet, is_block, parse_address, parse_cidr
from narrowgate.sources.declared.estate import Declared

_BLOCK = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\d./])")
_SINGLE = 32


def written_blocks(value: Any) -> Iterator[str]:
    """Every IPv4 block or address in the text of a value."""
    match value:
        case str():
            yield from _BLOCK.findall(value)
        case dict():
            for key, each in value.items():
                yield from written_blocks(key)
                yield from written_blocks(each)
        case list() | tuple():
            for each in value:
                yield from written_blocks(each)
        case _:
            return


def withdraw(declared: Declared) -> None:
    """Take the chosen addresses of a subnet back where a range of the list cuts through its free addresses."""
    blocks = _blocks(declared)
    for subnet_id, assumed in declared.addresses.assumed.items():
        free = _free(declared, subnet_id)
        cut = next((text for text, block in blocks if 0 < len(block & free) < len(free)), None)
        if cut is None:
            continue
        subnet = declared.named(subnet_id)
        if subnet is not None:
            declared.warn(
                subnet,
                f"{cut} holds some of its free addresses, so those that AWS chooses there stay unknown: "
                + ", ".join(sorted(assumed, key=parse_address)),
            )
        _forget(declared, subnet_id, assumed)


def _blocks(declared: Declared) -> list[tuple[str, IntervalSet]]:
    texts = {
        text
        for each in declared.resources.values()
        for text in written_blocks(dict(declared.properties(each)))
        if is_block(text)
    }
    parsed = [(text, parse_cidr(text)) for text in sorted(texts)]
    return [
        (text, IntervalSet([(each.first, each.last)])) for text, each in parsed if each.prefix_length < _SINGLE
    ]


def _free(declared: Declared, subnet_id: str) -> IntervalSet:
    """The addresses of a subnet that AWS could choose."""
    network = declared.addresses.network_of(subnet_id)
    if network is None:
        return IntervalSet()
    first, last = int(network.network_address), int(network.broadcast_address)
    every = IntervalSet([(first + 4, last - 1)])
    kept = {parse_address(each).value for each in declared.addresses.not_chosen(subnet_id) if is_block(each)}
    return every - IntervalSet((each, each) for each in kept)


def _forget(declared: Declared, subnet_id: str, assumed: set[str]) -> None:
    for (_, call), elements in declared.ledger.elements.items():
        if call == "ec2.describe_network_interfaces":
            for each in elements:
                if each.get("SubnetId") == subnet_id and each.get("PrivateIpAddress") in assumed:
                    for field in ("PrivateIpAddress", "PrivateIpAddresses", "PrivateDnsName"):
                        each.pop(field, None)
        elif call == "ec2.describe_instances":
            for each in elements:
                for instance in each["Instances"]:
                    if instance.get("SubnetId") == subnet_id and instance.get("PrivateIpAddress") in assumed:
                        del instance["PrivateIpAddress"]
    for (call, _), body in declared.ledger.answers():
        if call == "route53resolver.list_resolver_endpoint_ip_addresses":
            for each in body["IpAddresses"]:
                if each.get("SubnetId") == subnet_id and each.get("Ip") in assumed:
                    del each["Ip"]

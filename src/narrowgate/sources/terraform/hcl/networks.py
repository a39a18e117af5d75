"""Terraform's functions about address ranges."""

import ipaddress


def cidrsubnet(prefix: str, newbits: int, number: int) -> str:
    """The subnet of a number, counted in subnets of its size."""
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + int(newbits)
    if not network.prefixlen <= length <= network.max_prefixlen or not 0 <= int(number) < 1 << int(newbits):
        raise ValueError(prefix)
    step = 1 << (network.max_prefixlen - length)
    base = int(network.network_address) + int(number) * step
    return f"{ipaddress.ip_address(base)}/{length}"


def cidrsubnets(prefix: str, *newbits: int) -> list[str]:
    """Subnets one behind the other, each where it first fits behind the one before."""
    network = ipaddress.ip_network(prefix, strict=False)
    start, end = int(network.network_address), int(network.broadcast_address)
    found: list[str] = []
    for each in newbits:
        length = network.prefixlen + int(each)
        if not network.prefixlen <= length <= network.max_prefixlen:
            raise ValueError(prefix)
        size = 1 << (network.max_prefixlen - length)
        start = (start + size - 1) // size * size
        if start + size - 1 > end:
            raise ValueError(prefix)
        found.append(f"{ipaddress.ip_address(start)}/{length}")
        start += size
    return found


def cidrhost(prefix: str, number: int) -> str:
    """An address of a range by its number; a negative one counts from the end."""
    return str(ipaddress.ip_network(prefix, strict=False)[int(number)])


def cidrnetmask(prefix: str) -> str:
    """The mask of an IPv4 range, written as an address."""
    return str(ipaddress.IPv4Network(prefix, strict=False).netmask)

"""Both ends of a device pair: indexes, addresses, and neighbours that are known for ever, so that nobody asks."""

import ipaddress
from collections.abc import Iterator

from narrowgate.lab.kernel import netlink
from narrowgate.lab.kernel.netlink import Request
from narrowgate.lab.plan.types import Link, Port

ETH0, LO = 2, 1
_ROUTER_V4, _ROUTER_V6 = "169.254.1.1", "fe80::1"
"""The next hop of every port; nobody asks for it, the neighbour is permanent."""


def device(number: int) -> int:
    """The index of a port's or link's device in a router."""
    return 100 + 2 * number


def way_to(port: Port) -> Iterator[Request]:
    """The route to a port's addresses, and its neighbour for ever."""
    index = device(port.number)
    for address in port.addresses:
        yield netlink.route(netlink.Route(f"{address}/{32 if ':' not in address else 128}", index))
        yield netlink.neighbour(index, address, netlink.mac(index + 1))


def neighbours(link: Link, own: int) -> Iterator[Request]:
    """The other end of a link, for ever."""
    index, other = device(link.number), 1 - own
    for gateway in (link_address(link, other), link_local(other)):
        yield netlink.neighbour(index, gateway, netlink.mac(index + other))


def port_requests(port: Port) -> Iterator[Request]:
    """The inside of a port: its addresses, and the router as the way to everything."""
    hardware = netlink.mac(device(port.number))
    yield netlink.up(LO)
    yield netlink.up(ETH0)
    for address in port.addresses:
        yield netlink.address(ETH0, address, 24 if ":" not in address else 64)
    yield netlink.neighbour(ETH0, _ROUTER_V4, hardware)
    yield netlink.route(netlink.Route(None, ETH0, _ROUTER_V4))
    if any(":" in each for each in port.addresses):
        yield netlink.neighbour(ETH0, _ROUTER_V6, hardware)
        yield netlink.route(netlink.Route(None, ETH0, _ROUTER_V6, family=6))


def link_address(link: Link, side: int) -> str:
    """An address for one end of a link, of a range that no VPC can have."""
    return str(ipaddress.IPv4Address("100.126.0.0") + 2 * link.number + side)


def link_local(side: int) -> str:
    """The same for IPv6."""
    return f"fe80::{side + 1}:1"

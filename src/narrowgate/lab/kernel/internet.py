"""The Internet of a lab: a namespace in which every public address is somebody, and which leads nowhere else."""

from collections.abc import Iterator

from narrowgate.lab.kernel import netlink
from narrowgate.lab.kernel.netlink import Request, Route
from narrowgate.lab.plan.internet import PUBLIC_ADDRESS, PUBLIC_CLIENT, PUBLIC_CLIENT_V6, PUBLIC_DNS
from narrowgate.lab.plan.types import Exit

_LO = 1
_LOCAL = 255
"""The kernel's table of own addresses, which it looks into before every other."""


def internet_addresses() -> Iterator[Request]:
    """Those who have something to say there."""
    yield netlink.up(_LO)
    for text in (PUBLIC_ADDRESS, PUBLIC_DNS, PUBLIC_CLIENT):
        yield netlink.address(_LO, text, 32)
    yield netlink.address(_LO, PUBLIC_CLIENT_V6, 128)


def blocks_of(each: Exit) -> Iterator[str]:
    """What lies behind a gateway, as the Internet sees it."""
    yield from (f"{public}/32" for _, public in each.addresses)
    yield from each.blocks


def public_route(found: Route) -> Request:
    """A way into the estate; what begins here has the client's address."""
    source = PUBLIC_CLIENT if found.block is not None and ":" not in found.block else None
    return netlink.route(found._replace(table=_LOCAL, source=source))


def everybody_else() -> Iterator[Request]:
    """All other addresses are here, and refuse connections: a packet that comes that far has arrived."""
    yield from (netlink.route(Route(each, _LO, table=_LOCAL, kind="local")) for each in ("0.0.0.0/0", "::/0"))

"""A transit gateway's route table in the order in which its routes count (TGW-05)."""

from functools import lru_cache
from typing import NamedTuple

from narrowgate.model.address import Address, Cidr
from narrowgate.model.answer import Considered, Missing
from narrowgate.model.estate_facts import TransitGatewayRouteQuery
from narrowgate.model.transit import TransitGatewayRouteAttachment

_KIND_ORDER = {"vpc": 0, "direct-connect-gateway": 1, "connect": 2, "vpn-concentrator": 3, "vpn": 4}
"""TGW-05: among propagated routes, by the kind of attachment."""


class GatewayRoute(NamedTuple):
    """One route of a gateway table. `attachments` has several members for equal-cost routes; none: a blackhole."""

    cidr: Cidr
    is_static: bool | None
    by_prefix_list: bool
    state: str | None
    attachments: tuple[TransitGatewayRouteAttachment, ...]

    @property
    def priority(self) -> tuple[int, int]:
        """Lower wins among routes to one block: static, prefix list, then by kind of attachment (TGW-05)."""
        if self.is_static:
            return (1 if self.by_prefix_list else 0, 0)
        kind = self.attachments[0].resource_type if self.attachments else None
        return (2, _KIND_ORDER.get(kind or "", 9))

    def __str__(self) -> str:
        return _spelled(self)


@lru_cache(maxsize=65536)
def _spelled(route: GatewayRoute) -> str:
    to = ", ".join(each.transit_gateway_attachment_id for each in route.attachments) or "nowhere"
    return f"{route.cidr} -> {to} ({'static' if route.is_static else 'propagated'}, {route.state})"


class GatewayLookup(NamedTuple):
    """What a gateway table says of an address: the routes that cover it, best first.

    `unread` tells what was not asked and might have won.
    """

    matches: tuple[GatewayRoute, ...]
    unread: Missing | None

    def considered(self) -> tuple[Considered, ...]:
        """The matches as an answer shows them."""
        return tuple(
            Considered(item=str(each), outcome="rejected" if rank else "chosen", why=self._why(rank))
            for rank, each in enumerate(self.matches)
        )

    def _why(self, rank: int) -> str:
        if rank == 0:
            return "longest prefix"
        is_shorter = self.matches[rank].cidr.prefix_length < self.matches[0].cidr.prefix_length
        return "less specific" if is_shorter else "lower priority"


class GatewayTable:
    """A table's routes, also by length of prefix and first address: a hub's has one for each of its VPCs."""

    __slots__ = ("_by_length", "missing", "queries", "routes")

    def __init__(
        self,
        routes: tuple[GatewayRoute, ...],
        queries: tuple[TransitGatewayRouteQuery, ...],
        missing: Missing | None,
    ) -> None:
        self.routes = routes
        self.queries = queries
        self.missing = missing
        by_length: dict[tuple[int, int], dict[int, list[GatewayRoute]]] = {}
        for each in sorted(routes, key=lambda route: route.priority):
            cidr = each.cidr
            by_length.setdefault((cidr.family, cidr.prefix_length), {}).setdefault(cidr.first, []).append(each)
        self._by_length = sorted(by_length.items(), reverse=True)

    def matches(self, address: Address) -> list[GatewayRoute]:
        """The routes that cover an address: longest prefix first, then by priority."""
        found: list[GatewayRoute] = []
        for (family, length), by_first in self._by_length:
            if family == address.family:
                bits = (32 if family == 4 else 128) - length
                found += by_first.get(address.value >> bits << bits, ())
        return found

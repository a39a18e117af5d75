"""The DNS servers that hosts of a VPC can ask themselves, how surely, and where nobody can tell."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.dns.first_hop import first_hop
from narrowgate.engine.network.flow import UDP
from narrowgate.engine.network.interface_addresses import interfaces_with_address
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL
from narrowgate.exposure.sockets.classes import TargetClass
from narrowgate.exposure.sockets.pieces import Chosen, Sockets
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import UNKNOWN, Because, ExposedName, sureness
from narrowgate.model.snapshot import Snapshot, index

_DNS = 53


class Server(NamedTuple):
    """A DNS server that hosts can ask, how surely, and how they get there."""

    address: Address
    known: Interface | None
    state: str
    label: str
    because: tuple[Because, ...]
    unknowns: tuple[Missing, ...]


@index
def _described(snapshot: Snapshot) -> frozenset[Address]:
    """The addresses of servers that the outside file describes."""
    return frozenset(parse_address(each.ip) for each in (snapshot.outside.dns_servers if snapshot.outside else ()))


@index
def _chosen(snapshot: Snapshot) -> dict[frozenset[Address], Chosen]:
    """Targets that serve names, or may, by the addresses of known servers; filled as they are asked for."""
    return {}


def _serving(snapshot: Snapshot, addresses: frozenset[Address]) -> Chosen:
    kept = _chosen(snapshot)
    if addresses not in kept:

        def may_serve(target: TargetClass) -> bool:
            return any(
                known.resolver_endpoint_id or address in addresses for known, address in target.every_member
            )

        kept[addresses] = Chosen(may_serve)
    return kept[addresses]


def servers_in_reach(snapshot: Snapshot, vpc_id: str, sockets: Sockets) -> Iterator[Server]:
    """Inbound endpoints, described servers, and the servers of the DHCP options, to which UDP 53 opens."""
    hop = first_hop(snapshot, vpc_id)
    configured = frozenset() if isinstance(hop, Missing) else frozenset(hop.servers) - {RESOLVER_LINK_LOCAL}
    addresses = configured | _described(snapshot)
    found: dict[Address, Server] = {}
    for each in sockets.to(_serving(snapshot, addresses)):
        opening = each.opening
        if each.protocol != UDP or _DNS not in opening.ports:
            continue
        for target, address in each.targets:
            if not (target.resolver_endpoint_id or address in addresses):
                continue
            held = found.get(address)
            if held is None or sureness(opening.state) > sureness(held.state):
                label = target.resolver_endpoint_id or f"the DNS server {address}"
                found[address] = Server(address, target, opening.state, label, opening.because, opening.unknowns)
    yield from found.values()
    for address in sorted(addresses - set(found)):
        yield from _elsewhere(snapshot, vpc_id, address)


def _elsewhere(snapshot: Snapshot, vpc_id: str, address: Address) -> Iterator[Server]:
    """A server that is no interface of the estate: on premises, or anywhere: is it reached?"""
    if interfaces_with_address(snapshot, address):
        # It has an interface, and for certain no socket to it opens.
        return
    gap = Missing(
        fact=f"the way from {vpc_id} to {address}", resource=str(address), why="no interface of the source has it"
    )
    reason = Because(text=f"hosts may reach the DNS server {address}", rule="CUST-01", resource=str(address))
    yield Server(address, None, UNKNOWN, f"the DNS server {address}", (reason,), (gap,))


@index
def _unlisted_addresses(snapshot: Snapshot) -> tuple[Missing, ...]:
    """Inbound endpoints have addresses that nobody listed."""
    operation = "route53resolver.list_resolver_endpoint_ip_addresses"
    return tuple(
        Missing(fact=operation, resource=endpoint.id)
        for endpoint in snapshot.facts.resolver_endpoints.values()
        if endpoint.direction.startswith("INBOUND") and not snapshot.facts.resolver_endpoint_ips.get(endpoint.id)
    )


def unknown_servers(snapshot: Snapshot, sockets: Sockets) -> Iterator[ExposedName]:
    """DNS servers may stand wherever nobody can tell what hosts reach, and have addresses that nobody listed."""
    gaps = [fact for each in sockets.unknown if each.state == UNKNOWN for fact in each.unknowns]
    gaps += _unlisted_addresses(snapshot)
    if gaps:
        reason = Because(text="hosts may reach DNS servers that nobody listed", rule="IN-06")
        yield ExposedName(
            name="*",
            state=UNKNOWN,
            via="DNS servers that hosts may reach",
            because=(reason,),
            unknowns=tuple(dict.fromkeys(gaps)),
        )

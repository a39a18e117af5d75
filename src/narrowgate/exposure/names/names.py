"""The names of one VPC: by its own resolver, and by every DNS server that its hosts reach themselves."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.first_hop import first_hop
from narrowgate.engine.network.flow import UDP
from narrowgate.engine.network.interface_addresses import interfaces_with_address
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL
from narrowgate.exposure.names.listeners import asker, names_of_resolver, names_of_server
from narrowgate.exposure.names.lost import lost_by_server, lost_by_view
from narrowgate.exposure.names.public import hidden_from, same_public_names
from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.exposure.reuse.names_apart import same_names
from narrowgate.exposure.sockets.classes import TargetClass
from narrowgate.exposure.sockets.pieces import Sockets
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import OPEN, PARTIAL, UNKNOWN, Because, ExposedName, LostName
from narrowgate.model.snapshot import Snapshot, index

_DNS = 53
OWN_RESOLVER = "its own resolver"
"""`via` of names that a VPC's own resolver answers."""

_ORDER = (UNKNOWN, PARTIAL, OPEN)


class Names(NamedTuple):
    """What the hosts of a VPC can resolve privately, and what they lost."""

    private: tuple[ExposedName, ...]
    hidden: frozenset[str]
    """Public names that it does not see as public DNS has them."""

    lost: tuple[LostName, ...]


class Server(NamedTuple):
    """A DNS server that hosts can ask, how surely, and how they get there."""

    address: Address
    known: Interface | None
    state: str
    label: str
    because: tuple[Because, ...]
    unknowns: tuple[Missing, ...]


class _Asked(NamedTuple):
    """Names with what was asked for them."""

    servers: tuple[Server, ...]
    gaps: tuple[ExposedName, ...]
    names: Names


@index
def _kept(snapshot: Snapshot) -> dict[str, _Asked]:
    """Filled as VPCs are asked for."""
    return {}


def names_of_vpc(snapshot: Snapshot, vpc_id: str, sockets: Sockets) -> Names:
    """Every name for which some host of the VPC can get a private answer, whomever it asks.

    Args:
        snapshot: the estate.
        vpc_id: the VPC.
        sockets: what its hosts can open connections to.
    """
    kept = _kept(snapshot)
    if vpc_id not in kept:
        servers = tuple(servers_in_reach(snapshot, vpc_id, sockets))
        gaps = (*_unknown_first_hop(snapshot, vpc_id), *_unknown_servers(snapshot, sockets))
        kept[vpc_id] = _Asked(servers, gaps, _answered(snapshot, vpc_id, servers, gaps))
    return kept[vpc_id].names


def _answered(
    snapshot: Snapshot, vpc_id: str, servers: tuple[Server, ...], gaps: tuple[ExposedName, ...]
) -> Names:
    """The names, or those from before an edit that cannot touch them."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    if earlier is not None and held is not None and (held.servers, held.gaps) == (servers, gaps):
        asked = [each.known.vpc_id if each.known is not None else None for each in servers]
        if same_public_names(snapshot, earlier.snapshot) and same_names(snapshot, earlier, vpc_id, asked):
            return held.names
    if earlier is not None:
        earlier.work["names of VPCs"] += 1
    return _read(snapshot, vpc_id, servers, gaps)


def _read(snapshot: Snapshot, vpc_id: str, servers: tuple[Server, ...], gaps: tuple[ExposedName, ...]) -> Names:
    own = [_by(each, OWN_RESOLVER, OPEN, (), ()) for each in names_of_resolver(snapshot, vpc_id)]
    asked = [
        _by(each, f"asking {server.label} directly", server.state, server.because, server.unknowns)
        for server in servers
        for each in names_of_server(snapshot, server.address, server.known)
    ]
    return Names(
        tuple(_of(each, vpc_id) for each in _distinct((*own, *gaps, *asked))),
        hidden_from(snapshot, vpc_id),
        tuple(msgspec.structs.replace(each, consumers=(vpc_id,)) for each in _lost(snapshot, vpc_id, servers)),
    )


def _lost(snapshot: Snapshot, vpc_id: str, servers: Sequence[Server]) -> Iterator[LostName]:
    """What hosts lose by whomever their DHCP options name (DNS-07)."""
    hop = first_hop(snapshot, vpc_id)
    configured = (RESOLVER_LINK_LOCAL,) if isinstance(hop, Missing) else hop.servers
    if RESOLVER_LINK_LOCAL in configured:
        yield from lost_by_view(snapshot, vpc_id)
    others = [each for each in servers if each.address in configured]
    told: set[str] = set()
    for server in others:
        for each in lost_by_server(snapshot, asker(snapshot, server.address, server.known)):
            if each.name not in told:
                told.add(each.name)
                yield each
    if not others and RESOLVER_LINK_LOCAL not in configured:
        reason = Because(text=f"no DNS server of the DHCP options of {vpc_id} is reached", rule="DNS-07")
        yield LostName(name="*", answer="TIMEOUT", via="every name", because=(reason,))


def _of(entry: ExposedName, vpc_id: str) -> ExposedName:
    return msgspec.structs.replace(entry, consumers=(vpc_id,))


def _by(
    entry: ExposedName, via: str, state: str, way: tuple[Because, ...], unknowns: tuple[Missing, ...]
) -> ExposedName:
    worst = min((entry.state, state), key=_ORDER.index)
    return msgspec.structs.replace(
        entry,
        via=via,
        state=worst,
        because=(*way, *entry.because),
        unknowns=tuple(dict.fromkeys((*unknowns, *entry.unknowns))),
    )


def _distinct(entries: Iterable[ExposedName]) -> Iterator[ExposedName]:
    """Several addresses of one server answer alike: one entry for each name and way."""
    seen: dict[tuple[object, ...], ExposedName] = {}
    for each in entries:
        key = (each.name, each.via, each.target, each.addresses, each.types, each.embeds)
        held = seen.get(key)
        if held is None or _ORDER.index(each.state) > _ORDER.index(held.state):
            seen[key] = each
    yield from seen.values()


def _unknown_first_hop(snapshot: Snapshot, vpc_id: str) -> Iterator[ExposedName]:
    """Where nobody knows whom hosts ask, they may ask anybody (DNS-07)."""
    hop = first_hop(snapshot, vpc_id)
    if isinstance(hop, Missing):
        reason = Because(text=f"which DNS servers the hosts of {vpc_id} ask is not known", rule="DNS-07")
        yield ExposedName(
            name="*", state=UNKNOWN, via="the DNS servers of its DHCP options", because=(reason,), unknowns=(hop,)
        )


def _unknown_servers(snapshot: Snapshot, sockets: Sockets) -> Iterator[ExposedName]:
    """DNS servers may stand wherever nobody can tell what hosts reach, and have addresses that nobody listed."""
    gaps = [fact for each in sockets.unknown if each.state == UNKNOWN for fact in each.unknowns]
    for endpoint in snapshot.facts.resolver_endpoints.values():
        if endpoint.direction.startswith("INBOUND") and not snapshot.facts.resolver_endpoint_ips.get(endpoint.id):
            operation = "route53resolver.list_resolver_endpoint_ip_addresses"
            gaps.append(Missing(fact=operation, resource=endpoint.id))
    if gaps:
        reason = Because(text="hosts may reach DNS servers that nobody listed", rule="IN-06")
        yield ExposedName(
            name="*",
            state=UNKNOWN,
            via="DNS servers that hosts may reach",
            because=(reason,),
            unknowns=tuple(dict.fromkeys(gaps)),
        )


def servers_in_reach(snapshot: Snapshot, vpc_id: str, sockets: Sockets) -> Iterator[Server]:
    """Inbound endpoints, described servers, and the servers of the DHCP options, to which UDP 53 opens."""
    hop = first_hop(snapshot, vpc_id)
    configured = set() if isinstance(hop, Missing) else set(hop.servers) - {RESOLVER_LINK_LOCAL}
    described = {parse_address(each.ip) for each in (snapshot.outside.dns_servers if snapshot.outside else ())}
    found: dict[Address, Server] = {}

    def may_serve(target: TargetClass) -> bool:
        return any(
            known.resolver_endpoint_id or address in described or address in configured
            for known, address in target.every_member
        )

    for each in sockets.to(may_serve):
        opening = each.opening
        if each.protocol != UDP or _DNS not in opening.ports:
            continue
        for target, address in each.targets:
            if not (target.resolver_endpoint_id or address in described or address in configured):
                continue
            held = found.get(address)
            if held is None or _ORDER.index(opening.state) > _ORDER.index(held.state):
                label = target.resolver_endpoint_id or f"the DNS server {address}"
                found[address] = Server(address, target, opening.state, label, opening.because, opening.unknowns)
    yield from found.values()
    for address in sorted((configured | described) - set(found)):
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

"""The names of one VPC: by its own resolver, and by every DNS server that its hosts reach themselves."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.first_hop import first_hop
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL
from narrowgate.exposure.names.asked import names_by_asking
from narrowgate.exposure.names.hidden import hidden_from
from narrowgate.exposure.names.listeners import asker, names_of_resolver
from narrowgate.exposure.names.lost import lost_by_server, lost_by_view
from narrowgate.exposure.names.public import same_public_names
from narrowgate.exposure.names.servers import Server, servers_in_reach, unknown_servers
from narrowgate.exposure.reuse.earlier import earlier_of
from narrowgate.exposure.reuse.names_apart import same_names
from narrowgate.exposure.sockets.pieces import Sockets
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import UNKNOWN, Because, ExposedName, LostName, sureness
from narrowgate.model.snapshot import Snapshot, index

OWN_RESOLVER = "its own resolver"
"""`via` of names that a VPC's own resolver answers."""


class Names(NamedTuple):
    """What the hosts of a VPC can resolve privately, and what they lost."""

    private: tuple[ExposedName, ...]
    hidden: frozenset[str]
    """Public names that it does not see as public DNS has them."""

    lost: tuple[LostName, ...]


class _Asked(NamedTuple):
    """Names with what was asked for them."""

    sockets: Sockets
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
        servers = _servers(snapshot, vpc_id, sockets)
        gaps = (*_unknown_first_hop(snapshot, vpc_id), *unknown_servers(snapshot, sockets))
        kept[vpc_id] = _Asked(sockets, servers, gaps, _answered(snapshot, vpc_id, servers, gaps))
    return kept[vpc_id].names


def _servers(snapshot: Snapshot, vpc_id: str, sockets: Sockets) -> tuple[Server, ...]:
    """The servers in reach, or those from before an edit where the sockets are the same and none is told."""
    earlier = earlier_of(snapshot)
    held = _kept(earlier.snapshot).get(vpc_id) if earlier is not None else None
    described = snapshot.outside.dns_servers if snapshot.outside else ()
    if earlier is not None and held is not None and held.sockets is sockets and not described:
        hops = [first_hop(each, vpc_id) for each in (earlier.snapshot, snapshot)]
        if all(not isinstance(hop, Missing) and hop.servers == (RESOLVER_LINK_LOCAL,) for hop in hops):
            return held.servers
    return tuple(servers_in_reach(snapshot, vpc_id, sockets))


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
    consumers = (vpc_id,)
    own = (
        msgspec.structs.replace(each, via=OWN_RESOLVER, consumers=consumers)
        for each in names_of_resolver(snapshot, vpc_id)
    )
    doubtful = (msgspec.structs.replace(each, consumers=consumers) for each in gaps)
    lost = (msgspec.structs.replace(each, consumers=consumers) for each in _lost(snapshot, vpc_id, servers))
    return Names(
        (*_distinct(own), *doubtful, *names_by_asking(snapshot, servers, consumers)),
        hidden_from(snapshot, vpc_id),
        tuple(lost),
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


def _distinct(entries: Iterable[ExposedName]) -> Iterator[ExposedName]:
    """The resolver may answer a name alike for several reasons: one entry for each answer, the surest."""
    seen: dict[tuple[object, ...], ExposedName] = {}
    for each in entries:
        key = (each.name, each.target, each.addresses, each.types, each.embeds)
        held = seen.get(key)
        if held is None or sureness(each.state) > sureness(held.state):
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

"""Whether an edit can touch what a VPC resolves: whom its resolver asks, and whose interfaces these name."""

from collections.abc import Iterable

from narrowgate.engine.dns.connected_vpcs import connections_of
from narrowgate.engine.dns.view import Kind, view_of
from narrowgate.engine.network.interface_addresses import interfaces_with_address
from narrowgate.exposure.reuse.earlier import Earlier
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.fact import UnsetType
from narrowgate.model.snapshot import Snapshot, index


def same_names(snapshot: Snapshot, earlier: Earlier, vpc_id: str, asked: Iterable[str | None]) -> bool:
    """Whether a VPC resolves what it did, for certain.

    Args:
        snapshot: the edited estate.
        earlier: the one before, and what differs.
        vpc_id: the VPC.
        asked: the VPCs of the DNS servers that its hosts ask themselves, as before; None for one of no VPC.
    """
    touched = earlier.touched
    if not (touched.network or touched.hosts or touched.views or touched.crossings or touched.domains):
        return True
    for each in (earlier.snapshot, snapshot):
        resolvers: set[str] = set()
        for start in (vpc_id, *asked):
            behind = _resolvers_behind(each, start) if start is not None else None
            if behind is None:
                return False
            resolvers |= behind
        if touched.domains and any(not touched.domains.isdisjoint(_domains(each, own)) for own in resolvers):
            return False
        if resolvers & touched.views or touched.is_between(frozenset(resolvers)):
            return False
        if touched.hosts and any(_connected(each, own) & touched.hosts for own in resolvers):
            return False
    return True


@index
def _connections(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Filled as VPCs are asked for."""
    return {}


def _connected(snapshot: Snapshot, vpc_id: str) -> frozenset[str]:
    kept = _connections(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = frozenset(each.vpc_id for each in connections_of(snapshot, vpc_id))
    return kept[vpc_id]


def _domains(snapshot: Snapshot, vpc_id: str) -> Iterable[str]:
    """What a view answers for."""
    return view_of(snapshot, vpc_id).candidates


@index
def _kept(snapshot: Snapshot) -> dict[str, frozenset[str] | None]:
    """Filled as VPCs are asked for."""
    return {}


def _resolvers_behind(snapshot: Snapshot, vpc_id: str) -> frozenset[str] | None:
    """The VPCs whose resolvers and Resolver endpoints take part in a VPC's answers; None where others may."""
    kept = _kept(snapshot)
    if vpc_id not in kept:
        found: set[str] | None = {vpc_id}
        waiting = [vpc_id]
        while waiting and found is not None:
            asked = _asked_by(snapshot, waiting.pop())
            if asked is None:
                found = None
            else:
                waiting += asked - found
                found |= asked
        kept[vpc_id] = frozenset(found) if found is not None else None
    return kept[vpc_id]


def _asked_by(snapshot: Snapshot, vpc_id: str) -> set[str] | None:
    """The VPCs at both ends of the ways of a view's FORWARD rules."""
    view = view_of(snapshot, vpc_id)
    if view.delegations or (snapshot.outside and snapshot.outside.dns_servers):
        return None
    found: set[str] = set()
    for candidate in (each for every in view.candidates.values() for each in every):
        if candidate.kind is not Kind.FORWARD:
            continue
        rule = snapshot.facts.resolver_rules[candidate.resource_id]
        endpoint = snapshot.facts.resolver_endpoints.get(rule.resolver_endpoint_id or "")
        if endpoint is not None and not isinstance(endpoint.host_vpc_id, UnsetType):
            found.add(endpoint.host_vpc_id)
        for text in (each.ip or each.ipv6 for each in rule.target_ips):
            if text and is_address(text):
                known = interfaces_with_address(snapshot, parse_address(text))
                found |= {each.vpc_id for each in known if each.vpc_id}
    return found

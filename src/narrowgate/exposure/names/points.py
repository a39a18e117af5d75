"""The names at which the answers of a view can change: between them all names are answered alike.

A point is a domain of the view, a record or empty node of a zone, a name of a managed zone, a name of a firewall
list inside any of these, and, behind a FORWARD rule, a point of whatever its targets answer from. The name itself
is one cell, and all names below it that are below no further point are another.
"""

from collections.abc import Iterable

from narrowgate.engine.dns.endpoint_names import private_names
from narrowgate.engine.dns.firewall_domains import DomainList, domain_list
from narrowgate.engine.dns.view import Candidate, Kind, View, view_of
from narrowgate.engine.dns.zones import zone_contents
from narrowgate.engine.network.interface_addresses import interfaces_with_address
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.answer import Missing
from narrowgate.model.domain import is_in_domain, normalise, parents
from narrowgate.model.fact import UnsetType
from narrowgate.model.outside import DnsServer
from narrowgate.model.snapshot import Snapshot, index

Trail = frozenset[str]


@index
def _kept(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Filled as VPCs are asked for."""
    return {}


def points_of_view(snapshot: Snapshot, vpc_id: str, trail: Trail = frozenset()) -> frozenset[str]:
    """The points of one VPC's view; without the whole of public DNS, which `.` stands for."""
    kept = _kept(snapshot)
    if vpc_id in kept:
        return kept[vpc_id]
    if vpc_id in trail:
        return frozenset()
    view = view_of(snapshot, vpc_id)
    found: set[str] = set()
    for domain, candidates in view.candidates.items():
        found.add(domain)
        for each in candidates:
            inside = _of_candidate(snapshot, each, trail | {vpc_id})
            found.update(name for name in inside if is_in_domain(name, domain))
    for domain in view.candidates:
        # A name that a wildcard's CNAME leads to meets itself there: a loop, which its neighbours do not meet.
        found.update(redirected_names(snapshot).get(domain, ()))
    found.update(_delegated(snapshot, view, found, trail | {vpc_id}))
    found.update(_filtered(snapshot, view, found))
    if view.missing_rules or view.missing_zones or view.missing_endpoints:
        # What nobody listed could cover any name.
        found.add("")
    result = frozenset(found)
    if not trail:
        # Met on the way of another view, a circle may have cut it short.
        kept[vpc_id] = result
    return result


@index
def redirected_names(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """What CNAME records of any zone or server lead to, by every domain that it lies in (RSLV-11)."""
    names: set[str] = set()
    for zone_id in snapshot.facts.hosted_zones:
        zone = zone_contents(snapshot, zone_id)
        for held in () if isinstance(zone, Missing) else zone.nodes.values():
            names.update(
                normalise(record.value) for each in held.get("CNAME", ()) for record in each.resource_records
            )
    for server in snapshot.outside.dns_servers if snapshot.outside else ():
        names.update(normalise(each.value) for each in server.answers if each.type.upper() == "CNAME")
    found: dict[str, set[str]] = {}
    for name in names:
        for domain in parents(name):
            found.setdefault(domain, set()).add(name)
    return {domain: frozenset(inside) for domain, inside in found.items()}


def _of_candidate(snapshot: Snapshot, candidate: Candidate, trail: Trail) -> Iterable[str]:
    if candidate.kind is Kind.ZONE:
        zone = zone_contents(snapshot, candidate.resource_id)
        return () if isinstance(zone, Missing) else (name.removeprefix("*.") for name in zone.nodes)
    if candidate.kind is Kind.MANAGED:
        names = private_names(snapshot.facts.vpc_endpoints[candidate.resource_id]) or ()
        return (name.removeprefix("*.") for name in names)
    if candidate.kind is Kind.FORWARD:
        rule = snapshot.facts.resolver_rules[candidate.resource_id]
        return _behind(snapshot, (each.ip or each.ipv6 for each in rule.target_ips), trail)
    return ()


def _behind(snapshot: Snapshot, texts: Iterable[str | None], trail: Trail) -> set[str]:
    """Points of whatever could answer at some addresses, in any VPC."""
    addresses = {text for text in texts if text and is_address(text)}
    hosts: set[str] = set()
    for text in addresses:
        for known in interfaces_with_address(snapshot, parse_address(text)):
            endpoint = snapshot.facts.resolver_endpoints.get(known.resolver_endpoint_id or "")
            if endpoint is not None and not isinstance(endpoint.host_vpc_id, UnsetType):
                hosts.add(endpoint.host_vpc_id)
    found = set[str]().union(*(points_of_view(snapshot, each, trail) for each in hosts))
    for server in snapshot.outside.dns_servers if snapshot.outside else ():
        if server.ip in addresses:
            found |= points_of_server(snapshot, server, trail)
    return found


def points_of_server(snapshot: Snapshot, server: DnsServer, trail: Trail = frozenset()) -> frozenset[str]:
    """The points of a DNS server of one's own."""
    if server.ip in trail:
        return frozenset()
    found = {normalise(each.name).removeprefix("*.") for each in server.answers}
    inner = trail | {server.ip}
    for each in server.forward:
        domain = normalise(each.domain)
        found.add(domain)
        inside = _behind(snapshot, (each.to,), inner)
        if server.vpc is not None and server.vpc in snapshot.facts.vpcs:
            # It may mean its own VPC's resolver.
            inside |= points_of_view(snapshot, server.vpc, inner)
        found.update(name for name in inside if is_in_domain(name, domain))
    return frozenset(found)


def _delegated(snapshot: Snapshot, view: View, found: set[str], trail: Trail) -> Iterable[str]:
    """Below NS records that a DELEGATE rule covers, any name server of the estate may answer (RSLV-14)."""
    if not view.delegations:
        return ()
    hosts = {
        endpoint.host_vpc_id
        for endpoint in snapshot.facts.resolver_endpoints.values()
        if endpoint.direction.startswith("INBOUND") and not isinstance(endpoint.host_vpc_id, UnsetType)
    }
    every = set().union(*(points_of_view(snapshot, host, trail) for host in hosts))
    return {name for name in every if any(parent in found for parent in parents(name))}


def _filtered(snapshot: Snapshot, view: View, found: set[str]) -> set[str]:
    """Names of firewall lists that lie inside what the view answers itself (FW-04)."""
    names: set[str] = set()
    for group in view.firewall.groups:
        for rule in () if isinstance(group.rules, Missing) else group.rules:
            domains = domain_list(snapshot, rule.firewall_domain_list_id) if rule.firewall_domain_list_id else None
            if isinstance(domains, DomainList):
                names |= domains.exact | domains.below
    return {name for name in names if any(parent in found for parent in parents(name))}

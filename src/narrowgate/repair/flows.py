"""Who talks to whom for a call: DNS to servers and between Resolver endpoints, then HTTPS to the endpoint."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.network.flow import TCP, UDP
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.model.address import Address, Cidr, is_address, parse_address
from narrowgate.model.host import Host
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import ResolverRule
from narrowgate.model.snapshot import Snapshot

DNS, HTTPS = 53, 443


class Party(msgspec.Struct, frozen=True):
    """One end of a flow: where it stands, its address, its groups (None: a host that could be started)."""

    vpc_id: str
    subnet_id: str
    address: Address
    groups: tuple[str, ...] | None


class Flow(msgspec.Struct, frozen=True):
    """Who opens a connection to whom."""

    source: Party
    target: Party
    protocol: int
    port: int


def https_flows(snapshot: Snapshot, hosts: tuple[Host, ...], endpoint: VpcEndpoint) -> Iterator[Flow]:
    """From every host to every interface of an endpoint, by the address family that both have, IPv4 first."""
    for found in endpoint_interfaces(snapshot, endpoint):
        for host in hosts:
            for family in (4, 6):
                source, target = party_of_host(host, family), party_of_interface(found, family)
                if source is not None and target is not None:
                    yield Flow(source, target, TCP, HTTPS)
                    break


def forwarding_flows(snapshot: Snapshot, rule: ResolverRule) -> Iterator[Flow]:
    """From every address of a rule's outbound endpoint to every target, by UDP and TCP (OUT-03)."""
    for sender in _outbound(snapshot, rule):
        for target in rule.target_ips:
            for address in (target.ip, target.ipv6):
                if address and is_address(address):
                    yield from _dns_flows(snapshot, sender, parse_address(address))


def server_flows(snapshot: Snapshot, hosts: tuple[Host, ...], server: str) -> Iterator[Flow]:
    """From every host to a DNS server in a VPC, and from there to where it forwards (CUST-01)."""
    if not is_address(server):
        return
    address = parse_address(server)
    for host in hosts:
        source = party_of_host(host, address.family)
        if source is not None:
            yield from _dns_flows(snapshot, source, address)
    for each in snapshot.outside.dns_servers if snapshot.outside else ():
        own = interfaces_of_vpc(snapshot, each.vpc).get(address) if each.ip == server and each.vpc else None
        party = party_of_interface(own, address.family) if own is not None else None
        for onward in each.forward if party is not None else ():
            if party is not None and is_address(onward.to):
                yield from _dns_flows(snapshot, party, parse_address(onward.to))


def _dns_flows(snapshot: Snapshot, source: Party, address: Address) -> Iterator[Flow]:
    if source.address.family != address.family:
        return
    for vpc_id in snapshot.facts.vpcs:
        found = interfaces_of_vpc(snapshot, vpc_id).get(address)
        target = party_of_interface(found, address.family) if found is not None else None
        if target is not None:
            for protocol in (UDP, TCP):
                yield Flow(source, msgspec.structs.replace(target, address=address), protocol, DNS)


def _outbound(snapshot: Snapshot, rule: ResolverRule) -> Iterator[Party]:
    endpoint = snapshot.facts.resolver_endpoints.get(rule.resolver_endpoint_id or "")
    if endpoint is None or not isinstance(endpoint.host_vpc_id, str):
        return
    groups = endpoint.security_group_ids if isinstance(endpoint.security_group_ids, tuple) else None
    for each in snapshot.facts.resolver_endpoint_ips.get(endpoint.id, ()):
        for address in (each.ip, each.ipv6):
            if address and each.subnet_id and is_address(address):
                yield Party(endpoint.host_vpc_id, each.subnet_id, parse_address(address), groups)


def endpoint_interfaces(snapshot: Snapshot, endpoint: VpcEndpoint) -> Iterator[Interface]:
    """The interfaces of an endpoint that are known."""
    for own_id in endpoint.network_interface_ids if isinstance(endpoint.network_interface_ids, tuple) else ():
        found = interface(snapshot, own_id)
        if found is not None:
            yield found


def party_of_interface(found: Interface, family: int) -> Party | None:
    """An interface as a party; None where its place is not known, or it has no address of the family."""
    address = next((each for each in found.addresses if each.family == family), None)
    if found.vpc_id is None or found.subnet_id is None or address is None:
        return None
    return Party(found.vpc_id, found.subnet_id, address, found.security_groups)


def party_of_host(host: Host, family: int) -> Party | None:
    """A calling host as a party; None where its place is not known, or it has no address of the family."""
    address = host.address(family)
    if host.vpc_id is None or host.subnet_id is None or address is None:
        return None
    return Party(host.vpc_id, host.subnet_id, address, host.security_groups)


def single(address: Address) -> Cidr:
    """The block of one address."""
    return Cidr(address.family, address.value, address.value, 32 if address.family == 4 else 128)

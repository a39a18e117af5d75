"""Outbound endpoints as senders: the addresses that questions leave from (OUT-01, OUT-05)."""

from typing import NamedTuple

from narrowgate.engine.dns.outcome import Outcome, change, refused, undecided
from narrowgate.engine.dns.servers import endpoint_state
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.answer import Missing, Rcode, Verdict
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import ResolverEndpoint, ResolverEndpointIpAddress, ResolverRule
from narrowgate.model.snapshot import Snapshot


class OutboundHosts(NamedTuple):
    """The endpoint's addresses as hosts; `doubts` are facts that could still keep every question in."""

    hosts: tuple[Host, ...]
    doubts: tuple[Missing, ...]


def outbound_hosts(snapshot: Snapshot, rule: ResolverRule) -> OutboundHosts | Outcome:
    """The senders of a rule's questions, or why there are none."""
    endpoint_id = rule.resolver_endpoint_id
    endpoint = snapshot.facts.resolver_endpoints.get(endpoint_id or "")
    if endpoint is None:
        gap = snapshot.missing(
            "route53resolver.list_resolver_endpoints",
            rule.owner_id or snapshot.account_of(rule.id),
            snapshot.region_of(rule.id),
            resource=endpoint_id or rule.id,
        ) or Missing(fact="route53resolver.list_resolver_endpoints", resource=endpoint_id or rule.id)
        return undecided(rule.id, "OUT-05", f"the outbound endpoint of {rule.id} is not in the source", (gap,))
    if endpoint.direction != "OUTBOUND":
        text = f"rule {rule.id} forwards by {endpoint.id}, which is {endpoint.direction}: AWS refuses that"
        reason = Reason.DNS_ENDPOINT_NOT_OPERATIONAL
        return refused(Rcode.SERVFAIL, reason, endpoint.id, "OUT-01", text, verdict=Verdict.INVALID)
    down = endpoint_state(snapshot, endpoint, None, "OUT-01")
    if down is not None:
        return change(down, rcode=Rcode.SERVFAIL) if down.rcode is Rcode.TIMEOUT else down
    addresses = snapshot.facts.resolver_endpoint_ips.get(endpoint.id)
    if not addresses:
        gap = Missing(fact="route53resolver.list_resolver_endpoint_ip_addresses", resource=endpoint.id)
        return undecided(endpoint.id, "OUT-01", f"the addresses of {endpoint.id} are not known", (gap,))
    if any(each.ip is None and each.ipv6 is None for each in addresses):
        gap = Missing(fact="ResolverEndpointIpAddress.Ip", resource=endpoint.id)
        return undecided(endpoint.id, "OUT-01", f"an address of {endpoint.id} is not known", (gap,))
    hosts = tuple(_host(snapshot, endpoint, each) for each in addresses if each.status == "ATTACHED")
    if not hosts:
        text = f"no address of {endpoint.id} is attached"
        reason = Reason.DNS_ENDPOINT_NOT_OPERATIONAL
        return refused(Rcode.SERVFAIL, reason, endpoint.id, "OUT-01", text)
    doubts: tuple[Missing, ...] = ()
    if isinstance(endpoint.security_group_ids, UnsetType) and not all(each.network_interface_id for each in hosts):
        doubts = (Missing(fact="ResolverEndpoint.SecurityGroupIds", resource=endpoint.id),)
    return OutboundHosts(hosts, doubts)


def _host(snapshot: Snapshot, endpoint: ResolverEndpoint, each: ResolverEndpointIpAddress) -> Host:
    addresses = tuple(parse_address(text) for text in (each.ip, each.ipv6) if text and is_address(text))
    subnet = snapshot.facts.subnets.get(each.subnet_id or "")
    host_vpc = None if isinstance(endpoint.host_vpc_id, UnsetType) else endpoint.host_vpc_id
    vpc_id = host_vpc or (subnet.vpc_id if subnet else None)
    known = interfaces_of_vpc(snapshot, vpc_id).get(addresses[0]) if vpc_id and addresses else None
    groups = endpoint.security_group_ids
    return Host(
        label=f"{endpoint.id}/{addresses[0]}" if addresses else endpoint.id,
        vpc_id=vpc_id,
        subnet_id=each.subnet_id,
        addresses=addresses,
        security_groups=None if isinstance(groups, UnsetType) else groups,
        network_interface_id=known.interface_id if known else None,
    )

"""What a proposal can look at: the estate, the call that fails, who talks to whom in it."""

from collections.abc import Iterator
from functools import cached_property

import msgspec

from narrowgate.engine.dns.view import AUTODEFINED_RULE
from narrowgate.engine.dns.vpc_lists import rule_associations_by_vpc
from narrowgate.engine.http.names import parse_api_name
from narrowgate.engine.http.url import parse_request
from narrowgate.engine.network.flow import TCP, UDP
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import ResolverRule
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.repair.goal import Goal


class Party(msgspec.Struct, frozen=True):
    """One end of a flow: where it stands, its address, its groups (None: a host that could be started)."""

    vpc_id: str
    subnet_id: str
    address: Address
    groups: tuple[str, ...] | None


class Flow(msgspec.Struct, frozen=True):
    """Who opens a connection to whom: HTTPS to the endpoint, or DNS from outbound to inbound endpoints."""

    source: Party
    target: Party
    protocol: int
    port: int


class Scene:
    """A failing goal on a snapshot."""

    def __init__(self, snapshot: Snapshot, goal: Goal, answer: TraceAnswer) -> None:
        """Look at a goal and its answer."""
        self.snapshot = snapshot
        self.facts = snapshot.facts
        self.goal = goal
        self.answer = answer

    @cached_property
    def host_name(self) -> str:
        """The name that is called."""
        return parse_request(self.goal.url, method=self.goal.method, headers=self.goal.headers).host

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts that call."""
        return self.goal.client_in(self.snapshot).hosts

    @cached_property
    def client_vpcs(self) -> tuple[str, ...]:
        """The VPCs that the callers stand in."""
        return tuple(dict.fromkeys(each.vpc_id for each in self.hosts if each.vpc_id))

    @cached_property
    def api_id(self) -> str | None:
        """The private API that the call means, as far as name, headers or answer tell."""
        for header in self.goal.headers:
            name, _, value = header.partition(":")
            if name.strip().lower() == "x-apigw-api-id":
                return value.strip().lower()
        named = parse_api_name(self.host_name)
        return named.api_id if named is not None else None

    @cached_property
    def region(self) -> str | None:
        """The Region of the API."""
        named = parse_api_name(self.host_name)
        return named.region if named else self.api_id and self.snapshot.region_of(self.api_id)

    @cached_property
    def endpoints(self) -> tuple[VpcEndpoint, ...]:
        """The execute-api endpoints that could serve the call: those that it meets, else those of its API."""
        met = {path.endpoint for path in self.answer.paths if path.endpoint}
        named = parse_api_name(self.host_name)
        if named is not None and named.vpc_endpoint_id:
            met.add(named.vpc_endpoint_id)
        found = [each for each in self.execute_api_endpoints if each.vpc_endpoint_id in met]
        if found:
            return tuple(found)
        api = self.facts.rest_apis.get(self.api_id or "")
        if api is not None and not isinstance(api.endpoint_configuration, UnsetType):
            ids = api.endpoint_configuration.vpc_endpoint_ids
            found = [each for each in self.execute_api_endpoints if each.vpc_endpoint_id in ids]
        return tuple(found)

    @cached_property
    def execute_api_endpoints(self) -> tuple[VpcEndpoint, ...]:
        """Every execute-api endpoint of the API's Region."""
        return tuple(
            each
            for each in self.facts.vpc_endpoints.values()
            if isinstance(each.service_name, str)
            and each.service_name.endswith(".execute-api")
            and self.region in (None, self.snapshot.region_of(each.vpc_endpoint_id))
        )

    def endpoint_interfaces(self, endpoint: VpcEndpoint) -> Iterator[Interface]:
        """The interfaces of an endpoint that are known."""
        for own_id in endpoint.network_interface_ids if isinstance(endpoint.network_interface_ids, tuple) else ():
            found = interface(self.snapshot, own_id)
            if found is not None:
                yield found

    @cached_property
    def covering_rules(self) -> tuple[ResolverRule, ...]:
        """The FORWARD rules of the callers' VPCs that decide about the name: the most specific of each VPC."""
        found = []
        for vpc_id in self.client_vpcs:
            rules = [
                self.facts.resolver_rules[each.resolver_rule_id]
                for each in rule_associations_by_vpc(self.snapshot).get(vpc_id, ())
                if each.resolver_rule_id in self.facts.resolver_rules
                and not each.resolver_rule_id.startswith(AUTODEFINED_RULE)
            ]
            covering = [
                each
                for each in rules
                if isinstance(each.domain_name, str) and _covers(normalise(each.domain_name), self.host_name)
            ]
            found += sorted(covering, key=lambda each: -label_count(normalise(str(each.domain_name))))[:1]
        return tuple(each for each in found if each.rule_type == "FORWARD")

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Everything that has to get through for the call: DNS between endpoints first, then HTTPS."""
        return (*self._dns_flows(), *self._https_flows())

    def _https_flows(self) -> Iterator[Flow]:
        for endpoint in self.endpoints:
            for found in self.endpoint_interfaces(endpoint):
                for host in self.hosts:
                    source, target = party_of_host(host), party_of_interface(found)
                    if source is not None and target is not None:
                        yield Flow(source, target, TCP, 443)

    def _dns_flows(self) -> Iterator[Flow]:
        for rule in self.covering_rules:
            for sender in self._outbound(rule):
                for target in self._inbound(rule):
                    for protocol in (UDP, TCP):
                        yield Flow(sender, target, protocol, 53)

    def _outbound(self, rule: ResolverRule) -> Iterator[Party]:
        endpoint = self.facts.resolver_endpoints.get(rule.resolver_endpoint_id or "")
        if endpoint is None or not isinstance(endpoint.host_vpc_id, str):
            return
        groups = endpoint.security_group_ids if isinstance(endpoint.security_group_ids, tuple) else None
        for each in self.facts.resolver_endpoint_ips.get(endpoint.id, ()):
            if each.ip and each.subnet_id and is_address(each.ip):
                yield Party(endpoint.host_vpc_id, each.subnet_id, parse_address(each.ip), groups)

    def _inbound(self, rule: ResolverRule) -> Iterator[Party]:
        for target in rule.target_ips:
            if not target.ip or not is_address(target.ip):
                continue
            address = parse_address(target.ip)
            for vpc_id in self.facts.vpcs:
                found = interfaces_of_vpc(self.snapshot, vpc_id).get(address)
                party = party_of_interface(found) if found is not None else None
                if party is not None:
                    yield msgspec.structs.replace(party, address=address)


def _covers(domain: str, name: str) -> bool:
    """Whether a rule's domain holds a name; the root holds every one."""
    return not domain or is_in_domain(name, domain)


def party_of_interface(found: Interface) -> Party | None:
    """An interface as a party; None where its place is not known."""
    if found.vpc_id is None or found.subnet_id is None or not found.addresses:
        return None
    return Party(found.vpc_id, found.subnet_id, found.addresses[0], found.security_groups)


def party_of_host(host: Host) -> Party | None:
    """A calling host as a party; None where its place is not known."""
    if host.vpc_id is None or host.subnet_id is None or not host.addresses:
        return None
    return Party(host.vpc_id, host.subnet_id, host.addresses[0], host.security_groups)

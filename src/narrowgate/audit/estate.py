"""What audit rules ask of a snapshot again and again: its endpoints, private APIs, names, groups, routes."""

from collections.abc import Collection, Iterator
from functools import cached_property

import msgspec

from narrowgate.engine.dns.connected_vpcs import peerings_of
from narrowgate.engine.dns.endpoint_names import EXECUTE_API, service_suffix
from narrowgate.engine.network.flow import TCP, UDP, protocol_number
from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.vpcs import subnets_by_vpc, vpc_blocks
from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.model.address import Cidr, parse_cidr
from narrowgate.model.answer import Missing
from narrowgate.model.apigateway import RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.fact import UNSET, UnsetType, name_tag
from narrowgate.model.filters import IpPermission
from narrowgate.model.logs import LogGroup
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot

ANYWHERE = frozenset({parse_cidr("0.0.0.0/0"), parse_cidr("::/0")})


class Admission(msgspec.Struct, frozen=True):
    """What one permission of a group admits: a block, and the ports of a protocol; None stands for every one."""

    block: Cidr
    protocol: int | None
    ports: tuple[int, int] | None

    def admits(self, protocol: int, port: int) -> bool:
        """True where the permission covers a port of a protocol."""
        if self.protocol not in (None, protocol):
            return False
        return self.ports is None or self.ports[0] <= port <= self.ports[1]


class Estate:
    """A snapshot as audit rules see it; everything is computed once."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Look at a snapshot."""
        self.snapshot = snapshot
        self.facts = snapshot.facts

    def is_collected(self, operation: str, resource_id: str) -> bool:
        """True where a list was collected in the account and Region of a resource: absence then says something."""
        place = self.snapshot.place(resource_id)
        return self.snapshot.missing(operation, place.account, place.region) is None

    def is_declared(self, resource_id: str) -> bool:
        """True where a resource stands in a person's own file: what such a file names beside it may well exist."""
        return bool(self.snapshot.place(resource_id).address)

    # --- names

    def named(self, resource_id: str) -> str:
        """A resource for people: its id, and its `Name` tag or name where it has one."""
        name = self._names.get(resource_id)
        return f"{resource_id} ({name})" if name and name != resource_id else resource_id

    @cached_property
    def _names(self) -> dict[str, str]:
        facts = self.facts
        tagged = (facts.vpcs, facts.subnets, facts.route_tables, facts.vpc_endpoints)
        found = {own_id: name_tag(fact.tags) or "" for each in tagged for own_id, fact in each.items()}
        for own_id, group in facts.security_groups.items():
            found[own_id] = group.group_name
        for own_id, api in facts.rest_apis.items():
            found[own_id] = api.name
        for own_id, rule in facts.resolver_rules.items():
            found[own_id] = rule.name or ""
        for own_id, endpoint in facts.resolver_endpoints.items():
            found[own_id] = endpoint.name or ""
        for own_id, zone in facts.hosted_zones.items():
            found[own_id] = zone.name.rstrip(".")
        return found

    # --- endpoints and APIs

    @cached_property
    def execute_api_endpoints(self) -> tuple[VpcEndpoint, ...]:
        """The interface endpoints of API Gateway's execute-api service."""
        return tuple(
            each
            for each in self.facts.vpc_endpoints.values()
            if (service_suffix(each) or ("", ""))[0] == EXECUTE_API and each.vpc_endpoint_type == "Interface"
        )

    @cached_property
    def endpoint_vpcs(self) -> frozenset[str]:
        """The VPCs that hold an execute-api endpoint."""
        return frozenset(each.vpc_id for each in self.execute_api_endpoints)

    def apis(self, kind: str) -> Iterator[RestApi]:
        """The REST APIs whose endpoint type is `PRIVATE`, `REGIONAL` or `EDGE`."""
        for api in self.facts.rest_apis.values():
            if not isinstance(api.endpoint_configuration, UnsetType) and kind in api.endpoint_configuration.types:
                yield api

    def authorization_types(self, api: RestApi) -> frozenset[str]:
        """The authorization types of an API's saved methods; empty where nobody knows them."""
        return frozenset(
            method.authorization_type
            for resource in self.facts.api_resources.get(api.id, ())
            if not isinstance(resource.resource_methods, UnsetType)
            for method in resource.resource_methods.values()
            if isinstance(method.authorization_type, str)
        )

    @cached_property
    def vpcs_of_private_apis(self) -> frozenset[str]:
        """The VPCs that hold an execute-api endpoint, or are peered with one that does."""
        found = set(self.endpoint_vpcs)
        for vpc_id in self.endpoint_vpcs:
            for peering in peerings_of(self.snapshot, vpc_id):
                side = peering.other_side(vpc_id)
                if side is not None and side.vpc_id is not None and peering.status.code == "active":
                    found.add(side.vpc_id)
        return frozenset(found)

    # --- logs and alarms

    def log_groups(self) -> Iterator[LogGroup]:
        """The log groups that stages, flow logs and query logs of the estate write to."""
        names = {each.log_group_name for each in self.facts.flow_logs.values() if each.log_group_name}
        targets = [each.destination_arn or "" for each in self.facts.query_log_configs.values()]
        for stages in self.facts.api_stages.values():
            targets += [
                each.access_log_settings.destination_arn or "" for each in stages if each.access_log_settings
            ]
        for arn, group in self.facts.log_groups.items():
            wanted = arn.removesuffix(":*")
            is_target = any(target.removesuffix(":*") == wanted for target in targets)
            is_execution = group.log_group_name.startswith("API-Gateway-Execution-Logs_")
            if is_target or is_execution or group.log_group_name in names:
                yield group

    def alarmed(self, namespace: str, metrics: Collection[str | None], values: Collection[str]) -> bool:
        """True where an alarm watches one of the metrics of something, by a dimension's value."""
        return any(
            alarm.namespace == namespace
            and alarm.metric_name in metrics
            and any(each.value in values for each in alarm.dimensions)
            for alarm in self.facts.metric_alarms.values()
        )

    # --- places

    def region(self, resource_id: str) -> str | None:
        """The Region of a resource."""
        return self.snapshot.region_of(resource_id)

    def resource_policy(self, api: RestApi) -> Policy | None:
        """An API's saved policy, compiled; None where it has none, or none that can be read."""
        return self.policy(api.policy, PolicyKind.RESOURCE)

    def endpoint_policy(self, endpoint: VpcEndpoint) -> Policy | None:
        """An endpoint's policy, compiled; None where nobody knows it."""
        return self.policy(endpoint.policy_document, PolicyKind.ENDPOINT)

    def policy(self, text: str | UnsetType | None, kind: PolicyKind) -> Policy | None:
        """A policy's text, compiled at most once; None for no text, or for one that cannot be read."""
        if not isinstance(text, str) or not text:
            return None
        if (kind, text) not in self._policies:
            try:
                self._policies[kind, text] = compile_policy(text, kind=kind)
            except InputError:
                # POL010 says that it cannot be read; the other rules have nothing to look at.
                self._policies[kind, text] = None
        return self._policies[kind, text]

    @cached_property
    def _policies(self) -> dict[tuple[PolicyKind, str], Policy | None]:
        return {}

    # --- the network

    def zones(self, subnet_ids: tuple[str, ...]) -> frozenset[str]:
        """The Availability Zones of some subnets, as far as they are known."""
        subnets = (self.facts.subnets.get(each) for each in subnet_ids)
        found = ((each.availability_zone_id or each.availability_zone) for each in subnets if each)
        return frozenset(each for each in found if each)

    def admissions(self, group_id: str, *, egress: bool = False) -> tuple[Admission, ...]:
        """What a group's ranges and prefix lists admit (references to groups are left out)."""
        group = self.facts.security_groups.get(group_id)
        if group is None:
            return ()
        permissions = group.ip_permissions_egress if egress else group.ip_permissions
        if isinstance(permissions, UnsetType):
            return ()
        return tuple(each for permission in permissions for each in self._admissions(permission))

    def _admissions(self, permission: IpPermission) -> Iterator[Admission]:
        protocol = protocol_number(permission.ip_protocol)
        is_any = permission.ip_protocol == "-1"
        low, high = permission.from_port, permission.to_port
        has_ports = protocol in (TCP, UDP) and not is_any and low is not None and high is not None
        ports = (low, high) if has_ports and low is not None and high is not None else None
        blocks = [parse_cidr(each.cidr_ip) for each in permission.ip_ranges]
        blocks += [parse_cidr(each.cidr_ipv6) for each in permission.ipv6_ranges]
        for listed in permission.prefix_list_ids:
            known = prefix_list_blocks(self.snapshot, listed.prefix_list_id)
            blocks += [] if isinstance(known, Missing) else known
        for block in blocks:
            yield Admission(block, None if is_any else protocol, ports)

    def has_references(self, group_id: str) -> bool:
        """True where a rule in of the group names another group."""
        group = self.facts.security_groups.get(group_id)
        if group is None or group.ip_permissions is UNSET:
            return False
        return any(each.user_id_group_pairs for each in group.ip_permissions)

    def groups(self, endpoint: VpcEndpoint) -> tuple[str, ...]:
        """The groups of an endpoint that are known."""
        if isinstance(endpoint.groups, UnsetType):
            return ()
        return tuple(each.group_id for each in endpoint.groups)

    def blocks(self, vpc_id: str) -> tuple[Cidr, ...]:
        """A VPC's address ranges; empty where nobody knows them."""
        return vpc_blocks(self.snapshot, vpc_id) or ()

    def subnets(self, vpc_id: str) -> tuple[str, ...]:
        """A VPC's subnets."""
        return tuple(each.subnet_id for each in subnets_by_vpc(self.snapshot).get(vpc_id, ()))

    def table(self, subnet_id: str) -> CompiledTable | None:
        """A subnet's route table; None where nobody knows it."""
        found = table_of_subnet(self.snapshot, subnet_id)
        return None if isinstance(found, Missing) else found

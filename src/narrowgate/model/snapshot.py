"""An AWS estate as it was learnt: every resource by id, and for every call whether it was made.

A snapshot never guesses. What no call told is *unknown* (`Snapshot.missing`), unless the caller said that absent
facts are empty. Indexes that an evaluator needs are functions marked `@index`: each is computed at most once a
snapshot, when the first question needs it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

import msgspec

from narrowgate.model import apigateway, filters, loadbalancing, logs, privatelink, route53, routing, transit, vpc
from narrowgate.model.answer import Evidence, Missing
from narrowgate.model.outside import Outside

T = TypeVar("T")

_REGION_OF_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


class Place(msgspec.Struct, frozen=True):
    """Where a fact was learnt: account and Region (None where the source does not tell), and which file.

    `line` and `address` are given for facts that stand in a person's own file: the line (from 1, 0 where not
    known) and the Terraform address, logical id or design path there. Findings and patches point at them.
    """

    account: str | None
    region: str | None
    source: str
    line: int = 0
    address: str = ""


class Call(msgspec.Struct, frozen=True):
    """One API call that was made, or refused; `parent` is the id that it was made for."""

    account: str | None
    region: str | None
    operation: str
    parent: str | None = None


class TransitGatewayRouteQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of `search_transit_gateway_routes`: what was asked for limits what the answer can hold."""

    filters: tuple[tuple[str, tuple[str, ...]], ...]
    routes: tuple[transit.TransitGatewayRoute, ...]
    is_complete: bool = True


class StageExport(msgspec.Struct, frozen=True, kw_only=True):
    """`apigateway.get_export`: the only view of what a stage really runs (POL-03).

    `policy` is the policy document as text, None where the export shows that there is none, UNSET where the
    export was made without the API Gateway extensions and so cannot tell. `methods` maps a path to its methods
    and these to their authorization type (None where the export does not tell).
    """

    policy: str | msgspec.UnsetType | None
    methods: Mapping[str, Mapping[str, str | None]]


class Collections(msgspec.Struct, kw_only=True):
    """All facts, by id or by the parent that they were asked for. Filled by a source, then only read."""

    vpcs: dict[str, vpc.Vpc] = msgspec.field(default_factory=dict)
    vpc_attributes: dict[str, dict[str, bool]] = msgspec.field(default_factory=dict)
    dhcp_options: dict[str, vpc.DhcpOptions] = msgspec.field(default_factory=dict)
    subnets: dict[str, vpc.Subnet] = msgspec.field(default_factory=dict)
    availability_zones: dict[str, tuple[vpc.AvailabilityZone, ...]] = msgspec.field(default_factory=dict)
    network_interfaces: dict[str, vpc.NetworkInterface] = msgspec.field(default_factory=dict)
    instances: dict[str, vpc.Instance] = msgspec.field(default_factory=dict)
    functions: dict[str, vpc.LambdaFunction] = msgspec.field(default_factory=dict)
    security_groups: dict[str, filters.SecurityGroup] = msgspec.field(default_factory=dict)
    security_group_vpc_associations: list[filters.SecurityGroupVpcAssociation] = msgspec.field(
        default_factory=list
    )
    network_acls: dict[str, filters.NetworkAcl] = msgspec.field(default_factory=dict)
    managed_prefix_lists: dict[str, filters.ManagedPrefixList] = msgspec.field(default_factory=dict)
    prefix_list_entries: dict[str, tuple[filters.PrefixListEntry, ...]] = msgspec.field(default_factory=dict)
    prefix_lists: dict[str, filters.ServicePrefixList] = msgspec.field(default_factory=dict)
    route_tables: dict[str, routing.RouteTable] = msgspec.field(default_factory=dict)
    vpc_peering_connections: dict[str, routing.VpcPeeringConnection] = msgspec.field(default_factory=dict)
    internet_gateways: dict[str, routing.InternetGateway] = msgspec.field(default_factory=dict)
    egress_only_internet_gateways: dict[str, routing.EgressOnlyInternetGateway] = msgspec.field(
        default_factory=dict
    )
    nat_gateways: dict[str, routing.NatGateway] = msgspec.field(default_factory=dict)
    vpn_gateways: dict[str, routing.VpnGateway] = msgspec.field(default_factory=dict)
    vpn_connections: dict[str, routing.VpnConnection] = msgspec.field(default_factory=dict)
    vpc_endpoints: dict[str, privatelink.VpcEndpoint] = msgspec.field(default_factory=dict)
    endpoint_services: dict[str, privatelink.EndpointService] = msgspec.field(default_factory=dict)
    transit_gateways: dict[str, transit.TransitGateway] = msgspec.field(default_factory=dict)
    transit_gateway_attachments: dict[str, transit.TransitGatewayAttachment] = msgspec.field(default_factory=dict)
    transit_gateway_vpc_attachments: dict[str, transit.TransitGatewayVpcAttachment] = msgspec.field(
        default_factory=dict
    )
    transit_gateway_peering_attachments: dict[str, transit.TransitGatewayPeeringAttachment] = msgspec.field(
        default_factory=dict
    )
    transit_gateway_route_tables: dict[str, transit.TransitGatewayRouteTable] = msgspec.field(default_factory=dict)
    transit_gateway_associations: dict[str, tuple[transit.TransitGatewayRouteTableAssociation, ...]] = (
        msgspec.field(default_factory=dict)
    )
    transit_gateway_propagations: dict[str, tuple[transit.TransitGatewayRouteTablePropagation, ...]] = (
        msgspec.field(default_factory=dict)
    )
    transit_gateway_route_queries: dict[str, tuple[TransitGatewayRouteQuery, ...]] = msgspec.field(
        default_factory=dict
    )
    hosted_zones: dict[str, route53.HostedZone] = msgspec.field(default_factory=dict)
    hosted_zone_vpcs: dict[str, tuple[route53.ZoneVpc, ...]] = msgspec.field(default_factory=dict)
    record_sets: dict[str, tuple[route53.ResourceRecordSet, ...]] = msgspec.field(default_factory=dict)
    association_authorizations: dict[str, tuple[route53.ZoneVpc, ...]] = msgspec.field(default_factory=dict)
    resolver_endpoints: dict[str, route53.ResolverEndpoint] = msgspec.field(default_factory=dict)
    resolver_endpoint_ips: dict[str, tuple[route53.ResolverEndpointIpAddress, ...]] = msgspec.field(
        default_factory=dict
    )
    resolver_rules: dict[str, route53.ResolverRule] = msgspec.field(default_factory=dict)
    resolver_rule_associations: list[route53.ResolverRuleAssociation] = msgspec.field(default_factory=list)
    resolver_configs: dict[str, route53.ResolverConfig] = msgspec.field(default_factory=dict)
    query_log_configs: dict[str, route53.QueryLogConfig] = msgspec.field(default_factory=dict)
    query_log_config_associations: list[route53.QueryLogConfigAssociation] = msgspec.field(default_factory=list)
    firewall_rule_groups: dict[str, route53.FirewallRuleGroup] = msgspec.field(default_factory=dict)
    firewall_rule_group_associations: list[route53.FirewallRuleGroupAssociation] = msgspec.field(
        default_factory=list
    )
    firewall_rules: dict[str, tuple[route53.FirewallRule, ...]] = msgspec.field(default_factory=dict)
    firewall_domain_lists: dict[str, route53.FirewallDomainList] = msgspec.field(default_factory=dict)
    firewall_domains: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    firewall_configs: dict[str, route53.FirewallConfig] = msgspec.field(default_factory=dict)
    profiles: dict[str, route53.Profile] = msgspec.field(default_factory=dict)
    profile_associations: list[route53.ProfileAssociation] = msgspec.field(default_factory=list)
    profile_resource_associations: dict[str, tuple[route53.ProfileResourceAssociation, ...]] = msgspec.field(
        default_factory=dict
    )
    rest_apis: dict[str, apigateway.RestApi] = msgspec.field(default_factory=dict)
    api_resources: dict[str, tuple[apigateway.Resource, ...]] = msgspec.field(default_factory=dict)
    api_stages: dict[str, tuple[apigateway.Stage, ...]] = msgspec.field(default_factory=dict)
    api_deployments: dict[str, tuple[apigateway.Deployment, ...]] = msgspec.field(default_factory=dict)
    api_authorizers: dict[str, tuple[apigateway.Authorizer, ...]] = msgspec.field(default_factory=dict)
    stage_exports: dict[tuple[str, str], StageExport] = msgspec.field(default_factory=dict)
    domain_names: dict[str, apigateway.DomainName] = msgspec.field(default_factory=dict)
    base_path_mappings: dict[str, tuple[apigateway.BasePathMapping, ...]] = msgspec.field(default_factory=dict)
    domain_name_access_associations: list[apigateway.DomainNameAccessAssociation] = msgspec.field(
        default_factory=list
    )
    vpc_links: dict[str, apigateway.VpcLink] = msgspec.field(default_factory=dict)
    api_gateway_accounts: dict[str, apigateway.ApiGatewayAccount] = msgspec.field(default_factory=dict)
    load_balancers: dict[str, loadbalancing.LoadBalancer] = msgspec.field(default_factory=dict)
    listeners: dict[str, tuple[loadbalancing.Listener, ...]] = msgspec.field(default_factory=dict)
    target_groups: dict[str, loadbalancing.TargetGroup] = msgspec.field(default_factory=dict)
    target_health: dict[str, tuple[loadbalancing.TargetHealthDescription, ...]] = msgspec.field(
        default_factory=dict
    )
    certificates: dict[str, loadbalancing.Certificate] = msgspec.field(default_factory=dict)
    flow_logs: dict[str, logs.FlowLog] = msgspec.field(default_factory=dict)
    log_groups: dict[str, logs.LogGroup] = msgspec.field(default_factory=dict)
    metric_alarms: dict[str, logs.MetricAlarm] = msgspec.field(default_factory=dict)


class Snapshot:
    """Facts, where each was learnt, and which calls were made, refused or never tried."""

    def __init__(
        self,
        collections: Collections,
        *,
        places: Mapping[str, Place],
        calls: Iterable[Call] = (),
        refused: Mapping[Call, str] | None = None,
        untold: Mapping[Call, str] | None = None,
        assume_complete: bool = False,
        outside: Outside | None = None,
    ) -> None:
        """Take over what a source gathered.

        Args:
            collections: the facts.
            places: where each was learnt, by resource id.
            calls: the calls that were made and answered in full.
            refused: calls that AWS refused, with its words.
            untold: calls, and fields as `Fact.field` of a parent, that the source itself cannot tell, with why: a
                template's value that is known only after creation, or an answer whose last pages are missing.
            assume_complete: take what nobody collected as empty.
            outside: facts that no AWS API holds.
        """
        self.facts = collections
        self.places = places
        self.calls = frozenset(calls)
        self.refused = dict(refused or {})
        self.untold = dict(untold or {})
        self.assume_complete = assume_complete
        self.outside = outside
        self.contradictions: dict[str, tuple[str, ...]] = {}
        self.warnings: tuple[str, ...] = ()
        self.label = ""
        self.assumed: frozenset[str] = frozenset()
        """Addresses that stand for whichever one AWS will choose: no rule may be written for one of them."""
        self._indexes: dict[object, Any] = {}
        self._asked = {(call.operation, call.parent, call.account, call.region) for call in self.calls}
        self._asked_of_parent = {(call.operation, call.parent) for call in self.calls}

    def was_collected(
        self, operation: str, account: str | None, region: str | None, parent: str | None = None
    ) -> bool:
        """True where the call was made for this account and Region (and parent).

        A file that does not say its account or Region speaks for every one; a parent's call is looked up by the
        parent's id alone where ids are unique, which they are for all calls made once per parent.
        """
        if parent is not None:
            return (operation, parent) in self._asked_of_parent
        asked = self._asked
        return any(
            (operation, None, an_account, a_region) in asked
            for an_account in {account, None}
            for a_region in {region, None, "global"}
        )

    def missing(
        self,
        operation: str,
        account: str | None,
        region: str | None,
        *,
        parent: str | None = None,
        resource: str | None = None,
    ) -> Missing | None:
        """The missing fact where a call was not made or was refused; None where its answer is complete.

        A refusal stays unknown even when absent facts count as empty: somebody looked and was turned away. So does
        what the source says that it cannot tell.
        """
        if self.was_collected(operation, account, region, parent):
            return None
        where = "/".join(part for part in (account, region) if part)
        fact = f"{operation} ({where})" if where else operation
        for call, words in self.refused.items():
            if (
                call.operation == operation
                and call.account in (account, None)
                and call.region in (region, None, "global")
                and call.parent in (parent, None)
            ):
                return Missing(fact=fact, resource=resource or parent, why=f"refused: {words}")
        for call, words in self.untold.items():
            if (
                call.operation == operation
                and call.account in (account, None)
                and call.region in (region, None, "global")
                and call.parent in (parent, None)
            ):
                return Missing(fact=fact, resource=resource or parent, why=words)
        if self.assume_complete:
            return None
        return Missing(fact=fact, resource=resource or parent, why="not collected")

    def untold_field(self, field: str, resource: str) -> Missing | None:
        """The missing fact where the source says that it cannot tell a resource's field (`RestApi.policy`)."""
        if not self.untold:
            return None
        words = next(
            (why for call, why in self.untold.items() if call.operation == field and call.parent == resource), None
        )
        return None if words is None else Missing(fact=field, resource=resource, why=words)

    def place(self, resource_id: str) -> Place:
        """Where a resource was learnt; an empty place for one that no call returned."""
        return self.places.get(resource_id, _NOWHERE)

    def account_of(self, resource_id: str) -> str | None:
        """The account that owns a resource: its own word (`OwnerId`), else the account that was asked."""
        for by_id in (
            self.facts.vpcs,
            self.facts.subnets,
            self.facts.network_interfaces,
            self.facts.vpc_endpoints,
        ):
            fact = by_id.get(resource_id)
            owner = getattr(fact, "owner_id", None)
            if isinstance(owner, str):
                return owner
        return self.place(resource_id).account

    def region_of(self, resource_id: str) -> str | None:
        """The Region of a resource: of the call that returned it, else read off an Availability Zone's name."""
        place = self.place(resource_id)
        if place.region and place.region != "global":
            return place.region
        return _regions_by_vpc(self).get(resource_id) or _only_region(self)

    def evidence(self, resource_id: str, field: str, value: object) -> Evidence:
        """A fact for an answer: resource, field, value and the file it was learnt from."""
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return Evidence(resource=resource_id, field=field, value=text, source=self.place(resource_id).source)


_NOWHERE = Place(None, None, "")


def index(build: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """Mark a function of a snapshot whose result is computed at most once and kept with the snapshot."""

    @wraps(build)
    def lookup(snapshot: Snapshot) -> T:
        indexes = snapshot._indexes
        if build not in indexes:
            indexes[build] = build(snapshot)
        found: T = indexes[build]
        return found

    return lookup


@index
def _regions_by_vpc(snapshot: Snapshot) -> dict[str, str]:
    """The Region of each VPC, subnet and interface whose Availability Zone is named."""
    regions: dict[str, str] = {}
    zoned: list[tuple[str, str | None, str | None]] = [
        (each.subnet_id, each.vpc_id, each.availability_zone) for each in snapshot.facts.subnets.values()
    ]
    zoned += [
        (each.network_interface_id, each.vpc_id, each.availability_zone)
        for each in snapshot.facts.network_interfaces.values()
    ]
    for own_id, vpc_id, zone_name in zoned:
        found = _REGION_OF_ZONE.match(zone_name or "")
        if found:
            regions[own_id] = found[0]
            if vpc_id:
                regions.setdefault(vpc_id, found[0])
    return regions


@index
def _only_region(snapshot: Snapshot) -> str | None:
    """The estate's Region where all that tells speaks of one."""
    regions = {place.region for place in snapshot.places.values() if place.region and place.region != "global"}
    regions |= set(_regions_by_vpc(snapshot).values())
    return next(iter(regions)) if len(regions) == 1 else None

"""Everything that a snapshot can hold, by kind and id, and the call that each answer came from."""

from collections.abc import Mapping

import msgspec

from narrowgate.model import apigateway, filters, loadbalancing, logs, privatelink, route53, routing, transit, vpc


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

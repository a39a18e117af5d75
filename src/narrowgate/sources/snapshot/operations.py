"""The table of AWS calls whose answers narrowgate reads: which key holds what, and where it goes.

A new call is one line here. `parent` names the request parameter for calls that are made once per parent;
`identity` is the field that makes an element unique; `key` is None where the whole response is one element.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from narrowgate.model import apigateway, filters, loadbalancing, logs, privatelink, route53, routing, transit, vpc


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """How one call's response is read."""

    name: str
    """`<boto3 client>.<boto3 method>`."""
    key: str | None
    """The top-level key of the response that holds the elements."""
    fact: Any
    """The type of an element."""
    into: str
    """The collection of `Collections`; empty for calls that have a reader of their own."""
    identity: str | None = None
    """The element's field that is its id; None for elements that are kept in order."""
    parent: str | None = None
    """The request parameter that names the parent, for calls made once per parent."""
    parent_field: str | None = None
    """The element's field that repeats the parent, for bare responses without parameters."""


def _per_account(name: str, key: str, fact: Any, into: str, identity: str | None = None) -> Operation:
    return Operation(name=name, key=key, fact=fact, into=into, identity=identity)


def _per_parent(
    name: str,
    key: str | None,
    fact: Any,
    into: str,
    parent: str,
    parent_field: str | None = None,
) -> Operation:
    return Operation(name=name, key=key, fact=fact, into=into, parent=parent, parent_field=parent_field)


_TABLE = (
    _per_account("ec2.describe_vpcs", "Vpcs", vpc.Vpc, "vpcs", "vpc_id"),
    _per_account("ec2.describe_dhcp_options", "DhcpOptions", vpc.DhcpOptions, "dhcp_options", "dhcp_options_id"),
    _per_account("ec2.describe_subnets", "Subnets", vpc.Subnet, "subnets", "subnet_id"),
    _per_account("ec2.describe_route_tables", "RouteTables", routing.RouteTable, "route_tables", "route_table_id"),
    _per_account("ec2.describe_network_acls", "NetworkAcls", filters.NetworkAcl, "network_acls", "network_acl_id"),
    _per_account(
        "ec2.describe_security_groups", "SecurityGroups", filters.SecurityGroup, "security_groups", "group_id"
    ),
    _per_account(
        "ec2.describe_security_group_vpc_associations",
        "SecurityGroupVpcAssociations",
        filters.SecurityGroupVpcAssociation,
        "security_group_vpc_associations",
    ),
    _per_account(
        "ec2.describe_managed_prefix_lists",
        "PrefixLists",
        filters.ManagedPrefixList,
        "managed_prefix_lists",
        "prefix_list_id",
    ),
    _per_account(
        "ec2.describe_prefix_lists", "PrefixLists", filters.ServicePrefixList, "prefix_lists", "prefix_list_id"
    ),
    _per_account(
        "ec2.describe_network_interfaces",
        "NetworkInterfaces",
        vpc.NetworkInterface,
        "network_interfaces",
        "network_interface_id",
    ),
    _per_account("ec2.describe_instances", "Reservations", vpc.Reservation, "instances"),
    _per_account(
        "ec2.describe_vpc_endpoints", "VpcEndpoints", privatelink.VpcEndpoint, "vpc_endpoints", "vpc_endpoint_id"
    ),
    _per_account(
        "ec2.describe_vpc_endpoint_service_configurations",
        "ServiceConfigurations",
        privatelink.EndpointService,
        "endpoint_services",
        "service_id",
    ),
    _per_account(
        "ec2.describe_vpc_peering_connections",
        "VpcPeeringConnections",
        routing.VpcPeeringConnection,
        "vpc_peering_connections",
        "vpc_peering_connection_id",
    ),
    _per_account(
        "ec2.describe_internet_gateways",
        "InternetGateways",
        routing.InternetGateway,
        "internet_gateways",
        "internet_gateway_id",
    ),
    _per_account(
        "ec2.describe_egress_only_internet_gateways",
        "EgressOnlyInternetGateways",
        routing.EgressOnlyInternetGateway,
        "egress_only_internet_gateways",
        "egress_only_internet_gateway_id",
    ),
    _per_account("ec2.describe_nat_gateways", "NatGateways", routing.NatGateway, "nat_gateways", "nat_gateway_id"),
    _per_account("ec2.describe_vpn_gateways", "VpnGateways", routing.VpnGateway, "vpn_gateways", "vpn_gateway_id"),
    _per_account(
        "ec2.describe_vpn_connections",
        "VpnConnections",
        routing.VpnConnection,
        "vpn_connections",
        "vpn_connection_id",
    ),
    _per_account(
        "ec2.describe_transit_gateways",
        "TransitGateways",
        transit.TransitGateway,
        "transit_gateways",
        "transit_gateway_id",
    ),
    _per_account(
        "ec2.describe_transit_gateway_attachments",
        "TransitGatewayAttachments",
        transit.TransitGatewayAttachment,
        "transit_gateway_attachments",
        "transit_gateway_attachment_id",
    ),
    _per_account(
        "ec2.describe_transit_gateway_vpc_attachments",
        "TransitGatewayVpcAttachments",
        transit.TransitGatewayVpcAttachment,
        "transit_gateway_vpc_attachments",
        "transit_gateway_attachment_id",
    ),
    _per_account(
        "ec2.describe_transit_gateway_peering_attachments",
        "TransitGatewayPeeringAttachments",
        transit.TransitGatewayPeeringAttachment,
        "transit_gateway_peering_attachments",
        "transit_gateway_attachment_id",
    ),
    _per_account(
        "ec2.describe_transit_gateway_route_tables",
        "TransitGatewayRouteTables",
        transit.TransitGatewayRouteTable,
        "transit_gateway_route_tables",
        "transit_gateway_route_table_id",
    ),
    _per_account(
        "ec2.describe_availability_zones", "AvailabilityZones", vpc.AvailabilityZone, "availability_zones"
    ),
    Operation(
        name="ec2.describe_vpc_attribute",
        key=None,
        fact=vpc.VpcAttribute,
        into="",
        parent="VpcId",
        parent_field="vpc_id",
    ),
    _per_parent(
        "ec2.get_managed_prefix_list_entries",
        "Entries",
        filters.PrefixListEntry,
        "prefix_list_entries",
        "PrefixListId",
    ),
    _per_parent(
        "ec2.get_transit_gateway_route_table_associations",
        "Associations",
        transit.TransitGatewayRouteTableAssociation,
        "transit_gateway_associations",
        "TransitGatewayRouteTableId",
    ),
    _per_parent(
        "ec2.get_transit_gateway_route_table_propagations",
        "TransitGatewayRouteTablePropagations",
        transit.TransitGatewayRouteTablePropagation,
        "transit_gateway_propagations",
        "TransitGatewayRouteTableId",
    ),
    Operation(
        name="ec2.search_transit_gateway_routes",
        key="Routes",
        fact=transit.TransitGatewayRoute,
        into="",
        parent="TransitGatewayRouteTableId",
    ),
    _per_account("route53.list_hosted_zones", "HostedZones", route53.HostedZone, "hosted_zones", "id"),
    Operation(
        name="route53.get_hosted_zone", key="VPCs", fact=route53.ZoneVpc, into="hosted_zone_vpcs", parent="Id"
    ),
    _per_parent(
        "route53.list_resource_record_sets",
        "ResourceRecordSets",
        route53.ResourceRecordSet,
        "record_sets",
        "HostedZoneId",
    ),
    _per_parent(
        "route53.list_vpc_association_authorizations",
        "VPCs",
        route53.ZoneVpc,
        "association_authorizations",
        "HostedZoneId",
    ),
    _per_account(
        "route53resolver.list_resolver_endpoints",
        "ResolverEndpoints",
        route53.ResolverEndpoint,
        "resolver_endpoints",
        "id",
    ),
    _per_account(
        "route53resolver.list_resolver_rules", "ResolverRules", route53.ResolverRule, "resolver_rules", "id"
    ),
    _per_account(
        "route53resolver.list_resolver_rule_associations",
        "ResolverRuleAssociations",
        route53.ResolverRuleAssociation,
        "resolver_rule_associations",
    ),
    _per_account(
        "route53resolver.list_resolver_configs",
        "ResolverConfigs",
        route53.ResolverConfig,
        "resolver_configs",
        "resource_id",
    ),
    _per_account(
        "route53resolver.list_resolver_query_log_configs",
        "ResolverQueryLogConfigs",
        route53.QueryLogConfig,
        "query_log_configs",
        "id",
    ),
    _per_account(
        "route53resolver.list_resolver_query_log_config_associations",
        "ResolverQueryLogConfigAssociations",
        route53.QueryLogConfigAssociation,
        "query_log_config_associations",
    ),
    _per_account(
        "route53resolver.list_firewall_rule_groups",
        "FirewallRuleGroups",
        route53.FirewallRuleGroup,
        "firewall_rule_groups",
        "id",
    ),
    _per_account(
        "route53resolver.list_firewall_rule_group_associations",
        "FirewallRuleGroupAssociations",
        route53.FirewallRuleGroupAssociation,
        "firewall_rule_group_associations",
    ),
    _per_account(
        "route53resolver.list_firewall_domain_lists",
        "FirewallDomainLists",
        route53.FirewallDomainList,
        "firewall_domain_lists",
        "id",
    ),
    _per_account(
        "route53resolver.list_firewall_configs",
        "FirewallConfigs",
        route53.FirewallConfig,
        "firewall_configs",
        "resource_id",
    ),
    _per_parent(
        "route53resolver.list_resolver_endpoint_ip_addresses",
        "IpAddresses",
        route53.ResolverEndpointIpAddress,
        "resolver_endpoint_ips",
        "ResolverEndpointId",
    ),
    _per_parent(
        "route53resolver.list_firewall_rules",
        "FirewallRules",
        route53.FirewallRule,
        "firewall_rules",
        "FirewallRuleGroupId",
        "firewall_rule_group_id",
    ),
    _per_parent(
        "route53resolver.list_firewall_domains", "Domains", str, "firewall_domains", "FirewallDomainListId"
    ),
    _per_account("route53profiles.list_profiles", "ProfileSummaries", route53.Profile, "profiles", "id"),
    _per_account(
        "route53profiles.list_profile_associations",
        "ProfileAssociations",
        route53.ProfileAssociation,
        "profile_associations",
    ),
    _per_parent(
        "route53profiles.list_profile_resource_associations",
        "ProfileResourceAssociations",
        route53.ProfileResourceAssociation,
        "profile_resource_associations",
        "ProfileId",
        "profile_id",
    ),
    _per_account("apigateway.get_rest_apis", "items", apigateway.RestApi, "rest_apis", "id"),
    _per_account("apigateway.get_domain_names", "items", apigateway.DomainName, "domain_names"),
    _per_account(
        "apigateway.get_domain_name_access_associations",
        "items",
        apigateway.DomainNameAccessAssociation,
        "domain_name_access_associations",
    ),
    _per_account("apigateway.get_vpc_links", "items", apigateway.VpcLink, "vpc_links", "id"),
    Operation(name="apigateway.get_account", key=None, fact=apigateway.ApiGatewayAccount, into=""),
    _per_parent("apigateway.get_resources", "items", apigateway.Resource, "api_resources", "restApiId"),
    _per_parent("apigateway.get_stages", "item", apigateway.Stage, "api_stages", "restApiId"),
    _per_parent("apigateway.get_deployments", "items", apigateway.Deployment, "api_deployments", "restApiId"),
    _per_parent("apigateway.get_authorizers", "items", apigateway.Authorizer, "api_authorizers", "restApiId"),
    _per_parent(
        "apigateway.get_base_path_mappings",
        "items",
        apigateway.BasePathMapping,
        "base_path_mappings",
        "domainName",
    ),
    Operation(name="apigateway.get_export", key=None, fact=None, into="", parent="restApiId"),
    _per_account(
        "elbv2.describe_load_balancers",
        "LoadBalancers",
        loadbalancing.LoadBalancer,
        "load_balancers",
        "load_balancer_arn",
    ),
    _per_account(
        "elbv2.describe_target_groups",
        "TargetGroups",
        loadbalancing.TargetGroup,
        "target_groups",
        "target_group_arn",
    ),
    _per_parent(
        "elbv2.describe_listeners",
        "Listeners",
        loadbalancing.Listener,
        "listeners",
        "LoadBalancerArn",
        "load_balancer_arn",
    ),
    _per_parent(
        "elbv2.describe_target_health",
        "TargetHealthDescriptions",
        loadbalancing.TargetHealthDescription,
        "target_health",
        "TargetGroupArn",
    ),
    _per_account(
        "acm.list_certificates",
        "CertificateSummaryList",
        loadbalancing.Certificate,
        "certificates",
        "certificate_arn",
    ),
    _per_account("lambda.list_functions", "Functions", vpc.LambdaFunction, "functions", "function_arn"),
    _per_account("ec2.describe_flow_logs", "FlowLogs", logs.FlowLog, "flow_logs", "flow_log_id"),
    _per_account("logs.describe_log_groups", "logGroups", logs.LogGroup, "log_groups", "arn"),
    _per_account("cloudwatch.describe_alarms", "MetricAlarms", logs.MetricAlarm, "metric_alarms", "alarm_arn"),
)

OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in _TABLE}

# Calls whose answers bear on audits and inventories but on no verdict: their files are known and left unread.
RECOGNISED = frozenset(
    {
        "kms.list_aliases",
        "network-firewall.describe_firewall",
        "network-firewall.list_firewalls",
        "organizations.describe_organization",
        "ram.get_resource_shares",
        "ram.list_resources",
        "vpc-lattice.list_service_networks",
        "wafv2.list_resources_for_web_acl",
        "wafv2.list_web_acls",
    }
)

# Top-level keys that name their call although the file's name does not. `PrefixLists` stands for two calls, told
# apart by what an element holds; `Associations`, `items` and the like could be anything.
KEYS: Mapping[str, str] = {
    operation.key: operation.name
    for operation in _TABLE
    if operation.key and operation.parent is None and operation.key not in {"items", "PrefixLists"}
}

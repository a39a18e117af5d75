"""The one reviewed table of AWS calls that a collection makes: all read, none returns what nobody should keep.

A row says the call, the IAM action that it needs, and, for calls made once per parent, which call names the
parents and what is sent for each. Calls that the reader of snapshots leaves unread are for audits and inventories.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from narrowgate.sources.live.live_call import Asks, Element, LiveCall, Parameters, gateway, once, per


def _of(parameter: str, field: str, **fixed: Any) -> Asks:
    """One call per element, with one of its fields as the parameter."""

    def asks(_: Parameters, element: Element) -> Iterable[Parameters]:
        value = element.get(field)
        if value is not None:
            yield {parameter: value, **fixed}

    return asks


def _vpc_attributes(_: Parameters, vpc: Element) -> Iterable[Parameters]:
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        yield {"VpcId": vpc["VpcId"], "Attribute": attribute}


def _private_zone(_: Parameters, zone: Element) -> Iterable[Parameters]:
    # Only private zones have authorizations: asked for a public one, Route 53 answers with an error.
    if zone.get("Config", {}).get("PrivateZone"):
        yield {"HostedZoneId": _bare(zone)}


def _bare(zone: Element) -> str:
    return str(zone["Id"]).removeprefix("/hostedzone/")


def _zone(parameter: str) -> Asks:
    return lambda _, zone: ({parameter: _bare(zone)},)


def _own_domain_list(_: Parameters, domain_list: Element) -> Iterable[Parameters]:
    # The domains of lists that AWS manages are shown to nobody (FW).
    if not domain_list.get("ManagedOwnerName"):
        yield {"FirewallDomainListId": domain_list["Id"]}


def _mappings(_: Parameters, domain: Element) -> Iterable[Parameters]:
    private_id = domain.get("domainNameId")
    yield {"domainName": domain["domainName"], **({"domainNameId": private_id} if private_id else {})}


def _export(sent: Parameters, stage: Element) -> Iterable[Parameters]:
    yield {
        "restApiId": sent["restApiId"],
        "stageName": stage["stageName"],
        "exportType": "oas30",
        "parameters": {"extensions": "apigateway"},
        "accepts": "application/json",
    }


_ROUTE_STATES = [{"Name": "state", "Values": ["active", "blackhole"]}]
# Without it only certificates with RSA keys of 2048 bits are listed.
_KEY_TYPES = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]
_OWNERS = ({"resourceOwner": "SELF"}, {"resourceOwner": "OTHER-ACCOUNTS"})
_NEXT_TOKEN = ("NextToken", "NextToken")

_RULE_TABLES = ("ec2.describe_transit_gateway_route_tables", "TransitGatewayRouteTables")
_TABLE_ID = "TransitGatewayRouteTableId"
_ZONES = ("route53.list_hosted_zones", "HostedZones")
_APIS = ("apigateway.get_rest_apis", "items")

CALLS: tuple[LiveCall, ...] = (
    once("ec2.describe_vpcs", "ec2:DescribeVpcs"),
    once("ec2.describe_dhcp_options", "ec2:DescribeDhcpOptions"),
    once("ec2.describe_subnets", "ec2:DescribeSubnets"),
    once("ec2.describe_route_tables", "ec2:DescribeRouteTables"),
    once("ec2.describe_network_acls", "ec2:DescribeNetworkAcls"),
    once("ec2.describe_security_groups", "ec2:DescribeSecurityGroups"),
    once("ec2.describe_security_group_vpc_associations", "ec2:DescribeSecurityGroupVpcAssociations"),
    once("ec2.describe_managed_prefix_lists", "ec2:DescribeManagedPrefixLists"),
    once("ec2.describe_prefix_lists", "ec2:DescribePrefixLists"),
    once("ec2.describe_network_interfaces", "ec2:DescribeNetworkInterfaces"),
    once("ec2.describe_instances", "ec2:DescribeInstances", page={"MaxResults": 1000}),
    once("ec2.describe_vpc_endpoints", "ec2:DescribeVpcEndpoints", page={"MaxResults": 1000}),
    once("ec2.describe_vpc_endpoint_service_configurations", "ec2:DescribeVpcEndpointServiceConfigurations"),
    once("ec2.describe_vpc_peering_connections", "ec2:DescribeVpcPeeringConnections"),
    once("ec2.describe_internet_gateways", "ec2:DescribeInternetGateways"),
    once("ec2.describe_egress_only_internet_gateways", "ec2:DescribeEgressOnlyInternetGateways"),
    once("ec2.describe_nat_gateways", "ec2:DescribeNatGateways"),
    once("ec2.describe_vpn_gateways", "ec2:DescribeVpnGateways"),
    once("ec2.describe_vpn_connections", "ec2:DescribeVpnConnections"),
    once("ec2.describe_transit_gateways", "ec2:DescribeTransitGateways"),
    once("ec2.describe_transit_gateway_attachments", "ec2:DescribeTransitGatewayAttachments"),
    once("ec2.describe_transit_gateway_vpc_attachments", "ec2:DescribeTransitGatewayVpcAttachments"),
    once("ec2.describe_transit_gateway_peering_attachments", "ec2:DescribeTransitGatewayPeeringAttachments"),
    once("ec2.describe_transit_gateway_route_tables", "ec2:DescribeTransitGatewayRouteTables"),
    once("ec2.describe_availability_zones", "ec2:DescribeAvailabilityZones"),
    once("ec2.describe_flow_logs", "ec2:DescribeFlowLogs"),
    per("ec2.describe_vpc_attribute", "ec2:DescribeVpcAttribute", "ec2.describe_vpcs", "Vpcs", _vpc_attributes),
    per(
        "ec2.get_managed_prefix_list_entries",
        "ec2:GetManagedPrefixListEntries",
        "ec2.describe_managed_prefix_lists",
        "PrefixLists",
        _of("PrefixListId", "PrefixListId"),
    ),
    per(
        "ec2.get_transit_gateway_route_table_associations",
        "ec2:GetTransitGatewayRouteTableAssociations",
        *_RULE_TABLES,
        _of(_TABLE_ID, _TABLE_ID),
    ),
    per(
        "ec2.get_transit_gateway_route_table_propagations",
        "ec2:GetTransitGatewayRouteTablePropagations",
        *_RULE_TABLES,
        _of(_TABLE_ID, _TABLE_ID),
    ),
    per(
        "ec2.search_transit_gateway_routes",
        "ec2:SearchTransitGatewayRoutes",
        *_RULE_TABLES,
        _of(_TABLE_ID, _TABLE_ID, Filters=_ROUTE_STATES),
    ),
    once("route53.list_hosted_zones", "route53:ListHostedZones"),
    per("route53.get_hosted_zone", "route53:GetHostedZone", *_ZONES, _zone("Id")),
    per("route53.list_resource_record_sets", "route53:ListResourceRecordSets", *_ZONES, _zone("HostedZoneId")),
    per(
        "route53.list_vpc_association_authorizations",
        "route53:ListVPCAssociationAuthorizations",
        *_ZONES,
        _private_zone,
        token=_NEXT_TOKEN,
    ),
    once("route53resolver.list_resolver_endpoints", "route53resolver:ListResolverEndpoints"),
    once("route53resolver.list_resolver_rules", "route53resolver:ListResolverRules"),
    once("route53resolver.list_resolver_rule_associations", "route53resolver:ListResolverRuleAssociations"),
    once("route53resolver.list_resolver_configs", "route53resolver:ListResolverConfigs"),
    once("route53resolver.list_resolver_query_log_configs", "route53resolver:ListResolverQueryLogConfigs"),
    once(
        "route53resolver.list_resolver_query_log_config_associations",
        "route53resolver:ListResolverQueryLogConfigAssociations",
    ),
    once("route53resolver.list_firewall_rule_groups", "route53resolver:ListFirewallRuleGroups"),
    once(
        "route53resolver.list_firewall_rule_group_associations",
        "route53resolver:ListFirewallRuleGroupAssociations",
    ),
    once("route53resolver.list_firewall_domain_lists", "route53resolver:ListFirewallDomainLists"),
    once("route53resolver.list_firewall_configs", "route53resolver:ListFirewallConfigs"),
    per(
        "route53resolver.list_resolver_endpoint_ip_addresses",
        "route53resolver:ListResolverEndpointIpAddresses",
        "route53resolver.list_resolver_endpoints",
        "ResolverEndpoints",
        _of("ResolverEndpointId", "Id"),
    ),
    per(
        "route53resolver.list_firewall_rules",
        "route53resolver:ListFirewallRules",
        "route53resolver.list_firewall_rule_groups",
        "FirewallRuleGroups",
        _of("FirewallRuleGroupId", "Id"),
    ),
    per(
        "route53resolver.list_firewall_domains",
        "route53resolver:ListFirewallDomains",
        "route53resolver.list_firewall_domain_lists",
        "FirewallDomainLists",
        _own_domain_list,
    ),
    once("route53profiles.list_profiles", "route53profiles:ListProfiles"),
    once("route53profiles.list_profile_associations", "route53profiles:ListProfileAssociations"),
    per(
        "route53profiles.list_profile_resource_associations",
        "route53profiles:ListProfileResourceAssociations",
        "route53profiles.list_profiles",
        "ProfileSummaries",
        _of("ProfileId", "Id"),
    ),
    gateway("get_rest_apis", "/restapis"),
    gateway("get_domain_names", "/domainnames"),
    gateway(
        "get_domain_name_access_associations", "/domainnameaccessassociations", token=("position", "position")
    ),
    gateway("get_vpc_links", "/vpclinks"),
    gateway("get_account", "/account"),
    gateway(
        "get_resources",
        "/restapis/*",
        parent=_APIS[0],
        parent_key=_APIS[1],
        asks=_of("restApiId", "id", embed=["methods"]),
    ),
    gateway("get_stages", "/restapis/*", parent=_APIS[0], parent_key=_APIS[1], asks=_of("restApiId", "id")),
    gateway("get_deployments", "/restapis/*", parent=_APIS[0], parent_key=_APIS[1], asks=_of("restApiId", "id")),
    gateway("get_authorizers", "/restapis/*", parent=_APIS[0], parent_key=_APIS[1], asks=_of("restApiId", "id")),
    gateway("get_export", "/restapis/*", parent="apigateway.get_stages", parent_key="item", asks=_export),
    gateway(
        "get_base_path_mappings",
        "/domainnames/*",
        parent="apigateway.get_domain_names",
        parent_key="items",
        asks=_mappings,
    ),
    once("elbv2.describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers"),
    once("elbv2.describe_target_groups", "elasticloadbalancing:DescribeTargetGroups"),
    per(
        "elbv2.describe_listeners",
        "elasticloadbalancing:DescribeListeners",
        "elbv2.describe_load_balancers",
        "LoadBalancers",
        _of("LoadBalancerArn", "LoadBalancerArn"),
    ),
    per(
        "elbv2.describe_target_health",
        "elasticloadbalancing:DescribeTargetHealth",
        "elbv2.describe_target_groups",
        "TargetGroups",
        _of("TargetGroupArn", "TargetGroupArn"),
    ),
    once("acm.list_certificates", "acm:ListCertificates", parameters=({"Includes": {"keyTypes": _KEY_TYPES}},)),
    once("lambda.list_functions", "lambda:ListFunctions"),
    once("logs.describe_log_groups", "logs:DescribeLogGroups"),
    once("cloudwatch.describe_alarms", "cloudwatch:DescribeAlarms"),
    once("kms.list_aliases", "kms:ListAliases"),
    once("vpc-lattice.list_service_networks", "vpc-lattice:ListServiceNetworks"),
    once("network-firewall.list_firewalls", "network-firewall:ListFirewalls"),
    per(
        "network-firewall.describe_firewall",
        "network-firewall:DescribeFirewall",
        "network-firewall.list_firewalls",
        "Firewalls",
        _of("FirewallArn", "FirewallArn"),
    ),
    once("organizations.describe_organization", "organizations:DescribeOrganization"),
    once("ram.get_resource_shares", "ram:GetResourceShares", parameters=_OWNERS),
    once("ram.list_resources", "ram:ListResources", parameters=_OWNERS),
    once(
        "wafv2.list_web_acls",
        "wafv2:ListWebACLs",
        parameters=({"Scope": "REGIONAL"},),
        token=("NextMarker", "NextMarker"),
    ),
    per(
        "wafv2.list_resources_for_web_acl",
        "wafv2:ListResourcesForWebACL",
        "wafv2.list_web_acls",
        "WebACLs",
        _of("WebACLArn", "ARN", ResourceType="API_GATEWAY"),
    ),
)

BY_NAME: Mapping[str, LiveCall] = {call.name: call for call in CALLS}

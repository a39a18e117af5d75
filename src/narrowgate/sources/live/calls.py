"""The one reviewed table of AWS calls that a collection makes: all read, none returns what nobody should keep.

A row says the call, the IAM action that it needs, and, for calls made once per parent, which call names the
parents and what is sent for each. Calls that the reader of snapshots leaves unread are for audits and inventories.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from narrowgate.sources.snapshot.operations import OPERATIONS

Parameters = dict[str, Any]
Element = Mapping[str, Any]
Asks = Callable[[Parameters, Element], Iterable[Parameters]]
"""What to send for one element of the parent call; the first argument is what was sent to get that element."""

GLOBAL = "global"
_GLOBAL_SERVICES = frozenset({"route53", "organizations"})


class LiveCall(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table."""

    name: str
    """`<boto3 client>.<boto3 method>`."""
    action: str
    """The IAM action that allows it."""
    resources: tuple[str, ...] = ()
    """For API Gateway, whose actions are HTTP verbs: the paths that the call reads. Elsewhere all resources."""
    parameters: tuple[Parameters, ...] = ({},)
    """What is sent, for calls without a parent; several where one call does not show everything."""
    parent: str | None = None
    """The call whose elements are the parents."""
    parent_key: str = ""
    """The key of the parent's response that holds the elements."""
    asks: Asks | None = None
    token: tuple[str, str] | None = None
    """Request and response field of the next page, where botocore has no paginator for the call."""
    page: Parameters = {}
    """The page size to ask for, where the model does not tell the largest."""

    @property
    def service(self) -> str:
        """The boto3 client's name."""
        return self.name.partition(".")[0]

    @property
    def operation(self) -> str:
        """The boto3 client's method."""
        return self.name.partition(".")[2]

    @property
    def is_global(self) -> bool:
        """True for services without a Region, asked once for each account."""
        return self.service in _GLOBAL_SERVICES

    @property
    def bears_on_verdicts(self) -> bool:
        """True where the engine reads the answer."""
        return self.name in OPERATIONS

    @property
    def is_list(self) -> bool:
        """True where the file holds a list of exchanges, not one bare response."""
        return self.parent is not None or self.parameters != ({},)


def _once(name: str, action: str, **more: Any) -> LiveCall:
    return LiveCall(name=name, action=action, **more)


def _per(name: str, action: str, parent: str, key: str, asks: Asks, **more: Any) -> LiveCall:
    return LiveCall(name=name, action=action, parent=parent, parent_key=key, asks=asks, **more)


def _gateway(name: str, *paths: str, **more: Any) -> LiveCall:
    # API Gateway's management plane knows HTTP verbs as actions; `limit` defaults to 25 and may be 500.
    page = {"limit": 500} if name.rpartition("_")[2] not in {"account", "stages", "export"} else {}
    return LiveCall(name=f"apigateway.{name}", action="apigateway:GET", resources=paths, page=page, **more)


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
    _once("ec2.describe_vpcs", "ec2:DescribeVpcs"),
    _once("ec2.describe_dhcp_options", "ec2:DescribeDhcpOptions"),
    _once("ec2.describe_subnets", "ec2:DescribeSubnets"),
    _once("ec2.describe_route_tables", "ec2:DescribeRouteTables"),
    _once("ec2.describe_network_acls", "ec2:DescribeNetworkAcls"),
    _once("ec2.describe_security_groups", "ec2:DescribeSecurityGroups"),
    _once("ec2.describe_security_group_vpc_associations", "ec2:DescribeSecurityGroupVpcAssociations"),
    _once("ec2.describe_managed_prefix_lists", "ec2:DescribeManagedPrefixLists"),
    _once("ec2.describe_prefix_lists", "ec2:DescribePrefixLists"),
    _once("ec2.describe_network_interfaces", "ec2:DescribeNetworkInterfaces"),
    _once("ec2.describe_instances", "ec2:DescribeInstances", page={"MaxResults": 1000}),
    _once("ec2.describe_vpc_endpoints", "ec2:DescribeVpcEndpoints", page={"MaxResults": 1000}),
    _once("ec2.describe_vpc_endpoint_service_configurations", "ec2:DescribeVpcEndpointServiceConfigurations"),
    _once("ec2.describe_vpc_peering_connections", "ec2:DescribeVpcPeeringConnections"),
    _once("ec2.describe_internet_gateways", "ec2:DescribeInternetGateways"),
    _once("ec2.describe_egress_only_internet_gateways", "ec2:DescribeEgressOnlyInternetGateways"),
    _once("ec2.describe_nat_gateways", "ec2:DescribeNatGateways"),
    _once("ec2.describe_vpn_gateways", "ec2:DescribeVpnGateways"),
    _once("ec2.describe_vpn_connections", "ec2:DescribeVpnConnections"),
    _once("ec2.describe_transit_gateways", "ec2:DescribeTransitGateways"),
    _once("ec2.describe_transit_gateway_attachments", "ec2:DescribeTransitGatewayAttachments"),
    _once("ec2.describe_transit_gateway_vpc_attachments", "ec2:DescribeTransitGatewayVpcAttachments"),
    _once("ec2.describe_transit_gateway_peering_attachments", "ec2:DescribeTransitGatewayPeeringAttachments"),
    _once("ec2.describe_transit_gateway_route_tables", "ec2:DescribeTransitGatewayRouteTables"),
    _once("ec2.describe_availability_zones", "ec2:DescribeAvailabilityZones"),
    _once("ec2.describe_flow_logs", "ec2:DescribeFlowLogs"),
    _per("ec2.describe_vpc_attribute", "ec2:DescribeVpcAttribute", "ec2.describe_vpcs", "Vpcs", _vpc_attributes),
    _per(
        "ec2.get_managed_prefix_list_entries",
        "ec2:GetManagedPrefixListEntries",
        "ec2.describe_managed_prefix_lists",
        "PrefixLists",
        _of("PrefixListId", "PrefixListId"),
    ),
    _per(
        "ec2.get_transit_gateway_route_table_associations",
        "ec2:GetTransitGatewayRouteTableAssociations",
        *_RULE_TABLES,
        _of(_TABLE_ID, _TABLE_ID),
    ),
    _per(
        "ec2.get_transit_gateway_route_table_propagations",
        "ec2:GetTransitGatewayRouteTablePropagations",
        *_RULE_TABLES,
        _of(_TABLE_ID, _TABLE_ID),
    ),
    _per(
        "ec2.search_transit_gateway_routes",
        "ec2:SearchTransitGatewayRoutes",
        *_RULE_TABLES,
        _of(_TABLE_ID, _TABLE_ID, Filters=_ROUTE_STATES),
    ),
    _once("route53.list_hosted_zones", "route53:ListHostedZones"),
    _per("route53.get_hosted_zone", "route53:GetHostedZone", *_ZONES, _zone("Id")),
    _per("route53.list_resource_record_sets", "route53:ListResourceRecordSets", *_ZONES, _zone("HostedZoneId")),
    _per(
        "route53.list_vpc_association_authorizations",
        "route53:ListVPCAssociationAuthorizations",
        *_ZONES,
        _private_zone,
        token=_NEXT_TOKEN,
    ),
    _once("route53resolver.list_resolver_endpoints", "route53resolver:ListResolverEndpoints"),
    _once("route53resolver.list_resolver_rules", "route53resolver:ListResolverRules"),
    _once("route53resolver.list_resolver_rule_associations", "route53resolver:ListResolverRuleAssociations"),
    _once("route53resolver.list_resolver_configs", "route53resolver:ListResolverConfigs"),
    _once("route53resolver.list_resolver_query_log_configs", "route53resolver:ListResolverQueryLogConfigs"),
    _once(
        "route53resolver.list_resolver_query_log_config_associations",
        "route53resolver:ListResolverQueryLogConfigAssociations",
    ),
    _once("route53resolver.list_firewall_rule_groups", "route53resolver:ListFirewallRuleGroups"),
    _once(
        "route53resolver.list_firewall_rule_group_associations",
        "route53resolver:ListFirewallRuleGroupAssociations",
    ),
    _once("route53resolver.list_firewall_domain_lists", "route53resolver:ListFirewallDomainLists"),
    _once("route53resolver.list_firewall_configs", "route53resolver:ListFirewallConfigs"),
    _per(
        "route53resolver.list_resolver_endpoint_ip_addresses",
        "route53resolver:ListResolverEndpointIpAddresses",
        "route53resolver.list_resolver_endpoints",
        "ResolverEndpoints",
        _of("ResolverEndpointId", "Id"),
    ),
    _per(
        "route53resolver.list_firewall_rules",
        "route53resolver:ListFirewallRules",
        "route53resolver.list_firewall_rule_groups",
        "FirewallRuleGroups",
        _of("FirewallRuleGroupId", "Id"),
    ),
    _per(
        "route53resolver.list_firewall_domains",
        "route53resolver:ListFirewallDomains",
        "route53resolver.list_firewall_domain_lists",
        "FirewallDomainLists",
        _own_domain_list,
    ),
    _once("route53profiles.list_profiles", "route53profiles:ListProfiles"),
    _once("route53profiles.list_profile_associations", "route53profiles:ListProfileAssociations"),
    _per(
        "route53profiles.list_profile_resource_associations",
        "route53profiles:ListProfileResourceAssociations",
        "route53profiles.list_profiles",
        "ProfileSummaries",
        _of("ProfileId", "Id"),
    ),
    _gateway("get_rest_apis", "/restapis"),
    _gateway("get_domain_names", "/domainnames"),
    _gateway(
        "get_domain_name_access_associations", "/domainnameaccessassociations", token=("position", "position")
    ),
    _gateway("get_vpc_links", "/vpclinks"),
    _gateway("get_account", "/account"),
    _gateway(
        "get_resources",
        "/restapis/*",
        parent=_APIS[0],
        parent_key=_APIS[1],
        asks=_of("restApiId", "id", embed=["methods"]),
    ),
    _gateway("get_stages", "/restapis/*", parent=_APIS[0], parent_key=_APIS[1], asks=_of("restApiId", "id")),
    _gateway("get_deployments", "/restapis/*", parent=_APIS[0], parent_key=_APIS[1], asks=_of("restApiId", "id")),
    _gateway("get_authorizers", "/restapis/*", parent=_APIS[0], parent_key=_APIS[1], asks=_of("restApiId", "id")),
    _gateway("get_export", "/restapis/*", parent="apigateway.get_stages", parent_key="item", asks=_export),
    _gateway(
        "get_base_path_mappings",
        "/domainnames/*",
        parent="apigateway.get_domain_names",
        parent_key="items",
        asks=_mappings,
    ),
    _once("elbv2.describe_load_balancers", "elasticloadbalancing:DescribeLoadBalancers"),
    _once("elbv2.describe_target_groups", "elasticloadbalancing:DescribeTargetGroups"),
    _per(
        "elbv2.describe_listeners",
        "elasticloadbalancing:DescribeListeners",
        "elbv2.describe_load_balancers",
        "LoadBalancers",
        _of("LoadBalancerArn", "LoadBalancerArn"),
    ),
    _per(
        "elbv2.describe_target_health",
        "elasticloadbalancing:DescribeTargetHealth",
        "elbv2.describe_target_groups",
        "TargetGroups",
        _of("TargetGroupArn", "TargetGroupArn"),
    ),
    _once("acm.list_certificates", "acm:ListCertificates", parameters=({"Includes": {"keyTypes": _KEY_TYPES}},)),
    _once("lambda.list_functions", "lambda:ListFunctions"),
    _once("logs.describe_log_groups", "logs:DescribeLogGroups"),
    _once("cloudwatch.describe_alarms", "cloudwatch:DescribeAlarms"),
    _once("kms.list_aliases", "kms:ListAliases"),
    _once("vpc-lattice.list_service_networks", "vpc-lattice:ListServiceNetworks"),
    _once("network-firewall.list_firewalls", "network-firewall:ListFirewalls"),
    _per(
        "network-firewall.describe_firewall",
        "network-firewall:DescribeFirewall",
        "network-firewall.list_firewalls",
        "Firewalls",
        _of("FirewallArn", "FirewallArn"),
    ),
    _once("organizations.describe_organization", "organizations:DescribeOrganization"),
    _once("ram.get_resource_shares", "ram:GetResourceShares", parameters=_OWNERS),
    _once("ram.list_resources", "ram:ListResources", parameters=_OWNERS),
    _once(
        "wafv2.list_web_acls",
        "wafv2:ListWebACLs",
        parameters=({"Scope": "REGIONAL"},),
        token=("NextMarker", "NextMarker"),
    ),
    _per(
        "wafv2.list_resources_for_web_acl",
        "wafv2:ListResourcesForWebACL",
        "wafv2.list_web_acls",
        "WebACLs",
        _of("WebACLArn", "ARN", ResourceType="API_GATEWAY"),
    ),
)

BY_NAME: Mapping[str, LiveCall] = {call.name: call for call in CALLS}

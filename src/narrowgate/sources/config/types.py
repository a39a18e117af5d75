"""The table of the resource types that AWS Config records and the engine reads: which calls their items answer.

The types, and what AWS Config keeps of each, are those of AWS's published schemas of configuration items. What the
others would tell is named in `gaps.py`.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from narrowgate.sources.config import shapes
from narrowgate.sources.config.items import Item
from narrowgate.sources.config.shapes import Part


class ConfigType(msgspec.Struct, frozen=True, kw_only=True):
    """A resource type: its item as parts of answers, and the calls that its items together answer in full."""

    name: str
    parts: Callable[[Item], Iterable[Part]]
    answers: tuple[str, ...] = ()
    """Calls made once an account and Region: answered in full where the type is recorded."""
    children: tuple[str, ...] = ()
    """Calls made once a parent, which an item of the type answers for itself."""
    within: tuple[str, str, str] | None = None
    """For a type whose items are parts of a parent: the call that they answer together, the call that lists the
    parents, and the field of a parent's fact that holds its id."""

    @property
    def whole_calls(self) -> tuple[str, ...]:
        """The calls that all items of the type together answer in full."""
        return (*self.answers, *((self.within[0],) if self.within else ()))

    @property
    def calls(self) -> tuple[str, ...]:
        """Every call that an item of the type bears on."""
        return (*self.whole_calls, *self.children)


def _described(name: str, operation: str) -> ConfigType:
    """A type whose items are elements of a Describe call as they are."""
    return ConfigType(
        name=name, parts=lambda item: (Part(operation, (shapes.described(item),)),), answers=(operation,)
    )


def _shaped(
    name: str, parts: Callable[[Item], Iterable[Part]], *answers: str, children: tuple[str, ...] = ()
) -> ConfigType:
    return ConfigType(name=name, parts=parts, answers=answers, children=children)


_TABLE = (
    _described("AWS::EC2::VPC", "ec2.describe_vpcs"),
    _described("AWS::EC2::Subnet", "ec2.describe_subnets"),
    _described("AWS::EC2::RouteTable", "ec2.describe_route_tables"),
    _described("AWS::EC2::NetworkAcl", "ec2.describe_network_acls"),
    _described("AWS::EC2::NetworkInterface", "ec2.describe_network_interfaces"),
    _described("AWS::EC2::InternetGateway", "ec2.describe_internet_gateways"),
    _described("AWS::EC2::EgressOnlyInternetGateway", "ec2.describe_egress_only_internet_gateways"),
    _described("AWS::EC2::NatGateway", "ec2.describe_nat_gateways"),
    _described("AWS::EC2::VPNGateway", "ec2.describe_vpn_gateways"),
    _described("AWS::EC2::VPNConnection", "ec2.describe_vpn_connections"),
    _described("AWS::EC2::VPCEndpoint", "ec2.describe_vpc_endpoints"),
    _described("AWS::EC2::VPCEndpointService", "ec2.describe_vpc_endpoint_service_configurations"),
    _described("AWS::EC2::FlowLog", "ec2.describe_flow_logs"),
    _shaped("AWS::EC2::SecurityGroup", shapes.security_group, "ec2.describe_security_groups"),
    _shaped("AWS::EC2::Instance", shapes.instance, "ec2.describe_instances"),
    _shaped("AWS::EC2::VPCPeeringConnection", shapes.peering, "ec2.describe_vpc_peering_connections"),
    _shaped("AWS::EC2::DHCPOptions", shapes.dhcp_options, "ec2.describe_dhcp_options"),
    _shaped(
        "AWS::EC2::PrefixList",
        shapes.prefix_list,
        "ec2.describe_managed_prefix_lists",
        children=("ec2.get_managed_prefix_list_entries",),
    ),
    _shaped("AWS::EC2::TransitGateway", shapes.transit_gateway, "ec2.describe_transit_gateways"),
    _shaped(
        "AWS::EC2::TransitGatewayAttachment",
        shapes.gateway_attachment,
        "ec2.describe_transit_gateway_vpc_attachments",
    ),
    _shaped(
        "AWS::EC2::TransitGatewayRouteTable",
        shapes.gateway_route_table,
        "ec2.describe_transit_gateway_route_tables",
    ),
    _shaped(
        "AWS::Route53::HostedZone",
        shapes.hosted_zone,
        "route53.list_hosted_zones",
        children=("route53.get_hosted_zone",),
    ),
    _shaped(
        "AWS::Route53Resolver::ResolverEndpoint",
        shapes.resolver_endpoint,
        "route53resolver.list_resolver_endpoints",
        children=("route53resolver.list_resolver_endpoint_ip_addresses",),
    ),
    _shaped("AWS::Route53Resolver::ResolverRule", shapes.resolver_rule, "route53resolver.list_resolver_rules"),
    _shaped(
        "AWS::Route53Resolver::ResolverRuleAssociation",
        shapes.resolver_rule_association,
        "route53resolver.list_resolver_rule_associations",
    ),
    _shaped(
        "AWS::Route53Resolver::FirewallRuleGroup",
        shapes.firewall_rule_group,
        "route53resolver.list_firewall_rule_groups",
        children=("route53resolver.list_firewall_rules",),
    ),
    _shaped(
        "AWS::Route53Resolver::FirewallDomainList",
        shapes.firewall_domain_list,
        "route53resolver.list_firewall_domain_lists",
        children=("route53resolver.list_firewall_domains",),
    ),
    _shaped(
        "AWS::Route53Resolver::FirewallRuleGroupAssociation",
        shapes.firewall_association,
        "route53resolver.list_firewall_rule_group_associations",
    ),
    _described(
        "AWS::Route53Resolver::ResolverQueryLoggingConfig", "route53resolver.list_resolver_query_log_configs"
    ),
    _described(
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        "route53resolver.list_resolver_query_log_config_associations",
    ),
    _shaped("AWS::ApiGateway::RestApi", shapes.rest_api, "apigateway.get_rest_apis"),
    ConfigType(
        name="AWS::ApiGateway::Stage",
        parts=shapes.stage,
        within=("apigateway.get_stages", "apigateway.get_rest_apis", "id"),
    ),
    _described("AWS::ElasticLoadBalancingV2::LoadBalancer", "elbv2.describe_load_balancers"),
    ConfigType(
        name="AWS::ElasticLoadBalancingV2::Listener",
        parts=shapes.listener,
        within=("elbv2.describe_listeners", "elbv2.describe_load_balancers", "load_balancer_arn"),
    ),
    _shaped("AWS::ACM::Certificate", shapes.certificate, "acm.list_certificates"),
    _described("AWS::Lambda::Function", "lambda.list_functions"),
    _described("AWS::CloudWatch::Alarm", "cloudwatch.describe_alarms"),
)

TYPES: Mapping[str, ConfigType] = {each.name: each for each in _TABLE}

RECORDER = "AWS::Config::ConfigurationRecorder"
"""AWS Config's item about itself: what it records, hence of which types no item means that there is none."""

QUERY = (
    "SELECT accountId, awsRegion, resourceType, resourceId, arn, configurationItemCaptureTime, "
    "configurationItemStatus, configuration, tags WHERE resourceType IN ("
    + ", ".join(f"'{name}'" for name in (*TYPES, RECORDER))
    + ")"
)
"""What an aggregator is asked."""

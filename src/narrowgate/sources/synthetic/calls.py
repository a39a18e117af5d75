"""The calls that a complete collection makes, and the key that an empty answer has."""

ONCE: dict[str, str] = {
    "ec2.describe_vpcs": "Vpcs",
    "ec2.describe_dhcp_options": "DhcpOptions",
    "ec2.describe_subnets": "Subnets",
    "ec2.describe_route_tables": "RouteTables",
    "ec2.describe_network_acls": "NetworkAcls",
    "ec2.describe_security_groups": "SecurityGroups",
    "ec2.describe_security_group_vpc_associations": "SecurityGroupVpcAssociations",
    "ec2.describe_managed_prefix_lists": "PrefixLists",
    "ec2.describe_network_interfaces": "NetworkInterfaces",
    "ec2.describe_instances": "Reservations",
    "ec2.describe_vpc_endpoints": "VpcEndpoints",
    "ec2.describe_vpc_endpoint_service_configurations": "ServiceConfigurations",
    "ec2.describe_vpc_peering_connections": "VpcPeeringConnections",
    "ec2.describe_internet_gateways": "InternetGateways",
    "ec2.describe_egress_only_internet_gateways": "EgressOnlyInternetGateways",
    "ec2.describe_nat_gateways": "NatGateways",
    "ec2.describe_vpn_gateways": "VpnGateways",
    "ec2.describe_vpn_connections": "VpnConnections",
    "ec2.describe_transit_gateways": "TransitGateways",
    "ec2.describe_transit_gateway_attachments": "TransitGatewayAttachments",
    "ec2.describe_transit_gateway_vpc_attachments": "TransitGatewayVpcAttachments",
    "ec2.describe_transit_gateway_peering_attachments": "TransitGatewayPeeringAttachments",
    "ec2.describe_transit_gateway_route_tables": "TransitGatewayRouteTables",
    "ec2.describe_availability_zones": "AvailabilityZones",
    "ec2.describe_flow_logs": "FlowLogs",
    "route53resolver.list_resolver_endpoints": "ResolverEndpoints",
    "route53resolver.list_resolver_rules": "ResolverRules",
    "route53resolver.list_resolver_rule_associations": "ResolverRuleAssociations",
    "route53resolver.list_resolver_configs": "ResolverConfigs",
    "route53resolver.list_resolver_query_log_configs": "ResolverQueryLogConfigs",
    "route53resolver.list_resolver_query_log_config_associations": "ResolverQueryLogConfigAssociations",
    "route53resolver.list_firewall_rule_groups": "FirewallRuleGroups",
    "route53resolver.list_firewall_rule_group_associations": "FirewallRuleGroupAssociations",
    "route53resolver.list_firewall_domain_lists": "FirewallDomainLists",
    "route53resolver.list_firewall_configs": "FirewallConfigs",
    "route53profiles.list_profiles": "ProfileSummaries",
    "route53profiles.list_profile_associations": "ProfileAssociations",
    "apigateway.get_rest_apis": "items",
    "apigateway.get_domain_names": "items",
    "apigateway.get_domain_name_access_associations": "items",
    "apigateway.get_vpc_links": "items",
    "lambda.list_functions": "Functions",
    "elbv2.describe_load_balancers": "LoadBalancers",
    "elbv2.describe_target_groups": "TargetGroups",
    "acm.list_certificates": "CertificateSummaryList",
    "logs.describe_log_groups": "logGroups",
    "cloudwatch.describe_alarms": "MetricAlarms",
    "kms.list_aliases": "Aliases",
    "vpc-lattice.list_service_networks": "items",
    "network-firewall.list_firewalls": "Firewalls",
}
"""Calls made once per account and Region, with the key that holds their elements."""

ONCE_GLOBAL: dict[str, str] = {"route53.list_hosted_zones": "HostedZones"}
"""Calls of services without a Region."""

PER_PARENT = (
    "ec2.describe_vpc_attribute",
    "ec2.get_managed_prefix_list_entries",
    "ec2.get_transit_gateway_route_table_associations",
    "ec2.get_transit_gateway_route_table_propagations",
    "ec2.search_transit_gateway_routes",
    "route53resolver.list_resolver_endpoint_ip_addresses",
    "route53resolver.list_firewall_rules",
    "route53resolver.list_firewall_domains",
    "route53profiles.list_profile_resource_associations",
    "apigateway.get_resources",
    "apigateway.get_stages",
    "apigateway.get_deployments",
    "apigateway.get_base_path_mappings",
    "apigateway.get_authorizers",
    "apigateway.get_export",
    "elbv2.describe_listeners",
    "elbv2.describe_target_health",
)
"""Calls made once per parent; without any parent their file is an empty list."""

PER_PARENT_GLOBAL = (
    "route53.get_hosted_zone",
    "route53.list_resource_record_sets",
    "route53.list_vpc_association_authorizations",
)
"""The same for services without a Region."""

GLOBAL = "global"

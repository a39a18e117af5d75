"""Calls about networks and the hosts in them. A new call is one line here."""

from narrowgate.model import filters, logs, privatelink, routing, transit, vpc
from narrowgate.sources.snapshot.operation import Operation, per_account, per_parent

EC2_OPERATIONS = (
    per_account("ec2.describe_vpcs", "Vpcs", vpc.Vpc, "vpcs", "vpc_id"),
    per_account("ec2.describe_dhcp_options", "DhcpOptions", vpc.DhcpOptions, "dhcp_options", "dhcp_options_id"),
    per_account("ec2.describe_subnets", "Subnets", vpc.Subnet, "subnets", "subnet_id"),
    per_account("ec2.describe_route_tables", "RouteTables", routing.RouteTable, "route_tables", "route_table_id"),
    per_account("ec2.describe_network_acls", "NetworkAcls", filters.NetworkAcl, "network_acls", "network_acl_id"),
    per_account(
        "ec2.describe_security_groups", "SecurityGroups", filters.SecurityGroup, "security_groups", "group_id"
    ),
    per_account(
        "ec2.describe_security_group_vpc_associations",
        "SecurityGroupVpcAssociations",
        filters.SecurityGroupVpcAssociation,
        "security_group_vpc_associations",
    ),
    per_account(
        "ec2.describe_managed_prefix_lists",
        "PrefixLists",
        filters.ManagedPrefixList,
        "managed_prefix_lists",
        "prefix_list_id",
    ),
    per_account(
        "ec2.describe_prefix_lists", "PrefixLists", filters.ServicePrefixList, "prefix_lists", "prefix_list_id"
    ),
    per_account(
        "ec2.describe_network_interfaces",
        "NetworkInterfaces",
        vpc.NetworkInterface,
        "network_interfaces",
        "network_interface_id",
    ),
    per_account("ec2.describe_instances", "Reservations", vpc.Reservation, "instances"),
    per_account(
        "ec2.describe_vpc_endpoints", "VpcEndpoints", privatelink.VpcEndpoint, "vpc_endpoints", "vpc_endpoint_id"
    ),
    per_account(
        "ec2.describe_vpc_endpoint_service_configurations",
        "ServiceConfigurations",
        privatelink.EndpointService,
        "endpoint_services",
        "service_id",
    ),
    per_account(
        "ec2.describe_vpc_peering_connections",
        "VpcPeeringConnections",
        routing.VpcPeeringConnection,
        "vpc_peering_connections",
        "vpc_peering_connection_id",
    ),
    per_account(
        "ec2.describe_internet_gateways",
        "InternetGateways",
        routing.InternetGateway,
        "internet_gateways",
        "internet_gateway_id",
    ),
    per_account(
        "ec2.describe_egress_only_internet_gateways",
        "EgressOnlyInternetGateways",
        routing.EgressOnlyInternetGateway,
        "egress_only_internet_gateways",
        "egress_only_internet_gateway_id",
    ),
    per_account("ec2.describe_nat_gateways", "NatGateways", routing.NatGateway, "nat_gateways", "nat_gateway_id"),
    per_account("ec2.describe_vpn_gateways", "VpnGateways", routing.VpnGateway, "vpn_gateways", "vpn_gateway_id"),
    per_account(
        "ec2.describe_vpn_connections",
        "VpnConnections",
        routing.VpnConnection,
        "vpn_connections",
        "vpn_connection_id",
    ),
    per_account(
        "ec2.describe_transit_gateways",
        "TransitGateways",
        transit.TransitGateway,
        "transit_gateways",
        "transit_gateway_id",
    ),
    per_account(
        "ec2.describe_transit_gateway_attachments",
        "TransitGatewayAttachments",
        transit.TransitGatewayAttachment,
        "transit_gateway_attachments",
        "transit_gateway_attachment_id",
    ),
    per_account(
        "ec2.describe_transit_gateway_vpc_attachments",
        "TransitGatewayVpcAttachments",
        transit.TransitGatewayVpcAttachment,
        "transit_gateway_vpc_attachments",
        "transit_gateway_attachment_id",
    ),
    per_account(
        "ec2.describe_transit_gateway_peering_attachments",
        "TransitGatewayPeeringAttachments",
        transit.TransitGatewayPeeringAttachment,
        "transit_gateway_peering_attachments",
        "transit_gateway_attachment_id",
    ),
    per_account(
        "ec2.describe_transit_gateway_route_tables",
        "TransitGatewayRouteTables",
        transit.TransitGatewayRouteTable,
        "transit_gateway_route_tables",
        "transit_gateway_route_table_id",
    ),
    per_account(
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
    per_parent(
        "ec2.get_managed_prefix_list_entries",
        "Entries",
        filters.PrefixListEntry,
        "prefix_list_entries",
        "PrefixListId",
    ),
    per_parent(
        "ec2.get_transit_gateway_route_table_associations",
        "Associations",
        transit.TransitGatewayRouteTableAssociation,
        "transit_gateway_associations",
        "TransitGatewayRouteTableId",
    ),
    per_parent(
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
    per_account("lambda.list_functions", "Functions", vpc.LambdaFunction, "functions", "function_arn"),
    per_account("ec2.describe_flow_logs", "FlowLogs", logs.FlowLog, "flow_logs", "flow_log_id"),
)

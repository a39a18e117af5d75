"""Route tables, routes, gateways and peerings."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, picked

_ROUTE = {
    "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
    "DestinationPrefixListId": "destination_prefix_list_id",
    "CarrierGatewayId": "carrier_gateway_id",
    "CoreNetworkArn": "core_network_arn",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "GatewayId": "gateway_id",
    "InstanceId": "instance_id",
    "LocalGatewayId": "local_gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcEndpointId": "vpc_endpoint_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
}
_INLINE = {**_ROUTE, "DestinationIpv6CidrBlock": "ipv6_cidr_block"}


def route_table(given: Given) -> list[Resource]:
    """`aws_route_table` with its inline routes and propagation (NET-02)."""
    found = given.tagged("AWS::EC2::RouteTable", {"VpcId": given["vpc_id"]})
    return found + _inline(given, given["id"])


def default_route_table(given: Given) -> list[Resource]:
    """`aws_default_route_table`: the table that EC2 made with the VPC, with other routes."""
    return _inline(given, given["default_route_table_id"])


def _inline(given: Given, table: Any) -> list[Resource]:
    routes = given.blocks("route")
    if isinstance(routes, Unknown):
        return [
            given.resource("AWS::EC2::Route", {"RouteTableId": table, "DestinationCidrBlock": routes}, ".route")
        ]
    found = [
        given.resource(
            "AWS::EC2::Route",
            {"RouteTableId": table, **picked(each, DestinationCidrBlock="cidr_block", **_INLINE)},
            f".route[{at}]",
        )
        for at, each in enumerate(routes)
        if each.get("gateway_id") != "local"
    ]
    vgws = given["propagating_vgws"]
    for at, gateway in enumerate(vgws if isinstance(vgws, list) else ()):
        properties = {"RouteTableIds": [table], "VpnGatewayId": gateway}
        found.append(
            given.resource("AWS::EC2::VPNGatewayRoutePropagation", properties, f".propagating_vgws[{at}]")
        )
    return found


def route(given: Given) -> list[Resource]:
    """`aws_route`."""
    arguments = {name: given[name] for name in (*_ROUTE.values(), "destination_cidr_block")}
    properties = picked(arguments, DestinationCidrBlock="destination_cidr_block", **_ROUTE)
    return [given.resource("AWS::EC2::Route", {"RouteTableId": given["route_table_id"], **properties})]


def route_table_association(given: Given) -> list[Resource]:
    """`aws_route_table_association`, of a subnet or a gateway."""
    table = given["route_table_id"]
    if given.configured("gateway_id"):
        properties = {"RouteTableId": table, "GatewayId": given["gateway_id"]}
        return [given.resource("AWS::EC2::GatewayRouteTableAssociation", properties)]
    properties = {"RouteTableId": table, "SubnetId": given["subnet_id"]}
    return [given.resource("AWS::EC2::SubnetRouteTableAssociation", properties)]


def main_route_table_association(given: Given) -> list[Resource]:
    """`aws_main_route_table_association`: another table becomes the VPC's main one (NET-01)."""
    properties = {"VpcId": given["vpc_id"], "RouteTableId": given["route_table_id"]}
    return [given.resource("Custom::MainRouteTableAssociation", properties)]


def route_propagation(given: Given) -> list[Resource]:
    """`aws_vpn_gateway_route_propagation`."""
    properties = {"RouteTableIds": [given["route_table_id"]], "VpnGatewayId": given["vpn_gateway_id"]}
    return [given.resource("AWS::EC2::VPNGatewayRoutePropagation", properties)]


def internet_gateway(given: Given) -> list[Resource]:
    """`aws_internet_gateway`, attached where it names a VPC."""
    found = given.tagged("AWS::EC2::InternetGateway", {})
    if given["vpc_id"]:
        properties = {"VpcId": given["vpc_id"], "InternetGatewayId": given["id"]}
        found.append(given.resource("AWS::EC2::VPCGatewayAttachment", properties, ".attachment"))
    return found


def gateway_attachment(given: Given) -> list[Resource]:
    """`aws_internet_gateway_attachment` and `aws_vpn_gateway_attachment`."""
    properties = {
        "VpcId": given["vpc_id"],
        "InternetGatewayId": given["internet_gateway_id"],
        "VpnGatewayId": given["vpn_gateway_id"],
    }
    return [given.resource("AWS::EC2::VPCGatewayAttachment", properties)]


def egress_only_gateway(given: Given) -> list[Resource]:
    """`aws_egress_only_internet_gateway`."""
    return given.tagged("AWS::EC2::EgressOnlyInternetGateway", {"VpcId": given["vpc_id"]})


def nat_gateway(given: Given) -> list[Resource]:
    """`aws_nat_gateway`."""
    return given.tagged(
        "AWS::EC2::NatGateway",
        {
            "SubnetId": given["subnet_id"],
            "ConnectivityType": given["connectivity_type"] or "public",
            "AllocationId": given["allocation_id"],
            "PrivateIpAddress": given["private_ip"],
        },
    )


def vpn_gateway(given: Given) -> list[Resource]:
    """`aws_vpn_gateway`, attached where it names a VPC."""
    found = given.tagged("AWS::EC2::VPNGateway", {"Type": "ipsec.1"})
    if given["vpc_id"]:
        properties = {"VpcId": given["vpc_id"], "VpnGatewayId": given["id"]}
        found.append(given.resource("AWS::EC2::VPCGatewayAttachment", properties, ".attachment"))
    return found


def vpn_connection(given: Given) -> list[Resource]:
    """`aws_vpn_connection`; its keys are not read."""
    return given.tagged(
        "AWS::EC2::VPNConnection",
        {
            "VpnGatewayId": given["vpn_gateway_id"],
            "TransitGatewayId": given["transit_gateway_id"],
            "CustomerGatewayId": given["customer_gateway_id"],
            "Type": given["type"],
        },
    )


def peering(given: Given) -> list[Resource]:
    """`aws_vpc_peering_connection`: it waits unless `auto_accept` or an accepter accepts (PCX-02)."""
    found = given.tagged(
        "AWS::EC2::VPCPeeringConnection",
        {
            "VpcId": given["vpc_id"],
            "PeerVpcId": given["peer_vpc_id"],
            "PeerOwnerId": given["peer_owner_id"],
            "PeerRegion": given["peer_region"],
            "AutoAccept": bool(given["auto_accept"]) or given["accept_status"] == "active",
        },
    )
    return found + _options(given, given["id"])


def peering_accepter(given: Given) -> list[Resource]:
    """`aws_vpc_peering_connection_accepter`."""
    own = given["vpc_peering_connection_id"]
    found: list[Resource] = []
    if given["auto_accept"]:
        found.append(given.resource("Custom::VpcPeeringConnectionAccepter", {"VpcPeeringConnectionId": own}))
    return found + _options(given, own)


def peering_options(given: Given) -> list[Resource]:
    """`aws_vpc_peering_connection_options`."""
    return _options(given, given["vpc_peering_connection_id"])


def _options(given: Given, own: Any) -> list[Resource]:
    """The DNS option of each side (PEER-DNS-03)."""
    found: list[Resource] = []
    for side in ("requester", "accepter"):
        value = given.block(side).get("allow_remote_vpc_dns_resolution")
        if value is not None:
            properties = {
                "VpcPeeringConnectionId": own,
                "Side": side.capitalize(),
                "AllowDnsResolutionFromRemoteVpc": value,
            }
            found.append(given.resource("Custom::VpcPeeringConnectionOptions", properties, f".{side}"))
    return found

"""Transit gateways."""

from narrowgate.model.resource import Resource
from narrowgate.sources.terraform.convert.given import Given

_SWITCHES = {
    "AutoAcceptSharedAttachments": "auto_accept_shared_attachments",
    "DefaultRouteTableAssociation": "default_route_table_association",
    "DefaultRouteTablePropagation": "default_route_table_propagation",
    "DnsSupport": "dns_support",
    "SecurityGroupReferencingSupport": "security_group_referencing_support",
}


def gateway(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway` (TGW-04)."""
    return given.tagged(
        "AWS::EC2::TransitGateway", {name: given[argument] for name, argument in _SWITCHES.items()}
    )


def attachment(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_vpc_attachment` (TGW-02)."""
    options = {
        "DnsSupport": given["dns_support"],
        "Ipv6Support": given["ipv6_support"],
        "ApplianceModeSupport": given["appliance_mode_support"],
        "SecurityGroupReferencingSupport": given["security_group_referencing_support"],
    }
    return given.tagged(
        "AWS::EC2::TransitGatewayVpcAttachment",
        {
            "TransitGatewayId": given["transit_gateway_id"],
            "VpcId": given["vpc_id"],
            "SubnetIds": given["subnet_ids"],
            "Options": {name: value for name, value in options.items() if value is not None},
            # Each attachment may opt out of the gateway's default tables.
            "DefaultRouteTableAssociation": given["transit_gateway_default_route_table_association"],
            "DefaultRouteTablePropagation": given["transit_gateway_default_route_table_propagation"],
        },
    )


def attachment_accepter(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_vpc_attachment_accepter` and its peering twin."""
    properties = {"TransitGatewayAttachmentId": given["transit_gateway_attachment_id"]}
    kind = "Peering" if "peering" in given.instance.type else "Vpc"
    return [given.resource(f"Custom::TransitGateway{kind}AttachmentAccepter", properties)]


def peering_attachment(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_peering_attachment`."""
    return given.tagged(
        "AWS::EC2::TransitGatewayPeeringAttachment",
        {
            "TransitGatewayId": given["transit_gateway_id"],
            "PeerTransitGatewayId": given["peer_transit_gateway_id"],
            "PeerAccountId": given["peer_account_id"],
            "PeerRegion": given["peer_region"],
        },
    )


def route_table(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_route_table`."""
    properties = {"TransitGatewayId": given["transit_gateway_id"]}
    return given.tagged("AWS::EC2::TransitGatewayRouteTable", properties)


def association(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_route_table_association`."""
    return [given.resource("AWS::EC2::TransitGatewayRouteTableAssociation", _both(given))]


def propagation(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_route_table_propagation`."""
    return [given.resource("AWS::EC2::TransitGatewayRouteTablePropagation", _both(given))]


def route(given: Given) -> list[Resource]:
    """`aws_ec2_transit_gateway_route`."""
    properties = {
        **_both(given),
        "DestinationCidrBlock": given["destination_cidr_block"],
        "Blackhole": given["blackhole"],
    }
    return [given.resource("AWS::EC2::TransitGatewayRoute", properties)]


def _both(given: Given) -> dict[str, object]:
    return {
        "TransitGatewayAttachmentId": given["transit_gateway_attachment_id"],
        "TransitGatewayRouteTableId": given["transit_gateway_route_table_id"],
    }

"""Transit gateways of a design."""

from typing import Any

from narrowgate.model.resource import GetAtt, Resource
from narrowgate.sources.resources.building import Building
from narrowgate.sources.resources.vpcs import tagged

Properties = dict[str, Any]
_DEFAULT_TABLE = ("DefaultRouteTableAssociation", "DefaultRouteTablePropagation")
_SWITCHES = {
    **dict.fromkeys(_DEFAULT_TABLE, "disable"),
    "AutoAcceptSharedAttachments": "disable",
    "DnsSupport": "enable",
}


def gateway(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::TransitGateway`; the accounts that the list shares it with see it too."""
    estate = building.estate(resource)
    switches = {name: properties.get(name, default) for name, default in _SWITCHES.items()}
    own = estate.transit_gateway(
        resource.logical_id,
        shared_with=_shared_with(building, resource),
        has_default_table="enable" in (switches[each] for each in _DEFAULT_TABLE),
    )
    for element in estate.views("ec2.describe_transit_gateways", own, "TransitGatewayId"):
        element["Options"] |= switches
        element["Description"] = ""
    tagged(building, own, properties)
    return own


def _shared_with(building: Building, resource: Resource) -> list[str]:
    own = GetAtt(resource.logical_id, "Arn")
    return [
        account
        for each in building.resources.values()
        if each.type == "AWS::RAM::ResourceShare" and own in each.properties["ResourceArns"]
        for account in each.properties["Principals"]
    ]


def attachment(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::TransitGatewayVpcAttachment`."""
    estate = building.estate(resource)
    own = estate.attach_vpc(properties["TransitGatewayId"], properties["SubnetIds"], default_tables=False)
    return tagged(building, own, properties)


def route_table(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::TransitGatewayRouteTable`."""
    own = building.estate(resource).transit_route_table(properties["TransitGatewayId"], resource.logical_id)
    return tagged(building, own, properties)


def association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::TransitGatewayRouteTableAssociation`."""
    estate = building.estate(resource)
    own, table = properties["TransitGatewayAttachmentId"], properties["TransitGatewayRouteTableId"]
    estate.associate_attachment(own, table)
    for element in estate.views("ec2.describe_transit_gateway_attachments", own, "TransitGatewayAttachmentId"):
        element["Association"] = {"TransitGatewayRouteTableId": table, "State": "associated"}
    return resource.logical_id


def propagation(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::TransitGatewayRouteTablePropagation`."""
    building.estate(resource).propagate(
        properties["TransitGatewayAttachmentId"], properties["TransitGatewayRouteTableId"]
    )
    return resource.logical_id

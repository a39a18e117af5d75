"""Transit gateways of a design."""

from typing import Any

from narrowgate.model.resource import GetAtt, Resource
from narrowgate.sources.resources.building import Building
from narrowgate.sources.resources.vpcs import tagged

Properties = dict[str, Any]
_SWITCHES = {
    "DefaultRouteTableAssociation": "disable",
    "DefaultRouteTablePropagation": "disable",
    "AutoAcceptSharedAttachments": "disable",
    "DnsSupport": "enable",
}


def gateway(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::TransitGateway`; the accounts that the list shares it with see it too."""
    estate = building.estate(resource)
    own = estate.transit_gateway(resource.logical_id, shared_with=_shared_with(building, resource))
    for element in estate.views("ec2.describe_transit_gateways", own, "TransitGatewayId"):
        element["Options"] |= {name: properties.get(name, default) for name, default in _SWITCHES.items()}
        element["Description"] = ""
        for field in ("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"):
            if properties.get("DefaultRouteTableAssociation") == "disable":
                element["Options"].pop(field, None)
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
    gateway_fact = building.ledger.by_id[properties["TransitGatewayId"]]
    # The builder looks the default table up even where the attachment does not use it.
    gateway_fact["Options"].setdefault("AssociationDefaultRouteTableId", "")
    own = estate.attach_vpc(properties["TransitGatewayId"], properties["SubnetIds"], default_tables=False)
    if not gateway_fact["Options"]["AssociationDefaultRouteTableId"]:
        del gateway_fact["Options"]["AssociationDefaultRouteTableId"]
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

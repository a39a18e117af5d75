"""Commands for peerings, transit gateways and shares."""

from collections.abc import Mapping
from typing import Any

from narrowgate.generate.plan import Plan
from narrowgate.generate.requests import peering_option
from narrowgate.generate.runbook.network import asked, capture, ec2, own, tagged
from narrowgate.generate.runbook.shell import Command, command_of, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import Resource


def peering(plan: Plan, resource: Resource) -> Work:
    """A request for a peering, and its acceptance where both sides are one's own (PCX-02)."""
    properties, it = resource.properties, own(resource)
    is_here = (properties["PeerOwnerId"], properties["PeerRegion"]) == (resource.account, resource.region)
    far = (("--peer-owner-id", properties["PeerOwnerId"]), ("--peer-region", properties["PeerRegion"]))
    made = ec2(
        resource,
        "create-vpc-peering-connection",
        ("--vpc-id", properties["VpcId"]),
        ("--peer-vpc-id", properties["PeerVpcId"]),
        *(() if is_here else far),
        *tagged(resource, plan, "vpc-peering-connection"),
    )
    accept = ec2(resource, "accept-vpc-peering-connection", ("--vpc-peering-connection-id", it))
    shown = ec2(resource, "describe-vpc-peering-connections", ("--vpc-peering-connection-ids", it))
    query = "VpcPeeringConnections[0].Status.Code"
    name = variable(resource.logical_id)
    return Work(
        commands=(
            capture(made, name, "VpcPeeringConnection.VpcPeeringConnectionId"),
            *((accept,) if is_here else ()),
        ),
        check=Check(asked(shown, query), "active" if is_here else "pending-acceptance"),
        undo=(ec2(resource, "delete-vpc-peering-connection", ("--vpc-peering-connection-id", it)),),
        console="VPC > Peering connections > Create peering connection",
    )


def peering_accepter(plan: Plan, resource: Resource) -> Work:
    """The other owner's acceptance, in its own account and Region; a request ends after a week."""
    it = resource.properties["VpcPeeringConnectionId"]
    shown = ec2(resource, "describe-vpc-peering-connections", ("--vpc-peering-connection-ids", it))
    return Work(
        commands=(ec2(resource, "accept-vpc-peering-connection", ("--vpc-peering-connection-id", it)),),
        check=Check(asked(shown, "VpcPeeringConnections[0].Status.Code"), "active"),
        undo=(ec2(resource, "delete-vpc-peering-connection", ("--vpc-peering-connection-id", it)),),
        console="VPC > Peering connections > (request) > Actions > Accept request",
        note="A request that nobody accepts within seven days is gone.",
    )


def peering_options(plan: Plan, resource: Resource) -> Work:
    """One side's DNS option (PEER-DNS-03)."""
    properties = resource.properties
    wanted = properties["AllowDnsResolutionFromRemoteVpc"]
    shown = ec2(
        resource,
        "describe-vpc-peering-connections",
        ("--vpc-peering-connection-ids", properties["VpcPeeringConnectionId"]),
    )
    query = f"VpcPeeringConnections[0].{properties['Side']}VpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc"
    return Work(
        commands=(command_of(peering_option(resource, allowed=wanted), resource.region),),
        check=Check(asked(shown, query), str(wanted)),
        undo=(command_of(peering_option(resource, allowed=False), resource.region),),
        console="VPC > Peering connections > (peering) > DNS > Edit DNS settings",
    )


def transit_gateway(plan: Plan, resource: Resource) -> Work:
    """A hub without default tables: each VPC has a table of its own (TGW-04)."""
    properties, it = resource.properties, own(resource)
    names = (
        "DefaultRouteTableAssociation",
        "DefaultRouteTablePropagation",
        "AutoAcceptSharedAttachments",
        "DnsSupport",
    )
    options = ",".join(f"{name}={properties[name]}" for name in names)
    made = ec2(
        resource,
        "create-transit-gateway",
        ("--options", options),
        *tagged(resource, plan, "transit-gateway"),
    )
    shown = ec2(resource, "describe-transit-gateways", ("--transit-gateway-ids", it))
    return Work(
        commands=(
            capture(made, variable(resource.logical_id), "TransitGateway.TransitGatewayId"),
            capture(shown, variable(resource.logical_id, "Arn"), "TransitGateways[0].TransitGatewayArn"),
        ),
        check=Check(asked(shown, "TransitGateways[0].State"), "available"),
        undo=(ec2(resource, "delete-transit-gateway", ("--transit-gateway-id", it)),),
        console="VPC > Transit gateways > Create transit gateway",
        note="It takes a few minutes to become available.",
    )


def attachment(plan: Plan, resource: Resource) -> Work:
    """A VPC's attachment, in every zone that sends or answers (TGW-02)."""
    properties, it = resource.properties, own(resource)
    made = ec2(
        resource,
        "create-transit-gateway-vpc-attachment",
        ("--transit-gateway-id", properties["TransitGatewayId"]),
        ("--vpc-id", properties["VpcId"]),
        ("--subnet-ids", properties["SubnetIds"]),
        *tagged(resource, plan, "transit-gateway-attachment"),
    )
    shown = ec2(resource, "describe-transit-gateway-vpc-attachments", ("--transit-gateway-attachment-ids", it))
    name = variable(resource.logical_id)
    return Work(
        commands=(capture(made, name, "TransitGatewayVpcAttachment.TransitGatewayAttachmentId"),),
        check=Check(asked(shown, "TransitGatewayVpcAttachments[0].State"), "available"),
        undo=(ec2(resource, "delete-transit-gateway-vpc-attachment", ("--transit-gateway-attachment-id", it)),),
        console="VPC > Transit gateway attachments > Create",
    )


def transit_table(plan: Plan, resource: Resource) -> Work:
    """A table of the hub."""
    made = ec2(
        resource,
        "create-transit-gateway-route-table",
        ("--transit-gateway-id", resource.properties["TransitGatewayId"]),
        *tagged(resource, plan, "transit-gateway-route-table"),
    )
    name = variable(resource.logical_id)
    return Work(
        commands=(capture(made, name, "TransitGatewayRouteTable.TransitGatewayRouteTableId"),),
        undo=(
            ec2(
                resource,
                "delete-transit-gateway-route-table",
                ("--transit-gateway-route-table-id", own(resource)),
            ),
        ),
        console="VPC > Transit gateway route tables > Create",
    )


def _table_use(do: str, undo: str, tab: str) -> Writer:
    def write(plan: Plan, resource: Resource) -> Work:
        properties = resource.properties
        place = (
            ("--transit-gateway-route-table-id", properties["TransitGatewayRouteTableId"]),
            ("--transit-gateway-attachment-id", properties["TransitGatewayAttachmentId"]),
        )
        return Work(
            commands=(ec2(resource, do, *place),),
            undo=(ec2(resource, undo, *place),),
            console=f"VPC > Transit gateway route tables > (table) > {tab} > Create",
        )

    return write


def resource_share(plan: Plan, resource: Resource) -> Work:
    """A share; outside one organization each account has to accept it."""
    properties = resource.properties

    def ram(operation: str, *options: tuple[str, Any]) -> Command:
        return Command(service="ram", operation=operation, region=resource.region, options=options)

    made = ram(
        "create-resource-share",
        ("--name", properties["Name"]),
        ("--resource-arns", properties["ResourceArns"]),
        ("--principals", properties["Principals"]),
    )
    it = own(resource)
    shown = ram(
        "get-resource-share-associations", ("--association-type", "PRINCIPAL"), ("--resource-share-arns", it)
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "resourceShare.resourceShareArn"),),
        check=Check(asked(shown, "resourceShareAssociations[].status"), "ASSOCIATED"),
        undo=(ram("delete-resource-share", ("--resource-share-arn", it)),),
        console="Resource Access Manager > Shared by me > Create resource share",
        note="Accounts outside your organization accept the invitation first: "
        "Resource Access Manager > Shared with me.",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::EC2::VPCPeeringConnection": peering,
    "Custom::VpcPeeringConnectionAccepter": peering_accepter,
    "Custom::VpcPeeringConnectionOptions": peering_options,
    "AWS::EC2::TransitGateway": transit_gateway,
    "AWS::EC2::TransitGatewayVpcAttachment": attachment,
    "AWS::EC2::TransitGatewayRouteTable": transit_table,
    "AWS::EC2::TransitGatewayRouteTableAssociation": _table_use(
        "associate-transit-gateway-route-table", "disassociate-transit-gateway-route-table", "Associations"
    ),
    "AWS::EC2::TransitGatewayRouteTablePropagation": _table_use(
        "enable-transit-gateway-route-table-propagation",
        "disable-transit-gateway-route-table-propagation",
        "Propagations",
    ),
    "AWS::RAM::ResourceShare": resource_share,
}
"""What makes each type."""

"""Commands for VPCs, routes, groups, peerings, hubs, endpoints and shares."""

from collections.abc import Mapping
from typing import Any

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.shell import Command, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import Ref, Resource

Options = tuple[tuple[str, Any], ...]


def ec2(resource: Resource, operation: str, *options: tuple[str, Any]) -> Command:
    """An `aws ec2` command in a resource's Region."""
    return Command(service="ec2", operation=operation, region=resource.region, options=options)


def capture(command: Command, name: str, query: str) -> Command:
    """The same command with its answer kept in a variable."""
    return Command(
        service=command.service,
        operation=command.operation,
        region=command.region,
        options=command.options,
        captures=((name, query),),
    )


def asked(command: Command, query: str) -> Command:
    """The same command showing one value."""
    return Command(
        service=command.service,
        operation=command.operation,
        region=command.region,
        options=(*command.options, ("--query", query), ("--output", "text")),
    )


def tagged(resource: Resource, plan: Plan, kind: str) -> Options:
    """The option that names a resource and gives it the design's tags."""
    own = [*resource.properties.get("Tags", ()), *({"Key": k, "Value": v} for k, v in plan.design.tags)]
    if not own:
        return ()
    tags = ",".join(f"{{Key={each['Key']},Value={each['Value']}}}" for each in own)
    return (("--tag-specifications", f"ResourceType={kind},Tags=[{tags}]"),)


def own(resource: Resource) -> Ref:
    """A resource's own id."""
    return Ref(resource.logical_id)


def vpc(plan: Plan, resource: Resource) -> Work:
    """A VPC with both DNS attributes (DNS-05)."""
    properties, it = resource.properties, own(resource)
    made = ec2(resource, "create-vpc", ("--cidr-block", properties["CidrBlock"]), *tagged(resource, plan, "vpc"))
    attributes = [
        ec2(resource, "modify-vpc-attribute", ("--vpc-id", it), (flag, f"Value={str(properties[name]).lower()}"))
        for flag, name in (
            ("--enable-dns-support", "EnableDnsSupport"),
            ("--enable-dns-hostnames", "EnableDnsHostnames"),
        )
    ]
    shown = ec2(resource, "describe-vpc-attribute", ("--vpc-id", it), ("--attribute", "enableDnsHostnames"))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "Vpc.VpcId"), *attributes),
        check=Check(asked(shown, "EnableDnsHostnames.Value"), str(properties["EnableDnsHostnames"])),
        undo=(ec2(resource, "delete-vpc", ("--vpc-id", it)),),
        console="VPC > Your VPCs > Create VPC",
    )


def vpc_range(plan: Plan, resource: Resource) -> Work:
    """A further range."""
    properties = resource.properties
    made = ec2(
        resource,
        "associate-vpc-cidr-block",
        ("--vpc-id", properties["VpcId"]),
        ("--cidr-block", properties["CidrBlock"]),
    )
    name = variable(resource.logical_id)
    return Work(
        commands=(capture(made, name, "CidrBlockAssociation.AssociationId"),),
        undo=(ec2(resource, "disassociate-vpc-cidr-block", ("--association-id", own(resource))),),
        console="VPC > Your VPCs > Actions > Edit CIDRs",
    )


def subnet(plan: Plan, resource: Resource) -> Work:
    """A subnet."""
    properties = resource.properties
    made = ec2(
        resource,
        "create-subnet",
        ("--vpc-id", properties["VpcId"]),
        ("--cidr-block", properties["CidrBlock"]),
        ("--availability-zone", properties["AvailabilityZone"]),
        *tagged(resource, plan, "subnet"),
    )
    shown = ec2(resource, "describe-subnets", ("--subnet-ids", own(resource)))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "Subnet.SubnetId"),),
        check=Check(asked(shown, "Subnets[0].State"), "available"),
        undo=(ec2(resource, "delete-subnet", ("--subnet-id", own(resource))),),
        console="VPC > Subnets > Create subnet",
    )


def route_table(plan: Plan, resource: Resource) -> Work:
    """A route table."""
    made = ec2(
        resource,
        "create-route-table",
        ("--vpc-id", resource.properties["VpcId"]),
        *tagged(resource, plan, "route-table"),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "RouteTable.RouteTableId"),),
        undo=(ec2(resource, "delete-route-table", ("--route-table-id", own(resource))),),
        console="VPC > Route tables > Create route table",
    )


def route_table_association(plan: Plan, resource: Resource) -> Work:
    """A subnet's table."""
    properties = resource.properties
    made = ec2(
        resource,
        "associate-route-table",
        ("--subnet-id", properties["SubnetId"]),
        ("--route-table-id", properties["RouteTableId"]),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "AssociationId"),),
        undo=(ec2(resource, "disassociate-route-table", ("--association-id", own(resource))),),
        console="VPC > Route tables > (table) > Subnet associations > Edit",
    )


_TARGETS = (
    ("--vpc-peering-connection-id", "VpcPeeringConnectionId"),
    ("--transit-gateway-id", "TransitGatewayId"),
)


def route(plan: Plan, resource: Resource) -> Work:
    """A route; a way there without one back is a time-out (PCX-05)."""
    properties = resource.properties
    place = (
        ("--route-table-id", properties["RouteTableId"]),
        ("--destination-cidr-block", properties["DestinationCidrBlock"]),
    )
    target = next((flag, properties[name]) for flag, name in _TARGETS if name in properties)
    shown = ec2(resource, "describe-route-tables", ("--route-table-ids", properties["RouteTableId"]))
    query = f"RouteTables[0].Routes[?DestinationCidrBlock==`{properties['DestinationCidrBlock']}`].State"
    return Work(
        commands=(ec2(resource, "create-route", *place, target),),
        check=Check(asked(shown, query), "active"),
        undo=(ec2(resource, "delete-route", *place),),
        console="VPC > Route tables > (table) > Routes > Edit routes > Add route",
    )


def dhcp_options(plan: Plan, resource: Resource) -> Work:
    """DHCP options (DNS-07)."""
    servers = ",".join(resource.properties["DomainNameServers"])
    made = ec2(
        resource,
        "create-dhcp-options",
        ("--dhcp-configurations", f"Key=domain-name-servers,Values={servers}"),
        *tagged(resource, plan, "dhcp-options"),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "DhcpOptions.DhcpOptionsId"),),
        undo=(ec2(resource, "delete-dhcp-options", ("--dhcp-options-id", own(resource))),),
        console="VPC > DHCP option sets > Create",
    )


def dhcp_options_association(plan: Plan, resource: Resource) -> Work:
    """The VPC's options; hosts take them over when they renew their lease."""
    properties = resource.properties
    place = ("--vpc-id", properties["VpcId"])
    shown = ec2(resource, "describe-vpcs", ("--vpc-ids", properties["VpcId"]))
    return Work(
        commands=(
            ec2(resource, "associate-dhcp-options", place, ("--dhcp-options-id", properties["DhcpOptionsId"])),
        ),
        check=Check(asked(shown, "Vpcs[0].DhcpOptionsId"), "the id of the step before"),
        undo=(ec2(resource, "associate-dhcp-options", place, ("--dhcp-options-id", "default")),),
        console="VPC > Your VPCs > Actions > Edit VPC settings > DHCP option set",
        note="Hosts use the new servers once they renew their lease, or after a restart.",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::VPCCidrBlock": vpc_range,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::RouteTable": route_table,
    "AWS::EC2::SubnetRouteTableAssociation": route_table_association,
    "AWS::EC2::Route": route,
    "AWS::EC2::DHCPOptions": dhcp_options,
    "AWS::EC2::VPCDHCPOptionsAssociation": dhcp_options_association,
}
"""What makes each type."""

"""VPCs, routes, groups, peerings, hubs and endpoints in Terraform."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.generate.names import snake
from narrowgate.generate.plan import AccountId
from narrowgate.generate.terraform.hcl import Json, Raw
from narrowgate.generate.terraform.made import Kind, Made, Nested, name_tags, picked, present
from narrowgate.model.resource import GetAtt, Resource


def simple(kind: str, *names: tuple[str, str], fixed: Mapping[str, Any] | None = None, ref: str = "id") -> Kind:
    """A type that becomes one Terraform resource, property by property."""

    def write(resource: Resource) -> Iterator[Made]:
        arguments = picked(resource.properties, names) | dict(fixed or {}) | name_tags(resource.properties)
        yield Made(kind=kind, key=snake(resource.logical_id), arguments=arguments, source=resource)

    return Kind(terraform=kind, write=write, ref=ref)


def security_group(resource: Resource) -> Iterator[Made]:
    """A group, and a resource for each rule: a change to one rule leaves the others alone."""
    properties, key = resource.properties, snake(resource.logical_id)
    yield Made(
        kind="aws_security_group",
        key=key,
        arguments={
            **name_tags({"Tags": properties.get("Tags")}),
            "description": properties["GroupDescription"],
            "vpc_id": properties["VpcId"],
        },
        lifecycle={"create_before_destroy": True},
        source=resource,
    )
    own = Raw(f'aws_security_group.this["{key}"].id')
    for direction in ("ingress", "egress"):
        for rule in properties.get(f"SecurityGroup{direction.capitalize()}", ()):
            if rule.get("CidrIp") == "127.0.0.1/32":
                continue  # What keeps CloudFormation from letting everything out; Terraform lets nothing out.
            yield _rule(resource, own, direction, rule, key)


def security_group_ingress(resource: Resource) -> Iterator[Made]:
    """One more rule of a group."""
    properties = resource.properties
    yield _rule(resource, properties["GroupId"], "ingress", properties, snake(resource.logical_id))


def security_group_egress(resource: Resource) -> Iterator[Made]:
    """One more rule out of a group."""
    properties = resource.properties
    yield _rule(resource, properties["GroupId"], "egress", properties, snake(resource.logical_id))


def network_acl_entry(resource: Resource) -> Iterator[Made]:
    """An entry of a network ACL."""
    properties = resource.properties
    ports = properties.get("PortRange") or {}
    yield Made(
        kind="aws_network_acl_rule",
        key=snake(resource.logical_id),
        arguments=present(
            network_acl_id=properties["NetworkAclId"],
            rule_number=properties["RuleNumber"],
            egress=properties["Egress"],
            protocol=str(properties["Protocol"]),
            rule_action=properties["RuleAction"],
            cidr_block=properties.get("CidrBlock"),
            ipv6_cidr_block=properties.get("Ipv6CidrBlock"),
            from_port=ports.get("From"),
            to_port=ports.get("To"),
        ),
        source=resource,
    )


def _rule(resource: Resource, group: Any, direction: str, rule: Mapping[str, Any], key: str) -> Made:
    protocol, port = str(rule["IpProtocol"]), rule.get("FromPort")
    words = [key, protocol if protocol != "-1" else "all", str(port or ""), str(rule.get("CidrIp", ""))]
    return Made(
        kind=f"aws_vpc_security_group_{direction}_rule",
        key=" ".join(word for word in words if word),
        arguments={
            "security_group_id": group,
            **present(
                description=rule.get("Description"),
                ip_protocol=protocol,
                from_port=port,
                to_port=rule.get("ToPort"),
                cidr_ipv4=rule.get("CidrIp"),
                cidr_ipv6=rule.get("CidrIpv6"),
            ),
        },
        source=resource,
    )


def peering(resource: Resource) -> Iterator[Made]:
    """A request; the other side accepts where it is another account or Region."""
    properties = resource.properties
    owner = properties["PeerOwnerId"]
    # An account that the design does not tell is the one that deploys: the request accepts itself there as well.
    peer = owner.account if isinstance(owner, AccountId) else owner
    is_here = (peer, properties["PeerRegion"]) == (resource.account, resource.region)
    far = {} if is_here else {"peer_owner_id": properties["PeerOwnerId"], "peer_region": properties["PeerRegion"]}
    yield Made(
        kind="aws_vpc_peering_connection",
        key=snake(resource.logical_id),
        arguments={
            "vpc_id": properties["VpcId"],
            "peer_vpc_id": properties["PeerVpcId"],
            **far,
            "auto_accept": is_here,
            **name_tags(properties),
        },
        source=resource,
    )


def peering_options(resource: Resource) -> Iterator[Made]:
    """One side's DNS option; it can be set once the peering is active."""
    properties = resource.properties
    side = properties["Side"].lower()
    yield Made(
        kind="aws_vpc_peering_connection_options",
        label=side,
        key=snake(resource.logical_id),
        arguments={
            "vpc_peering_connection_id": properties["VpcPeeringConnectionId"],
            side: Nested(({"allow_remote_vpc_dns_resolution": properties["AllowDnsResolutionFromRemoteVpc"]},)),
        },
        source=resource,
    )


def endpoint(resource: Resource) -> Iterator[Made]:
    """An endpoint; its policy is a resource of its own."""
    properties = resource.properties
    yield Made(
        kind="aws_vpc_endpoint",
        label=endpoint_label(resource),
        key=snake(resource.logical_id),
        arguments=picked(
            properties,
            (
                ("vpc_endpoint_type", "VpcEndpointType"),
                ("service_name", "ServiceName"),
                ("resource_configuration_arn", "ResourceConfigurationArn"),
                ("vpc_id", "VpcId"),
                ("subnet_ids", "SubnetIds"),
                ("security_group_ids", "SecurityGroupIds"),
                ("private_dns_enabled", "PrivateDnsEnabled"),
            ),
        )
        | name_tags(properties),
        source=resource,
    )


def endpoint_label(resource: Resource) -> str:
    """Endpoints of services and of shared resources are blocks of their own: one may need the other."""
    return str(resource.properties["VpcEndpointType"]).lower()


def endpoint_policy(resource: Resource) -> Iterator[Made]:
    """The endpoint's policy."""
    yield Made(
        kind="aws_vpc_endpoint_policy",
        key=snake(resource.logical_id),
        arguments={
            "vpc_endpoint_id": resource.properties["VpcEndpointId"],
            "policy": Json(resource.properties["PolicyDocument"]),
        },
        source=resource,
    )


def resource_share(resource: Resource) -> Iterator[Made]:
    """A share with what it holds and for whom."""
    properties, key = resource.properties, snake(resource.logical_id)
    yield Made(
        kind="aws_ram_resource_share",
        key=key,
        arguments={"name": properties["Name"], "allow_external_principals": True},
        source=resource,
    )
    share = Raw(f'aws_ram_resource_share.this["{key}"].arn')
    for arn in properties["ResourceArns"]:
        name = snake(arn.logical_id) if isinstance(arn, GetAtt) else str(arn)
        yield Made(
            kind="aws_ram_resource_association",
            key=f"{key} {name}",
            arguments={"resource_share_arn": share, "resource_arn": arn},
            source=resource,
        )
    for principal in properties["Principals"]:
        yield Made(
            kind="aws_ram_principal_association",
            key=f"{key} {principal if isinstance(principal, str) else 'deployer'}",
            arguments={"resource_share_arn": share, "principal": principal},
            source=resource,
        )


def nothing(resource: Resource) -> Iterator[Made]:
    """A resource that another one's writer has taken in."""
    return iter(())


_TGW = "aws_ec2_transit_gateway"

KINDS: Mapping[str, Kind] = {
    "AWS::EC2::VPC": simple(
        "aws_vpc",
        ("cidr_block", "CidrBlock"),
        ("enable_dns_support", "EnableDnsSupport"),
        ("enable_dns_hostnames", "EnableDnsHostnames"),
    ),
    "AWS::EC2::VPCCidrBlock": simple(
        "aws_vpc_ipv4_cidr_block_association", ("vpc_id", "VpcId"), ("cidr_block", "CidrBlock")
    ),
    "AWS::EC2::Subnet": simple(
        "aws_subnet",
        ("vpc_id", "VpcId"),
        ("cidr_block", "CidrBlock"),
        ("availability_zone", "AvailabilityZone"),
    ),
    "AWS::EC2::RouteTable": simple("aws_route_table", ("vpc_id", "VpcId")),
    "AWS::EC2::SubnetRouteTableAssociation": simple(
        "aws_route_table_association", ("subnet_id", "SubnetId"), ("route_table_id", "RouteTableId")
    ),
    "AWS::EC2::Route": simple(
        "aws_route",
        ("route_table_id", "RouteTableId"),
        ("destination_cidr_block", "DestinationCidrBlock"),
        ("destination_ipv6_cidr_block", "DestinationIpv6CidrBlock"),
        ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
        ("transit_gateway_id", "TransitGatewayId"),
        ("gateway_id", "GatewayId"),
    ),
    "AWS::EC2::VPCPeeringConnection": Kind(terraform="aws_vpc_peering_connection", write=peering),
    "Custom::VpcPeeringConnectionAccepter": simple(
        "aws_vpc_peering_connection_accepter",
        ("vpc_peering_connection_id", "VpcPeeringConnectionId"),
        fixed={"auto_accept": True},
    ),
    "Custom::VpcPeeringConnectionOptions": Kind(
        terraform="aws_vpc_peering_connection_options", write=peering_options
    ),
    "AWS::EC2::SecurityGroup": Kind(terraform="aws_security_group", write=security_group),
    "AWS::EC2::SecurityGroupIngress": Kind(
        terraform="aws_vpc_security_group_ingress_rule", write=security_group_ingress
    ),
    "AWS::EC2::SecurityGroupEgress": Kind(
        terraform="aws_vpc_security_group_egress_rule", write=security_group_egress
    ),
    "AWS::EC2::NetworkAclEntry": Kind(terraform="aws_network_acl_rule", write=network_acl_entry),
    "AWS::EC2::DHCPOptions": simple("aws_vpc_dhcp_options", ("domain_name_servers", "DomainNameServers")),
    "AWS::EC2::VPCDHCPOptionsAssociation": simple(
        "aws_vpc_dhcp_options_association", ("vpc_id", "VpcId"), ("dhcp_options_id", "DhcpOptionsId")
    ),
    "AWS::EC2::TransitGateway": simple(
        _TGW,
        ("default_route_table_association", "DefaultRouteTableAssociation"),
        ("default_route_table_propagation", "DefaultRouteTablePropagation"),
        ("auto_accept_shared_attachments", "AutoAcceptSharedAttachments"),
        ("dns_support", "DnsSupport"),
    ),
    "AWS::EC2::TransitGatewayVpcAttachment": simple(
        f"{_TGW}_vpc_attachment",
        ("transit_gateway_id", "TransitGatewayId"),
        ("vpc_id", "VpcId"),
        ("subnet_ids", "SubnetIds"),
    ),
    "AWS::EC2::TransitGatewayRouteTable": simple(
        f"{_TGW}_route_table", ("transit_gateway_id", "TransitGatewayId")
    ),
    "AWS::EC2::TransitGatewayRouteTableAssociation": simple(
        f"{_TGW}_route_table_association",
        ("transit_gateway_attachment_id", "TransitGatewayAttachmentId"),
        ("transit_gateway_route_table_id", "TransitGatewayRouteTableId"),
    ),
    "AWS::EC2::TransitGatewayRouteTablePropagation": simple(
        f"{_TGW}_route_table_propagation",
        ("transit_gateway_attachment_id", "TransitGatewayAttachmentId"),
        ("transit_gateway_route_table_id", "TransitGatewayRouteTableId"),
    ),
    "AWS::RAM::ResourceShare": Kind(terraform="aws_ram_resource_share", write=resource_share),
    "AWS::EC2::VPCEndpoint": Kind(terraform="aws_vpc_endpoint", write=endpoint),
    "Custom::VpcEndpointPolicy": Kind(terraform="aws_vpc_endpoint_policy", write=endpoint_policy),
}
"""What each type becomes."""

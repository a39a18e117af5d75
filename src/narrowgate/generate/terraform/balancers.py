"""Load balancers and VPC Lattice in Terraform."""

from collections.abc import Iterator, Mapping

from narrowgate.generate.names import snake
from narrowgate.generate.terraform.hcl import Raw
from narrowgate.generate.terraform.made import Kind, Made, Nested, name_tags, picked, present
from narrowgate.generate.terraform.network import simple
from narrowgate.model.resource import Resource

_DROPS_INVALID = {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}


def load_balancer(resource: Resource) -> Iterator[Made]:
    """An internal balancer."""
    properties = resource.properties
    drops = _DROPS_INVALID in properties.get("LoadBalancerAttributes", ())
    yield Made(
        kind="aws_lb",
        key=snake(resource.logical_id),
        arguments={
            "name": properties["Name"],
            "load_balancer_type": properties["Type"],
            "internal": properties["Scheme"] == "internal",
            "subnets": properties["Subnets"],
            "security_groups": properties["SecurityGroups"],
            **present(drop_invalid_header_fields=True if drops else None),
            **name_tags(properties),
        },
        source=resource,
    )


def target_group(resource: Resource) -> Iterator[Made]:
    """A target group, and each target."""
    properties, key = resource.properties, snake(resource.logical_id)
    health = {
        "protocol": properties["Protocol"],
        "path": properties["HealthCheckPath"],
        "matcher": properties["Matcher"]["HttpCode"],
    }
    yield Made(
        kind="aws_lb_target_group",
        key=key,
        arguments={
            "name": properties["Name"],
            "target_type": properties["TargetType"],
            "protocol": properties["Protocol"],
            "port": properties["Port"],
            "vpc_id": properties["VpcId"],
            "health_check": Nested((health,)),
        },
        source=resource,
    )
    for number, target in enumerate(properties["Targets"]):
        yield Made(
            kind="aws_lb_target_group_attachment",
            key=f"{key} {number}",
            arguments={
                "target_group_arn": Raw(f'aws_lb_target_group.this["{key}"].arn'),
                "target_id": target["Id"],
                "port": target["Port"],
            },
            source=resource,
        )


def listener(resource: Resource) -> Iterator[Made]:
    """A listener; certificates beyond the first stand beside it."""
    properties, key = resource.properties, snake(resource.logical_id)
    first, *further = properties["Certificates"]
    action = properties["DefaultActions"][0]
    yield Made(
        kind="aws_lb_listener",
        key=key,
        arguments={
            "load_balancer_arn": properties["LoadBalancerArn"],
            "port": properties["Port"],
            "protocol": properties["Protocol"],
            "ssl_policy": properties["SslPolicy"],
            "certificate_arn": first["CertificateArn"],
            "default_action": Nested(({"type": action["Type"], "target_group_arn": action["TargetGroupArn"]},)),
        },
        source=resource,
    )
    for number, each in enumerate(further):
        yield Made(
            kind="aws_lb_listener_certificate",
            key=f"{key} {number + 2}",
            arguments={
                "listener_arn": Raw(f'aws_lb_listener.this["{key}"].arn'),
                "certificate_arn": each["CertificateArn"],
            },
            source=resource,
        )


def resource_configuration(resource: Resource) -> Iterator[Made]:
    """What a resource gateway lets others connect to (LAT-01)."""
    properties = resource.properties
    dns = properties["ResourceConfigurationDefinition"]["DnsResource"]
    target = {"domain_name": dns["DomainName"], "ip_address_type": dns["IpAddressType"]}
    yield Made(
        kind="aws_vpclattice_resource_configuration",
        key=snake(resource.logical_id),
        arguments={
            **picked(
                properties,
                (
                    ("name", "Name"),
                    ("type", "ResourceConfigurationType"),
                    ("resource_gateway_identifier", "ResourceGatewayId"),
                    ("protocol", "ProtocolType"),
                    ("port_ranges", "PortRanges"),
                ),
            ),
            "resource_configuration_definition": Nested(({"dns_resource": Nested((target,))},)),
        },
        source=resource,
    )


KINDS: Mapping[str, Kind] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Kind(terraform="aws_lb", write=load_balancer, ref="arn"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Kind(
        terraform="aws_lb_target_group", write=target_group, ref="arn"
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Kind(terraform="aws_lb_listener", write=listener, ref="arn"),
    "AWS::VpcLattice::ResourceGateway": simple(
        "aws_vpclattice_resource_gateway",
        ("name", "Name"),
        ("vpc_id", "VpcIdentifier"),
        ("subnet_ids", "SubnetIds"),
        ("security_group_ids", "SecurityGroupIds"),
    ),
    "AWS::VpcLattice::ResourceConfiguration": Kind(
        terraform="aws_vpclattice_resource_configuration", write=resource_configuration
    ),
}
"""What each type becomes."""

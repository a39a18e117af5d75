"""Commands for security groups and endpoints."""

from collections.abc import Mapping
from typing import Any

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.network import asked, capture, ec2, own, tagged
from narrowgate.generate.runbook.shell import Command, Document, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import Resource


def security_group(plan: Plan, resource: Resource) -> Work:
    """A group with its rules; the rule that lets everything out is taken away first (SG-02)."""
    properties, it = resource.properties, own(resource)
    made = ec2(
        resource,
        "create-security-group",
        ("--group-name", _name_of(resource)),
        ("--description", properties["GroupDescription"]),
        ("--vpc-id", properties["VpcId"]),
        *tagged(resource, plan, "security-group"),
    )
    commands = [capture(made, variable(resource.logical_id), "GroupId")]
    egress = [each for each in properties.get("SecurityGroupEgress", ()) if each.get("CidrIp") != "127.0.0.1/32"]
    if "SecurityGroupEgress" in properties:
        everything = "IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]"
        commands.append(
            ec2(resource, "revoke-security-group-egress", ("--group-id", it), ("--ip-permissions", everything))
        )
    for direction, rules in (("ingress", properties.get("SecurityGroupIngress", ())), ("egress", egress)):
        if rules:
            commands.append(_authorize(resource, it, direction, rules))
    shown = ec2(resource, "describe-security-groups", ("--group-ids", it))
    count = str(sum(1 for _ in properties.get("SecurityGroupIngress", ())))
    return Work(
        commands=tuple(commands),
        check=Check(asked(shown, "length(SecurityGroups[0].IpPermissions[].IpRanges[])"), count),
        undo=(ec2(resource, "delete-security-group", ("--group-id", it)),),
        console="VPC > Security groups > Create security group",
    )


def _authorize(resource: Resource, group: Any, direction: str, rules: Any) -> Command:
    permissions = [_permission(rule) for rule in rules]
    file = f"{variable(resource.logical_id).lower().removesuffix('_id')}-{direction}.json"
    return ec2(
        resource,
        f"authorize-security-group-{direction}",
        ("--group-id", group),
        ("--ip-permissions", Document(file, permissions)),
    )


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    block = {"CidrIp": rule["CidrIp"], "Description": rule.get("Description", "")}
    ports = {name: rule[name] for name in ("FromPort", "ToPort") if name in rule}
    return {"IpProtocol": str(rule["IpProtocol"]), **ports, "IpRanges": [block]}


def _name_of(resource: Resource) -> str:
    tags = resource.properties.get("Tags", ())
    return next((each["Value"] for each in tags if each["Key"] == "Name"), resource.logical_id)


def security_group_ingress(plan: Plan, resource: Resource) -> Work:
    """One more rule of a group that exists."""
    properties = resource.properties
    group = properties["GroupId"]
    rule = _authorize(resource, group, "ingress", [properties])
    return Work(
        commands=(rule,),
        undo=(
            ec2(
                resource,
                "revoke-security-group-ingress",
                ("--group-id", group),
                ("--protocol", str(properties["IpProtocol"])),
                ("--port", str(properties["FromPort"])),
                ("--cidr", properties["CidrIp"]),
            ),
        ),
        console="VPC > Security groups > (group) > Inbound rules > Edit inbound rules",
    )


def endpoint(plan: Plan, resource: Resource) -> Work:
    """An endpoint; it takes some minutes to become available."""
    properties, it = resource.properties, own(resource)
    named = [
        (flag, properties[name])
        for flag, name in (
            ("--service-name", "ServiceName"),
            ("--resource-configuration-arn", "ResourceConfigurationArn"),
        )
        if name in properties
    ]
    private_dns = "--private-dns-enabled" if properties["PrivateDnsEnabled"] else "--no-private-dns-enabled"
    made = ec2(
        resource,
        "create-vpc-endpoint",
        ("--vpc-endpoint-type", properties["VpcEndpointType"]),
        *named,
        ("--vpc-id", properties["VpcId"]),
        ("--subnet-ids", properties["SubnetIds"]),
        ("--security-group-ids", properties["SecurityGroupIds"]),
        (private_dns, None),
        *tagged(resource, plan, "vpc-endpoint"),
    )
    shown = ec2(resource, "describe-vpc-endpoints", ("--vpc-endpoint-ids", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "VpcEndpoint.VpcEndpointId"),),
        check=Check(asked(shown, "VpcEndpoints[0].State"), "available"),
        undo=(ec2(resource, "delete-vpc-endpoints", ("--vpc-endpoint-ids", it)),),
        console="VPC > Endpoints > Create endpoint",
        note="`pending` lasts two or three minutes: ask again before you go on.",
    )


def endpoint_policy(plan: Plan, resource: Resource) -> Work:
    """The endpoint's policy, once the APIs that it names are there."""
    properties = resource.properties
    it = properties["VpcEndpointId"]
    file = f"{variable(resource.logical_id).lower().removesuffix('_id')}.json"
    shown = ec2(resource, "describe-vpc-endpoints", ("--vpc-endpoint-ids", it))
    return Work(
        commands=(
            ec2(
                resource,
                "modify-vpc-endpoint",
                ("--vpc-endpoint-id", it),
                ("--policy-document", Document(file, properties["PolicyDocument"])),
            ),
        ),
        check=Check(asked(shown, "VpcEndpoints[0].PolicyDocument"), "the policy above"),
        undo=(ec2(resource, "modify-vpc-endpoint", ("--vpc-endpoint-id", it), ("--reset-policy", None)),),
        console="VPC > Endpoints > (endpoint) > Policy > Edit policy > Custom",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::SecurityGroupIngress": security_group_ingress,
    "AWS::EC2::VPCEndpoint": endpoint,
    "Custom::VpcEndpointPolicy": endpoint_policy,
}
"""What makes each type."""

"""What a template writes otherwise than the list of resources says, and the parameters that come of it."""

from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.generate.cloudformation.rounds import is_role
from narrowgate.generate.cloudformation.yaml_text import Tag
from narrowgate.generate.dns_server import set_up_script
from narrowgate.generate.plan import AccountId, Plan
from narrowgate.model.resource import GetAtt, Join, Ref, Resource

IMAGE = "DnsServerImage"
"""The one parameter of a template's own that has a default."""

Change = Callable[[Plan, Resource, dict[str, Any]], dict[str, Any]]


def _peering(plan: Plan, resource: Resource, properties: dict[str, Any]) -> dict[str, Any]:
    for other in plan.made:
        if other.type == "Custom::VpcPeeringConnectionAccepter" and is_role(resource, other):
            return {**properties, "PeerRoleArn": GetAtt(other.logical_id, "Arn")}
    return properties


def _zone(plan: Plan, resource: Resource, properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, "HostedZoneConfig": {"Comment": resource.purpose.replace("`", "")}}


def _instance(plan: Plan, resource: Resource, properties: dict[str, Any]) -> dict[str, Any]:
    server = next(
        each
        for each in plan.made
        if each.type == "Custom::DnsServer" and each.properties["InstanceId"] == Ref(resource.logical_id)
    )
    return {
        "ImageId": Tag("Ref", IMAGE),
        **properties,
        "EbsOptimized": True,
        "Monitoring": True,
        "UserData": Tag("Base64", set_up_script(server)),
    }


def _authorizer(plan: Plan, resource: Resource, properties: dict[str, Any]) -> dict[str, Any]:
    own = Tag("Ref", f"{resource.logical_id}Arn")
    is_pool = properties["Type"] == "COGNITO_USER_POOLS"
    return {**properties, **({"ProviderARNs": [own]} if is_pool else {"AuthorizerUri": own})}


CHANGES: Mapping[str, Change] = {
    "AWS::EC2::VPCPeeringConnection": _peering,
    "AWS::Route53::HostedZone": _zone,
    "AWS::EC2::Instance": _instance,
    "AWS::ApiGateway::Authorizer": _authorizer,
}
"""By type, how the properties of the list become those of the template."""


def own_parameters(resource: Resource) -> dict[str, str]:
    """The parameters that a resource needs and that no resource gives, with what they are."""
    if resource.type == "AWS::EC2::Instance":
        return {IMAGE: "Image of the DNS servers."}
    if resource.type == "AWS::ApiGateway::Authorizer":
        return {
            f"{resource.logical_id}Arn": "ARN that the authorizer asks: a user pool, or a function's invocation."
        }
    return {}


def asked_of_people(plan: Plan) -> tuple[str, ...]:
    """The parameters that no resource gives and that have no default."""
    return tuple(name for each in plan.made for name in own_parameters(each) if name != IMAGE)


def accepting_role(plan: Plan, resource: Resource) -> tuple[str, dict[str, Any]]:
    """The role by which the requester's CloudFormation accepts the peering here (PCX-02)."""
    peering = plan.by_id[resource.properties["VpcPeeringConnectionId"].logical_id]
    start = (f"arn:aws:ec2:{resource.region}:", AccountId(resource.account))
    own = Join((*start, ":vpc/", peering.properties["PeerVpcId"]))  # type: ignore[arg-type]
    peerings = Join((*start, ":vpc-peering-connection/*"))  # type: ignore[arg-type]
    trust = {"Effect": "Allow", "Principal": {"AWS": peering.account}, "Action": "sts:AssumeRole"}
    accept = {"Effect": "Allow", "Action": "ec2:AcceptVpcPeeringConnection", "Resource": [own, peerings]}
    return "AWS::IAM::Role", {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [
            {"PolicyName": "accept-peering", "PolicyDocument": {"Version": "2012-10-17", "Statement": [accept]}}
        ],
    }

"""VPC endpoints, with the pieces that may stand in resources of their own."""

from typing import Any

import msgspec

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given


def endpoint(given: Given) -> list[Resource]:
    """`aws_vpc_endpoint`: a gateway endpoint unless it says otherwise, and private DNS off (VPCE-DNS-04)."""
    private_dns = given["private_dns_enabled"]
    for each in given.parts("aws_vpc_endpoint_private_dns", "vpc_endpoint_id"):
        private_dns = each["private_dns_enabled"]
    policy, written = given.policy(), {}
    for each in given.parts("aws_vpc_endpoint_policy", "vpc_endpoint_id"):
        policy, written = each.policy(), {"PolicyDocument": each.origin}
    policy = given.doubt("aws_vpc_endpoint_policy", "vpc_endpoint_id") or policy
    made = given.tagged(
        "AWS::EC2::VPCEndpoint",
        {
            "VpcId": given["vpc_id"],
            "ServiceName": given["service_name"],
            "VpcEndpointType": given["vpc_endpoint_type"] or "Gateway",
            "SubnetIds": _with_parts(given, "subnet_ids", "aws_vpc_endpoint_subnet_association", "subnet_id"),
            "SecurityGroupIds": _groups(given),
            "RouteTableIds": _with_parts(
                given, "route_table_ids", "aws_vpc_endpoint_route_table_association", "route_table_id"
            ),
            "PrivateDnsEnabled": bool(private_dns) if not isinstance(private_dns, Unknown) else private_dns,
            "PolicyDocument": policy,
            "IpAddressType": given["ip_address_type"],
            "ResourceConfigurationArn": given["resource_configuration_arn"],
            "ServiceNetworkArn": given["service_network_arn"],
        },
    )
    return [msgspec.structs.replace(each, written=written) for each in made]


def _with_parts(given: Given, name: str, kind: str, field: str) -> Any:
    """An argument's list with what resources of their own add to it."""
    own = given[name]
    doubt = given.doubt(kind, "vpc_endpoint_id")
    if doubt is not None:
        return doubt
    further = [each[field] for each in given.parts(kind, "vpc_endpoint_id")]
    if isinstance(own, Unknown) or not further:
        return own
    return [*(own or ()), *(each for each in further if each not in (own or ()))]


def _groups(given: Given) -> Any:
    kind = "aws_vpc_endpoint_security_group_association"
    found = _with_parts(given, "security_group_ids", kind, "security_group_id")
    added = given.parts(kind, "vpc_endpoint_id")
    if isinstance(found, Unknown) or given["security_group_ids"] or not added:
        return found
    if any(each["replace_default_association"] for each in added):
        return found
    # SG-06: the default group stays beside the groups that are added.
    return [*found, *given.default_group(given["vpc_id"])]


def service(given: Given) -> list[Resource]:
    """`aws_vpc_endpoint_service`."""
    return given.tagged(
        "AWS::EC2::VPCEndpointService",
        {
            "AcceptanceRequired": given["acceptance_required"],
            "NetworkLoadBalancerArns": given["network_load_balancer_arns"],
            "GatewayLoadBalancerArns": given["gateway_load_balancer_arns"],
        },
    )

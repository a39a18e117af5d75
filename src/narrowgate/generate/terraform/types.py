"""Every type of the list and what it becomes in Terraform; a new type is a line in one of these tables."""

from collections.abc import Mapping

from narrowgate.generate.terraform import apis, balancers, dns, domain_names, logs, network
from narrowgate.generate.terraform.made import Kind
from narrowgate.model.resource import Resource

KINDS: Mapping[str, Kind] = {
    **network.KINDS,
    **dns.KINDS,
    **apis.KINDS,
    **domain_names.KINDS,
    **balancers.KINDS,
    **logs.KINDS,
}


def label_of(resource: Resource, by_id: Mapping[str, Resource]) -> str:
    """The label of a resource's block: `this`, but where resources of one type may need each other."""
    if resource.type == "AWS::ApiGateway::Resource":
        return apis.resource_label(resource, by_id)
    if resource.type == "AWS::EC2::VPCEndpoint":
        return network.endpoint_label(resource)
    if resource.type == "Custom::VpcPeeringConnectionOptions":
        return str(resource.properties["Side"]).lower()
    return "this"


_FILES = (
    ("aws_api_gateway", "api.tf"),
    ("aws_acm", "api.tf"),
    ("aws_wafv2", "api.tf"),
    ("terraform_data", "api.tf"),
    ("aws_route53", "dns.tf"),
    ("aws_instance", "dns.tf"),
    ("aws_vpc_dhcp", "dns.tf"),
    ("aws_security_group", "endpoints.tf"),
    ("aws_vpc_security_group", "endpoints.tf"),
    ("aws_vpc_endpoint", "endpoints.tf"),
    ("aws_vpclattice", "endpoints.tf"),
    ("aws_lb", "endpoints.tf"),
    ("aws_ram", "sharing.tf"),
    ("aws_cloudwatch", "logs.tf"),
    ("aws_flow_log", "logs.tf"),
    ("aws_iam", "logs.tf"),
    ("aws_kms", "logs.tf"),
)


def file_of(kind: str) -> str:
    """The file of a module that a Terraform type stands in, by what people look for."""
    if kind.startswith("aws_route53_resolver_query_log") or kind == "aws_api_gateway_account":
        return "logs.tf"
    return next((file for prefix, file in _FILES if kind.startswith(prefix)), "network.tf")

"""Which argument of which Terraform type a property of a part is."""

from collections.abc import Mapping

ARGUMENTS: Mapping[str, tuple[str, str]] = {
    "EnableDnsSupport": ("aws_vpc", "enable_dns_support"),
    "EnableDnsHostnames": ("aws_vpc", "enable_dns_hostnames"),
    "PrivateDnsEnabled": ("aws_vpc_endpoint", "private_dns_enabled"),
    "SecurityGroupIds": ("aws_vpc_endpoint", "security_group_ids"),
    "PolicyDocument": ("aws_vpc_endpoint", "policy"),
    "Policy": ("aws_api_gateway_rest_api", "policy"),
    "DisableExecuteApiEndpoint": ("aws_api_gateway_rest_api", "disable_execute_api_endpoint"),
    "VpcEndpointIds": ("aws_api_gateway_rest_api", "vpc_endpoint_ids"),
    "RetentionInDays": ("aws_cloudwatch_log_group", "retention_in_days"),
    "SubnetIds": ("aws_ec2_transit_gateway_vpc_attachment", "subnet_ids"),
    "AutoAccept": ("aws_vpc_peering_connection", "auto_accept"),
}
APART: Mapping[str, tuple[str, str]] = {
    "PolicyDocument": ("aws_vpc_endpoint_policy", "vpc_endpoint_id"),
    "Policy": ("aws_api_gateway_rest_api_policy", "rest_api_id"),
}
"""Properties that a resource of its own may hold, and by which argument that names what it is for."""
NESTED = {"VpcEndpointIds": "endpoint_configuration"}
"""Arguments that stand in a block of their resource."""

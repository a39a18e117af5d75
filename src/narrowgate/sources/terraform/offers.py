"""What each provider resource offers to others, in references of CloudFormation's vocabulary.

A value that is known only after apply becomes the reference; one that is known already is turned into it as well,
so that resources are built in the order of their needs.
"""

from collections.abc import Mapping

from narrowgate.model.resource import GetAtt, Ref

REF = ""
"""The resource's own id."""

_ID = {"id": REF}
_ID_ARN = {"id": REF, "arn": "Arn"}
_ARN_IS_ID = {"id": REF, "arn": REF}
_VPC = {
    **_ID_ARN,
    "default_security_group_id": "DefaultSecurityGroup",
    "default_network_acl_id": "DefaultNetworkAcl",
    "default_route_table_id": "MainRouteTable",
    "main_route_table_id": "MainRouteTable",
}
_GATEWAY = {
    **_ID_ARN,
    "association_default_route_table_id": "AssociationDefaultRouteTableId",
    "propagation_default_route_table_id": "PropagationDefaultRouteTableId",
}
_BALANCER = {**_ARN_IS_ID, "dns_name": "DNSName", "zone_id": "CanonicalHostedZoneID"}

OFFERED: Mapping[str, Mapping[str, str]] = {
    "aws_acm_certificate": _ARN_IS_ID,
    "aws_alb": _BALANCER,
    "aws_alb_target_group": _ARN_IS_ID,
    "aws_api_gateway_authorizer": _ID,
    "aws_api_gateway_deployment": _ID,
    "aws_api_gateway_domain_name": {"arn": REF, "domain_name_id": "DomainNameId"},
    "aws_api_gateway_resource": _ID,
    "aws_api_gateway_rest_api": {**_ID, "root_resource_id": "RootResourceId"},
    "aws_api_gateway_vpc_link": _ID,
    "aws_default_subnet": _ID_ARN,
    "aws_default_vpc": _VPC,
    "aws_ec2_managed_prefix_list": _ID_ARN,
    "aws_ec2_transit_gateway": _GATEWAY,
    "aws_ec2_transit_gateway_peering_attachment": _ID,
    "aws_ec2_transit_gateway_route_table": _ID_ARN,
    "aws_ec2_transit_gateway_vpc_attachment": _ID,
    "aws_egress_only_internet_gateway": _ID,
    "aws_instance": {**_ID_ARN, "private_ip": "PrivateIp", "primary_network_interface_id": "NetworkInterfaceId"},
    "aws_internet_gateway": _ID_ARN,
    "aws_lambda_function": {"arn": "Arn"},
    "aws_lb": _BALANCER,
    "aws_lb_listener": _ARN_IS_ID,
    "aws_lb_target_group": _ARN_IS_ID,
    "aws_nat_gateway": _ID,
    "aws_network_acl": _ID_ARN,
    "aws_network_interface": {**_ID_ARN, "private_ip": "PrimaryPrivateIpAddress"},
    "aws_ram_resource_share": _ARN_IS_ID,
    "aws_route53_resolver_config": _ID,
    "aws_route53_resolver_endpoint": _ID_ARN,
    "aws_route53_resolver_firewall_domain_list": _ID_ARN,
    "aws_route53_resolver_firewall_rule_group": _ID_ARN,
    "aws_route53_resolver_rule": _ID_ARN,
    "aws_route53_zone": {"id": REF, "zone_id": REF, "arn": "Arn"},
    "aws_route53profiles_profile": _ID_ARN,
    "aws_route_table": _ID_ARN,
    "aws_security_group": _ID_ARN,
    "aws_subnet": _ID_ARN,
    "aws_vpc": _VPC,
    "aws_vpc_dhcp_options": _ID_ARN,
    "aws_vpc_endpoint": _ID_ARN,
    "aws_vpc_endpoint_service": _ID_ARN,
    "aws_vpc_peering_connection": _ID,
    "aws_vpn_connection": _ID_ARN,
    "aws_vpn_gateway": _ID_ARN,
    "aws_customer_gateway": _ID_ARN,
}
"""By type and attribute: `REF`, or the name of the attribute in CloudFormation (or this program's own)."""

SAME_AS: Mapping[str, Mapping[str, str]] = {
    "aws_acm_certificate_validation": {"certificate_arn": "certificate_arn", "id": "certificate_arn"},
    "aws_api_gateway_rest_api_policy": {"id": "rest_api_id"},
    "aws_vpc_peering_connection_accepter": {
        "id": "vpc_peering_connection_id",
        "vpc_peering_connection_id": "vpc_peering_connection_id",
    },
    "aws_vpc_peering_connection_options": {"id": "vpc_peering_connection_id"},
    "aws_default_network_acl": {"id": "default_network_acl_id"},
    "aws_default_route_table": {"id": "default_route_table_id"},
    "aws_vpc_endpoint_policy": {"id": "vpc_endpoint_id"},
    "aws_ec2_transit_gateway_vpc_attachment_accepter": {"id": "transit_gateway_attachment_id"},
    "aws_vpc_ipv4_cidr_block_association": {"vpc_id": "vpc_id"},
    "aws_main_route_table_association": {"route_table_id": "route_table_id", "vpc_id": "vpc_id"},
    "aws_internet_gateway_attachment": {"internet_gateway_id": "internet_gateway_id", "vpc_id": "vpc_id"},
}
"""Attributes that only repeat an argument: they lead on to what that refers to."""

WANTED: Mapping[str, frozenset[str]] = {
    "certificate_arn": frozenset({"aws_acm_certificate"}),
    "gateway_id": frozenset({"aws_internet_gateway", "aws_vpn_gateway"}),
    "network_interface_id": frozenset({"aws_network_interface"}),
    "nat_gateway_id": frozenset({"aws_nat_gateway"}),
    "rest_api_id": frozenset({"aws_api_gateway_rest_api"}),
    "route_table_id": frozenset({"aws_route_table", "aws_default_route_table"}),
    "route_table_ids": frozenset({"aws_route_table", "aws_default_route_table"}),
    "security_group_id": frozenset({"aws_security_group", "aws_default_security_group"}),
    "security_group_ids": frozenset({"aws_security_group", "aws_default_security_group"}),
    "security_groups": frozenset({"aws_security_group", "aws_default_security_group"}),
    "subnet_id": frozenset({"aws_subnet"}),
    "subnet_ids": frozenset({"aws_subnet"}),
    "subnets": frozenset({"aws_subnet"}),
    "transit_gateway_id": frozenset({"aws_ec2_transit_gateway"}),
    "vpc_endpoint_id": frozenset({"aws_vpc_endpoint"}),
    "vpc_endpoint_ids": frozenset({"aws_vpc_endpoint"}),
    "vpc_id": frozenset({"aws_vpc", "aws_default_vpc"}),
    "vpc_peering_connection_id": frozenset({"aws_vpc_peering_connection"}),
    "vpc_security_group_ids": frozenset({"aws_security_group", "aws_default_security_group"}),
}
"""The types that an argument can name, to choose among the references of one expression."""


def symbol(address: str, offer: str) -> Ref | GetAtt:
    """The reference to what a resource offers."""
    return Ref(address) if offer == REF else GetAtt(address, offer)

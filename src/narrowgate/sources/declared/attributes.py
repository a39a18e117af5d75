"""What `Fn::GetAtt` gives for a declared resource, as far as anybody can tell before it exists."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.addresses import Addresses
from narrowgate.sources.declared.ids import reference_of
from narrowgate.sources.declared.listed import Listed
from narrowgate.sources.declared.names import balancer_name, balancer_zone, endpoint_entries
from narrowgate.sources.synthetic.names import api_gateway_id, hex_id

_INTERFACE = re.compile(r"NetworkInterfaces\.(\d+)\.PrivateIpAddress")
_ENTRY = re.compile(r"DnsEntries\.(\d+)\.(DnsName|HostedZoneId)")
_IDS = frozenset(
    {"Id", "VpcId", "SubnetId", "GroupId", "RouteTableId", "ResolverEndpointId", "ResolverRuleId", "RestApiId"}
    | {"PrefixListId", "TransitGatewayAttachmentId", "VpcPeeringConnectionId", "InternetGatewayId", "NatGatewayId"}
    | {"LoadBalancerArn", "TargetGroupArn", "ListenerArn", "DomainNameArn", "InstanceId", "AllocationId"}
    | {"TransitGatewayRouteTableId", "DhcpOptionsId", "VPNGatewayId", "Ref"}
)
_OWN_ID: Mapping[str, str] = {
    "AWS::EC2::VPC": "VpcId",
    "AWS::EC2::Subnet": "SubnetId",
    "AWS::EC2::SecurityGroup": "GroupId",
    "AWS::ApiGateway::RestApi": "RestApiId",
}


class Addressed(Listed, Protocol):
    """Declared resources whose interfaces have addresses."""

    addresses: Addresses


def attribute_of(addressed: Addressed, resource: Resource, name: str) -> Any:
    """An attribute's value, or `Unknown` with why."""
    special = _SPECIAL.get(resource.type)
    if special is not None:
        value = special(addressed, resource, name)
        if value is not None:
            return value
    if name in ("Arn", "ARN", "TransitGatewayArn"):
        return _arn(addressed, resource)
    if name in resource.properties:
        return addressed.property(resource, name)
    if name in _IDS:
        return reference_of(addressed, resource)
    return Unknown(f"`{resource.logical_id}.{name}` is known only after creation")


_ARN_PATHS: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::VPC": ("ec2", "vpc"),
    "AWS::EC2::Subnet": ("ec2", "subnet"),
    "AWS::EC2::SecurityGroup": ("ec2", "security-group"),
    "AWS::EC2::PrefixList": ("ec2", "prefix-list"),
    "AWS::EC2::VPCEndpoint": ("ec2", "vpc-endpoint"),
    "AWS::EC2::TransitGateway": ("ec2", "transit-gateway"),
    "AWS::EC2::Instance": ("ec2", "instance"),
    "AWS::EC2::NetworkInterface": ("ec2", "network-interface"),
    "AWS::Route53Resolver::ResolverEndpoint": ("route53resolver", "resolver-endpoint"),
    "AWS::Route53Resolver::ResolverRule": ("route53resolver", "resolver-rule"),
    "AWS::Route53Resolver::FirewallRuleGroup": ("route53resolver", "firewall-rule-group"),
    "AWS::Route53Resolver::FirewallDomainList": ("route53resolver", "firewall-domain-list"),
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": ("route53resolver", "resolver-query-log-config"),
    "AWS::Route53Profiles::Profile": ("route53profiles", "profile"),
    "AWS::KMS::Key": ("kms", "key"),
    "AWS::VpcLattice::ResourceGateway": ("vpc-lattice", "resourcegateway"),
    "AWS::VpcLattice::ResourceConfiguration": ("vpc-lattice", "resourceconfiguration"),
}


def _arn(addressed: Addressed, resource: Resource) -> Any:
    own = addressed.own_id(resource)
    if own.startswith("arn:"):
        return own
    if resource.type in _ARN_PATHS:
        service, path = _ARN_PATHS[resource.type]
        return f"arn:aws:{service}:{resource.region}:{resource.account}:{path}/{own}"
    if resource.type == "AWS::Route53::HostedZone":
        return f"arn:aws:route53:::hostedzone/{own}"
    if resource.type == "AWS::Logs::LogGroup":
        name = addressed.property(resource, "LogGroupName")
        if isinstance(name, str):
            return f"arn:aws:logs:{resource.region}:{resource.account}:log-group:{name}:*"
    if resource.type == "AWS::IAM::Role":
        name = addressed.property(resource, "RoleName")
        if isinstance(name, str):
            path = addressed.property(resource, "Path") or "/"
            return f"arn:aws:iam::{resource.account}:role{path}{name}"
    return Unknown(f"the ARN of `{resource.logical_id}` is known only after creation")


def _vpc(addressed: Addressed, resource: Resource, name: str) -> Any:
    own = addressed.own_id(resource)
    if name == "DefaultSecurityGroup":
        return default_id(own, "sg")
    if name == "DefaultNetworkAcl":
        return default_id(own, "acl")
    if name in ("MainRouteTable", "MainRouteTableId"):
        return default_id(own, "rtb")
    if name == "CidrBlockAssociations":
        return Unknown(f"`{resource.logical_id}.{name}` is known only after creation")
    if name == "Ipv6CidrBlocks":
        return Unknown("Amazon chooses the IPv6 block")
    return None


def default_id(vpc_id: str, prefix: str) -> str:
    """The id of what EC2 makes with every VPC: its default group or ACL, or its main route table."""
    return hex_id(prefix, vpc_id, "default")


def _endpoint(addressed: Addressed, resource: Resource, name: str) -> Any:
    at_interface = _INTERFACE.fullmatch(name)
    if at_interface:
        position = int(at_interface[1])
        subnets = addressed.property(resource, "SubnetIds")
        if not isinstance(subnets, list) or position >= len(subnets):
            return Unknown(f"`{resource.logical_id}` shows no subnet number {position + 1}")
        return addressed.addresses.give(resource.logical_id, position, subnets[position])
    if name == "NetworkInterfaceIds":
        subnets = addressed.property(resource, "SubnetIds")
        if not isinstance(subnets, list):
            return Unknown(f"the subnets of `{resource.logical_id}` are not known")
        return [interface_id(addressed, resource, position) for position in range(len(subnets))]
    entries = endpoint_entries(addressed, resource)
    if name == "DnsEntries":
        if isinstance(entries, Unknown):
            return entries
        return [f"{each['HostedZoneId']}:{each['DnsName']}" for each in entries]
    at_entry = _ENTRY.fullmatch(name)
    if at_entry:
        if isinstance(entries, Unknown):
            return entries
        position = int(at_entry[1])
        if position < len(entries):
            return entries[position][at_entry[2]]
        return Unknown(f"`{resource.logical_id}` has no name number {position + 1}")
    return None


def interface_id(addressed: Addressed, resource: Resource, position: int) -> str:
    """The id of the interface that AWS makes for a resource in its subnet of that position."""
    return hex_id("eni", addressed.own_id(resource), position)


def _instance(addressed: Addressed, resource: Resource, name: str) -> Any:
    if name == "PrivateIp":
        interfaces = addressed.property(resource, "NetworkInterfaces")
        if isinstance(interfaces, list) and interfaces and isinstance(interfaces[0], dict):
            attached = addressed.named(interfaces[0].get("NetworkInterfaceId"))
            if attached is not None:
                return _interface(addressed, attached, "PrimaryPrivateIpAddress")
            return addressed.addresses.give(
                resource.logical_id, 0, interfaces[0].get("SubnetId"), interfaces[0].get("PrivateIpAddress")
            )
        subnet, wanted = (addressed.property(resource, field) for field in ("SubnetId", "PrivateIpAddress"))
        return addressed.addresses.give(resource.logical_id, 0, subnet, wanted)
    if name == "AvailabilityZone":
        subnet = addressed.named(addressed.property(resource, "SubnetId"))
        return addressed.property(subnet, "AvailabilityZone") if subnet else None
    if name == "VpcId":
        subnet = addressed.named(addressed.property(resource, "SubnetId"))
        return addressed.property(subnet, "VpcId") if subnet else Unknown("its subnet is not in the list")
    return None


def _interface(addressed: Addressed, resource: Resource, name: str) -> Any:
    if name in ("PrimaryPrivateIpAddress", "PrivateIpAddress"):
        wanted = addressed.property(resource, "PrivateIpAddress")
        listed = addressed.property(resource, "PrivateIpAddresses")
        if wanted is None and isinstance(listed, list):
            primary = [each for each in listed if isinstance(each, dict) and each.get("Primary") in (True, "true")]
            wanted = primary[0].get("PrivateIpAddress") if primary else None
        return addressed.addresses.give(resource.logical_id, 0, addressed.property(resource, "SubnetId"), wanted)
    return None


def _resolver_endpoint(addressed: Addressed, resource: Resource, name: str) -> Any:
    places = addressed.property(resource, "IpAddresses")
    at_interface = _INTERFACE.fullmatch(name) or re.fullmatch(r"IpAddresses\.(\d+)\.Ip", name)
    if at_interface:
        position = int(at_interface[1])
        if not isinstance(places, list) or position >= len(places) or not isinstance(places[position], dict):
            return Unknown(f"`{resource.logical_id}` shows no address number {position + 1}")
        each = places[position]
        return addressed.addresses.give(resource.logical_id, position, each.get("SubnetId"), each.get("Ip"))
    if name == "IpAddressCount" and isinstance(places, list):
        return str(len(places))
    return None


def _rest_api(addressed: Addressed, resource: Resource, name: str) -> Any:
    if name == "RootResourceId":
        return root_resource_id(addressed.own_id(resource))
    return None


def root_resource_id(api_id: str) -> str:
    """The id of the resource `/` of an API."""
    return api_gateway_id(10, api_id, "/")


def _domain_name(addressed: Addressed, resource: Resource, name: str) -> Any:
    own = addressed.own_id(resource)
    if name == "DomainNameId":
        return own.rpartition("+")[2]
    if name in ("RegionalDomainName", "DistributionDomainName", "RegionalHostedZoneId"):
        return Unknown(f"`{resource.logical_id}.{name}` is known only after creation")
    return None


def _balancer(addressed: Addressed, resource: Resource, name: str) -> Any:
    own = addressed.own_id(resource)
    if name == "DNSName":
        return balancer_name(addressed, resource)
    if name in ("CanonicalHostedZoneID", "CanonicalHostedZoneId"):
        return balancer_zone(resource)
    if name == "LoadBalancerFullName":
        return own.partition(":loadbalancer/")[2]
    if name == "LoadBalancerName":
        return own.split("/")[2] if own.count("/") > 1 else None
    return None


def _named_by_type(addressed: Addressed, resource: Resource, name: str) -> Any:
    """`VpcId` of a VPC is its own id, of a subnet the property."""
    return reference_of(addressed, resource) if name == _OWN_ID[resource.type] else None


def _vpc_or_own(addressed: Addressed, resource: Resource, name: str) -> Any:
    return _named_by_type(addressed, resource, name) or _vpc(addressed, resource, name)


def _api_or_own(addressed: Addressed, resource: Resource, name: str) -> Any:
    return _named_by_type(addressed, resource, name) or _rest_api(addressed, resource, name)


_SPECIAL: Mapping[str, Callable[[Addressed, Resource, str], Any]] = {
    "AWS::EC2::VPC": _vpc_or_own,
    "AWS::EC2::Subnet": _named_by_type,
    "AWS::EC2::SecurityGroup": _named_by_type,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::NetworkInterface": _interface,
    "AWS::EC2::EIP": lambda addressed, resource, name: (
        addressed.own_id(resource) if name == "AllocationId" else Unknown("AWS chooses the public address")
    ),
    "AWS::Route53Resolver::ResolverEndpoint": _resolver_endpoint,
    "AWS::ApiGateway::RestApi": _api_or_own,
    "AWS::ApiGateway::DomainNameV2": _domain_name,
    "AWS::ApiGateway::DomainName": _domain_name,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
}

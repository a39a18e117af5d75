"""Attributes that are made here: a policy document's text, an endpoint's names, addresses of interfaces."""

from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.sources.terraform.instances import Instance
from narrowgate.sources.terraform.linked import Linked
from narrowgate.sources.terraform.policies import policy_document

_SEPARATE = {
    ("aws_security_group", "ingress"): (
        ("aws_vpc_security_group_ingress_rule", "security_group_id"),
        ("aws_security_group_rule", "security_group_id"),
    ),
    ("aws_security_group", "egress"): (
        ("aws_vpc_security_group_egress_rule", "security_group_id"),
        ("aws_security_group_rule", "security_group_id"),
    ),
    ("aws_route_table", "route"): (("aws_route", "route_table_id"),),
    ("aws_network_acl", "ingress"): (("aws_network_acl_rule", "network_acl_id"),),
    ("aws_network_acl", "egress"): (("aws_network_acl_rule", "network_acl_id"),),
}


def has_separate_form(linked: Linked, instance: Instance, name: str) -> bool:
    """True where resources of their own give a group its rules, or a table its routes."""
    own = Ref(instance.address)
    for kind, field in _SEPARATE.get((instance.type, name), ()):
        if any(linked.attribute(each, field) == own for each in linked.of_type(kind)):
            return True
    return False


def _count(linked: Linked, instance: Instance, name: str) -> int:
    value = linked.attribute(instance, name)
    return len(value) if isinstance(value, list) else 0


def _dns_entries(linked: Linked, instance: Instance) -> Any:
    own = instance.address
    places = range(1 + _count(linked, instance, "subnet_ids"))
    return [
        {
            "dns_name": GetAtt(own, f"DnsEntries.{at}.DnsName"),
            "hosted_zone_id": GetAtt(own, f"DnsEntries.{at}.HostedZoneId"),
        }
        for at in places
    ]


def _interface_ids(linked: Linked, instance: Instance) -> Any:
    return [
        GetAtt(instance.address, f"NetworkInterfaceIds.{at}")
        for at in range(_count(linked, instance, "subnet_ids"))
    ]


def _subnet_configuration(linked: Linked, instance: Instance) -> Any:
    subnets = linked.attribute(instance, "subnet_ids")
    return [
        {"subnet_id": subnet, "ipv4": GetAtt(instance.address, f"NetworkInterfaces.{at}.PrivateIpAddress")}
        for at, subnet in enumerate(subnets if isinstance(subnets, list) else ())
    ]


def _interface_address(linked: Linked, instance: Instance) -> Any:
    """`data.aws_network_interface` of an endpoint's interface: its address."""
    interface = linked.attribute(instance, "id")
    if isinstance(interface, GetAtt) and interface.attribute.startswith("NetworkInterfaceIds."):
        at = interface.attribute.rpartition(".")[2]
        return GetAtt(interface.logical_id, f"NetworkInterfaces.{at}.PrivateIpAddress")
    return None


def _resolver_addresses(linked: Linked, instance: Instance) -> Any:
    """The addresses of a Resolver endpoint; those that nobody chose are known by the endpoint alone."""
    places = linked.told(instance, "ip_address")
    if not isinstance(places, list):
        return places
    own = instance.address
    return [
        {**place, "ip": place.get("ip") or GetAtt(own, f"IpAddresses.{at}.Ip")}
        if isinstance(place, dict)
        else place
        for at, place in enumerate(places)
    ]


def _of_vpc(attribute: str) -> Callable[[Linked, Instance], Any]:
    """The id of what EC2 made with a VPC, by the argument `vpc_id`."""

    def find(linked: Linked, instance: Instance) -> Any:
        vpc = linked.attribute(instance, "vpc_id")
        return GetAtt(vpc.logical_id, attribute) if isinstance(vpc, Ref) else None

    return find


def _execution_arn(linked: Linked, instance: Instance) -> Any:
    account, region = linked.where(instance)
    return Join((f"arn:aws:execute-api:{region}:{account}:", Ref(instance.address)))


def _stage_arn(linked: Linked, instance: Instance) -> Any:
    region = linked.where(instance)[1]
    api, name = (linked.attribute(instance, each) for each in ("rest_api_id", "stage_name"))
    if not isinstance(api, (str, Ref)) or not isinstance(name, str):
        return None
    return Join((f"arn:aws:apigateway:{region}::/restapis/", api, f"/stages/{name}"))


def _account(linked: Linked, instance: Instance) -> Any:
    return linked.where(instance)[0]


def _region(linked: Linked, instance: Instance) -> Any:
    return linked.where(instance)[1]


OFFERS: Mapping[tuple[str, str, str], Callable[[Linked, Instance], Any]] = {
    ("data", "aws_iam_policy_document", "json"): policy_document,
    ("data", "aws_iam_policy_document", "minified_json"): policy_document,
    ("data", "aws_network_interface", "private_ip"): _interface_address,
    ("data", "aws_caller_identity", "account_id"): _account,
    ("data", "aws_region", "name"): _region,
    ("data", "aws_region", "id"): _region,
    ("managed", "aws_default_security_group", "id"): _of_vpc("DefaultSecurityGroup"),
    ("managed", "aws_vpc_endpoint", "dns_entry"): _dns_entries,
    ("managed", "aws_vpc_endpoint", "network_interface_ids"): _interface_ids,
    ("managed", "aws_vpc_endpoint", "subnet_configuration"): _subnet_configuration,
    ("managed", "aws_route53_resolver_endpoint", "ip_address"): _resolver_addresses,
    ("managed", "aws_api_gateway_stage", "arn"): _stage_arn,
    ("managed", "aws_api_gateway_rest_api", "execution_arn"): _execution_arn,
}
"""By mode, type and attribute; a function that gives None leaves the attribute to what the plan says."""

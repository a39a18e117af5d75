"""Configuration items written as AWS's own calls would show the same resources.

AWS Config records most resources as the service's Describe call shows them, with keys that start in lower case,
and the others as CloudFormation does. Fields that it leaves out stay left out: the engine takes them as unknown.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from narrowgate.sources.config.items import Item
from narrowgate.sources.snapshot.special import bare_zone_id

Element = dict[str, Any]


class Part(msgspec.Struct, frozen=True):
    """What one item tells of one call: elements, and for calls made once per parent the parent's id."""

    operation: str
    elements: tuple[Any, ...]
    parent: str | None = None


def described(item: Item) -> Element:
    """The element of a Describe call: keys in upper case, absent where null, enumerations unwrapped."""
    element: Element = _upper(item.configuration or {})
    if item.tags and "Tags" not in element:
        element["Tags"] = [{"Key": key, "Value": value} for key, value in tags_of(item).items()]
    return element


def _upper(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"value"}:
            # The SDK's enumerations: {"state": {"value": "available"}}.
            return value["value"]
        return {key[:1].upper() + key[1:]: _upper(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_upper(each) for each in value if each is not None]
    return value


def tags_of(item: Item) -> dict[str, str]:
    """An item's tags: a mapping in files, a list of key and value in an aggregator's answer."""
    if isinstance(item.tags, dict):
        return {str(key): str(value) for key, value in item.tags.items()}
    listed = item.tags if isinstance(item.tags, list) else []
    return {
        str(each["key"]): str(each.get("value", "")) for each in listed if isinstance(each, dict) and "key" in each
    }


def renamed(element: Element, **names: str) -> Element:
    """An element with the id that CloudFormation's form calls otherwise: `Id="ResolverRuleId"`."""
    return {**element, **{new: element[old] for new, old in names.items() if old in element}}


def whole_numbers(element: Element, *names: str) -> Element:
    """An element whose numbers CloudFormation may have written as text."""
    given = {name: element[name] for name in names if isinstance(element.get(name), str)}
    return {**element, **{name: int(text) for name, text in given.items() if text.isdecimal()}}


def listed(element: Element, name: str) -> list[Any]:
    """A member that is a list of objects; empty where it is absent."""
    value = element.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def security_group(item: Item) -> Iterator[Part]:
    """`ec2.describe_security_groups`: IPv4 ranges stand twice, as objects and as bare text."""
    element = described(item)
    for name in ("IpPermissions", "IpPermissionsEgress"):
        if name in element:
            element[name] = [_permission(each) for each in listed(element, name)]
    yield Part("ec2.describe_security_groups", (element,))


def _permission(permission: Element) -> Element:
    ranges = permission.get("Ipv4Ranges")
    if ranges is None:
        ranges = [{"CidrIp": each} for each in permission.get("IpRanges") or () if isinstance(each, str)]
    return {**permission, "IpRanges": ranges}


def instance(item: Item) -> Iterator[Part]:
    """`ec2.describe_instances`, whose elements are reservations."""
    element = {"OwnerId": item.account_id, "Instances": [described(item)]}
    yield Part("ec2.describe_instances", (element,))


def peering(item: Item) -> Iterator[Part]:
    """`ec2.describe_vpc_peering_connections`; a status in one word is its code."""
    element = described(item)
    if isinstance(element.get("Status"), str):
        element["Status"] = {"Code": element["Status"].lower()}
    yield Part("ec2.describe_vpc_peering_connections", (element,))


_DHCP = {
    "DomainName": "domain-name",
    "DomainNameServers": "domain-name-servers",
    "NtpServers": "ntp-servers",
    "NetbiosNameServers": "netbios-name-servers",
}


def dhcp_options(item: Item) -> Iterator[Part]:
    """`ec2.describe_dhcp_options` out of CloudFormation's form: every option is a key with values."""
    element = described(item)
    options = []
    for name, key in _DHCP.items():
        given = element.get(name)
        values = given if isinstance(given, list) else [given] if given else []
        if values:
            options.append({"Key": key, "Values": [{"Value": str(each)} for each in values]})
    element |= {"OwnerId": item.account_id, "DhcpConfigurations": options}
    yield Part("ec2.describe_dhcp_options", (element,))


def prefix_list(item: Item) -> Iterator[Part]:
    """`ec2.describe_managed_prefix_lists` and the entries of the list."""
    element = whole_numbers(described(item), "Version", "MaxEntries")
    yield Part("ec2.describe_managed_prefix_lists", (element,))
    if isinstance(element.get("Entries"), list):
        entries = tuple(listed(element, "Entries"))
        yield Part("ec2.get_managed_prefix_list_entries", entries, element.get("PrefixListId"))


_GATEWAY_OPTIONS = (
    "DnsSupport",
    "SecurityGroupReferencingSupport",
    "AssociationDefaultRouteTableId",
    "PropagationDefaultRouteTableId",
    "DefaultRouteTableAssociation",
    "DefaultRouteTablePropagation",
)


def transit_gateway(item: Item) -> Iterator[Part]:
    """`ec2.describe_transit_gateways`: the options stand one level lower there."""
    element = renamed(described(item), TransitGatewayId="Id")
    options = {name: element[name] for name in _GATEWAY_OPTIONS if name in element}
    yield Part("ec2.describe_transit_gateways", ({**element, "OwnerId": item.account_id, "Options": options},))


def gateway_attachment(item: Item) -> Iterator[Part]:
    """`ec2.describe_transit_gateway_vpc_attachments`."""
    element = renamed(described(item), TransitGatewayAttachmentId="Id")
    yield Part("ec2.describe_transit_gateway_vpc_attachments", (element,))


def gateway_route_table(item: Item) -> Iterator[Part]:
    """`ec2.describe_transit_gateway_route_tables`."""
    element = renamed(described(item), TransitGatewayRouteTableId="Id")
    yield Part("ec2.describe_transit_gateway_route_tables", (element,))


def hosted_zone(item: Item) -> Iterator[Part]:
    """`route53.list_hosted_zones` and the zone's VPCs: a private zone has one at least, a public one none."""
    element = described(item)
    vpcs = tuple(listed(element, "VPCs"))
    if "VPCs" in element:
        element["Config"] = {"PrivateZone": bool(vpcs)}
    yield Part("route53.list_hosted_zones", (element,))
    if "VPCs" in element:
        yield Part("route53.get_hosted_zone", vpcs, bare_zone_id(str(element.get("Id"))))


def resolver_rule(item: Item) -> Iterator[Part]:
    """`route53resolver.list_resolver_rules`."""
    element = renamed(described(item), Id="ResolverRuleId")
    element["TargetIps"] = [whole_numbers(each, "Port") for each in listed(element, "TargetIps")]
    yield Part("route53resolver.list_resolver_rules", (element,))


def resolver_rule_association(item: Item) -> Iterator[Part]:
    """`route53resolver.list_resolver_rule_associations`."""
    element = renamed(described(item), Id="ResolverRuleAssociationId")
    yield Part("route53resolver.list_resolver_rule_associations", (element,))


def resolver_endpoint(item: Item) -> Iterator[Part]:
    """`route53resolver.list_resolver_endpoints` and its addresses, where AWS Config has all of them."""
    element = renamed(described(item), Id="ResolverEndpointId")
    yield Part("route53resolver.list_resolver_endpoints", (element,))
    addresses = listed(element, "IpAddresses")
    if addresses and all("Ip" in each or "Ipv6" in each for each in addresses):
        yield Part("route53resolver.list_resolver_endpoint_ip_addresses", tuple(addresses), element.get("Id"))


def firewall_rule_group(item: Item) -> Iterator[Part]:
    """`route53resolver.list_firewall_rule_groups` and the group's rules."""
    element = described(item)
    yield Part("route53resolver.list_firewall_rule_groups", (element,))
    if "FirewallRules" in element:
        rules = tuple(
            whole_numbers(each, "Priority", "BlockOverrideTtl") for each in listed(element, "FirewallRules")
        )
        yield Part("route53resolver.list_firewall_rules", rules, element.get("Id"))


def firewall_domain_list(item: Item) -> Iterator[Part]:
    """`route53resolver.list_firewall_domain_lists` and the list's domains; those of AWS's lists nobody sees."""
    element = whole_numbers(described(item), "DomainCount")
    yield Part("route53resolver.list_firewall_domain_lists", (element,))
    domains = element.get("Domains")
    if isinstance(domains, list) and not element.get("ManagedOwnerName"):
        yield Part("route53resolver.list_firewall_domains", tuple(domains), element.get("Id"))


def firewall_association(item: Item) -> Iterator[Part]:
    """`route53resolver.list_firewall_rule_group_associations`."""
    element = whole_numbers(described(item), "Priority")
    yield Part("route53resolver.list_firewall_rule_group_associations", (element,))


def _known(item: Item) -> Element:
    return {key: value for key, value in (item.configuration or {}).items() if value is not None}


def rest_api(item: Item) -> Iterator[Part]:
    """`apigateway.get_rest_apis`, in its own spelling; which endpoints a private API lists may not be recorded."""
    element = _known(item)
    endpoint = element.get("endpointConfiguration")
    if isinstance(endpoint, dict):
        is_private = "PRIVATE" in (endpoint.get("types") or ())
        if is_private and endpoint.get("vpcEndpointIds") is None:
            del element["endpointConfiguration"]
    element["tags"] = tags_of(item)
    yield Part("apigateway.get_rest_apis", (element,))


def stage(item: Item) -> Iterator[Part]:
    """`apigateway.get_stages`: the API stands in the stage's ARN, `…::/restapis/ID/stages/NAME`."""
    steps = (item.arn or item.resource_id).split("/")
    if "restapis" in steps[:-1]:
        element = _known(item)
        yield Part("apigateway.get_stages", (element,), steps[steps.index("restapis") + 1])


def listener(item: Item) -> Iterator[Part]:
    """`elbv2.describe_listeners`."""
    element = whole_numbers(described(item), "Port")
    balancer = element.get("LoadBalancerArn")
    if isinstance(balancer, str):
        yield Part("elbv2.describe_listeners", (element,), balancer)


def certificate(item: Item) -> Iterator[Part]:
    """`acm.list_certificates`, whose summary calls the names otherwise."""
    element = renamed(described(item), SubjectAlternativeNameSummaries="SubjectAlternativeNames")
    yield Part("acm.list_certificates", (element,))

"""Route 53 Resolver: endpoints, rules, their associations, configurations and query logging."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.hosts import add_interface, groups_of, vpc_of
from narrowgate.sources.declared.route53 import absolute
from narrowgate.sources.declared.values import listed, number, text, texts
from narrowgate.sources.synthetic.ledger import Where
from narrowgate.sources.synthetic.names import hex_id

_ENDPOINTS = "route53resolver.list_resolver_endpoints"
_ADDRESSES = "route53resolver.list_resolver_endpoint_ip_addresses"
_RULES = "route53resolver.list_resolver_rules"
_RULE_ASSOCIATIONS = "route53resolver.list_resolver_rule_associations"


def endpoint(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::ResolverEndpoint` with its addresses and their interfaces."""
    own = declared.own_id(resource)
    direction = declared.needed(resource, "Direction", _ENDPOINTS)
    if direction is None:
        return
    places = listed(properties, "IpAddresses")
    rows = [each for each in places if isinstance(each, dict)] if isinstance(places, list) else []
    groups = texts(properties, "SecurityGroupIds")
    vpc_id = next((found for each in rows if (found := vpc_of(declared, each.get("SubnetId")))), None)
    element = {
        "Id": own,
        "Arn": declared.attribute(resource.logical_id, "Arn"),
        "Name": text(properties, "Name", ""),
        "Direction": direction,
        "SecurityGroupIds": groups,
        "IpAddressCount": len(rows),
        "HostVPCId": vpc_id or Unknown("its subnets are not in the source"),
        "Status": "OPERATIONAL",
        "ResolverEndpointType": text(properties, "ResolverEndpointType", "IPV4"),
        "Protocols": texts(properties, "Protocols") if "Protocols" in properties else ["Do53"],
    }
    declared.add(resource, _ENDPOINTS, element, own)
    gap = unknown_in(places) if not isinstance(places, Unknown) else places
    if gap is not None or not isinstance(places, list) or len(rows) != len(places):
        why = gap.why if gap else "an entry is not understood"
        declared.warn(resource, f"`IpAddresses` is not known: {why}")
        declared.withhold(resource, _ADDRESSES, why, own)
        return
    ips = [_address(declared, resource, position, each, groups) for position, each in enumerate(rows)]
    declared.ask(resource, _ADDRESSES, own, "ResolverEndpointId", {"IpAddresses": ips})


def _address(
    declared: Declared, resource: Resource, position: int, row: Properties, groups: Any
) -> dict[str, Any]:
    own = declared.own_id(resource)
    subnet = row.get("SubnetId")
    ip_id = hex_id("rni", own, position)
    made = {
        "SubnetId": subnet,
        "Groups": groups_of(declared, groups, vpc_of(declared, subnet)),
        "Description": f"Route 53 Resolver: {own}:{ip_id}",
        "RequesterManaged": True,
    }
    address = add_interface(declared, resource, position, made, wanted=row.get("Ip"))
    element = {"IpId": ip_id, "SubnetId": subnet, "Status": "ATTACHED"}
    return element | ({"Ip": address} if isinstance(address, str) else {})


def rule(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::ResolverRule`; accounts that it is shared with see it through their associations."""
    own = declared.own_id(resource)
    domain = properties.get("DomainName", Unknown("is not given"))
    element = {
        "Id": own,
        "Arn": declared.attribute(resource.logical_id, "Arn"),
        "DomainName": absolute(domain) if isinstance(domain, str) else domain,
        "RuleType": properties.get("RuleType", Unknown("is not given")),
        "Name": text(properties, "Name", ""),
        "Status": "COMPLETE",
        "OwnerId": resource.account,
        "ShareStatus": "NOT_SHARED",
    }
    if "ResolverEndpointId" in properties:
        element["ResolverEndpointId"] = properties["ResolverEndpointId"]
    if "TargetIps" in properties:
        element["TargetIps"] = _targets(declared, resource, properties)
    declared.add(resource, _RULES, element, own)


def _targets(declared: Declared, resource: Resource, properties: Properties) -> Any:
    rows = listed(properties, "TargetIps")
    gap = unknown_in(rows)
    if gap is not None or isinstance(rows, Unknown):
        return gap or rows
    found = []
    for each in rows:
        target = {
            "Port": number(each.get("Port", defaults.RESOLVER_PORT)),
            "Protocol": each.get("Protocol", "Do53"),
        }
        target |= {field: each[field] for field in ("Ip", "Ipv6") if each.get(field)}
        found.append(target)
    return found


def rule_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::ResolverRuleAssociation`, of a rule of this account or a shared one (RSLV-10)."""
    rule_id = declared.needed(resource, "ResolverRuleId", _RULE_ASSOCIATIONS)
    vpc_id = declared.needed(resource, "VPCId", _RULE_ASSOCIATIONS)
    if rule_id is None or vpc_id is None:
        return
    own = declared.own_id(resource)
    element = {
        "Id": own,
        "ResolverRuleId": rule_id,
        "Name": text(properties, "Name", ""),
        "VPCId": vpc_id,
        "Status": "COMPLETE",
    }
    declared.add(resource, _RULE_ASSOCIATIONS, element, own)
    owner = declared.named(rule_id)
    if owner is not None and owner.account != resource.account:
        fact = declared.ledger.by_id[rule_id]
        fact["ShareStatus"] = "SHARED_BY_ME"
        there = Where(resource.account, resource.region)
        shown = declared.ledger.elements.get((there, _RULES), ())
        if not any(each["Id"] == rule_id for each in shown):
            declared.ledger.add(there, _RULES, fact | {"ShareStatus": "SHARED_WITH_ME"})


def config(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::ResolverConfig` (RSLV-09)."""
    call = "route53resolver.list_resolver_configs"
    vpc_id = declared.needed(resource, "ResourceId", call)
    if vpc_id:
        setting = properties.get("AutodefinedReverseFlag")
        value = {"ENABLE": "ENABLED", "DISABLE": "DISABLED"}.get(str(setting), setting)
        declared.add(resource, call, {"ResourceId": vpc_id, "AutodefinedReverse": value})


def query_logging(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::ResolverQueryLoggingConfig`."""
    own = declared.own_id(resource)
    element = {
        "Id": own,
        "Arn": declared.attribute(resource.logical_id, "Arn"),
        "Name": text(properties, "Name", ""),
        "DestinationArn": properties.get("DestinationArn"),
        "Status": "CREATED",
    }
    declared.add(resource, "route53resolver.list_resolver_query_log_configs", element, own)


def query_logging_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation`."""
    call = "route53resolver.list_resolver_query_log_config_associations"
    config_id, vpc_id = (
        declared.needed(resource, name, call) for name in ("ResolverQueryLogConfigId", "ResourceId")
    )
    if config_id and vpc_id:
        element = {"ResolverQueryLogConfigId": config_id, "ResourceId": vpc_id, "Status": "ACTIVE"}
        declared.add(resource, call, element)

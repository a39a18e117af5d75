"""Load balancers, their listeners and targets."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.hosts import add_interface, groups_of, vpc_of
from narrowgate.sources.declared.names import balancer_name, balancer_zone
from narrowgate.sources.declared.values import listed, number, text

_BALANCERS = "elbv2.describe_load_balancers"
_LISTENERS = "elbv2.describe_listeners"
_HEALTH = "elbv2.describe_target_health"


def load_balancer(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ElasticLoadBalancingV2::LoadBalancer` with its nodes and the listeners of the list."""
    own = declared.own_id(resource)
    kind = text(properties, "Type", "application")
    mappings = listed(properties, "SubnetMappings")
    rows = mappings if isinstance(mappings, list) else []
    given = listed(properties, "Subnets")
    rows = rows or [{"SubnetId": each} for each in (given if isinstance(given, list) else [])]
    gap = unknown_in(mappings) or unknown_in(given)
    subnets = [row.get("SubnetId") for row in rows if isinstance(row, dict)]
    vpc_id = next((found for each in subnets if (found := vpc_of(declared, each))), None)
    named = listed(properties, "SecurityGroups")
    groups = groups_of(declared, named, vpc_id if kind == "application" else None)
    element: dict[str, Any] = {
        "LoadBalancerArn": own,
        "LoadBalancerName": own.split("/")[2] if own.count("/") > 1 else own,
        "DNSName": balancer_name(declared, resource),
        "CanonicalHostedZoneId": balancer_zone(resource),
        "Scheme": text(properties, "Scheme", "internet-facing"),
        "Type": kind,
        "State": {"Code": "active"},
        "AvailabilityZones": gap or [_zone(declared, each) for each in subnets],
        "SecurityGroups": groups if isinstance(groups, Unknown) else [each["GroupId"] for each in groups],
    }
    if vpc_id:
        element["VpcId"] = vpc_id
    declared.add(resource, _BALANCERS, element, own)
    if gap is None:
        interface_kind = "interface" if kind == "application" else "network_load_balancer"
        for position, row in enumerate(rows):
            made = {
                "SubnetId": row.get("SubnetId"),
                "Groups": groups,
                "InterfaceType": interface_kind,
                "Description": f"ELB {own.partition(':loadbalancer/')[2]}",
                "RequesterManaged": True,
            }
            add_interface(declared, resource, position, made, wanted=row.get("PrivateIPv4Address"))
    _listeners(declared, resource, own)


def _zone(declared: Declared, subnet_id: Any) -> dict[str, Any]:
    found = {"SubnetId": subnet_id, "LoadBalancerAddresses": []}
    zone = declared.ledger.by_id.get(subnet_id, {}).get("AvailabilityZone")
    return found | ({"ZoneName": zone} if zone else {})


def _listeners(declared: Declared, resource: Resource, own: str) -> None:
    rows = []
    for each in declared.users("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", own):
        given = declared.properties(each)
        actions = [_action(one) for one in given.get("DefaultActions") or () if isinstance(one, dict)]
        row = {
            "ListenerArn": declared.own_id(each),
            "LoadBalancerArn": own,
            "Port": number(given.get("Port")),
            "Protocol": given.get("Protocol"),
            "DefaultActions": actions,
        }
        if "Certificates" in given:
            row["Certificates"] = given["Certificates"]
        gap = unknown_in([row["Port"], row["Protocol"], actions])
        if gap is not None:
            declared.note(each, "the listener", gap)
            declared.withhold(resource, _LISTENERS, gap.why, own)
            return
        if any(declared.users("AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", declared.own_id(each))):
            declared.warn(each, "its rules beside the default action are not modelled")
        rows.append(declared.known_only(each, row))
    declared.ask(resource, _LISTENERS, own, "LoadBalancerArn", {"Listeners": rows})


def _action(given: Properties) -> dict[str, Any]:
    action: dict[str, Any] = {"Type": given.get("Type", "forward")}
    if given.get("TargetGroupArn") is not None:
        action["TargetGroupArn"] = given["TargetGroupArn"]
    forward = given.get("ForwardConfig")
    groups = forward.get("TargetGroups") if isinstance(forward, dict) else None
    if isinstance(groups, list):
        action["ForwardConfig"] = {
            "TargetGroups": [
                {"TargetGroupArn": each.get("TargetGroupArn"), "Weight": number(each.get("Weight", 1))}
                for each in groups
                if isinstance(each, dict)
            ]
        }
    elif isinstance(forward, Unknown):
        action["ForwardConfig"] = forward
    elif "TargetGroupArn" in action:
        action["ForwardConfig"] = {"TargetGroups": [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]}
    return action


def target_group(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ElasticLoadBalancingV2::TargetGroup`, its targets taken as healthy."""
    own = declared.own_id(resource)
    element = {
        "TargetGroupArn": own,
        "TargetGroupName": text(properties, "Name", ""),
        "Protocol": properties.get("Protocol"),
        "Port": number(properties.get("Port")),
        "VpcId": properties.get("VpcId"),
        "TargetType": text(properties, "TargetType", "instance"),
    }
    declared.add(
        resource,
        "elbv2.describe_target_groups",
        {key: value for key, value in element.items() if value is not None},
        own,
    )
    targets: Any = listed(properties, "Targets")
    separate = [
        declared.properties(each)
        for each in declared.users("Custom::TargetGroupAttachment", "TargetGroupArn", own)
    ]
    gap = unknown_in(targets) or unknown_in([{"Id": each.get("Id")} for each in separate])
    if gap is not None:
        declared.note(resource, "Targets", gap)
        declared.withhold(resource, _HEALTH, gap.why, own)
        return
    port = number(properties.get("Port"))
    health = [
        {
            "Target": {"Id": str(each.get("Id")), "Port": number(each.get("Port")) or port},
            "TargetHealth": {"State": "healthy"},
        }
        for each in (*targets, *separate)
        if isinstance(each, dict)
    ]
    declared.ask(resource, _HEALTH, own, "TargetGroupArn", {"TargetHealthDescriptions": health})

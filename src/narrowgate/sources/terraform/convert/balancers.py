"""Load balancers with listeners and targets."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, picked


def load_balancer(given: Given) -> list[Resource]:
    """`aws_lb` and `aws_alb`."""
    mappings = given.blocks("subnet_mapping")
    listed: Any = mappings
    if isinstance(mappings, list):
        listed = [
            picked(
                each, SubnetId="subnet_id", PrivateIPv4Address="private_ipv4_address", AllocationId="allocation_id"
            )
            for each in mappings
        ]
    internal = given["internal"]
    return given.tagged(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {
            "Name": given["name"],
            "Type": given["load_balancer_type"] or "application",
            "Scheme": internal if isinstance(internal, Unknown) else "internal" if internal else "internet-facing",
            "Subnets": given["subnets"] or None,
            "SubnetMappings": None if given["subnets"] else listed or None,
            "SecurityGroups": given["security_groups"],
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": given[
                "enforce_security_group_inbound_rules_on_private_link_traffic"
            ],
        },
    )


def listener(given: Given) -> list[Resource]:
    """`aws_lb_listener` and `aws_alb_listener`, with certificates of their own resources."""
    certificates = [each for each in (given["certificate_arn"],) if each is not None]
    further = [each["certificate_arn"] for each in given.parts("aws_lb_listener_certificate", "listener_arn")]
    return given.tagged(
        "AWS::ElasticLoadBalancingV2::Listener",
        {
            "LoadBalancerArn": given["load_balancer_arn"],
            "Port": given["port"],
            "Protocol": given["protocol"],
            "DefaultActions": _actions(given, "default_action"),
            "Certificates": [{"CertificateArn": each} for each in [*certificates, *further]] or None,
            "SslPolicy": given["ssl_policy"],
        },
    )


def listener_rule(given: Given) -> list[Resource]:
    """`aws_lb_listener_rule`."""
    properties = {
        "ListenerArn": given["listener_arn"],
        "Priority": given["priority"],
        "Actions": _actions(given, "action"),
        "Conditions": _conditions(given),
    }
    return [given.resource("AWS::ElasticLoadBalancingV2::ListenerRule", properties)]


def _conditions(given: Given) -> Any:
    blocks = given.blocks("condition")
    if isinstance(blocks, Unknown):
        return blocks
    found: list[dict[str, Any]] = []
    for each in blocks:
        for name, field in (("host_header", "HostHeaderConfig"), ("path_pattern", "PathPatternConfig")):
            inner = each.get(name)
            if inner and isinstance(inner, list):
                found.append({"Field": name.replace("_", "-"), field: picked(inner[0], Values="values")})
    return found


def _actions(given: Given, name: str) -> Any:
    blocks = given.blocks(name)
    if isinstance(blocks, Unknown):
        return blocks
    found: list[dict[str, Any]] = []
    for each in blocks:
        action = {"Type": each.get("type"), **picked(each, TargetGroupArn="target_group_arn", Order="order")}
        forward = each.get("forward")
        groups = forward[0].get("target_group") if isinstance(forward, list) and forward else None
        if isinstance(groups, list) and groups and not isinstance(forward, Unknown):
            action["ForwardConfig"] = {
                "TargetGroups": [picked(one, TargetGroupArn="arn", Weight="weight") for one in groups]
            }
            if len(groups) == 1:
                action.setdefault("TargetGroupArn", groups[0].get("arn"))
        found.append(action)
    return found


def target_group(given: Given) -> list[Resource]:
    """`aws_lb_target_group` with its attachments."""
    attachments = [
        *given.parts("aws_lb_target_group_attachment", "target_group_arn"),
        *given.parts("aws_alb_target_group_attachment", "target_group_arn"),
    ]
    targets = [
        {
            name: value
            for name, value in (
                ("Id", each["target_id"]),
                ("Port", each["port"]),
                ("AvailabilityZone", each["availability_zone"]),
            )
            if value is not None
        }
        for each in attachments
    ]
    return given.tagged(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        {
            "Name": given["name"],
            "Port": given["port"],
            "Protocol": given["protocol"],
            "TargetType": given["target_type"] or "instance",
            "VpcId": given["vpc_id"],
            "Targets": targets,
        },
    )

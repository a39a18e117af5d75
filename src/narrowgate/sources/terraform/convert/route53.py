"""Hosted zones, records, Resolver endpoints and rules, DNS Firewall, Profiles."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, picked


def hosted_zone(given: Given) -> list[Resource]:
    """`aws_route53_zone`, private where it names VPCs."""
    blocks = given.blocks("vpc")
    vpcs: Any = blocks
    if isinstance(blocks, list):
        vpcs = [
            {
                "VPCId": each.get("vpc_id"),
                "VPCRegion": each.get("vpc_region") or given.region_of(each.get("vpc_id")),
            }
            for each in blocks
        ]
    properties = {"Name": given["name"], "VPCs": vpcs or None}
    return [given.resource("AWS::Route53::HostedZone", properties)]


def zone_association(given: Given) -> list[Resource]:
    """`aws_route53_zone_association`: one more VPC of a private zone."""
    vpc = given["vpc_id"]
    properties = {
        "HostedZoneId": given["zone_id"],
        "VPCId": vpc,
        "VPCRegion": given["vpc_region"] or given.region_of(vpc),
    }
    return [given.resource("Custom::HostedZoneVpcAssociation", properties)]


def record(given: Given) -> list[Resource]:
    """`aws_route53_record`."""
    alias = given.blocks("alias")
    target: Any = None
    if isinstance(alias, Unknown):
        target = alias
    elif alias:
        target = {
            "DNSName": alias[0].get("name"),
            "HostedZoneId": alias[0].get("zone_id"),
            "EvaluateTargetHealth": alias[0].get("evaluate_target_health"),
        }
    properties: dict[str, Any] = {
        "HostedZoneId": given["zone_id"],
        "Name": given.full_name("name", "zone_id"),
        "Type": given["type"],
        "TTL": given["ttl"],
        "ResourceRecords": given["records"] or None,
        "AliasTarget": target,
        "SetIdentifier": given["set_identifier"],
        "HealthCheckId": given["health_check_id"] or None,
    }
    for block, argument, field in (
        ("weighted_routing_policy", "weight", "Weight"),
        ("latency_routing_policy", "region", "Region"),
        ("failover_routing_policy", "type", "Failover"),
    ):
        value = given.block(block).get(argument)
        if value is not None:
            properties[field] = value
    if given["multivalue_answer_routing_policy"]:
        properties["MultiValueAnswer"] = True
    return [given.resource("AWS::Route53::RecordSet", properties)]


def resolver_endpoint(given: Given) -> list[Resource]:
    """`aws_route53_resolver_endpoint`."""
    places = given.places()
    return given.tagged(
        "AWS::Route53Resolver::ResolverEndpoint",
        {
            "Name": given["name"],
            "Direction": given["direction"],
            "IpAddresses": places,
            "SecurityGroupIds": given["security_group_ids"],
            "Protocols": given["protocols"],
            "ResolverEndpointType": given["resolver_endpoint_type"],
        },
    )


def resolver_rule(given: Given) -> list[Resource]:
    """`aws_route53_resolver_rule`."""
    targets = given.blocks("target_ip")
    ips: Any = targets
    if isinstance(targets, list):
        ips = [picked(each, Ip="ip", Ipv6="ipv6", Port="port", Protocol="protocol") for each in targets]
    return given.tagged(
        "AWS::Route53Resolver::ResolverRule",
        {
            "Name": given["name"],
            "DomainName": given["domain_name"],
            "RuleType": given["rule_type"],
            "ResolverEndpointId": given["resolver_endpoint_id"],
            "TargetIps": ips or None,
        },
    )


def rule_association(given: Given) -> list[Resource]:
    """`aws_route53_resolver_rule_association`."""
    properties = {"ResolverRuleId": given["resolver_rule_id"], "VPCId": given["vpc_id"], "Name": given["name"]}
    return [given.resource("AWS::Route53Resolver::ResolverRuleAssociation", properties)]


def resolver_config(given: Given) -> list[Resource]:
    """`aws_route53_resolver_config` (RSLV-09)."""
    flag = {"ENABLE": "ENABLE", "DISABLE": "DISABLE"}.get(str(given["autodefined_reverse_flag"]))
    properties = {"ResourceId": given["resource_id"], "AutodefinedReverseFlag": flag}
    return [given.resource("AWS::Route53Resolver::ResolverConfig", properties)]


def query_log_config(given: Given) -> list[Resource]:
    """`aws_route53_resolver_query_log_config`."""
    properties = {"Name": given["name"], "DestinationArn": given["destination_arn"]}
    return [given.resource("AWS::Route53Resolver::ResolverQueryLoggingConfig", properties)]


def query_log_association(given: Given) -> list[Resource]:
    """`aws_route53_resolver_query_log_config_association`."""
    properties = {
        "ResolverQueryLogConfigId": given["resolver_query_log_config_id"],
        "ResourceId": given["resource_id"],
    }
    return [given.resource("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", properties)]


def firewall_config(given: Given) -> list[Resource]:
    """`aws_route53_resolver_firewall_config` (FW-06)."""
    properties = {"ResourceId": given["resource_id"], "FirewallFailOpen": given["firewall_fail_open"]}
    return [given.resource("Custom::FirewallConfig", properties)]


def firewall_domains(given: Given) -> list[Resource]:
    """`aws_route53_resolver_firewall_domain_list`."""
    return given.tagged(
        "AWS::Route53Resolver::FirewallDomainList", {"Name": given["name"], "Domains": given["domains"] or []}
    )


def firewall_group(given: Given) -> list[Resource]:
    """`aws_route53_resolver_firewall_rule_group` with its rules, which stand in resources of their own."""
    rules = [_rule(each) for each in given.parts("aws_route53_resolver_firewall_rule", "firewall_rule_group_id")]
    return given.tagged("AWS::Route53Resolver::FirewallRuleGroup", {"Name": given["name"], "FirewallRules": rules})


def _rule(given: Given) -> dict[str, Any]:
    names = (
        "action",
        "block_override_dns_type",
        "block_override_domain",
        "block_override_ttl",
        "block_response",
        "confidence_threshold",
        "dns_threat_protection",
        "firewall_domain_list_id",
        "firewall_domain_redirection_action",
        "priority",
        "q_type",
    )
    return picked(
        {name: given[name] for name in names},
        Action="action",
        BlockOverrideDnsType="block_override_dns_type",
        BlockOverrideDomain="block_override_domain",
        BlockOverrideTtl="block_override_ttl",
        BlockResponse="block_response",
        ConfidenceThreshold="confidence_threshold",
        DnsThreatProtection="dns_threat_protection",
        FirewallDomainListId="firewall_domain_list_id",
        FirewallDomainRedirectionAction="firewall_domain_redirection_action",
        Priority="priority",
        Qtype="q_type",
    )


def firewall_association(given: Given) -> list[Resource]:
    """`aws_route53_resolver_firewall_rule_group_association`."""
    properties = {
        "FirewallRuleGroupId": given["firewall_rule_group_id"],
        "VpcId": given["vpc_id"],
        "Priority": given["priority"],
        "Name": given["name"],
    }
    return [given.resource("AWS::Route53Resolver::FirewallRuleGroupAssociation", properties)]


def profile(given: Given) -> list[Resource]:
    """`aws_route53profiles_profile`."""
    return given.tagged("AWS::Route53Profiles::Profile", {"Name": given["name"]})


def profile_association(given: Given) -> list[Resource]:
    """`aws_route53profiles_association`: a Profile's VPC."""
    properties = {"Name": given["name"], "ProfileId": given["profile_id"], "ResourceId": given["resource_id"]}
    return [given.resource("AWS::Route53Profiles::ProfileAssociation", properties)]


def profile_resource(given: Given) -> list[Resource]:
    """`aws_route53profiles_resource_association`: what a Profile carries."""
    properties = {
        "Name": given["name"],
        "ProfileId": given["profile_id"],
        "ResourceArn": given["resource_arn"],
        "ResourceProperties": given["resource_properties"],
    }
    return [given.resource("AWS::Route53Profiles::ProfileResourceAssociation", properties)]


def resource_share(given: Given) -> list[Resource]:
    """`aws_ram_resource_share` with what it shares and with whom."""
    arns = [each["resource_arn"] for each in given.parts("aws_ram_resource_association", "resource_share_arn")]
    principals = [each["principal"] for each in given.parts("aws_ram_principal_association", "resource_share_arn")]
    return given.tagged(
        "AWS::RAM::ResourceShare",
        {
            "Name": given["name"],
            "ResourceArns": arns,
            "Principals": principals,
            "AllowExternalPrincipals": given["allow_external_principals"],
        },
    )

"""Zones, records, Resolver endpoints, rules, Profiles and DNS servers of one's own in Terraform."""

from collections.abc import Iterator, Mapping

from narrowgate.generate.dns_server import set_up_script
from narrowgate.generate.names import snake
from narrowgate.generate.terraform.hcl import Raw
from narrowgate.generate.terraform.made import Kind, Made, Nested, name_tags, picked
from narrowgate.generate.terraform.network import nothing, simple
from narrowgate.model.resource import Resource


def hosted_zone(resource: Resource) -> Iterator[Made]:
    """A private zone with its VPCs."""
    vpcs = tuple(
        {"vpc_id": each["VPCId"], "vpc_region": each["VPCRegion"]} for each in resource.properties["VPCs"]
    )
    yield Made(
        kind="aws_route53_zone",
        key=snake(resource.logical_id),
        arguments={"name": resource.properties["Name"], "comment": resource.purpose, "vpc": Nested(vpcs)},
        source=resource,
    )


def record_set(resource: Resource) -> Iterator[Made]:
    """A record, an alias or one with values."""
    properties = resource.properties
    arguments = picked(properties, (("zone_id", "HostedZoneId"), ("name", "Name"), ("type", "Type")))
    alias = properties.get("AliasTarget")
    if alias is None:
        arguments |= {"ttl": properties["TTL"], "records": properties["ResourceRecords"]}
    else:
        target = {
            "name": alias["DNSName"],
            "zone_id": alias["HostedZoneId"],
            "evaluate_target_health": alias["EvaluateTargetHealth"],
        }
        arguments["alias"] = Nested((target,))
    yield Made(kind="aws_route53_record", key=snake(resource.logical_id), arguments=arguments, source=resource)


def resolver_endpoint(resource: Resource) -> Iterator[Made]:
    """A Resolver endpoint with its addresses."""
    properties = resource.properties
    places = tuple({"subnet_id": each["SubnetId"], "ip": each["Ip"]} for each in properties["IpAddresses"])
    yield Made(
        kind="aws_route53_resolver_endpoint",
        key=snake(resource.logical_id),
        arguments={
            "name": properties["Name"],
            "direction": properties["Direction"],
            "security_group_ids": properties["SecurityGroupIds"],
            "ip_address": Nested(places),
        },
        source=resource,
    )


def resolver_rule(resource: Resource) -> Iterator[Made]:
    """A forwarding rule with its targets."""
    properties = resource.properties
    targets = tuple({"ip": each["Ip"], "port": int(each["Port"])} for each in properties.get("TargetIps", ()))
    yield Made(
        kind="aws_route53_resolver_rule",
        key=snake(resource.logical_id),
        arguments={
            **picked(
                properties,
                (
                    ("name", "Name"),
                    ("rule_type", "RuleType"),
                    ("domain_name", "DomainName"),
                    ("resolver_endpoint_id", "ResolverEndpointId"),
                ),
            ),
            "target_ip": Nested(targets),
        },
        source=resource,
    )


def instance(resource: Resource) -> Iterator[Made]:
    """A DNS server; its image and what runs on it are the module's `dns_server_*` variables."""
    properties = resource.properties
    yield Made(
        kind="aws_instance",
        key=snake(resource.logical_id),
        arguments={
            "ami": Raw("var.dns_server_ami"),
            **picked(
                properties,
                (
                    ("instance_type", "InstanceType"),
                    ("subnet_id", "SubnetId"),
                    ("private_ip", "PrivateIpAddress"),
                    ("vpc_security_group_ids", "SecurityGroupIds"),
                ),
            ),
            "user_data": Raw(f'local.dns_servers["{snake(resource.logical_id)}"]'),
            "ebs_optimized": True,
            "monitoring": True,
            "metadata_options": Nested(({"http_endpoint": "enabled", "http_tokens": "required"},)),
            "root_block_device": Nested(({"encrypted": True},)),
            **name_tags(properties),
        },
        source=resource,
    )


def dns_servers(resources: Mapping[str, Resource]) -> dict[str, str]:
    """By key, the script that sets each DNS server up."""
    return {
        snake(each.properties["InstanceId"].logical_id): set_up_script(each)
        for each in resources.values()
        if each.type == "Custom::DnsServer"
    }


KINDS: Mapping[str, Kind] = {
    "AWS::Route53::HostedZone": Kind(terraform="aws_route53_zone", write=hosted_zone),
    "AWS::Route53::RecordSet": Kind(terraform="aws_route53_record", write=record_set),
    "AWS::Route53Resolver::ResolverEndpoint": Kind(
        terraform="aws_route53_resolver_endpoint", write=resolver_endpoint
    ),
    "AWS::Route53Resolver::ResolverRule": Kind(terraform="aws_route53_resolver_rule", write=resolver_rule),
    "AWS::Route53Resolver::ResolverRuleAssociation": simple(
        "aws_route53_resolver_rule_association", ("resolver_rule_id", "ResolverRuleId"), ("vpc_id", "VPCId")
    ),
    "AWS::Route53Resolver::FirewallDomainList": simple(
        "aws_route53_resolver_firewall_domain_list", ("name", "Name"), ("domains", "Domains")
    ),
    "Custom::ResolverFirewallRule": simple(
        "aws_route53_resolver_firewall_rule",
        ("name", "Name"),
        ("action", "Action"),
        ("firewall_domain_list_id", "FirewallDomainListId"),
        ("firewall_rule_group_id", "FirewallRuleGroupId"),
        ("priority", "Priority"),
    ),
    "AWS::Route53Profiles::Profile": simple("aws_route53profiles_profile", ("name", "Name")),
    "AWS::Route53Profiles::ProfileAssociation": simple(
        "aws_route53profiles_association",
        ("name", "Name"),
        ("profile_id", "ProfileId"),
        ("resource_id", "ResourceId"),
    ),
    "AWS::Route53Profiles::ProfileResourceAssociation": simple(
        "aws_route53profiles_resource_association",
        ("name", "Name"),
        ("profile_id", "ProfileId"),
        ("resource_arn", "ResourceArn"),
    ),
    "AWS::EC2::Instance": Kind(terraform="aws_instance", write=instance),
    "Custom::DnsServer": Kind(terraform=None, write=nothing),
}
"""What each type becomes."""

"""DNS Firewall and Route 53 Profiles: what filters names, and what carries DNS settings to many VPCs."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.values import listed, number, text, texts

_DOMAINS = "route53resolver.list_firewall_domains"
_FIREWALL_RULES = "route53resolver.list_firewall_rules"
_CARRIED = "route53profiles.list_profile_resource_associations"


def domain_list(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::FirewallDomainList` (FW-04); a list in a file elsewhere is not read."""
    own = declared.own_id(resource)
    element = {
        "Id": own,
        "Arn": declared.attribute(resource.logical_id, "Arn"),
        "Name": text(properties, "Name", ""),
    }
    declared.add(resource, "route53resolver.list_firewall_domain_lists", element, own)
    domains = texts(properties, "Domains")
    if "DomainFileUrl" in properties:
        domains = Unknown("the domains stand in a file elsewhere")
    if isinstance(domains, Unknown):
        declared.note(resource, "Domains", domains)
        declared.withhold(resource, _DOMAINS, domains.why, own)
        return
    body = {"Domains": [each if each.endswith((".", "*")) else f"{each}." for each in domains]}
    declared.ask(resource, _DOMAINS, own, "FirewallDomainListId", body)


def rule_group(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::FirewallRuleGroup` with its rules; one rule unknown, and the group's are."""
    own = declared.own_id(resource)
    element = {
        "Id": own,
        "Arn": declared.attribute(resource.logical_id, "Arn"),
        "Name": text(properties, "Name", ""),
        "OwnerId": resource.account,
        "ShareStatus": "NOT_SHARED",
    }
    declared.add(resource, "route53resolver.list_firewall_rule_groups", element, own)
    rows = listed(properties, "FirewallRules")
    separate = [
        declared.properties(each)
        for each in declared.of_type("Custom::FirewallRule")
        if declared.properties(each).get("FirewallRuleGroupId") == own
    ]
    gap = unknown_in(rows) or unknown_in(separate)
    if gap is not None or isinstance(rows, Unknown):
        found = gap or Unknown("is not known")
        declared.note(resource, "FirewallRules", found)
        declared.withhold(resource, _FIREWALL_RULES, found.why, own)
        return
    rules = [_rule(each, own) for each in (*rows, *separate)]
    declared.ask(resource, _FIREWALL_RULES, own, "FirewallRuleGroupId", {"FirewallRules": rules})


def _rule(given: Properties, group: str) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "FirewallRuleGroupId": group,
        "Priority": number(given.get("Priority")),
        "Action": str(given.get("Action")),
        "Name": f"rule-{given.get('Priority')}",
        "FirewallDomainRedirectionAction": given.get(
            "FirewallDomainRedirectionAction", "INSPECT_REDIRECTION_DOMAIN"
        ),
    }
    for name in (
        "FirewallDomainListId",
        "BlockResponse",
        "BlockOverrideDomain",
        "BlockOverrideDnsType",
        "Qtype",
        "DnsThreatProtection",
        "ConfidenceThreshold",
        "FirewallThreatProtectionId",
    ):
        if given.get(name) is not None:
            rule[name] = str(given[name])
    ttl = number(given.get("BlockOverrideTtl"))
    return rule | ({"BlockOverrideTtl": ttl} if ttl is not None else {})


def rule_group_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Resolver::FirewallRuleGroupAssociation`."""
    call = "route53resolver.list_firewall_rule_group_associations"
    group, vpc_id = (declared.needed(resource, name, call) for name in ("FirewallRuleGroupId", "VpcId"))
    priority = number(properties.get("Priority"))
    if group is None or vpc_id is None:
        return
    if not isinstance(priority, int):
        why = priority.why if isinstance(priority, Unknown) else "is not given"
        declared.warn(resource, f"`Priority` is not known: {why}")
        declared.withhold(resource, call, why)
        return
    own = declared.own_id(resource)
    element = {
        "Id": own,
        "FirewallRuleGroupId": group,
        "VpcId": vpc_id,
        "Name": text(properties, "Name", ""),
        "Priority": priority,
        "Status": "COMPLETE",
    }
    declared.add(resource, call, element, own)


def firewall_config(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::FirewallConfig` (Terraform's): what happens while the firewall does not answer (FW-06)."""
    call = "route53resolver.list_firewall_configs"
    vpc_id = declared.needed(resource, "ResourceId", call)
    if vpc_id:
        element = {"ResourceId": vpc_id, "FirewallFailOpen": properties.get("FirewallFailOpen", "DISABLED")}
        declared.add(resource, call, element)


def profile(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Profiles::Profile` with what the list lets it carry (PROF-01)."""
    own = declared.own_id(resource)
    element = {
        "Id": own,
        "Arn": declared.attribute(resource.logical_id, "Arn"),
        "Name": text(properties, "Name", ""),
        "ShareStatus": "NOT_SHARED",
    }
    declared.add(resource, "route53profiles.list_profiles", element, own)
    carried: list[dict[str, Any]] = []
    gap: Unknown | None = None
    for each in declared.of_type("AWS::Route53Profiles::ProfileResourceAssociation"):
        given = declared.properties(each)
        named = given.get("ProfileId")
        if named != own and not isinstance(named, Unknown):
            continue
        arn = given.get("ResourceArn")
        if not isinstance(arn, str) or isinstance(named, Unknown):
            gap = next((one for one in (arn, named) if isinstance(one, Unknown)), Unknown("is not given"))
            declared.note(each, "ResourceArn", gap)
            continue
        carried.append(
            {
                "Id": declared.own_id(each),
                "Name": text(given, "Name", ""),
                "OwnerId": resource.account,
                "ProfileId": own,
                "ResourceArn": arn,
                "ResourceType": _kind(arn),
                "Status": "COMPLETE",
            }
        )
    if gap is not None:
        declared.withhold(resource, _CARRIED, gap.why, own)
        return
    declared.ask(resource, _CARRIED, own, "ProfileId", {"ProfileResourceAssociations": carried})


_KINDS = {
    "hostedzone": "HOSTED_ZONE",
    "resolver-rule": "RESOLVER_RULE",
    "vpc-endpoint": "VPC_ENDPOINT",
    "firewall-rule-group": "FIREWALL_RULE_GROUP",
}


def _kind(arn: str) -> str:
    return next((name for part, name in _KINDS.items() if f":{part}/" in arn), "")


def profile_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Route53Profiles::ProfileAssociation`: a Profile's VPC."""
    call = "route53profiles.list_profile_associations"
    profile_id, vpc_id = (declared.needed(resource, name, call) for name in ("ProfileId", "ResourceId"))
    if profile_id and vpc_id:
        own = declared.own_id(resource)
        element = {
            "Id": own,
            "Name": text(properties, "Name", ""),
            "OwnerId": resource.account,
            "ProfileId": profile_id,
            "ResourceId": vpc_id,
            "Status": "COMPLETE",
        }
        declared.add(resource, call, element, own)

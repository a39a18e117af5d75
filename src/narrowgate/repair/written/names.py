"""Zones, records, rules and their associations, firewall lists as parts."""

from collections.abc import Iterator
from typing import Any

from narrowgate.model.resource import GetAtt, Ref
from narrowgate.model.route53 import (
    FirewallDomainList,
    FirewallRule,
    HostedZone,
    ResolverRule,
    ResolverRuleAssociation,
    ResourceRecordSet,
    ZoneVpc,
)
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.written.parts import Add, Drop, Part, Remark, Set


def zone_vpcs(snapshot: Snapshot, own: str, zone: HostedZone | None, after: tuple[ZoneVpc, ...]) -> Iterator[Part]:
    """A new zone with its VPCs, or one that got more of them."""
    if zone is not None:
        first = str(after[0].vpc_id)
        vpcs = [{"VPCId": Ref(str(each.vpc_id)), "VPCRegion": each.vpc_region} for each in after]
        yield Add(
            type="AWS::Route53::HostedZone",
            near=first,
            properties={"Name": zone.name.rstrip("."), "VPCs": vpcs},
            own=own,
        )
        return
    known = snapshot.facts.hosted_zone_vpcs.get(own, ())
    before = [_zone_vpc(each) for each in known]
    yield Set(resource=own, property="VPCs", before=before, after=[_zone_vpc(each) for each in after])


def _zone_vpc(each: ZoneVpc) -> dict[str, Any]:
    return {"VPCId": each.vpc_id, "VPCRegion": each.vpc_region}


def records(
    snapshot: Snapshot, own: str, after: tuple[ResourceRecordSet, ...], vpcs: tuple[ZoneVpc, ...] = ()
) -> Iterator[Part]:
    """Records that came: aliases to an endpoint. `vpcs` are those of a zone that is new as well."""
    before = snapshot.facts.record_sets.get(own, ())
    for record in after:
        if record in before or record.alias_target is None:
            continue
        endpoint = _endpoint_named(snapshot, record.alias_target.dns_name)
        if endpoint is None:
            yield Remark(resource=own, text=f"no endpoint has the name {record.alias_target.dns_name}")
            continue
        yield Add(
            type="AWS::Route53::RecordSet",
            near=str(vpcs[0].vpc_id) if vpcs else own,
            properties={
                "HostedZoneId": Ref(own),
                "Name": record.name.rstrip("."),
                "Type": record.type,
                "AliasTarget": {
                    "DNSName": GetAtt(endpoint, "DnsEntries.0.DnsName"),
                    "HostedZoneId": GetAtt(endpoint, "DnsEntries.0.HostedZoneId"),
                    "EvaluateTargetHealth": False,
                },
            },
        )


def _endpoint_named(snapshot: Snapshot, name: str | None) -> str | None:
    for own, endpoint in snapshot.facts.vpc_endpoints.items():
        entries = endpoint.dns_entries if isinstance(endpoint.dns_entries, tuple) else ()
        if any(each.dns_name and each.dns_name.rstrip(".") == str(name).rstrip(".") for each in entries):
            return own
    return None


def resolver_rule(own: str, before: ResolverRule | None, after: ResolverRule | None) -> Iterator[Part]:
    """A rule that was not there, or other targets of one that was."""
    if after is None:
        return
    targets = [{"Ip": each.ip, "Port": str(each.port or 53)} for each in after.target_ips]
    if before is None:
        domain = str(after.domain_name).rstrip(".")
        yield Add(
            type="AWS::Route53Resolver::ResolverRule",
            near=str(after.resolver_endpoint_id),
            properties={
                "Name": domain.partition(".")[0][:60],
                "RuleType": "FORWARD",
                "DomainName": domain,
                "ResolverEndpointId": Ref(str(after.resolver_endpoint_id)),
                "TargetIps": targets,
            },
            own=own,
        )
        return
    old = [{"Ip": each.ip, "Port": str(each.port or 53)} for each in before.target_ips]
    if old != targets:
        yield Set(resource=own, property="TargetIps", before=old, after=targets)


def rule_association(
    before: ResolverRuleAssociation | None, after: ResolverRuleAssociation | None
) -> Iterator[Part]:
    """An association that came or went."""
    if before is not None:
        values = {"ResolverRuleId": before.resolver_rule_id, "VPCId": before.vpc_id}
        yield Drop(
            type="AWS::Route53Resolver::ResolverRuleAssociation", near=before.resolver_rule_id, properties=values
        )
    if after is not None:
        yield Add(
            type="AWS::Route53Resolver::ResolverRuleAssociation",
            near=str(after.vpc_id),
            properties={"ResolverRuleId": Ref(after.resolver_rule_id), "VPCId": Ref(str(after.vpc_id))},
        )


def firewall_list(own: str, near: str, fact: FirewallDomainList, domains: tuple[str, ...]) -> Iterator[Part]:
    """A domain list that was not there."""
    properties = {"Name": f"{fact.name}-{domains[0].partition('.')[0]}", "Domains": list(domains)}
    yield Add(type="AWS::Route53Resolver::FirewallDomainList", near=near, properties=properties, own=own)


def firewall_rules(own: str, before: tuple[FirewallRule, ...], after: tuple[FirewallRule, ...]) -> Iterator[Part]:
    """Rules that a group got."""
    old, new = ([_firewall_rule(each) for each in rules] for rules in (before, after))
    yield Set(resource=own, property="FirewallRules", before=old, after=new)


def _firewall_rule(rule: FirewallRule) -> dict[str, Any]:
    return {
        "FirewallDomainListId": rule.firewall_domain_list_id,
        "Priority": rule.priority,
        "Action": rule.action,
        "Name": rule.name,
    }

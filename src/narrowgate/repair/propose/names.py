"""Names that do not lead to the endpoint: attributes, private DNS, rules, zones, the firewall (RSLV-*, PHZ-*)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.dns.dns_attributes import HOSTNAMES, SUPPORT
from narrowgate.engine.http.names import parse_api_name
from narrowgate.model.answer import Cause
from narrowgate.model.domain import is_in_domain, normalise
from narrowgate.model.estate_facts import Collections
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import FirewallDomainList, FirewallRule, ResolverRule, ResolverRuleAssociation
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.commands import by_owner
from narrowgate.repair.propose.endpoint_associations import association_changed
from narrowgate.repair.propose.rules import forward_to_inbound, narrow_rules, rule_for_the_name
from narrowgate.repair.propose.zones import record_in_zone, zone_association, zone_for_the_name
from narrowgate.repair.scene import Scene

_AWS_NAMES = {SUPPORT: "enableDnsSupport", HOSTNAMES: "enableDnsHostnames"}


def propose(scene: Scene, cause: Cause) -> Iterator[Change]:
    """What could make the name lead to the endpoint, the nearest change first."""
    resource = cause.resource or ""
    match cause.reason:
        case Reason.DNS_SUPPORT_DISABLED:
            yield from attributes(scene.facts, resource, (SUPPORT,))
        case Reason.DNS_PRIVATE_DNS_NEEDS_ATTRIBUTES:
            yield from attributes(scene.facts, resource, (SUPPORT, HOSTNAMES))
        case Reason.DNS_ZONE_NOT_ASSOCIATED:
            yield from zone_association(scene, resource)
        case Reason.DNS_RULE_NOT_ASSOCIATED | Reason.DNS_ASSOCIATION_INCOMPLETE:
            yield from _associate(scene, resource)
        case Reason.DNS_FORWARD_LOOP:
            yield from _dissociate(scene)
        case Reason.PEER_DNS_NOT_QUERYABLE | Reason.DNS_FORWARD_UNREACHABLE | Reason.NO_SUCH_ADDRESS:
            yield from forward_to_inbound(scene)
        case Reason.DNS_FIREWALL_BLOCKED:
            yield from _allow_name(scene, resource)
        case Reason.DNS_PRIVATE_DNS_OFF:
            yield from _private_dns(scene, resource)
        case Reason.API_NOT_PRIVATE:
            yield from narrow_rules(scene)
        case Reason.DNS_NAME_NOT_FOUND | Reason.DNS_NO_RECORD_OF_TYPE if resource in scene.facts.hosted_zones:
            yield from record_in_zone(scene, resource)
        case _:
            pass
    if cause.reason in (Reason.DNS_NO_PRIVATE_ANSWER, Reason.DNS_ZONE_NOT_ASSOCIATED):
        # A Profile's zones need the attributes of each VPC as its own zones do (DNS-05).
        with_profile = {each.resource_id for each in scene.facts.profile_associations}
        for vpc_id in (each for each in scene.asking_vpcs if each in with_profile):
            yield from attributes(scene.facts, vpc_id, (SUPPORT, HOSTNAMES))
    if cause.reason in (Reason.DNS_NO_PRIVATE_ANSWER, Reason.DNS_NAME_NOT_FOUND):
        yield from propose_what_is_near(scene)
        yield from rule_for_the_name(scene)
        yield from _associated_endpoint(scene)
        yield from zone_for_the_name(scene)


def propose_what_is_near(scene: Scene) -> Iterator[Change]:
    """Zones that hold the name, on the callers' VPCs and in force: where only public DNS could tell what it is."""
    if scene.answer.dns is None or scene.answer.dns.addresses:
        return
    for zone_id, zone in scene.facts.hosted_zones.items():
        if zone.config.private_zone is not True or not is_in_domain(scene.host_name, normalise(zone.name)):
            continue
        records = scene.facts.record_sets.get(zone_id, ())
        if any(normalise(each.name) == scene.host_name for each in records):
            yield from zone_association(scene, zone_id)
        users = {each.vpc_id for each in scene.facts.hosted_zone_vpcs.get(zone_id, ())}
        for vpc_id in (each for each in scene.asking_vpcs if each in users):
            yield from attributes(scene.facts, vpc_id, (SUPPORT, HOSTNAMES))


def attributes(facts: Collections, vpc_id: str, names: tuple[str, ...]) -> Iterator[Change]:
    """The DNS attributes of a VPC that are off, turned on."""
    known = facts.vpc_attributes.get(vpc_id, {})
    off = [each for each in names if known.get(each) is False]
    if not off:
        return
    yield Change(
        kind="vpc_attribute",
        resource=vpc_id,
        text=f"{vpc_id}: turn {' and '.join(_AWS_NAMES[each] for each in off)} on",
        commands=tuple(
            f"aws ec2 modify-vpc-attribute --vpc-id {vpc_id} --{each.replace('_', '-')} Value=true" for each in off
        ),
        edits=(Edit("vpc_attributes", vpc_id, known | dict.fromkeys(off, True)),),
        rule="DNS-05" if HOSTNAMES in off else "DNS-04",
    )


def _associate(scene: Scene, rule_id: str) -> Iterator[Change]:
    rule = scene.facts.resolver_rules.get(rule_id)
    if rule is None or not isinstance(rule.domain_name, str):
        return
    known = scene.facts.resolver_rule_associations
    served = {each.vpc_id for each in known if each.resolver_rule_id == rule_id and each.status == "COMPLETE"}
    missing = tuple(each for each in scene.asking_vpcs if each not in served)
    if missing:
        yield association(scene, rule, missing)


def association(scene: Scene, rule: ResolverRule, vpcs: tuple[str, ...]) -> Change:
    """A rule's association with some VPCs, in place of one that failed."""
    known = scene.facts.resolver_rule_associations
    failed = [each for each in known if each.resolver_rule_id == rule.id and each.vpc_id in vpcs]
    made = (
        ResolverRuleAssociation(
            resolver_rule_id=rule.id, vpc_id=each, id=f"new-{rule.id}-{each}", status="COMPLETE"
        )
        for each in vpcs
    )
    undo = tuple(
        f"aws route53resolver disassociate-resolver-rule --resolver-rule-id {rule.id} --vpc-id {each.vpc_id}"
        for each in failed
    )
    return Change(
        kind="rule_association",
        resource=rule.id,
        text=f"{rule.id}: associate the rule for {str(rule.domain_name).rstrip('.')} with {', '.join(vpcs)}",
        commands=(
            *undo,
            *(
                by_owner(
                    scene.snapshot,
                    f"aws route53resolver associate-resolver-rule --resolver-rule-id {rule.id} --vpc-id {each}",
                    each,
                    rule.id,
                )
                for each in vpcs
            ),
        ),
        edits=(
            *(Edit("resolver_rule_associations", each, None) for each in failed),
            *(Edit("resolver_rule_associations", None, each) for each in made),
        ),
        rule="RSLV-12",
    )


def _dissociate(scene: Scene) -> Iterator[Change]:
    """Take a rule for the name off a VPC that an inbound endpoint stands in: it resolves the name itself."""
    inbound = {
        each.host_vpc_id
        for each in scene.facts.resolver_endpoints.values()
        if each.direction.startswith("INBOUND")
    }
    for each in scene.facts.resolver_rule_associations:
        rule = scene.facts.resolver_rules.get(each.resolver_rule_id)
        covers = (
            rule is not None
            and isinstance(rule.domain_name, str)
            and (not normalise(rule.domain_name) or is_in_domain(scene.host_name, normalise(rule.domain_name)))
        )
        if not covers or each.vpc_id not in inbound or each.resolver_rule_id.startswith("rslvr-autodefined"):
            continue
        yield dissociation(each)


def dissociation(each: ResolverRuleAssociation) -> Change:
    """A rule off a VPC that it leads back to (RSLV-15)."""
    return Change(
        kind="rule_dissociation",
        resource=each.resolver_rule_id,
        text=f"{each.resolver_rule_id}: take the rule off {each.vpc_id}, whose own inbound endpoint serves it",
        commands=(
            "aws route53resolver disassociate-resolver-rule "
            f"--resolver-rule-id {each.resolver_rule_id} --vpc-id {each.vpc_id}",
        ),
        edits=(Edit("resolver_rule_associations", each, None),),
        rule="RSLV-15",
    )


def _private_dns(scene: Scene, endpoint_id: str) -> Iterator[Change]:
    endpoint = scene.facts.vpc_endpoints.get(endpoint_id)
    if endpoint is None:
        return
    yield Change(
        kind="private_dns",
        resource=endpoint_id,
        text=f"{endpoint_id}: turn private DNS on",
        commands=(f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint_id} --private-dns-enabled",),
        edits=(Edit("vpc_endpoints", endpoint_id, msgspec.structs.replace(endpoint, private_dns_enabled=True)),),
        rule="VPCE-DNS-04",
    )


def _associated_endpoint(scene: Scene) -> Iterator[Change]:
    """An alias name appears once its endpoint is associated with the API (VPCE-DNS-03)."""
    named = parse_api_name(scene.host_name)
    api = scene.facts.rest_apis.get(scene.api_id or "")
    if named is None or named.vpc_endpoint_id is None or api is None:
        return
    configuration = api.endpoint_configuration
    if isinstance(configuration, msgspec.UnsetType) or named.vpc_endpoint_id in configuration.vpc_endpoint_ids:
        return
    yield association_changed(
        api,
        configuration,
        scene.facts.api_stages.get(api.id, ()),
        named.vpc_endpoint_id,
        op="add",
        text=f"{api.id}: associate {named.vpc_endpoint_id} with the API, and deploy it again",
    )


def _allow_name(scene: Scene, group_id: str) -> Iterator[Change]:
    """Let the one name pass before the rule that blocks it; what else that rule keeps in stays in (FW-02)."""
    rules = scene.facts.firewall_rules.get(group_id)
    if rules is None:
        return
    lowest = min((each.priority for each in rules), default=100)
    list_id = f"new-list-for-{scene.host_name}"
    allow = FirewallRule(
        priority=max(lowest - 1, 1),
        action="ALLOW",
        firewall_rule_group_id=group_id,
        name="private-api",
        firewall_domain_list_id=list_id,
    )
    yield Change(
        kind="firewall_allow",
        resource=group_id,
        text=f"{group_id}: allow {scene.host_name} before the rule that blocks it",
        commands=(
            "LIST=$(aws route53resolver create-firewall-domain-list --name private-api "
            "--query FirewallDomainList.Id --output text)",
            'aws route53resolver update-firewall-domains --firewall-domain-list-id "$LIST" --operation ADD '
            f"--domains {scene.host_name}",
            f"aws route53resolver create-firewall-rule --firewall-rule-group-id {group_id} "
            f'--firewall-domain-list-id "$LIST" --priority {allow.priority} --action ALLOW --name private-api',
        ),
        edits=(
            Edit(
                "firewall_domain_lists",
                list_id,
                FirewallDomainList(id=list_id, name="private-api", domain_count=1),
            ),
            Edit("firewall_domains", list_id, (scene.host_name,)),
            Edit("firewall_rules", group_id, (allow, *rules)),
        ),
        rule="FW-02",
    )

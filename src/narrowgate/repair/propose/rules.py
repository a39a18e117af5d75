"""Resolver rules: new ones for the one name, right targets, narrower domains (RSLV-03, OUT-03, AGW-18)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.http.names import parse_api_name
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.route53 import ResolverEndpoint, ResolverRule, ResolverRuleAssociation, TargetAddress
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.scene import Scene


def inbound_addresses(scene: Scene) -> tuple[str, ...]:
    """The addresses of the inbound endpoints beside an endpoint that could serve the call."""
    vpcs = {each.vpc_id for each in (scene.endpoints or scene.execute_api_endpoints)}
    return tuple(
        each.ip
        for endpoint in scene.facts.resolver_endpoints.values()
        if endpoint.direction == "INBOUND" and endpoint.host_vpc_id in vpcs
        for each in scene.facts.resolver_endpoint_ips.get(endpoint.id, ())
        if each.ip
    )


def rule_for_the_name(scene: Scene) -> Iterator[Change]:
    """A FORWARD rule for the one name, where outbound and inbound endpoints stand ready."""
    named = parse_api_name(scene.host_name)
    targets = inbound_addresses(scene)
    if named is None or not targets:
        return
    for endpoint in _outbound(scene):
        rule = ResolverRule(
            id=f"new-rule-for-{scene.host_name}",
            domain_name=f"{scene.host_name}.",
            rule_type="FORWARD",
            resolver_endpoint_id=endpoint.id,
            target_ips=tuple(TargetAddress(ip=each) for each in targets),
        )
        associations = tuple(
            ResolverRuleAssociation(resolver_rule_id=rule.id, vpc_id=each, id=f"new-{each}", status="COMPLETE")
            for each in scene.asking_vpcs
        )
        vpcs = ", ".join(scene.asking_vpcs)
        spelled = " ".join(f"Ip={each},Port=53" for each in targets)
        yield Change(
            kind="resolver_rule",
            resource=endpoint.id,
            text=f"forward {scene.host_name} from {vpcs} by {endpoint.id} to {', '.join(targets)}",
            commands=(
                f"RULE=$(aws route53resolver create-resolver-rule --creator-request-id {scene.host_name} "
                f"--rule-type FORWARD --domain-name {scene.host_name} --resolver-endpoint-id {endpoint.id} "
                f"--target-ips {spelled} --query ResolverRule.Id --output text)",
                *(
                    f'aws route53resolver associate-resolver-rule --resolver-rule-id "$RULE" --vpc-id {each}'
                    for each in scene.asking_vpcs
                ),
            ),
            edits=(
                Edit("resolver_rules", rule.id, rule),
                *(Edit("resolver_rule_associations", None, each) for each in associations),
            ),
            rule="RSLV-03",
            width=1,
        )


def _outbound(scene: Scene) -> Iterator[ResolverEndpoint]:
    regions = {scene.snapshot.region_of(each) for each in scene.client_vpcs}
    for endpoint in scene.facts.resolver_endpoints.values():
        if endpoint.direction == "OUTBOUND" and scene.snapshot.region_of(endpoint.id) in regions:
            yield endpoint


def forward_to_inbound(scene: Scene) -> Iterator[Change]:
    """The addresses of the inbound endpoint as the targets of the rule that covers the name (PCX-12)."""
    wanted = inbound_addresses(scene)
    for rule in scene.covering_rules:
        if not wanted or {each.ip for each in rule.target_ips} == set(wanted):
            continue
        yield retargeted(rule, tuple(TargetAddress(ip=each) for each in wanted))


def retargeted(rule: ResolverRule, targets: tuple[TargetAddress, ...]) -> Change:
    """A rule with other targets (PCX-12)."""
    spelled = ",".join(f"{{Ip={each.ip},Port={each.port}}}" for each in targets)
    shown = ", ".join(str(each.ip) for each in targets)
    return Change(
        kind="rule_targets",
        resource=rule.id,
        text=f"{rule.id}: forward to the inbound endpoint's addresses, {shown}",
        commands=(
            f"aws route53resolver update-resolver-rule --resolver-rule-id {rule.id} "
            f"--config 'TargetIps=[{spelled}]'",
        ),
        edits=(Edit("resolver_rules", rule.id, msgspec.structs.replace(rule, target_ips=targets)),),
        rule="PCX-12",
    )


def narrow_rules(scene: Scene) -> Iterator[Change]:
    """One rule for each private API's name in place of one that takes public names too (AGW-18)."""
    for rule in scene.covering_rules:
        domain = normalise(str(rule.domain_name))
        if label_count(domain) >= label_count(scene.host_name):
            continue
        yield narrowed(scene.snapshot, rule, scene.region)


def narrowed(snapshot: Snapshot, rule: ResolverRule, region: str | None) -> Change:
    """A rule for each private API of a Region in place of one that takes public names too (AGW-18)."""
    domain = normalise(str(rule.domain_name))
    names = [
        name
        for api in snapshot.facts.rest_apis.values()
        if not isinstance(api.endpoint_configuration, msgspec.UnsetType)
        and "PRIVATE" in api.endpoint_configuration.types
        and snapshot.region_of(api.id) == region
        and _covers(domain, name := f"{api.id}.execute-api.{region}.amazonaws.com")
    ]
    users = [each for each in snapshot.facts.resolver_rule_associations if each.resolver_rule_id == rule.id]
    made = [msgspec.structs.replace(rule, id=f"{rule.id}-{name}", domain_name=f"{name}.") for name in names]
    moved = [(each.id, user) for each in made for user in users]
    return Change(
        kind="narrower_rules",
        resource=rule.id,
        text=f"{rule.id}: forward {', '.join(names) or 'nothing'} in place of {domain or 'every name'}",
        commands=_narrowing(rule, names, users),
        edits=(
            *(Edit("resolver_rule_associations", each, None) for each in users),
            *(Edit("resolver_rules", each.id, each) for each in made),
            *(
                Edit("resolver_rule_associations", None, msgspec.structs.replace(user, resolver_rule_id=own))
                for own, user in moved
            ),
        ),
        rule="AGW-18",
    )


def _covers(domain: str, name: str) -> bool:
    return not domain or is_in_domain(name, domain)


def _narrowing(rule: ResolverRule, names: list[str], users: list[ResolverRuleAssociation]) -> tuple[str, ...]:
    """The narrower rules first: the most specific name wins (RSLV-03), so none is without a rule meanwhile."""
    spelled = " ".join(f"Ip={each.ip},Port={each.port}" for each in rule.target_ips if each.ip)
    commands = []
    for name in names:
        commands.append(
            f"RULE=$(aws route53resolver create-resolver-rule --creator-request-id {name} --rule-type FORWARD "
            f"--domain-name {name} --resolver-endpoint-id {rule.resolver_endpoint_id} --target-ips {spelled} "
            "--query ResolverRule.Id --output text)"
        )
        commands += [
            f'aws route53resolver associate-resolver-rule --resolver-rule-id "$RULE" --vpc-id {user.vpc_id}'
            for user in users
        ]
    commands += [
        f"aws route53resolver disassociate-resolver-rule --resolver-rule-id {rule.id} --vpc-id {user.vpc_id}"
        for user in users
    ]
    return tuple(commands)

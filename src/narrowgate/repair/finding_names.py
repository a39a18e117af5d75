"""Repairs of findings about rules that lead wrong, and about authorizations that nobody needs any more."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.network.vpcs import resolver_address
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.finding import Finding
from narrowgate.model.route53 import TargetAddress
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.propose.names import dissociation
from narrowgate.repair.propose.rules import narrowed, retargeted


def narrow_the_rule(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS001: a rule for each private API of the Region in place of one for all of its names, which goes."""
    rule = snapshot.facts.resolver_rules.get(finding.resource)
    if rule is not None:
        change = narrowed(snapshot, rule, snapshot.region_of(rule.id))
        # AWS refuses while another account's VPC uses it.
        gone = f"aws route53resolver delete-resolver-rule --resolver-rule-id {rule.id}"
        yield msgspec.structs.replace(
            change,
            commands=(*change.commands, gone),
            edits=(*change.edits, Edit("resolver_rules", rule.id, None)),
        )


def break_the_loop(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS004: the rule off the VPC that it leads to, which answers the name by itself."""
    rule = snapshot.facts.resolver_rules.get(finding.resource)
    if rule is None or not isinstance(rule.domain_name, str):
        return
    domain, covering = normalise(rule.domain_name), []
    for each in snapshot.facts.resolver_rule_associations:
        other = snapshot.facts.resolver_rules.get(each.resolver_rule_id)
        if each.vpc_id == finding.subject and other is not None and isinstance(other.domain_name, str):
            name = normalise(other.domain_name)
            if not name or is_in_domain(domain, name):
                covering.append((label_count(name), each))
    if covering:
        yield dissociation(max(covering, key=lambda each: each[0])[1])


def forward_to_the_inbound_endpoint(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS005: the VPC's inbound endpoint in place of its resolver, which answers nobody outside."""
    rule = snapshot.facts.resolver_rules.get(finding.resource)
    meant = {each for each in snapshot.facts.vpcs if str(resolver_address(snapshot, each)) == finding.subject}
    inbound = [
        each.ip
        for endpoint in snapshot.facts.resolver_endpoints.values()
        if endpoint.direction == "INBOUND" and endpoint.host_vpc_id in meant
        for each in snapshot.facts.resolver_endpoint_ips.get(endpoint.id, ())
        if each.ip
    ]
    if rule is not None and inbound:
        others = [each for each in rule.target_ips if each.ip != finding.subject]
        known = {each.ip for each in others}
        wanted = (*others, *(TargetAddress(ip=each) for each in inbound if each not in known))
        yield retargeted(rule, wanted)


def withdraw_authorization(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """DNS020: an authorization away that was used or never will be; the association stays."""
    held = snapshot.facts.association_authorizations.get(finding.resource, ())
    gone = [each for each in held if each.vpc_id == finding.subject]
    if gone:
        region = gone[0].vpc_region or snapshot.region_of(finding.subject)
        kept = tuple(each for each in held if each not in gone)
        yield Change(
            kind="zone_authorization",
            resource=finding.resource,
            text=f"{finding.resource}: withdraw the authorization of {finding.subject}; an association stays",
            commands=(
                f"aws route53 delete-vpc-association-authorization --hosted-zone-id {finding.resource} "
                f"--vpc VPCRegion={region},VPCId={finding.subject}",
            ),
            edits=(Edit("association_authorizations", finding.resource, kept),),
            rule="PHZ-02",
        )

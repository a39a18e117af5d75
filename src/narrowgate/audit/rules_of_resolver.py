"""Resolver rules and endpoints as several audit rules look at them."""

from collections.abc import Iterable, Iterator, Mapping

from narrowgate.audit.estate import Estate
from narrowgate.engine.dns.view import AUTODEFINED_RULE
from narrowgate.engine.dns.vpc_lists import rule_associations_by_vpc
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.fact import UNSET, UnsetType
from narrowgate.model.route53 import ResolverEndpoint, ResolverRule
from narrowgate.model.snapshot import Snapshot, index


def associated_rules(estate: Estate, kind: str) -> Iterator[ResolverRule]:
    """Rules of a type that a VPC or a Profile uses; those that AWS defines itself are left out."""
    used = {each.resolver_rule_id for each in estate.facts.resolver_rule_associations} | profile_rules(estate)
    for rule in estate.facts.resolver_rules.values():
        if rule.rule_type == kind and rule.id in used and not rule.id.startswith(AUTODEFINED_RULE):
            yield rule


def profile_rules(estate: Estate) -> frozenset[str]:
    """The rules that a Profile carries."""
    return frozenset(
        each.resource_arn.rpartition("/")[2]
        for found in estate.facts.profile_resource_associations.values()
        for each in found
    )


def rules_by_vpc(estate: Estate) -> Mapping[str, tuple[ResolverRule, ...]]:
    """The rules that are associated with each VPC directly."""
    rules = {
        own_id: each
        for own_id, each in estate.facts.resolver_rules.items()
        if not own_id.startswith(AUTODEFINED_RULE)
    }
    return {
        vpc_id: tuple(rules[each.resolver_rule_id] for each in found if each.resolver_rule_id in rules)
        for vpc_id, found in rule_associations_by_vpc(estate.snapshot).items()
    }


def most_specific(rules: Iterable[ResolverRule], domain: str) -> ResolverRule | None:
    """The rule that decides about a domain: the one with the most labels that covers it (RSLV-01)."""
    covering = [
        (label_count(normalise(each.domain_name)), each)
        for each in rules
        if isinstance(each.domain_name, str) and is_in_domain(domain, normalise(each.domain_name))
    ]
    return max(covering, key=lambda each: each[0])[1] if covering else None


def targets(rule: ResolverRule) -> tuple[str, ...]:
    """The addresses that a rule forwards to."""
    return tuple(each.ip or each.ipv6 or "" for each in rule.target_ips if is_address(each.ip or each.ipv6 or ""))


def vpcs_behind(estate: Estate, rule: ResolverRule) -> frozenset[str]:
    """The VPCs whose inbound endpoints a rule forwards to."""
    found = set()
    for target in targets(rule):
        for vpc_id in _inbound_vpcs(estate.snapshot):
            known = interfaces_of_vpc(estate.snapshot, vpc_id).get(parse_address(target))
            endpoint = estate.facts.resolver_endpoints.get((known and known.resolver_endpoint_id) or "")
            if endpoint is not None and endpoint.direction.startswith("INBOUND"):
                found.add(vpc_id)
    return frozenset(found)


@index
def _inbound_vpcs(snapshot: Snapshot) -> tuple[str, ...]:
    """The VPCs that have an inbound endpoint."""
    every = snapshot.facts.resolver_endpoints.values()
    found = {each.host_vpc_id for each in every if each.direction.startswith("INBOUND")}
    return tuple(sorted(each for each in found if isinstance(each, str) and each in snapshot.facts.vpcs))


def is_public_api_domain(domain: str) -> bool:
    """True for a domain, other than the root, that holds every execute-api name of a Region."""
    labels = domain.split(".")
    suffixes = ("amazonaws.com", "amazonaws.com.cn", "com", "com.cn", "cn")
    if domain in suffixes:
        return True
    tail = ".".join(labels[1:]) if len(labels) == 3 or domain.endswith(".cn") else ""
    if tail in ("amazonaws.com", "amazonaws.com.cn"):
        return True  # {region}.amazonaws.com
    return labels[0] == "execute-api" and domain.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def endpoints(estate: Estate, direction: str) -> Iterator[ResolverEndpoint]:
    """Resolver endpoints of a direction (`INBOUND` stands for the delegating kind as well)."""
    for endpoint in estate.facts.resolver_endpoints.values():
        if endpoint.direction.startswith(direction):
            yield endpoint


def groups_of(endpoint: ResolverEndpoint) -> tuple[str, ...]:
    """The groups of a Resolver endpoint that are known."""
    return () if isinstance(endpoint.security_group_ids, UnsetType) else endpoint.security_group_ids


def are_read(estate: Estate, endpoint: ResolverEndpoint, *, egress: bool = False) -> bool:
    """True where every group of the endpoint is known and names no other group in that direction."""
    for group_id in groups_of(endpoint):
        group = estate.facts.security_groups.get(group_id)
        permissions = group and (group.ip_permissions_egress if egress else group.ip_permissions)
        if group is None or permissions is UNSET or not isinstance(permissions, tuple):
            return False
        if any(each.user_id_group_pairs for each in permissions):
            return False
    return bool(groups_of(endpoint))


def is_closed(estate: Estate, endpoint: ResolverEndpoint, protocol: int) -> bool:
    """True where the groups of an inbound endpoint certainly admit nobody on port 53 of a protocol."""
    if not are_read(estate, endpoint):
        return False
    return not any(each.admits(protocol, 53) for group in groups_of(endpoint) for each in estate.admissions(group))

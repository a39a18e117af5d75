"""The VPCs whose resolvers see a fact of Route 53: directly, or by a Profile; None where nobody knows."""

from collections.abc import Iterable

from narrowgate.exposure.reuse.edits import Edited, Side
from narrowgate.exposure.reuse.touch import Touch
from narrowgate.model.fact import UnsetType
from narrowgate.model.route53 import ResolverEndpoint, ZoneVpc
from narrowgate.model.snapshot import Snapshot, index


def vpcs_of_zone(side: Side) -> frozenset[str] | None:
    """The VPCs that see a private zone; None for one that is public, or may be, and where nobody listed them."""
    facts, own = side.snapshot.facts, str(side.key)
    zone, listed = facts.hosted_zones.get(own), facts.hosted_zone_vpcs.get(own)
    if zone is None or zone.config.private_zone is not True or listed is None:
        return None
    return frozenset(each.vpc_id for each in listed if each.vpc_id) | _carrying(side.snapshot, (own,))


def vpcs_of_rule(side: Side) -> frozenset[str]:
    """The VPCs that a Resolver rule is associated with."""
    return _associated(side.snapshot, "rule", str(side.key)) | _carrying(side.snapshot, (str(side.key),))


def vpcs_of_firewall_group(side: Side) -> frozenset[str]:
    """The VPCs whose queries a firewall's rule group filters."""
    return _filtered_by(side.snapshot, {str(side.key)})


def vpcs_of_domain_list(side: Side) -> frozenset[str]:
    """The VPCs of the rule groups that name a list of domains."""
    own = str(side.key)
    groups = {
        group
        for group, rules in side.snapshot.facts.firewall_rules.items()
        if any(rule.firewall_domain_list_id == own for rule in rules)
    }
    return _filtered_by(side.snapshot, groups)


def vpcs_of_profile(side: Side) -> frozenset[str]:
    """The VPCs that a Profile is associated with."""
    return _associated(side.snapshot, "profile", str(side.key))


def vpcs_of_endpoint(side: Side) -> frozenset[str] | None:
    """The VPC of an interface endpoint, and those that a Profile carries its private names to."""
    own = getattr(side.fact, "vpc_id", None)
    return frozenset({own}) | _carrying(side.snapshot, (str(side.key),)) if isinstance(own, str) else None


def vpcs_of_dhcp_options(side: Side) -> frozenset[str]:
    """The VPCs whose hosts get these options."""
    vpcs = side.snapshot.facts.vpcs
    return frozenset(own for own, each in vpcs.items() if each.dhcp_options_id in (side.key, ""))


def vpc_of_resolver(side: Side) -> frozenset[str] | None:
    """The VPC of a Resolver endpoint, by the endpoint or by the list of its addresses and their subnets."""
    endpoint = side.snapshot.facts.resolver_endpoints.get(str(side.key))
    fact = side.fact if isinstance(side.fact, ResolverEndpoint) else endpoint
    if fact is None or isinstance(fact.host_vpc_id, UnsetType):
        return None
    addresses = side.fact if isinstance(side.fact, tuple) else ()
    subnets = (side.snapshot.facts.subnets.get(each.subnet_id or "") for each in addresses)
    return frozenset({fact.host_vpc_id, *(each.vpc_id for each in subnets if each is not None)})


def zone_associated(edited: Edited) -> Touch | None:
    """VPCs that a zone was associated with or is, but not both; a zone whose list nobody has may be on any."""
    found: frozenset[str] = frozenset()
    for snapshot, fact in ((edited.before, edited.was), (edited.after, edited.now)):
        if isinstance(fact, tuple):
            found ^= {each.vpc_id for each in fact if isinstance(each, ZoneVpc) and each.vpc_id}
        elif edited.key in snapshot.facts.hosted_zones:
            return None
    return Touch(views=found)


def _filtered_by(snapshot: Snapshot, groups: Iterable[str]) -> frozenset[str]:
    every = tuple(groups)
    found = frozenset().union(*(_associated(snapshot, "firewall", each) for each in every))
    return found | _carrying(snapshot, every)


def _carrying(snapshot: Snapshot, resources: Iterable[str]) -> frozenset[str]:
    """The VPCs of the Profiles that carry a resource."""
    profiles = {own for each in resources for own in _profiles_by_resource(snapshot).get(each, ())}
    return frozenset().union(*(_associated(snapshot, "profile", each) for each in profiles))


@index
def _profiles_by_resource(snapshot: Snapshot) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for profile, carried in snapshot.facts.profile_resource_associations.items():
        for each in carried:
            found.setdefault(each.resource_arn.rpartition("/")[2], set()).add(profile)
    return found


@index
def _associations(snapshot: Snapshot) -> dict[tuple[str, str], set[str]]:
    """VPCs by what they are associated with: rules, firewall groups, Profiles."""
    facts = snapshot.facts
    pairs = [
        *((("rule", each.resolver_rule_id), each.vpc_id) for each in facts.resolver_rule_associations),
        *(
            (("firewall", each.firewall_rule_group_id), each.vpc_id)
            for each in facts.firewall_rule_group_associations
        ),
        *((("profile", each.profile_id), each.resource_id) for each in facts.profile_associations),
    ]
    found: dict[tuple[str, str], set[str]] = {}
    for key, vpc_id in pairs:
        found.setdefault(key, set()).add(vpc_id)
    return found


def _associated(snapshot: Snapshot, kind: str, own: str) -> frozenset[str]:
    return frozenset(_associations(snapshot).get((kind, own), ()))

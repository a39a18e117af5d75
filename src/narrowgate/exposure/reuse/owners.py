"""The VPCs that a fact belongs to: those whose lists may depend on it."""

from narrowgate.model.filters import SecurityGroup
from narrowgate.model.route53 import ResolverRuleAssociation
from narrowgate.model.routing import VpcPeeringConnection
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.vpc import LambdaFunction


def vpcs_of(snapshot: Snapshot, kind: str, key: object, fact: object) -> set[str]:
    """The VPCs that a fact belongs to; `""` where it belongs to none for certain, none where that is not known."""
    match fact:
        case VpcPeeringConnection():
            sides = (fact.requester_vpc_info.vpc_id, fact.accepter_vpc_info.vpc_id)
            return {side for side in sides if side}
        case SecurityGroup():
            return _vpcs_of_group(snapshot, fact)
        case LambdaFunction():
            return {fact.vpc_config.vpc_id} if fact.vpc_config and fact.vpc_config.vpc_id else {""}
        case ResolverRuleAssociation():
            return {fact.vpc_id}
    if kind == "record_sets":
        return _vpcs_of_zone(snapshot, str(key))
    own = getattr(fact, "vpc_id", None)
    return {own} if isinstance(own, str) else set()


def _vpcs_of_zone(snapshot: Snapshot, zone_id: str) -> set[str]:
    """The VPCs that see a private zone; none for one that is public, or may be."""
    zone = snapshot.facts.hosted_zones.get(zone_id)
    listed = snapshot.facts.hosted_zone_vpcs.get(zone_id)
    if zone is None or zone.config.private_zone is not True or listed is None:
        return set()
    return {each.vpc_id for each in listed if each.vpc_id} or {""}


def _vpcs_of_group(snapshot: Snapshot, group: SecurityGroup) -> set[str]:
    """The VPCs of a group, of those that carry it, and of groups that it names or that name it."""
    groups = {group.group_id} | _namers(snapshot).get(group.group_id, set())
    for permission in (*(group.ip_permissions or ()), *(group.ip_permissions_egress or ())):
        groups |= {pair.group_id for pair in permission.user_id_group_pairs if pair.group_id}
    found = {group.vpc_id} if group.vpc_id else set()
    for own in groups:
        known = snapshot.facts.security_groups.get(own)
        found |= {known.vpc_id} if known is not None and known.vpc_id else set()
        found |= _carriers(snapshot).get(own, set())
    return found


@index
def _namers(snapshot: Snapshot) -> dict[str, set[str]]:
    """The groups whose rules name a group."""
    found: dict[str, set[str]] = {}
    for own, group in snapshot.facts.security_groups.items():
        for permission in (*(group.ip_permissions or ()), *(group.ip_permissions_egress or ())):
            for pair in permission.user_id_group_pairs:
                if pair.group_id:
                    found.setdefault(pair.group_id, set()).add(own)
    return found


@index
def _carriers(snapshot: Snapshot) -> dict[str, set[str]]:
    """The VPCs in which a group is carried, or may be (SG-11)."""
    found: dict[str, set[str]] = {}
    for each in snapshot.facts.network_interfaces.values():
        for group in each.groups or ():
            if each.vpc_id and group.group_id:
                found.setdefault(group.group_id, set()).add(each.vpc_id)
    for association in snapshot.facts.security_group_vpc_associations:
        found.setdefault(association.group_id, set()).add(association.vpc_id)
    return found

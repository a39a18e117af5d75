"""Rules, private zones and endpoints by VPC, and the lists that nobody collected."""

from narrowgate.engine.dns.endpoint_names import (
    has_names,
)
from narrowgate.model.answer import Missing
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import ResolverRuleAssociation
from narrowgate.model.snapshot import Snapshot, index


@index
def rule_associations_by_vpc(snapshot: Snapshot) -> dict[str, tuple[ResolverRuleAssociation, ...]]:
    """Associations of rules, by VPC."""
    found: dict[str, list[ResolverRuleAssociation]] = {}
    for association in snapshot.facts.resolver_rule_associations:
        found.setdefault(association.vpc_id, []).append(association)
    return {vpc_id: tuple(associations) for vpc_id, associations in found.items()}


@index
def zones_by_vpc(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Ids of the hosted zones that a VPC is associated with: authorised is not associated (PHZ-02)."""
    found: dict[str, list[str]] = {}
    for zone_id, vpcs in snapshot.facts.hosted_zone_vpcs.items():
        for vpc in vpcs:
            if vpc.vpc_id and zone_id in snapshot.facts.hosted_zones:
                found.setdefault(vpc.vpc_id, []).append(zone_id)
    return {vpc_id: tuple(sorted(set(zones))) for vpc_id, zones in found.items()}


@index
def zones_of_unknown_vpcs(snapshot: Snapshot) -> tuple[tuple[str, Missing], ...]:
    """Zones that could be private and whose VPCs nobody collected."""
    found: list[tuple[str, Missing]] = []
    for zone_id, zone in snapshot.facts.hosted_zones.items():
        if zone_id in snapshot.facts.hosted_zone_vpcs or zone.config.private_zone is False:
            continue
        account = snapshot.place(zone_id).account
        gap = snapshot.missing("route53.get_hosted_zone", account, "global", parent=zone_id)
        if gap is not None:
            found.append((zone_id, gap))
    return tuple(found)


@index
def missing_zone_lists(snapshot: Snapshot) -> tuple[Missing, ...]:
    """Accounts of the estate whose zones nobody listed: a zone of any account can be on any VPC (PHZ-02)."""
    calls = (*snapshot.calls, *snapshot.refused)
    accounts = {call.account for call in calls if call.account is not None}
    gaps = (snapshot.missing("route53.list_hosted_zones", account, "global") for account in sorted(accounts))
    return tuple(gap for gap in gaps if gap is not None)


@index
def endpoints_by_vpc(snapshot: Snapshot) -> dict[str, tuple[VpcEndpoint, ...]]:
    """Endpoints that can have private DNS, by VPC."""
    found: dict[str, list[VpcEndpoint]] = {}
    for endpoint in snapshot.facts.vpc_endpoints.values():
        if endpoint.vpc_id and has_names(endpoint):
            found.setdefault(endpoint.vpc_id, []).append(endpoint)
    return {vpc_id: tuple(endpoints) for vpc_id, endpoints in found.items()}

"""Why nothing private covers a name: what would have, and the fact that keeps it from counting.

A name that falls through to public DNS fails there; the fact that the user can change lies in the view. The best
near miss is named as the deciding resource, and the reason stays what the client meets.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.connected_vpcs import connections_of, peerings_of
from narrowgate.engine.dns.endpoint_names import private_names, service_suffix
from narrowgate.engine.dns.outcome import LAYER, Outcome, Query, change
from narrowgate.engine.dns.view import View
from narrowgate.engine.dns.vpc_lists import endpoints_by_vpc, rule_associations_by_vpc, zones_by_vpc
from narrowgate.engine.dns.zones import find_in_zone, zone_contents
from narrowgate.model.answer import Cause, Evidence, Leg, Missing, Verdict
from narrowgate.model.domain import is_in_domain, label_count, normalise, parents
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index

_EXPLAINED = frozenset({Reason.DNS_NO_PRIVATE_ANSWER, Reason.DNS_NAME_NOT_FOUND})


class NearMiss(NamedTuple):
    """A resource that would have answered, and why it does not."""

    resource_id: str
    reason: Reason
    rule: str
    text: str
    evidence: tuple[Evidence, ...] = ()


def with_near_miss(query: Query, view: View, from_outside: bool, found: Outcome) -> Outcome:
    """The public outcome; where it is a certain failure, with the fact of the view that explains it."""
    if found.verdict is not Verdict.DENIED or not found.blocking or found.blocking[0].reason not in _EXPLAINED:
        return found
    miss = next(_near_misses(query, view, from_outside, found.blocking[0].reason), None)
    if miss is None:
        return found
    first, *others = found.blocking
    deciding = msgspec.structs.replace(
        first,
        resource=miss.resource_id,
        rule=miss.rule,
        text=f"{miss.text}; {first.text}",
        evidence=(*miss.evidence, *first.evidence),
    )
    cause = Cause(
        leg=Leg.FORWARD,
        layer=LAYER,
        reason=miss.reason,
        resource=miss.resource_id,
        rule=miss.rule,
        text=miss.text,
        evidence=miss.evidence,
    )
    return change(found, blocking=(deciding, cause, *others))


def _near_misses(query: Query, view: View, from_outside: bool, reason: Reason) -> Iterator[NearMiss]:
    """Near misses, the closest first."""
    yield from _incomplete_rules(query, view)
    yield from _without_attributes(query, view)
    yield from _private_dns_off(query, view)
    if from_outside:
        # The rule that led here is rightly not associated here: it would loop.
        return
    yield from _unassociated_rules(query, view)
    yield from _unassociated_zones(query, view)
    if reason is Reason.DNS_NO_PRIVATE_ANSWER:
        yield from _peering_option(query.snapshot, view)


def _incomplete_rules(query: Query, view: View) -> Iterator[NearMiss]:
    by_domain = _rules_by_domain(query.snapshot)
    covering = {rule_id for domain in parents(query.name) for rule_id in by_domain.get(domain, ())}
    if not covering:
        return
    for each in rule_associations_by_vpc(query.snapshot).get(view.vpc_id, ()):
        if each.resolver_rule_id in covering and not isinstance(each.status, UnsetType):
            association = each.id or each.resolver_rule_id
            yield NearMiss(
                each.resolver_rule_id,
                Reason.DNS_ASSOCIATION_INCOMPLETE,
                "RSLV-10",
                f"the association of rule {each.resolver_rule_id} with {view.vpc_id} is {each.status}",
                (query.snapshot.evidence(association, "Status", each.status),),
            )


def _without_attributes(query: Query, view: View) -> Iterator[NearMiss]:
    """What private zones and private DNS would answer if both DNS attributes were on (DNS-05)."""
    if view.attributes is not False:
        return
    snapshot = query.snapshot
    endpoints = (
        each.vpc_endpoint_id
        for each in endpoints_by_vpc(snapshot).get(view.vpc_id, ())
        if each.private_dns_enabled is True and _would_hold(each, query.name)
    )
    zones = (
        each for each in zones_by_vpc(snapshot).get(view.vpc_id, ()) if _zone_holds(snapshot, each, query.name)
    )
    for resource in (*endpoints, *zones):
        yield NearMiss(
            view.vpc_id,
            Reason.DNS_PRIVATE_DNS_NEEDS_ATTRIBUTES,
            "DNS-05",
            f"{resource} has no effect in {view.vpc_id}: enableDnsSupport and enableDnsHostnames are not both on",
            (snapshot.evidence(view.vpc_id, "enableDnsHostnames", "false"),),
        )


def _private_dns_off(query: Query, view: View) -> Iterator[NearMiss]:
    for each in endpoints_by_vpc(query.snapshot).get(view.vpc_id, ()):
        if each.private_dns_enabled is False and _would_hold(each, query.name):
            own = each.vpc_endpoint_id
            yield NearMiss(
                own,
                Reason.DNS_PRIVATE_DNS_OFF,
                "VPCE-DNS-10",
                f"the private DNS of endpoint {own} in {view.vpc_id} is off",
                (query.snapshot.evidence(own, "PrivateDnsEnabled", "false"),),
            )


def _would_hold(endpoint: VpcEndpoint, name: str) -> bool:
    """Whether the endpoint's private DNS would have the name."""
    service = service_suffix(endpoint)
    names = private_names(endpoint) or ()
    if not names and service is not None:
        names = (f"{service[0]}.{service[1]}.amazonaws.com",)
    return name in names or any(each.startswith("*.") and is_in_domain(name, each[2:]) for each in names)


def _unassociated_rules(query: Query, view: View) -> Iterator[NearMiss]:
    snapshot = query.snapshot
    own = {each.resolver_rule_id for each in rule_associations_by_vpc(snapshot).get(view.vpc_id, ())}
    for domain in parents(query.name):
        for rule_id in _rules_by_domain(snapshot).get(domain, ()):
            if rule_id in own or snapshot.region_of(rule_id) not in (view.region, None):
                continue
            yield NearMiss(
                rule_id,
                Reason.DNS_RULE_NOT_ASSOCIATED,
                "RSLV-12",
                f"rule {rule_id} for {domain} is not associated with {view.vpc_id}",
            )


@index
def _rules_by_domain(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """FORWARD rules for more than a top-level domain."""
    found: dict[str, list[str]] = {}
    for rule_id in sorted(snapshot.facts.resolver_rules):
        rule = snapshot.facts.resolver_rules[rule_id]
        if rule.rule_type != "FORWARD" or isinstance(rule.domain_name, UnsetType):
            continue
        domain = normalise(rule.domain_name)
        if label_count(domain) > 1:
            found.setdefault(domain, []).append(rule_id)
    return {domain: tuple(rules) for domain, rules in found.items()}


@index
def _zones_by_domain(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """Private zones whose VPCs are known."""
    found: dict[str, list[str]] = {}
    for zone_id in sorted(snapshot.facts.hosted_zone_vpcs):
        zone = snapshot.facts.hosted_zones.get(zone_id)
        if zone is not None and snapshot.facts.hosted_zone_vpcs[zone_id]:
            found.setdefault(normalise(zone.name), []).append(zone_id)
    return {domain: tuple(zones) for domain, zones in found.items()}


def _unassociated_zones(query: Query, view: View) -> Iterator[NearMiss]:
    snapshot = query.snapshot
    by_domain = _zones_by_domain(snapshot)
    for zone_id in [each for domain in parents(query.name) for each in by_domain.get(domain, ())]:
        if any(vpc.vpc_id == view.vpc_id for vpc in snapshot.facts.hosted_zone_vpcs[zone_id]):
            continue
        if not _zone_holds(snapshot, zone_id, query.name):
            continue
        authorised = any(
            vpc.vpc_id == view.vpc_id for vpc in snapshot.facts.association_authorizations.get(zone_id, ())
        )
        state = "authorised for but not associated with" if authorised else "not associated with"
        yield NearMiss(
            zone_id,
            Reason.DNS_ZONE_NOT_ASSOCIATED,
            "PHZ-02" if authorised else "PHZ-01",
            f"private hosted zone {zone_id}, which has {query.name}, is {state} {view.vpc_id}",
        )


def _zone_holds(snapshot: Snapshot, zone_id: str, name: str) -> bool:
    zone = snapshot.facts.hosted_zones.get(zone_id)
    if zone is None or not is_in_domain(name, normalise(zone.name)):
        return False
    contents = zone_contents(snapshot, zone_id)
    if isinstance(contents, Missing):
        return False
    found = find_in_zone(contents, name)
    return found is not None and bool(set(found.records) - {"NS", "SOA"})


def _peering_option(snapshot: Snapshot, view: View) -> Iterator[NearMiss]:
    """A peering whose DNS option is on: people expect it to share names, and it does not (PEER-DNS-02)."""
    for connection in peerings_of(snapshot, view.vpc_id):
        side = connection.other_side(view.vpc_id)
        options = side.peering_options if side else None
        own = connection.vpc_peering_connection_id
        if options is not None and options.allow_dns_resolution_from_remote_vpc is True:
            if not any(each.via == own for each in connections_of(snapshot, view.vpc_id)):
                continue
            yield NearMiss(
                own,
                Reason.DNS_PEERING_OPTION_ONLY,
                "PEER-DNS-02",
                f"the DNS option of {own} covers public hostnames of instances, no private DNS and no zones",
            )

"""What covers a name in a VPC's view: rules, private zones, zones that endpoints bring (RSLV-01 to RSLV-04)."""

from collections.abc import Iterator

import msgspec

from narrowgate.model.domain import normalise
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import FirewallRule
from narrowgate.model.snapshot import Snapshot

FORWARD, SYSTEM, ZONE, MANAGED = "FORWARD", "SYSTEM", "zone", "managed"
_RANKS = {FORWARD: 0, SYSTEM: 0, ZONE: 1, MANAGED: 2}
"""On equal names the lower one counts (RSLV-04)."""


class Cover(msgspec.Struct, frozen=True):
    """Something that answers for a domain and all below it."""

    domain: str
    kind: str
    resource: str
    is_carried: bool = False
    """Brought by a Profile: on equal names what is local counts (PROF-02)."""


def labels(domain: str) -> int:
    """How many labels a domain has; the root has none."""
    return domain.count(".") + 1 if domain else 0


def is_below(name: str, domain: str) -> bool:
    """True where a name is a domain or lies below it."""
    return not domain or name == domain or name.endswith("." + domain)


class View:
    """One VPC's view of the names."""

    def __init__(self, snapshot: Snapshot, vpc_id: str) -> None:
        """Read what concerns a VPC."""
        self.snapshot = snapshot
        self.vpc_id = vpc_id
        attributes = snapshot.facts.vpc_attributes.get(vpc_id, {})
        self.has_support = attributes.get("enable_dns_support", True)
        self.has_both = self.has_support and attributes.get("enable_dns_hostnames", True)
        self.covers = tuple(self._covers())

    def choose(self, name: str, *, without: frozenset[str] = frozenset()) -> Cover | None:
        """What covers a name most closely; None leaves it to public DNS.

        `without` are kinds that do not count: a SYSTEM rule says "as if there were no forwarding" (RSLV-06).
        """
        found = [each for each in self.covers if is_below(name, each.domain) and each.kind not in without]
        return min(
            found, key=lambda each: (-labels(each.domain), each.is_carried, _RANKS[each.kind]), default=None
        )

    def _covers(self) -> Iterator[Cover]:
        yield from self._rules()
        if self.has_both:
            yield from self._zones()
            yield from self._managed()

    def _rules(self) -> Iterator[Cover]:
        facts = self.snapshot.facts
        used = {own: True for own, kind in self._carried() if kind == "resolver-rule"}
        for each in facts.resolver_rule_associations:
            if each.vpc_id == self.vpc_id and each.status == "COMPLETE":
                used[each.resolver_rule_id] = False
        for own_id, is_carried in used.items():
            rule = facts.resolver_rules.get(own_id)
            if rule is None or not isinstance(rule.domain_name, str) or own_id.startswith("rslvr-autodefined"):
                continue
            if rule.rule_type in (FORWARD, SYSTEM):
                yield Cover(normalise(rule.domain_name), str(rule.rule_type), own_id, is_carried)

    def _zones(self) -> Iterator[Cover]:
        facts = self.snapshot.facts
        carried = {own for own, kind in self._carried() if kind == "hostedzone"}
        for own_id, vpcs in facts.hosted_zone_vpcs.items():
            zone = facts.hosted_zones.get(own_id)
            is_local = any(each.vpc_id == self.vpc_id for each in vpcs)
            is_here = is_local or own_id.rpartition("/")[2] in carried
            if zone is not None and is_here and zone.config.private_zone is not False:
                yield Cover(normalise(zone.name), ZONE, own_id, not is_local)

    def _managed(self) -> Iterator[Cover]:
        for own_id, endpoint in self.snapshot.facts.vpc_endpoints.items():
            if endpoint.vpc_id != self.vpc_id or endpoint.private_dns_enabled is not True:
                continue
            if str(endpoint.state).lower() in ("available", "partial"):
                yield from (Cover(each, MANAGED, own_id) for each in private_domains(endpoint))

    def _carried(self) -> Iterator[tuple[str, str]]:
        """What the VPC's Profiles carry: id and kind of each resource (PROF-*)."""
        facts = self.snapshot.facts
        for association in facts.profile_associations:
            if association.resource_id != self.vpc_id or association.status != "COMPLETE":
                continue
            for each in facts.profile_resource_associations.get(association.profile_id, ()):
                if each.status == "COMPLETE":
                    kind, _, own_id = each.resource_arn.rpartition(":")[2].partition("/")
                    yield own_id, kind

    def firewall(self, name: str) -> FirewallRule | None:
        """The DNS Firewall rule that decides about a name: groups by priority, rules by priority (FW-02)."""
        facts = self.snapshot.facts
        groups = sorted(
            (each.priority, each.firewall_rule_group_id)
            for each in facts.firewall_rule_group_associations
            if each.vpc_id == self.vpc_id and each.status == "COMPLETE"
        )
        for _, group_id in groups:
            for rule in sorted(facts.firewall_rules.get(group_id, ()), key=lambda each: each.priority):
                domains = facts.firewall_domains.get(rule.firewall_domain_list_id or "", ())
                if any(_is_listed(name, each) for each in domains):
                    return rule
        return None


def private_domains(endpoint: VpcEndpoint) -> tuple[str, ...]:
    """The domains that an endpoint's private DNS takes (VPCE-DNS-04, VPCE-DNS-05)."""
    if not isinstance(endpoint.service_name, str):
        return ()
    parts = endpoint.service_name.split(".", 3)
    if len(parts) < 4 or parts[:2] != ["com", "amazonaws"]:
        return ()
    return (f"{parts[3]}.{parts[2]}.amazonaws.com",)


def _is_listed(name: str, listed: str) -> bool:
    domain = normalise(listed)
    if domain == "*":
        return True
    if domain.startswith("*."):
        return name.endswith(domain[1:])
    return name == domain

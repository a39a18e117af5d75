"""What one VPC's resolver sees: rules, private zones, managed zones and Profiles, indexed by domain (section 0).

A view is compiled once a VPC. Whatever may or may not count (a status, an attribute, a list that nobody
collected) stays in it as a doubt: the evaluator compares the answers with and without it.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from narrowgate.engine.dns.dns_attributes import SUPPORT, both_attributes, dns_attribute
from narrowgate.engine.dns.endpoint_names import (
    is_execute_api,
    is_inbound_only,
    never_came_to_be,
    private_names,
)
from narrowgate.engine.dns.firewall import Firewall, firewall_of
from narrowgate.engine.dns.profiles import VpcProfiles, profiles_of
from narrowgate.engine.dns.vpc_lists import (
    endpoints_by_vpc,
    missing_zone_lists,
    rule_associations_by_vpc,
    zones_by_vpc,
    zones_of_unknown_vpcs,
)
from narrowgate.engine.network.vpcs import missing_of_vpc, owner_of_vpc
from narrowgate.model.answer import Missing
from narrowgate.model.domain import normalise
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.route53 import ResolverRule
from narrowgate.model.snapshot import Snapshot, keyed_index

AUTODEFINED_RULE = "rslvr-autodefined-"
"""Ids of rules and associations that AWS makes itself, such as the Internet Resolver beside a rule for `.`."""


_DECIDING_FIELDS = ("DomainName", "RuleType", "ResolverEndpointId", "TargetIps", "DelegationRecord")


class Kind(Enum):
    """What stands behind a domain of the view."""

    FORWARD = "FORWARD rule"
    SYSTEM = "SYSTEM rule"
    ZONE = "private hosted zone"
    MANAGED = "private DNS of endpoint"
    AUTODEFINED = "autodefined rule"

    @property
    def is_rule(self) -> bool:
        """True for custom rules."""
        return self in (Kind.FORWARD, Kind.SYSTEM)


class Candidate(NamedTuple):
    """Something that answers for a domain and all below it (RSLV-01, RSLV-02)."""

    domain: str
    kind: Kind
    resource_id: str
    profile_id: str | None = None
    profile_priority: int | None = None
    doubts: tuple[Missing, ...] = ()
    inbound_only: bool = False


class View(NamedTuple):
    """The compiled view of a VPC."""

    vpc_id: str
    region: str | None
    support: bool | Missing
    attributes: bool | Missing
    candidates: dict[str, tuple[Candidate, ...]]
    delegations: tuple[Candidate, ...]
    firewall: Firewall
    missing_rules: tuple[Missing, ...]
    missing_zones: tuple[Missing, ...]
    missing_endpoints: tuple[Missing, ...]
    ignored: tuple[tuple[str, str], ...]
    """What looks as if it counted for a domain and does not, in words."""


@keyed_index
def view_of(snapshot: Snapshot, vpc_id: str) -> View:
    """The view of a VPC, compiled at most once a snapshot."""
    return _Compiler(snapshot, vpc_id).compile()


class _Compiler:
    """Gathers one VPC's view."""

    def __init__(self, snapshot: Snapshot, vpc_id: str) -> None:
        self.snapshot = snapshot
        self.vpc_id = vpc_id
        self.attributes = both_attributes(snapshot, vpc_id)
        self.candidates: dict[str, list[Candidate]] = {}
        self.delegations: list[Candidate] = []
        self.missing_rules: list[Missing] = []
        self.missing_zones: list[Missing] = []
        self.missing_endpoints: list[Missing] = []
        self.ignored: list[tuple[str, str]] = []

    def compile(self) -> View:
        snapshot, vpc_id = self.snapshot, self.vpc_id
        profiles = profiles_of(snapshot, vpc_id)
        self._rules()
        self._zones()
        self._endpoints()
        self._profiles(profiles)
        account, region = owner_of_vpc(snapshot, vpc_id)
        if account is None and vpc_id not in snapshot.facts.vpcs:
            self.missing_rules.append(Missing(fact="ec2.describe_vpcs", resource=vpc_id, why="not in the source"))
        return View(
            vpc_id=vpc_id,
            region=region,
            support=dns_attribute(snapshot, vpc_id, SUPPORT),
            attributes=self.attributes,
            candidates={domain: tuple(found) for domain, found in self.candidates.items()},
            delegations=tuple(self.delegations),
            firewall=firewall_of(snapshot, vpc_id, profiles.resources),
            missing_rules=tuple(dict.fromkeys(self.missing_rules)),
            missing_zones=tuple(dict.fromkeys(self.missing_zones)),
            missing_endpoints=tuple(dict.fromkeys(self.missing_endpoints)),
            ignored=tuple(self.ignored),
        )

    def _add(self, candidate: Candidate) -> None:
        self.candidates.setdefault(candidate.domain, []).append(candidate)

    def _ignore(self, domain: str, text: str) -> None:
        self.ignored.append((domain, text))

    def _gap(self, operation: str) -> list[Missing]:
        gap = missing_of_vpc(self.snapshot, operation, self.vpc_id)
        return [gap] if gap is not None else []

    def _rules(self) -> None:
        """Custom rules by direct association; only COMPLETE counts (RSLV-10)."""
        self.missing_rules += self._gap("route53resolver.list_resolver_rule_associations")
        states: dict[str, set[str | UnsetType]] = {}
        for association in rule_associations_by_vpc(self.snapshot).get(self.vpc_id, ()):
            states.setdefault(association.resolver_rule_id, set()).add(association.status)
        for rule_id, statuses in states.items():
            if rule_id.startswith(AUTODEFINED_RULE):
                continue
            doubts: tuple[Missing, ...] = ()
            if len(statuses) > 1 or any(isinstance(status, UnsetType) for status in statuses):
                doubts = (Missing(fact="ResolverRuleAssociation.Status", resource=rule_id),)
            elif statuses != {"COMPLETE"}:
                rule = self.snapshot.facts.resolver_rules.get(rule_id)
                if rule is not None and not isinstance(rule.domain_name, UnsetType):
                    self._ignore(
                        normalise(rule.domain_name),
                        f"rule {rule_id} does not count: its association with {self.vpc_id} is "
                        f"{statuses.pop()!s} (RSLV-10)",
                    )
                continue
            self._rule(rule_id, Candidate("", Kind.FORWARD, rule_id, doubts=doubts))

    def _rule(self, rule_id: str, frame: Candidate) -> None:
        """Add a rule; one whose domain nobody knows could cover any name."""
        rule = self.snapshot.facts.resolver_rules.get(rule_id)
        if rule is None:
            gap = Missing(
                fact="route53resolver.list_resolver_rules", resource=rule_id, why="associated, not in the source"
            )
            self.missing_rules.append(gap)
            return
        if isinstance(rule.rule_type, UnsetType) or (
            isinstance(rule.domain_name, UnsetType) and rule.rule_type != "DELEGATE"
        ):
            self.missing_rules.append(Missing(fact="ResolverRule.DomainName and RuleType", resource=rule_id))
            return
        if rule.rule_type == "RECURSIVE":
            # The Internet Resolver rule for `.` is recursion itself, no custom rule for `.`.
            return
        doubts = (*frame.doubts, *_rule_doubts(rule), *contradicted(self.snapshot, rule_id, _DECIDING_FIELDS))
        if rule.rule_type == "DELEGATE":
            domain = normalise(rule.delegation_record or "")
            self.delegations.append(frame._replace(domain=domain, doubts=doubts))
            return
        kind = {"FORWARD": Kind.FORWARD, "SYSTEM": Kind.SYSTEM}.get(rule.rule_type)
        if kind is None:
            self.missing_rules.append(
                Missing(fact=f"rule type {rule.rule_type}", resource=rule_id, why="not modelled")
            )
            return
        domain = "" if isinstance(rule.domain_name, UnsetType) else normalise(rule.domain_name)
        self._add(frame._replace(domain=domain, kind=kind, doubts=doubts))

    def _zones(self) -> None:
        """Private hosted zones; both DNS attributes are needed (DNS-05)."""
        self.missing_zones += missing_zone_lists(self.snapshot)
        self.missing_zones += self._gap("route53.list_hosted_zones")
        for zone_id in zones_by_vpc(self.snapshot).get(self.vpc_id, ()):
            self._zone(zone_id, Candidate("", Kind.ZONE, zone_id))
        for zone_id, gap in zones_of_unknown_vpcs(self.snapshot):
            self._zone(zone_id, Candidate("", Kind.ZONE, zone_id, doubts=(gap,)))

    def _zone(self, zone_id: str, frame: Candidate) -> None:
        zone = self.snapshot.facts.hosted_zones.get(zone_id)
        if zone is None:
            gap = Missing(
                fact="route53.list_hosted_zones", resource=zone_id, why="in a Profile, not in the source"
            )
            self.missing_zones.append(gap)
            return
        self._needing_attributes(frame._replace(domain=normalise(zone.name)), f"hosted zone {zone_id}")

    def _needing_attributes(self, candidate: Candidate, what: str) -> None:
        if self.attributes is False:
            self._ignore(
                candidate.domain,
                f"{what} does not count in {self.vpc_id}: the two DNS attributes are not both on (DNS-05)",
            )
            return
        if isinstance(self.attributes, Missing):
            candidate = candidate._replace(doubts=(*candidate.doubts, self.attributes))
        self._add(candidate)

    def _endpoints(self) -> None:
        """Managed zones of the endpoints in this VPC (VPCE-DNS-04)."""
        self.missing_endpoints += self._gap("ec2.describe_vpc_endpoints")
        for endpoint in endpoints_by_vpc(self.snapshot).get(self.vpc_id, ()):
            self._endpoint(endpoint, Candidate("", Kind.MANAGED, endpoint.vpc_endpoint_id))

    def _endpoint(self, endpoint: VpcEndpoint, frame: Candidate) -> None:
        own, enabled = endpoint.vpc_endpoint_id, endpoint.private_dns_enabled
        if enabled is False or never_came_to_be(endpoint):
            return
        doubts = list(frame.doubts) + contradicted(self.snapshot, own, ("PrivateDnsEnabled", "ServiceName"))
        if isinstance(enabled, UnsetType):
            if self.snapshot.assume_complete:
                return
            doubts.append(Missing(fact="VpcEndpoint.PrivateDnsEnabled", resource=own))
        names = private_names(endpoint)
        if names is None:
            if not self.snapshot.assume_complete:
                self.missing_endpoints.append(Missing(fact="VpcEndpoint.DnsEntries", resource=own))
            return
        # VPCE-DNS-09: the VPC's own queries then go to the gateway endpoint's public names. For execute-api there
        # is no such option: the endpoint stays in the view, and is refused there.
        inbound_only = is_inbound_only(endpoint) and not is_execute_api(endpoint)
        for domain in dict.fromkeys(name.removeprefix("*.") for name in names):
            candidate = frame._replace(domain=domain, doubts=tuple(doubts), inbound_only=inbound_only)
            self._needing_attributes(candidate, f"private DNS of {own}")

    def _profiles(self, profiles: VpcProfiles) -> None:
        """What Profiles bring: it counts beside what is local (PROF-01, PROF-04)."""
        self.missing_rules += profiles.missing
        self.ignored += [("", text) for text in profiles.ignored]
        for each in profiles.resources:
            frame = Candidate(
                "",
                Kind.ZONE,
                each.resource_id,
                profile_id=each.profile_id,
                profile_priority=each.profile_priority,
                doubts=each.doubts,
            )
            if each.kind == "hostedzone":
                self._zone(each.resource_id, frame)
            elif each.kind == "resolver-rule":
                self._rule(each.resource_id, frame)
            elif each.kind == "vpc-endpoint":
                self._carried_endpoint(each.resource_id, frame)

    def _carried_endpoint(self, endpoint_id: str, frame: Candidate) -> None:
        endpoint = self.snapshot.facts.vpc_endpoints.get(endpoint_id)
        if endpoint is None:
            gap = Missing(
                fact="ec2.describe_vpc_endpoints", resource=endpoint_id, why="in a Profile, not in the source"
            )
            self.missing_endpoints.append(gap)
            return
        self._endpoint(endpoint, frame._replace(kind=Kind.MANAGED))


def contradicted(snapshot: Snapshot, resource_id: str, fields: Iterable[str]) -> list[Missing]:
    """The fields of a resource that two accounts' views tell differently."""
    seen = snapshot.contradictions.get(resource_id, ())
    why = "two accounts' views contradict each other"
    return [Missing(fact=field, resource=resource_id, why=why) for field in fields if field in seen]


def _rule_doubts(rule: ResolverRule) -> tuple[Missing, ...]:
    if rule.status == "COMPLETE":
        return ()
    return (Missing(fact="ResolverRule.Status", resource=rule.id, why=f"is {rule.status}"),)

"""DNS Firewall of the VPC that receives a query: groups and rules in order, first match decides (FW-*)."""

from typing import NamedTuple

from narrowgate.engine.dns.firewall_domains import DomainList, domain_list
from narrowgate.engine.dns.outcome import Outcome, Query, answered, change, passing, refused, undecided
from narrowgate.engine.dns.profiles import ProfileResource
from narrowgate.engine.dns.record_text import record_text
from narrowgate.engine.network.vpcs import missing_of_vpc
from narrowgate.model.answer import FirewallBlock, Missing, Rcode
from narrowgate.model.domain import normalise
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import FirewallRule, FirewallRuleGroupAssociation
from narrowgate.model.snapshot import Snapshot, index

UNAVAILABLE = "dns_firewall"
"""The word of the outside file for an outage of DNS Firewall."""

_TRUST = "TRUST_REDIRECTION_DOMAIN"
_NUMBERS = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33}
_NUMBERS |= {"NAPTR": 35, "DS": 43, "SVCB": 64, "HTTPS": 65, "SPF": 99, "CAA": 257}
_NAMES_OF_TYPES = {f"TYPE{number}": name for name, number in _NUMBERS.items()}


class Group(NamedTuple):
    """A rule group in its place; `rules` is a missing fact where nobody collected them."""

    group_id: str
    priority: int
    rules: tuple[FirewallRule, ...] | Missing
    doubts: tuple[Missing, ...]


class Firewall(NamedTuple):
    """All that filters the queries of a VPC."""

    vpc_id: str
    groups: tuple[Group, ...]
    missing: tuple[Missing, ...]


class Decision(NamedTuple):
    """The rule that decides (None: no rule matches, which lets pass), and the facts it depends on."""

    rule: FirewallRule | None
    group_id: str | None
    doubts: tuple[Missing, ...]

    @property
    def blocks(self) -> bool:
        """Whether the query ends here; a rule whose own text is unknown may do anything."""
        return self.rule is not None and self.rule.action == "BLOCK"

    @property
    def trusts_redirection(self) -> bool:
        """Whether names that the first one is redirected to are let pass unseen (FW-05)."""
        return self.rule is not None and self.rule.firewall_domain_redirection_action == _TRUST


UNKNOWN_RULE = FirewallRule(priority=0, action="UNKNOWN")
"""Stands for rules that nobody collected."""


@index
def _associations_by_vpc(snapshot: Snapshot) -> dict[str, tuple[FirewallRuleGroupAssociation, ...]]:
    found: dict[str, list[FirewallRuleGroupAssociation]] = {}
    for association in snapshot.facts.firewall_rule_group_associations:
        found.setdefault(association.vpc_id, []).append(association)
    return {vpc_id: tuple(dict.fromkeys(associations)) for vpc_id, associations in found.items()}


def firewall_of(snapshot: Snapshot, vpc_id: str, carried: tuple[ProfileResource, ...]) -> Firewall:
    """The rule groups of a VPC, its own and those of its Profiles, by ascending priority (FW-02)."""
    gap = missing_of_vpc(snapshot, "route53resolver.list_firewall_rule_group_associations", vpc_id)
    missing = [gap] if gap is not None else []
    groups = [
        Group(
            association.firewall_rule_group_id,
            association.priority,
            _rules(snapshot, association.firewall_rule_group_id, vpc_id),
            _status_doubts(association),
        )
        for association in _associations_by_vpc(snapshot).get(vpc_id, ())
    ]
    for each in carried:
        if each.kind != "firewall-rule-group":
            continue
        doubts = each.doubts
        if each.own_priority is None:
            fact = Missing(
                fact="ProfileResourceAssociation.ResourceProperties priority", resource=each.resource_id
            )
            doubts = (*doubts, fact) if len(carried) > 1 or groups else doubts
        groups.append(
            Group(each.resource_id, each.own_priority or 0, _rules(snapshot, each.resource_id, vpc_id), doubts)
        )
    ordered = sorted(groups, key=lambda group: (group.priority, group.group_id))
    return Firewall(vpc_id, tuple(ordered), tuple(missing))


def _status_doubts(association: FirewallRuleGroupAssociation) -> tuple[Missing, ...]:
    # Groups are filtering before, during and perhaps after a change: no page says when they stop.
    if association.status == "COMPLETE":
        return ()
    own = association.id or association.firewall_rule_group_id
    return (Missing(fact="FirewallRuleGroupAssociation.Status", resource=own, why=f"is {association.status}"),)


def _rules(snapshot: Snapshot, group_id: str, vpc_id: str) -> tuple[FirewallRule, ...] | Missing:
    rules = snapshot.facts.firewall_rules.get(group_id)
    if rules is None:
        account, region = snapshot.account_of(vpc_id), snapshot.region_of(vpc_id)
        gap = snapshot.missing("route53resolver.list_firewall_rules", account, region, parent=group_id)
        if gap is not None:
            return gap
    return tuple(sorted(rules or (), key=lambda rule: rule.priority))


def decisions(query: Query, firewall: Firewall, *, is_redirect: bool) -> tuple[Decision, ...]:
    """Every decision that is possible by the known facts, the most likely last.

    One decision means that it is certain. A rule that only may match (a managed list, an Advanced rule) adds its
    decision and evaluation goes on as if it did not match (FW-02).
    """
    possible: list[Decision] = []
    for group in firewall.groups:
        if isinstance(group.rules, Missing):
            possible.append(Decision(UNKNOWN_RULE, group.group_id, (*group.doubts, group.rules)))
            continue
        for rule in group.rules:
            if is_redirect and rule.firewall_domain_redirection_action == _TRUST:
                continue
            match = _matches(query, rule)
            if match is False:
                continue
            doubts = group.doubts + (match if isinstance(match, tuple) else ())
            possible.append(Decision(rule, group.group_id, doubts))
            if not doubts:
                return tuple(possible)
            if match is True:
                # The group as a whole is in doubt: nothing after this rule counts where it applies.
                break
    possible.append(Decision(None, None, ()))
    return tuple(possible)


def _type_of(text: str) -> str:
    """A rule's query type by name: AWS takes `TYPE28` for AAAA as well (FW-08)."""
    kind = text.upper()
    return _NAMES_OF_TYPES.get(kind, kind)


def _matches(query: Query, rule: FirewallRule) -> bool | tuple[Missing, ...]:
    """Whether a rule matches; the facts that would tell where it only may."""
    if rule.qtype is not None and _type_of(rule.qtype) != query.type:
        return False
    if rule.firewall_domain_list_id is None:
        # FW-08: Advanced rules judge the query's behaviour, which no snapshot holds.
        kind = rule.dns_threat_protection or "threat protection"
        return (
            Missing(
                fact=f"DNS Firewall Advanced ({kind})", resource=rule.firewall_rule_group_id, why="not modelled"
            ),
        )
    domains: DomainList | Missing = domain_list(query.snapshot, rule.firewall_domain_list_id)
    if isinstance(domains, Missing):
        return (domains,)
    return domains.matches(query.name)


def blocked(query: Query, decision: Decision, vpc_id: str) -> Outcome:
    """The answer that a blocking rule gives instead (FW-03)."""
    rule, group_id = decision.rule, decision.group_id
    if rule is None or rule is UNKNOWN_RULE:
        return undecided(group_id, "FW-02", f"the rules of firewall group {group_id} are unknown", decision.doubts)
    response = rule.block_response or "NODATA"
    block = FirewallBlock(
        group=group_id or "", list=rule.firewall_domain_list_id, action=rule.action, response=response
    )
    text = (
        f"DNS Firewall group {group_id} of {vpc_id} blocks {query.name} "
        f"(rule {rule.priority}, list {rule.firewall_domain_list_id}) with {response}"
    )
    if response == "OVERRIDE":
        target = normalise(rule.block_override_domain or "")
        kind = rule.block_override_dns_type or "CNAME"
        step = passing(group_id, "FW-03", text, chosen=target)
        outcome = answered(step, records=(record_text(query.name, kind, target),), target=target)
        return change(outcome, blocked=block, chain=(target,) if kind == "CNAME" else ())
    rcode = Rcode.NXDOMAIN if response == "NXDOMAIN" else Rcode.NODATA
    outcome = refused(
        rcode,
        Reason.DNS_FIREWALL_BLOCKED,
        group_id,
        "FW-03",
        text,
        evidence=(query.snapshot.evidence(group_id or "", f"rule {rule.priority} Action", rule.action),),
    )
    return change(outcome, blocked=block)


def outage(query: Query, firewall: Firewall) -> Outcome | None:
    """What an outage of DNS Firewall does: SERVFAIL where it fails closed, nothing where it fails open (FW-06).

    None where the firewall works; an `allowed` outcome without records where it is down and lets queries pass.
    """
    outside = query.snapshot.outside
    if outside is None or UNAVAILABLE not in outside.unavailable or not firewall.groups:
        return None
    vpc_id = firewall.vpc_id
    config = query.snapshot.facts.firewall_configs.get(vpc_id)
    setting = config.firewall_fail_open if config else None
    if config is None:
        gap = missing_of_vpc(query.snapshot, "route53resolver.list_firewall_configs", vpc_id)
        if gap is not None:
            return undecided(vpc_id, "FW-06", "whether DNS Firewall fails open is unknown", (gap,))
    if setting == "USE_LOCAL_RESOURCE_SETTING":
        gap = Missing(fact="FirewallConfig.FirewallFailOpen", resource=vpc_id, why="a Profile decides")
        return undecided(vpc_id, "FW-06", "whether DNS Firewall fails open is decided by a Profile", (gap,))
    if setting == "ENABLED":
        step = passing(vpc_id, "FW-06", f"DNS Firewall does not answer, and {vpc_id} fails open", chosen="pass")
        return answered(step, records=(), target=None)
    return refused(
        Rcode.SERVFAIL,
        Reason.DNS_FIREWALL_UNAVAILABLE,
        vpc_id,
        "FW-06",
        f"DNS Firewall does not answer, and {vpc_id} fails closed",
    )

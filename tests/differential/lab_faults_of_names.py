"""Planted faults: which zone, rule, endpoint or firewall entry answers a name."""

from typing import Any

from tests.differential.lab_mutants import Mutant, Patch, replace

from narrowgate.engine.dns import choice, firewall, firewall_domains, record_answer, search, servers
from narrowgate.engine.dns import view as views
from narrowgate.engine.dns.outcome import Outcome, change
from narrowgate.engine.dns.resolver import _Resolver
from narrowgate.engine.dns.search import Search
from narrowgate.engine.dns.view import Kind, _Compiler
from narrowgate.engine.dns.zones import Found, find_in_zone
from narrowgate.model.answer import Rcode, Verdict


def _least_specific(patch: Patch) -> None:
    true = choice.levels
    replace(patch, true, lambda query, view: tuple(reversed(true(query, view))))


def _zone_beats_rule(patch: Patch) -> None:
    true = choice.tie

    def wrong(vpc_id: str, candidates: Any, answer: Any) -> Outcome:
        zones = tuple(each for each in candidates if each.kind in (Kind.ZONE, Kind.MANAGED))
        return true(vpc_id, zones or candidates, answer)

    replace(patch, true, wrong)


def _managed_beats_rule(patch: Patch) -> None:
    true = choice.tie

    def wrong(vpc_id: str, candidates: Any, answer: Any) -> Outcome:
        managed = tuple(each for each in candidates if each.kind is Kind.MANAGED)
        return true(vpc_id, managed or candidates, answer)

    replace(patch, true, wrong)


def _profile_beats_local(patch: Patch) -> None:
    true = choice.tie

    def wrong(vpc_id: str, candidates: Any, answer: Any) -> Outcome:
        carried = tuple(each for each in candidates if each.profile_id is not None)
        return true(vpc_id, carried or candidates, answer)

    replace(patch, true, wrong)


def _profiles_ignored(patch: Patch) -> None:
    patch.setattr(_Compiler, "_profiles", lambda self, profiles: None)


def _system_rules_ignored(patch: Patch) -> None:
    true = Search._counts

    def wrong(self: Any, candidate: Any, no_rules: bool) -> bool:
        return candidate.kind is not Kind.SYSTEM and true(self, candidate, no_rules)

    patch.setattr(Search, "_counts", wrong)


def _system_rules_keep_forwards(patch: Patch) -> None:
    true = Search._from
    patch.setattr(Search, "_from", lambda self, start, *, no_rules: true(self, start + no_rules, no_rules=False))


def _rules_in_any_state(patch: Patch) -> None:
    def wrong(self: Any) -> None:
        for each in views.rule_associations_by_vpc(self.snapshot).get(self.vpc_id, ()):
            if not each.resolver_rule_id.startswith(views.AUTODEFINED_RULE):
                self._rule(each.resolver_rule_id, views.Candidate("", Kind.FORWARD, each.resolver_rule_id))

    patch.setattr(_Compiler, "_rules", wrong)


def _no_private_dns(patch: Patch) -> None:
    patch.setattr(_Compiler, "_endpoint", lambda self, endpoint, frame: None)


def _private_dns_without_wildcard(patch: Patch) -> None:
    true = search.private_names
    replace(patch, true, lambda endpoint: tuple(each for each in true(endpoint) or () if "*" not in each))


def _attributes_ignored(patch: Patch) -> None:
    made = _Compiler.__init__

    def wrong(self: Any, *arguments: Any) -> None:
        made(self, *arguments)
        self.attributes = True

    patch.setattr(_Compiler, "__init__", wrong)


def _support_ignored(patch: Patch) -> None:
    made = _Resolver.__init__

    def wrong(self: Any, view: Any, from_outside: bool) -> None:
        made(self, view._replace(support=True), from_outside)

    patch.setattr(_Resolver, "__init__", wrong)


def _fall_through(patch: Patch) -> None:
    """A zone without the name leaves it to what covers the name less closely, and to public DNS."""
    true = Search._behind

    def wrong(self: Any, position: int, chosen: Any) -> Outcome:
        found = true(self, position, chosen)
        if chosen.kind is Kind.ZONE and found.rcode is Rcode.NXDOMAIN:
            return self._from(position + 1, no_rules=False)
        return found

    patch.setattr(Search, "_behind", wrong)


def _no_wildcards(patch: Patch) -> None:
    replace(patch, find_in_zone, lambda zone, name: Found(zone.nodes[name], name) if name in zone.nodes else None)


def _wildcards_below_names(patch: Patch) -> None:
    def wrong(zone: Any, name: str) -> Found | None:
        if name in zone.nodes:
            return Found(zone.nodes[name], name)
        while name and name != zone.domain:
            name = name.partition(".")[2]
            if f"*.{name}" in zone.nodes:
                return Found(zone.nodes[f"*.{name}"], f"*.{name}")
        return None

    replace(patch, find_in_zone, wrong)


def _one_label_wildcards(patch: Patch) -> None:
    true = find_in_zone

    def wrong(zone: Any, name: str) -> Found | None:
        found = true(zone, name)
        is_near = found is None or found.owner == name or found.owner == "*." + name.partition(".")[2]
        return found if is_near else None

    replace(patch, true, wrong)


def _no_empty_names(patch: Patch) -> None:
    true = find_in_zone

    def wrong(zone: Any, name: str) -> Found | None:
        found = true(zone, name)
        return None if found is not None and not found.records and name != zone.domain else found

    replace(patch, true, wrong)


def _cnames_are_not_followed(patch: Patch) -> None:
    patch.setattr(
        _Resolver,
        "_chase",
        lambda self, query, redirect, *, trusts: record_answer.answered(
            redirect.step, records=(redirect.record,), target=redirect.target
        ),
    )


def _far_cnames_are_final(patch: Patch) -> None:
    patch.setattr(Search, "_settle", lambda self, found: found)


def _alerts_go_on(patch: Patch) -> None:
    true = firewall._matches
    replace(patch, true, lambda query, rule: rule.action != "ALERT" and true(query, rule))


def _firewall_backwards(patch: Patch) -> None:
    true = firewall._rules

    def wrong(snapshot: Any, group_id: str, vpc_id: str) -> Any:
        found = true(snapshot, group_id, vpc_id)
        return tuple(reversed(found)) if isinstance(found, tuple) else found

    replace(patch, true, wrong)


def _no_firewall(patch: Patch) -> None:
    replace(patch, firewall.decisions, lambda *_, **__: (firewall.Decision(None, None, ()),))


def _firewall_entries_cover_below(patch: Patch) -> None:
    true = firewall_domains.DomainList.matches

    def wrong(self: Any, name: str) -> Any:
        return true(self, name) or any(name.endswith("." + each) for each in self.exact)

    patch.setattr(firewall_domains.DomainList, "matches", wrong)


def _firewall_sees_no_redirection(patch: Patch) -> None:
    true = firewall.decisions

    def wrong(query: Any, filters: Any, *, is_redirect: bool) -> Any:
        return (firewall.Decision(None, None, ()),) if is_redirect else true(query, filters, is_redirect=False)

    replace(patch, true, wrong)


def _blocked_names_do_not_exist(patch: Patch) -> None:
    true = firewall.blocked

    def wrong(query: Any, decision: Any, vpc_id: str) -> Outcome:
        found = true(query, decision, vpc_id)
        return change(found, rcode=Rcode.NXDOMAIN) if found.rcode is Rcode.NODATA else found

    replace(patch, true, wrong)


def _targets_always_hear(patch: Patch) -> None:
    """Forwarding needs no way: whatever stands between the two endpoints."""
    true = servers.knock

    def wrong(snapshot: Any, host: Any, door: Any) -> Any:
        tried = true(snapshot, host, door)
        udp = change(tried.udp, verdict=Verdict.ALLOWED) if tried.udp.verdict is Verdict.DENIED else tried.udp
        return tried._replace(udp=udp)

    replace(patch, true, wrong)


def _silent_targets_fall_back(patch: Patch) -> None:
    """OUT-04 overlooked: where no target answers, the name is looked up as if there were no rule."""
    true = Search._behind

    def wrong(self: Any, position: int, chosen: Any) -> Outcome:
        found = true(self, position, chosen)
        if chosen.kind is Kind.FORWARD and found.rcode is Rcode.SERVFAIL:
            return self._from(position + 1, no_rules=True)
        return found

    patch.setattr(Search, "_behind", wrong)


def _every_server_is_the_own(patch: Patch) -> None:
    """DHCP options overlooked: hosts ask their VPC's own resolver."""
    from narrowgate.engine.dns import first_hop, resolve

    true = first_hop.first_hop

    def wrong(snapshot: Any, vpc_id: str) -> Any:
        found = true(snapshot, vpc_id)
        return found._replace(servers=(resolve.RESOLVER_LINK_LOCAL,)) if isinstance(found, tuple) else found

    replace(patch, true, wrong)


MUTANTS = (
    Mutant("DNS precedence", "the least specific domain wins", _least_specific),
    Mutant("DNS precedence", "a zone beats a rule of its name", _zone_beats_rule),
    Mutant("DNS precedence", "private DNS beats a rule of its name", _managed_beats_rule),
    Mutant("DNS precedence", "a Profile beats what is local", _profile_beats_local),
    Mutant("DNS precedence", "Profiles bring nothing", _profiles_ignored),
    Mutant("DNS precedence", "SYSTEM rules do not count", _system_rules_ignored),
    Mutant("DNS precedence", "SYSTEM rules leave wider forwards in force", _system_rules_keep_forwards),
    Mutant("DNS precedence", "rules count in any state", _rules_in_any_state),
    Mutant("DNS precedence", "private DNS of endpoints does not count", _no_private_dns),
    Mutant("DNS precedence", "private DNS without its wildcard", _private_dns_without_wildcard),
    Mutant("DNS precedence", "zones without DNS host names", _attributes_ignored),
    Mutant("DNS precedence", "a resolver without DNS support", _support_ignored),
    Mutant("DNS precedence", "what a zone lacks is looked for further", _fall_through),
    Mutant("DNS records", "wildcards do not count", _no_wildcards),
    Mutant("DNS records", "wildcards reach below names that exist", _wildcards_below_names),
    Mutant("DNS records", "wildcards cover one label", _one_label_wildcards),
    Mutant("DNS records", "names without records do not exist", _no_empty_names),
    Mutant("DNS records", "CNAMEs are not followed", _cnames_are_not_followed),
    Mutant("DNS forwarding", "a CNAME from the far side is final", _far_cnames_are_final),
    Mutant("DNS forwarding", "targets hear whatever stands between", _targets_always_hear),
    Mutant("DNS forwarding", "silent targets fall back", _silent_targets_fall_back),
    Mutant("DNS forwarding", "DHCP's servers are not asked", _every_server_is_the_own),
    Mutant("DNS Firewall", "does not count", _no_firewall),
    Mutant("DNS Firewall", "rules from the last to the first", _firewall_backwards),
    Mutant("DNS Firewall", "an alert goes on", _alerts_go_on),
    Mutant("DNS Firewall", "an entry covers what is below it", _firewall_entries_cover_below),
    Mutant("DNS Firewall", "redirections pass unseen", _firewall_sees_no_redirection),
    Mutant("DNS Firewall", "NODATA is NXDOMAIN", _blocked_names_do_not_exist),
)

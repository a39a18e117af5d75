"""Which of a view's candidates answers: most labels first, and what wins a tie (RSLV-03, RSLV-04, PROF-02)."""

from collections.abc import Callable
from typing import NamedTuple

from narrowgate.engine.dns.autodefined import autodefined_rules
from narrowgate.engine.dns.outcome import Outcome, Query, any_of, refused
from narrowgate.engine.dns.view import Candidate, Kind, View
from narrowgate.model.answer import Considered, Missing, Verdict
from narrowgate.model.domain import parents
from narrowgate.model.reason import Reason

Answer = Callable[[Candidate], Outcome]


class Level(NamedTuple):
    """Everything of a view that covers a name by one domain."""

    domain: str
    candidates: tuple[Candidate, ...]


def levels(query: Query, view: View) -> tuple[Level, ...]:
    """The domains that cover a name, longest first; public recursion is what remains after the last."""
    known = view.candidates
    found = [Level(domain, known[domain]) for domain in parents(query.name) if domain in known]
    if view.attributes is False:
        return tuple(found)
    rules = autodefined_rules(query.snapshot, view.vpc_id, view.region, query.name)
    return _with_autodefined(query.name, found, rules) if rules else tuple(found)


def _with_autodefined(
    name: str, found: list[Level], rules: list[tuple[str, tuple[Missing, ...]]]
) -> tuple[Level, ...]:
    by_domain = {level.domain: level.candidates for level in found}
    for domain, doubts in rules:
        own = Candidate(domain, Kind.AUTODEFINED, f"autodefined {domain}", doubts=doubts)
        by_domain[domain] = (*by_domain.get(domain, ()), own)
    return tuple(Level(domain, by_domain[domain]) for domain in parents(name) if domain in by_domain)


def tie(vpc_id: str, candidates: tuple[Candidate, ...], answer: Answer) -> Outcome:
    """The answer where several candidates stand for one domain.

    A custom rule beats a zone, a zone an autodefined rule (RSLV-04). What is local beats what a Profile brings
    (PROF-02); two Profiles go by priority (PROF-03). Two local ones of a kind cannot be: AWS refuses the second
    (RSLV-10, PHZ-03, PHZ-08, VPCE-DNS-07). A Profile's rule against a local zone is documented nowhere.
    """
    if len(candidates) == 1:
        return answer(candidates[0])
    local = [each for each in candidates if each.profile_id is None]
    rules = [each for each in local if each.kind.is_rule]
    zones = [each for each in local if each.kind in (Kind.ZONE, Kind.MANAGED)]
    conflict = _conflict(vpc_id, rules) or (None if rules else _conflict(vpc_id, zones))
    if conflict is not None:
        return conflict
    carried = _by_priority([each for each in candidates if each.profile_id is not None])
    carried_rules = [each for each in carried if each.kind.is_rule]
    carried_zones = [each for each in carried if each.kind in (Kind.ZONE, Kind.MANAGED)]
    autodefined = [each for each in local if each.kind is Kind.AUTODEFINED]
    if rules:
        return answer(rules[0])
    if zones and carried_rules:
        outcomes = [answer(zones[0]), answer(carried_rules[0])]
        text = f"a Profile's rule and a zone of {vpc_id} stand for one domain, and AWS does not say which wins"
        return any_of(outcomes, Reason.DNS_TIE_UNDEFINED, vpc_id, "PROF-02", text)
    if zones:
        return answer(zones[0])
    if carried_rules or carried_zones:
        return _carried(vpc_id, carried_rules or carried_zones, answer)
    return answer(autodefined[0])


def _carried(vpc_id: str, carried: list[Candidate], answer: Answer) -> Outcome:
    """What Profiles bring: the lowest priority wins; without priorities nobody says which (PROF-03)."""
    first = carried[0]
    equals = [
        each
        for each in carried
        if each.profile_id == first.profile_id or each.profile_priority == first.profile_priority
    ]
    if len(equals) == 1:
        return answer(first)
    text = f"several Profiles of {vpc_id} bring {first.domain or '.'} with no priority between them"
    return any_of([answer(each) for each in equals], Reason.DNS_TIE_UNDEFINED, vpc_id, "PROF-03", text)


def _by_priority(carried: list[Candidate]) -> list[Candidate]:
    return sorted(carried, key=lambda each: (each.profile_priority is None, each.profile_priority or 0))


def _conflict(vpc_id: str, same: list[Candidate]) -> Outcome | None:
    """Two certain candidates of one domain that AWS would not let stand side by side."""
    certain = [each for each in same if not each.doubts]
    if len(certain) < 2:
        return None
    kinds = {each.kind for each in certain}
    if kinds <= {Kind.FORWARD, Kind.SYSTEM}:
        reason, rule = Reason.DNS_RULES_CONFLICT, "RSLV-10"
    elif kinds == {Kind.ZONE}:
        reason, rule = Reason.DNS_ZONE_CONFLICT, "PHZ-03"
    elif kinds == {Kind.MANAGED}:
        reason, rule = Reason.DNS_PRIVATE_DNS_CONFLICT, "VPCE-DNS-07"
    else:
        reason, rule = Reason.DNS_PRIVATE_DNS_CONFLICT, "PHZ-08"
    names = [each.resource_id for each in certain]
    return refused(
        None,
        reason,
        vpc_id,
        rule,
        f"{' and '.join(names)} both stand for {certain[0].domain or '.'} in {vpc_id}: AWS refuses the second",
        verdict=Verdict.INVALID,
        considered=tuple(Considered(item=name, outcome="unknown") for name in names),
    )

"""Record sets into an answer: values, CNAME, alias targets, and the routing policies that choose between sets."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from narrowgate.engine.dns.endpoint_names import answer_from_endpoint, is_vpce_name, public_names
from narrowgate.engine.dns.load_balancer_names import answer_from_load_balancer, load_balancers_by_name
from narrowgate.engine.dns.outcome import (
    PUBLIC,
    Outcome,
    Query,
    answered,
    any_of,
    change,
    doubted,
    passing,
    refused,
    undecided,
)
from narrowgate.engine.dns.record_text import record_text, records_text
from narrowgate.engine.dns.zones import Zone, find_in_zone
from narrowgate.model.answer import Missing, Rcode, Step, Verdict
from narrowgate.model.domain import is_in_domain, normalise
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import AliasTarget, ResourceRecordSet
from narrowgate.model.snapshot import Snapshot, index

_ADDRESS_TYPES = frozenset({"A", "AAAA"})


class Redirect(NamedTuple):
    """A CNAME that was found: whoever was asked must now look up `target` itself (RSLV-11)."""

    target: str
    record: str
    step: Step


Chase = Callable[[Query, Redirect], Outcome]
"""Follows a CNAME in the view (or server) that met it."""


def answer_from_zone(query: Query, zone: Zone, region: str | None, chase: Chase) -> Outcome:
    """What the zone says, and nothing else: no record is a negative answer, never a fall-through (RSLV-05)."""
    found = find_in_zone(zone, query.name)
    if found is None:
        return refused(
            Rcode.NXDOMAIN,
            Reason.DNS_NAME_NOT_FOUND,
            zone.zone_id,
            "RSLV-05",
            f"zone {zone.zone_id} ({zone.domain or '.'}) has no record {query.name}, and no wildcard covers it",
        )
    record_sets = found.records.get(query.type) or found.records.get("CNAME")
    if not record_sets:
        held = ", ".join(sorted(found.records)) or "none of its own"
        return refused(
            Rcode.NODATA,
            Reason.DNS_NO_RECORD_OF_TYPE,
            zone.zone_id,
            "RSLV-05",
            f"{query.name} exists in zone {zone.zone_id} without a {query.type} record (records: {held})",
        )
    rule = "PHZ-07" if found.owner != query.name else "RSLV-05"
    answers = _Answers(query, zone, chase, rule)
    return _by_policy(answers, record_sets, region)


class _Answers(NamedTuple):
    """One question to one zone."""

    query: Query
    zone: Zone
    chase: Chase
    rule: str

    def of(self, record_set: ResourceRecordSet) -> Outcome:
        """The answer that one record set gives."""
        query, zone = self.query, self.zone
        owner = normalise(record_set.name)
        if record_set.alias_target is not None:
            return self._alias(record_set.alias_target, owner)
        values = [record.value for record in record_set.resource_records]
        if not values:
            gap = Missing(fact="ResourceRecordSet.ResourceRecords", resource=zone.zone_id)
            return undecided(zone.zone_id, self.rule, f"the record {owner} has no values", (gap,))
        step = passing(
            zone.zone_id,
            self.rule,
            f"zone {zone.zone_id} ({zone.domain or '.'}) answers {query.name} with its record "
            f"{owner} {record_set.type} {', '.join(values)}",
            chosen=owner,
            evidence=(query.snapshot.evidence(zone.zone_id, f"{owner} {record_set.type}", ",".join(values)),),
        )
        if record_set.type == "CNAME" and query.type != "CNAME":
            target = normalise(values[0])
            return self.chase(query, Redirect(target, record_text(query.name, "CNAME", target), step))
        return answered(
            step,
            records=records_text(query.name, record_set.type, values),
            target=query.name,
            addresses=values if record_set.type in _ADDRESS_TYPES else (),
        )

    def _alias(self, alias: AliasTarget, owner: str) -> Outcome:
        """An alias: the client sees plain records of the target's values (PHZ-04)."""
        query, zone = self.query, self.zone
        target = normalise(alias.dns_name)
        zone_id = (alias.hosted_zone_id or "").removeprefix("/hostedzone/")
        step = passing(
            zone.zone_id,
            "PHZ-04",
            f"zone {zone.zone_id} ({zone.domain or '.'}) has {owner} as an alias of {target}",
            chosen=target,
        )
        if zone_id == zone.zone_id and is_in_domain(target, zone.domain):
            return self._inside_zone(target).after(step)
        mismatch = _wrong_zone(query.snapshot, target, zone_id, zone)
        if mismatch is not None:
            return mismatch.after(step)
        return _renamed(_alias_outcome(query, zone, target), query, zone.zone_id).after(step)

    def _inside_zone(self, target: str) -> Outcome:
        query, zone = self.query, self.zone
        place = (f"alias in {zone.zone_id}", target)
        if place in query.trail:
            return refused(
                Rcode.SERVFAIL,
                Reason.DNS_CNAME_LOOP,
                zone.zone_id,
                "PHZ-04",
                f"the aliases of {zone.zone_id} lead back to {target}",
            )
        inner = query._replace(name=target, trail=(*query.trail, place))
        found = find_in_zone(zone, target)
        record_sets = found.records.get(query.type) if found else None
        if not record_sets:
            return refused(
                Rcode.NODATA,
                Reason.DNS_NO_RECORD_OF_TYPE,
                zone.zone_id,
                "PHZ-04",
                f"the alias's target {target} has no {query.type} record in zone {zone.zone_id}",
            )
        outcome = _by_policy(self._replace(query=inner), record_sets, None)
        return _renamed(outcome, query, zone.zone_id)


def _renamed(outcome: Outcome, query: Query, answered_by: str) -> Outcome:
    """The target's records under the name that was asked: an alias is no redirection that a client sees."""
    records = tuple(f"{query.name} {record.split(' ', 1)[1]}" for record in outcome.records)
    zone = answered_by if outcome.rcode is not None else outcome.answered_by
    return change(outcome, records=records, answered_by=zone)


def _wrong_zone(snapshot: Snapshot, target: str, zone_id: str, zone: Zone) -> Outcome | None:
    """Route 53 takes an alias only with the hosted zone id that its target's service gives (PHZ-04)."""
    name = public_names(snapshot).get(target)
    expected = name.hosted_zone_id if name else None
    balancer = load_balancers_by_name(snapshot).get(target)
    if balancer is not None:
        expected = balancer.canonical_hosted_zone_id
    if not expected or not zone_id or expected == zone_id:
        return None
    return refused(
        None,
        Reason.DNS_ALIAS_MISMATCH,
        zone.zone_id,
        "PHZ-04",
        f"the alias of {target} names hosted zone {zone_id}, and the target's zone is {expected}",
        verdict=Verdict.INVALID,
    )


def _alias_outcome(query: Query, zone: Zone, target: str) -> Outcome:
    snapshot = query.snapshot
    name = public_names(snapshot).get(target)
    if name is not None:
        endpoint = snapshot.facts.vpc_endpoints[name.endpoint_id]
        return answer_from_endpoint(query, endpoint, name.zone_name, answered_by=zone.zone_id, rule="PHZ-04")
    balancer = load_balancers_by_name(snapshot).get(target)
    if balancer is not None:
        return answer_from_load_balancer(query, balancer)
    if target in custom_domain_targets(snapshot):
        step = passing(PUBLIC, "PHZ-04", f"{target} is a public custom domain name of API Gateway", chosen=target)
        return answered(step, records=(), target=PUBLIC)
    fact = "ec2.describe_vpc_endpoints" if is_vpce_name(target) else "the alias's target"
    resource = "-".join(target.split("-")[:2]) if is_vpce_name(target) else target
    gap = Missing(fact=fact, resource=resource, why="not in the source")
    return undecided(zone.zone_id, "PHZ-04", f"nothing in the source is called {target}", (gap,))


@index
def custom_domain_targets(snapshot: Snapshot) -> frozenset[str]:
    """Names that public custom domain names of API Gateway are aliases of."""
    return frozenset(
        normalise(name)
        for domain in snapshot.facts.domain_names.values()
        for name in (domain.regional_domain_name, domain.distribution_domain_name)
        if name
    )


def _by_policy(answers: _Answers, record_sets: tuple[ResourceRecordSet, ...], region: str | None) -> Outcome:
    """Choose between record sets of one name and type by their routing policy (PHZ-11)."""
    if len(record_sets) == 1:
        return answers.of(record_sets[0])
    if any(each.failover for each in record_sets):
        return _failover(answers, record_sets)
    if all(each.weight is not None for each in record_sets):
        # Route 53 never picks weight 0 unless every weight is 0.
        live = [each for each in record_sets if each.weight] or list(record_sets)
        return _in_turn(answers, live)
    if all(each.multi_value_answer for each in record_sets):
        return _in_turn(answers, record_sets)
    local = [each for each in record_sets if each.region is not None and each.region == region]
    if local:
        return answers.of(local[0])
    return any_of(
        [answers.of(each) for each in record_sets],
        Reason.DNS_RECORDS_DIFFER,
        answers.zone.zone_id,
        "PHZ-11",
        f"the record sets of {answers.query.name} differ, and the asker's place chooses between them",
    )


def _in_turn(answers: _Answers, record_sets: Sequence[ResourceRecordSet]) -> Outcome:
    """Sets that all come up sooner or later: every address counts as an answer."""
    outcomes = [answers.of(each) for each in record_sets]
    first = outcomes[0]
    if any(each.verdict is not Verdict.ALLOWED or each.chain for each in outcomes):
        return any_of(
            outcomes,
            Reason.DNS_RECORDS_DIFFER,
            answers.zone.zone_id,
            "PHZ-11",
            f"the record sets of {answers.query.name} differ and are given out in turn",
        )
    targets = {each.target for each in outcomes}
    return change(
        first,
        addresses=tuple(dict.fromkeys(text for each in outcomes for text in each.addresses)),
        records=tuple(dict.fromkeys(text for each in outcomes for text in each.records)),
        target=first.target if len(targets) == 1 else answers.query.name,
        steps=tuple(step for each in outcomes for step in each.steps),
    )


def _failover(answers: _Answers, record_sets: tuple[ResourceRecordSet, ...]) -> Outcome:
    """The primary, unless its health check can fail: that state is no fact of the estate."""
    ordered = sorted(record_sets, key=lambda each: each.failover != "PRIMARY")
    primary = ordered[0]
    outcomes = [answers.of(each) for each in ordered]
    watched = primary.health_check_id or (
        primary.alias_target is not None and primary.alias_target.evaluate_target_health
    )
    if primary.failover == "PRIMARY" and not watched:
        return outcomes[0]
    gap = Missing(
        fact="route53.get_health_check_status", resource=primary.health_check_id, why="health is not collected"
    )
    return doubted(
        outcomes,
        (gap,),
        answers.zone.zone_id,
        "PHZ-11",
        f"the health of the primary record set of {answers.query.name} decides, and nobody knows it",
    )

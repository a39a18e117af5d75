"""The best match of a view for a name, and the answer of what stands behind it (RSLV-03 to RSLV-06)."""

from narrowgate.engine.dns.choice import Level, levels, tie
from narrowgate.engine.dns.ec2_names import answer_autodefined
from narrowgate.engine.dns.endpoint_names import (
    answer_from_endpoint,
    holds_name,
    is_execute_api,
    is_inbound_only,
    is_vpce_name,
    private_names,
)
from narrowgate.engine.dns.forwarding import answer_from_delegation, answer_from_rule, delegating_rules
from narrowgate.engine.dns.near_misses import with_near_miss
from narrowgate.engine.dns.outcome import Outcome, Query, change, doubted, passing, refused, undecided
from narrowgate.engine.dns.public import answer_publicly
from narrowgate.engine.dns.public_dns import Ask
from narrowgate.engine.dns.record_answer import Chase, Redirect, answer_from_zone
from narrowgate.engine.dns.view import Candidate, Kind, View
from narrowgate.engine.dns.zones import delegation_of, zone_contents
from narrowgate.engine.http.names import parse_api_name
from narrowgate.model.answer import Considered, Missing, Rcode, Step, Verdict
from narrowgate.model.reason import Reason

_COMPLETE = frozenset({Rcode.NOERROR, Rcode.NODATA, Rcode.NXDOMAIN})


class Search:
    """One question to one view, past the firewall."""

    def __init__(self, query: Query, view: View, from_outside: bool, ask: Ask, chase: Chase) -> None:
        """Take the question, the view, and how to go on from there.

        Args:
            query: the question.
            view: the view of the VPC that received it.
            from_outside: it came through an inbound endpoint.
            ask: asks other resolvers and servers.
            chase: follows a CNAME in this view.
        """
        self.query = query
        self.view = view
        self.from_outside = from_outside
        self.ask = ask
        self.chase = chase
        self.every = levels(query, view)

    def answer(self) -> Outcome:
        """The answer, with a warning for all that looks as if it counted here and does not."""
        found = self._from(0, no_rules=False)
        view = self.view
        if not view.ignored:
            return found
        texts = [text for domain, text in view.ignored if domain == "" or self._is_below(domain)]
        return found.after(warnings=texts) if texts else found

    def _is_below(self, domain: str) -> bool:
        return self.query.name == domain or self.query.name.endswith("." + domain)

    def _from(self, start: int, *, no_rules: bool) -> Outcome:
        """The answer from the most specific domain on (RSLV-03), without rules after a SYSTEM rule (RSLV-06)."""
        for position in range(start, len(self.every)):
            level = self.every[position]
            candidates = tuple([each for each in level.candidates if self._counts(each, no_rules)])
            if not candidates:
                continue
            found = self._at(position, candidates)
            sure = tuple([each for each in candidates if not each.doubts])
            if len(sure) < len(candidates):
                without = self._at(position, sure) if sure else self._from(position + 1, no_rules=no_rules)
                found = self._in_doubt(candidates, found, without)
            return self._noting_gaps(level, found)
        public = answer_publicly(self.query, self.chase)
        return self._noting_gaps(None, with_near_miss(self.query, self.view, self.from_outside, public))

    def _counts(self, candidate: Candidate, no_rules: bool) -> bool:
        if candidate.inbound_only and not self.from_outside:
            return False
        return not (no_rules and candidate.kind.is_rule)

    def _in_doubt(self, candidates: tuple[Candidate, ...], found: Outcome, without: Outcome) -> Outcome:
        """The answer with and without what may not count."""
        doubts = [fact for each in candidates for fact in each.doubts]
        names = ", ".join(each.resource_id for each in candidates if each.doubts)
        text = f"whether {names} counts for {self.query.name} in {self.view.vpc_id} is not known"
        return doubted((found, without), doubts, self.view.vpc_id, "RSLV-01", text)

    def _noting_gaps(self, level: Level | None, found: Outcome) -> Outcome:
        """Lists that nobody collected could hold something more specific, or a rule that wins the tie."""
        view, name = self.view, self.query.name
        if not (view.missing_rules or view.missing_zones or view.missing_endpoints):
            return found
        is_exact = level is not None and level.domain == name
        local = (
            {each.kind for each in level.candidates if not each.profile_id and not each.doubts} if level else set()
        )
        if is_exact and local & {Kind.FORWARD, Kind.SYSTEM}:
            # RSLV-04 and RSLV-10: nothing is more specific, wins the tie, or could stand beside it.
            return found
        gaps = list(view.missing_rules)
        if not (is_exact and local & {Kind.ZONE, Kind.MANAGED}):
            gaps += view.missing_zones
            if not (is_vpce_name(name) or name.endswith(".arpa")):
                gaps += view.missing_endpoints
        if not gaps:
            return found
        text = f"what else covers {name} in {view.vpc_id} is not known"
        other = undecided(view.vpc_id, "RSLV-03", text, gaps)
        return doubted((found, other), gaps, view.vpc_id, "RSLV-03", text)

    def _at(self, position: int, candidates: tuple[Candidate, ...]) -> Outcome:
        """What answers at one domain: custom rule, zone, autodefined rule, in this order (RSLV-04)."""
        return tie(self.view.vpc_id, candidates, lambda each: self._behind(position, each))

    def _behind(self, position: int, chosen: Candidate) -> Outcome:
        step = self._selection(position, chosen)
        if chosen.kind is Kind.SYSTEM:
            return self._from(position, no_rules=True).after(step)
        if chosen.kind is Kind.FORWARD:
            found = answer_from_rule(self.query, chosen.resource_id, self.view.vpc_id, self.ask, self._settle)
        elif chosen.kind is Kind.ZONE:
            found = self._zone(chosen)
        elif chosen.kind is Kind.MANAGED:
            found = self._managed(chosen)
        else:
            found = answer_autodefined(self.query, self.view.vpc_id, self.view.region)
        return found.after(step)

    def _selection(self, position: int, chosen: Candidate) -> Step:
        """The step that says what was chosen and what was passed over."""
        named = _named(chosen)
        passed_over = [
            Considered(item=_named(each), outcome="rejected", why="the same name, and a custom rule or zone wins")
            for each in self.every[position].candidates
            if each is not chosen and each != chosen
        ]
        passed_over += [
            Considered(item=_named(each), outcome="rejected", why="less specific")
            for other in self.every[position + 1 :]
            for each in other.candidates
        ]
        return passing(
            chosen.resource_id,
            "RSLV-06" if chosen.kind is Kind.SYSTEM else "RSLV-03" if passed_over else "RSLV-02",
            f"in {self.view.vpc_id} the {named} covers {self.query.name}",
            chosen=chosen.resource_id,
            considered=(Considered(item=named, outcome="chosen", why="most labels"), *passed_over),
        )

    def _settle(self, found: Outcome) -> Outcome:
        """Look up again in this view what a forwarded answer redirects to (RSLV-11)."""
        if not found.chain or found.rcode not in _COMPLETE:
            return found
        target = found.chain[0]
        step = passing(
            self.view.vpc_id,
            "RSLV-11",
            f"the answer redirects {self.query.name} to {target}, which {self.view.vpc_id} looks up itself",
            chosen=target,
        )
        settled = self.chase(self.query, Redirect(target, found.records[0], step)).after(*found.steps)
        # Who forwards sees a CNAME and cannot know that the far side's firewall made it (FW-03).
        return change(settled, blocked=found.blocked) if found.blocked is not None else settled

    def _zone(self, chosen: Candidate) -> Outcome:
        """A private hosted zone, and where a DELEGATE rule covers its NS records, what they name (RSLV-14)."""
        query, view = self.query, self.view
        zone = zone_contents(query.snapshot, chosen.resource_id)
        if isinstance(zone, Missing):
            text = f"the records of zone {chosen.resource_id} are not known"
            return undecided(chosen.resource_id, "PHZ-01", text, (zone,))
        below = delegation_of(zone, query.name) if view.delegations else None
        if below is not None:
            rules = delegating_rules(below.servers, [(each.domain, each.resource_id) for each in view.delegations])
            if rules:
                onward = query.redirected(f"delegation in {zone.zone_id}", query.name)
                return answer_from_delegation(onward, rules[0], below, view.vpc_id, self.ask, self._settle)
        return answer_from_zone(query, zone, view.region, self.chase)

    def _managed(self, chosen: Candidate) -> Outcome:
        """The hidden zone of an endpoint: its names, its wildcard if it has one, nothing else (VPCE-DNS-05)."""
        endpoint = self.query.snapshot.facts.vpc_endpoints[chosen.resource_id]
        name = self.query.name
        if is_inbound_only(endpoint) and is_execute_api(endpoint):
            text = f"{chosen.resource_id} has private DNS for inbound questions only: not for execute-api"
            reason = Reason.DNS_INBOUND_ONLY_NOT_OFFERED
            return refused(None, reason, chosen.resource_id, "VPCE-DNS-09", text, verdict=Verdict.INVALID)
        if holds_name(endpoint, chosen.domain, name):
            rule = "VPCE-DNS-04" if name in (private_names(endpoint) or ()) else "VPCE-DNS-05"
            found = answer_from_endpoint(self.query, endpoint, None, answered_by=chosen.resource_id, rule=rule)
            return found.after(warnings=_captured(name, chosen.resource_id))
        text = f"the private DNS of {chosen.resource_id} has no {name}"
        if name == chosen.domain:
            return refused(Rcode.NODATA, Reason.DNS_NO_RECORD_OF_TYPE, chosen.resource_id, "RSLV-05", text)
        return refused(Rcode.NXDOMAIN, Reason.DNS_NAME_NOT_FOUND, chosen.resource_id, "RSLV-05", text)


def _captured(name: str, endpoint_id: str) -> tuple[str, ...]:
    """A warning where the alias name of one endpoint leads to another, which policies then see (VPCE-DNS-06)."""
    parsed = parse_api_name(name)
    meant = parsed.vpc_endpoint_id if parsed is not None else None
    if meant is None or meant == endpoint_id:
        return ()
    return (f"{name} names {meant}, and leads to {endpoint_id}, whose private DNS takes it here (VPCE-DNS-06)",)


def _named(candidate: Candidate) -> str:
    via = f" of Profile {candidate.profile_id}" if candidate.profile_id else ""
    return f"{candidate.kind.value} {candidate.resource_id}{via} for {candidate.domain or '.'}"

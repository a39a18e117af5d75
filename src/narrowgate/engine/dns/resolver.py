"""One VPC's resolver: firewall, then the best match of its view, then what stands behind that match (section 0)."""

from narrowgate.engine.dns.choice import Level, levels, tie
from narrowgate.engine.dns.ec2_names import answer_autodefined
from narrowgate.engine.dns.endpoint_names import answer_from_endpoint, private_names
from narrowgate.engine.dns.firewall import UNKNOWN_RULE, Decision, blocked, decisions, outage
from narrowgate.engine.dns.forwarding import answer_from_delegation, answer_from_rule
from narrowgate.engine.dns.outcome import Outcome, Query, change, doubted, passing, refused, undecided
from narrowgate.engine.dns.public import answer_publicly
from narrowgate.engine.dns.record_answer import Redirect, answer_from_zone
from narrowgate.engine.dns.servers import INBOUND
from narrowgate.engine.dns.view import Candidate, Kind, View, view_of
from narrowgate.engine.dns.zones import delegation_of, zone_contents
from narrowgate.model.answer import Considered, Missing, Rcode, Verdict
from narrowgate.model.domain import normalise
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index


@index
def _kept(snapshot: Snapshot) -> dict[tuple[str, str, str, bool], Outcome]:
    """Answers by VPC, name, type and whether the question came through an inbound endpoint."""
    return {}


def ask_resolver(query: Query, vpc_id: str) -> Outcome:
    """What the resolver of a VPC answers, whoever sent the question there (DNS-09, IN-01)."""
    place = f"resolver of {vpc_id}"
    if (place, query.name) in query.trail:
        told = refused(
            Rcode.SERVFAIL,
            Reason.DNS_FORWARD_LOOP,
            vpc_id,
            "RSLV-15",
            f"the question for {query.name} comes back to the resolver of {vpc_id}: it is forwarded in a circle",
        )
        return change(told, is_provisional=True)
    from_outside = bool(query.trail) and query.trail[-1][0].startswith(INBOUND)
    key = (vpc_id, query.name, query.type, from_outside)
    kept = _kept(query.snapshot)
    found = kept.get(key)
    if found is None:
        found = _Resolver(view_of(query.snapshot, vpc_id), from_outside).answer(query.passed(place))
        if not found.is_provisional:
            kept[key] = found
    return found


class _Resolver:
    """A question to one VPC's resolver."""

    def __init__(self, view: View, from_outside: bool) -> None:
        self.view = view
        self.from_outside = from_outside

    def answer(self, query: Query) -> Outcome:
        """The answer, with the VPC's DNS support and firewall in front (DNS-04, FW-01)."""
        vpc_id = self.view.vpc_id
        silent = refused(
            Rcode.TIMEOUT,
            Reason.DNS_SUPPORT_DISABLED,
            vpc_id,
            "DNS-04",
            f"enableDnsSupport of {vpc_id} is off: its resolver gives no service",
            evidence=(query.snapshot.evidence(vpc_id, "enableDnsSupport", "false"),),
        )
        if self.view.support is False:
            return silent
        found = self._through_firewall(query, is_redirect=False)
        if isinstance(self.view.support, Missing):
            text = f"whether the resolver of {vpc_id} is on is not known"
            return doubted((found, silent), (self.view.support,), vpc_id, "DNS-04", text)
        return found

    def _through_firewall(self, query: Query, *, is_redirect: bool) -> Outcome:
        firewall = self.view.firewall
        down = outage(query, firewall)
        if down is not None:
            if down.verdict is not Verdict.ALLOWED:
                return down
            return self._best(query, trusts=True).after(*down.steps)
        if not firewall.groups and not firewall.missing:
            return self._best(query, trusts=False)
        possible = decisions(query, firewall, is_redirect=is_redirect)
        outcomes = [self._after_decision(query, each) for each in reversed(possible)]
        doubts = [fact for each in possible for fact in each.doubts]
        if firewall.missing:
            text = f"which firewall groups filter {self.view.vpc_id} is not known"
            outcomes.append(undecided(self.view.vpc_id, "FW-01", text, firewall.missing))
            doubts += firewall.missing
        if len(outcomes) == 1:
            return outcomes[0]
        text = f"whether DNS Firewall lets {query.name} pass is not known"
        return doubted(outcomes, doubts, self.view.vpc_id, "FW-02", text)

    def _after_decision(self, query: Query, decision: Decision) -> Outcome:
        rule = decision.rule
        if rule is UNKNOWN_RULE or decision.blocks:
            told = blocked(query, decision, self.view.vpc_id)
            if told.verdict is Verdict.ALLOWED and told.records and query.type in ("A", "AAAA"):
                return self._overridden(query, told)
            return told
        found = self._best(query, trusts=decision.trusts_redirection)
        if rule is None:
            return found
        text = (
            f"DNS Firewall group {decision.group_id} lets {query.name} pass ({rule.action}, rule {rule.priority})"
        )
        return found.after(passing(decision.group_id, "FW-03", text, chosen=rule.action))

    def _overridden(self, query: Query, told: Outcome) -> Outcome:
        """An OVERRIDE is a CNAME: the client's question goes on with its target (FW-03)."""
        target = normalise(told.target or "")
        place = (f"override in {self.view.vpc_id}", target)
        if not target or place in query.trail:
            return told
        onward = self._best(query._replace(name=target, trail=(*query.trail, place)), trusts=True)
        return change(
            told,
            addresses=onward.addresses,
            records=(*told.records, *onward.records),
            chain=(target, *onward.chain),
            steps=(*told.steps, *onward.steps),
            unknowns=onward.unknowns,
        )

    def _best(self, query: Query, *, trusts: bool) -> Outcome:
        """The answer of the view, past the firewall."""
        every = levels(query, self.view)
        found = self._from_levels(query, every, 0, trusts=trusts, system=False)
        ignored = [text for level in every for text in self.view.ignored.get(level.domain, ())]
        return found.after(warnings=ignored) if ignored else found

    def _from_levels(
        self, query: Query, every: tuple[Level, ...], start: int, *, trusts: bool, system: bool
    ) -> Outcome:
        """The answer from the most specific domain on (RSLV-03); `system` after a SYSTEM rule (RSLV-06)."""
        for position in range(start, len(every)):
            level = every[position]
            candidates = tuple(
                each
                for each in level.candidates
                if not (system and each.kind.is_rule) and not (each.inbound_only and not self.from_outside)
            )
            if not candidates:
                continue
            sure = tuple(each for each in candidates if not each.doubts)
            found = self._at(query, level, candidates, every, position, trusts=trusts)
            if len(sure) < len(candidates):
                found = self._with_doubts(
                    query, level, (candidates, sure), every, position, (found, trusts, system)
                )
            return self._noting_gaps(query, level, found, every)
        public = answer_publicly(query, self._chase(trusts))
        return self._noting_gaps(query, None, public, every)

    def _with_doubts(
        self,
        query: Query,
        level: Level,
        groups: tuple[tuple[Candidate, ...], tuple[Candidate, ...]],
        every: tuple[Level, ...],
        position: int,
        state: tuple[Outcome, bool, bool],
    ) -> Outcome:
        """The answer with and without what may not count there."""
        candidates, sure = groups
        found, trusts, system = state
        if sure:
            without = self._at(query, level, sure, every, position, trusts=trusts)
        else:
            without = self._from_levels(query, every, position + 1, trusts=trusts, system=system)
        doubts = [fact for each in candidates for fact in each.doubts]
        names = ", ".join(each.resource_id for each in candidates if each.doubts)
        text = f"whether {names} counts for {query.name} in {self.view.vpc_id} is not known"
        return doubted((found, without), doubts, self.view.vpc_id, "RSLV-01", text)

    def _noting_gaps(self, query: Query, level: Level | None, found: Outcome, every: tuple[Level, ...]) -> Outcome:
        """Lists that nobody collected could hold something more specific, or a rule that wins the tie."""
        view = self.view
        is_exact = level is not None and level.domain == query.name
        kinds = {each.kind for each in level.candidates} if level is not None else set()
        gaps: list[Missing] = []
        if not (is_exact and kinds & {Kind.FORWARD, Kind.SYSTEM}):
            gaps += view.missing_rules
            if not (is_exact and kinds & {Kind.ZONE, Kind.MANAGED}):
                gaps += view.missing_zones
                gaps += view.missing_endpoints
        if not gaps:
            return found
        # Whatever the missing list could hold, the answer could be anything else.
        other = undecided(
            view.vpc_id, "RSLV-03", f"what else covers {query.name} in {view.vpc_id} is not known", gaps
        )
        return doubted((found, other), gaps, view.vpc_id, "RSLV-03", other.steps[0].text)

    def _at(
        self,
        query: Query,
        level: Level,
        candidates: tuple[Candidate, ...],
        every: tuple[Level, ...],
        position: int,
        *,
        trusts: bool,
    ) -> Outcome:
        """What answers at one domain: custom rule, zone, autodefined rule, in this order (RSLV-04)."""
        considered = tuple(
            Considered(
                item=f"{each.kind.value} {each.resource_id} for {each.domain or '.'}",
                outcome="rejected",
                why="less specific",
            )
            for other in every[position + 1 :]
            for each in other.candidates
        )
        return tie(
            query,
            self.view.vpc_id,
            candidates,
            lambda each: self._behind(query, each, every, position, considered, trusts=trusts),
        )

    def _behind(
        self,
        query: Query,
        chosen: Candidate,
        every: tuple[Level, ...],
        position: int,
        considered: tuple[Considered, ...],
        *,
        trusts: bool,
    ) -> Outcome:
        domain = chosen.domain or "."
        via = f" (Profile {chosen.profile_id})" if chosen.profile_id else ""
        step = passing(
            chosen.resource_id,
            "RSLV-03" if considered else "RSLV-02",
            f"in {self.view.vpc_id} the {chosen.kind.value} {chosen.resource_id} for {domain}{via} covers {query.name}",
            chosen=chosen.resource_id,
            considered=considered,
        )
        if chosen.kind is Kind.SYSTEM:
            onward = self._from_levels(query, every, position, trusts=trusts, system=True)
            return onward.after(step)
        if chosen.kind is Kind.FORWARD:
            return answer_from_rule(query, chosen.resource_id, self.view.vpc_id, ask_resolver).after(step)
        if chosen.kind is Kind.ZONE:
            return self._zone(query, chosen, trusts=trusts).after(step)
        if chosen.kind is Kind.MANAGED:
            return self._managed(query, chosen).after(step)
        return answer_autodefined(query, self.view.vpc_id, self.view.region).after(step)

    def _zone(self, query: Query, chosen: Candidate, *, trusts: bool) -> Outcome:
        zone = zone_contents(query.snapshot, chosen.resource_id)
        if isinstance(zone, Missing):
            text = f"the records of zone {chosen.resource_id} are not known"
            return undecided(chosen.resource_id, "PHZ-01", text, (zone,))
        chase = self._chase(trusts)
        if self.view.delegations:
            below = delegation_of(zone, query.name)
            if below is not None:
                return answer_from_delegation(query, self.view, below, ask_resolver)
        return answer_from_zone(query, zone, self.view.region, chase)

    def _managed(self, query: Query, chosen: Candidate) -> Outcome:
        """The hidden zone of an endpoint: its names, its wildcard if it has one, nothing else (VPCE-DNS-05)."""
        endpoint = query.snapshot.facts.vpc_endpoints[chosen.resource_id]
        names = private_names(endpoint) or ()
        if query.name in names or f"*.{chosen.domain}" in names:
            rule = "VPCE-DNS-04" if query.name in names else "VPCE-DNS-05"
            return answer_from_endpoint(query, endpoint, None, answered_by=chosen.resource_id, rule=rule)
        return refused(
            Rcode.NXDOMAIN,
            Reason.DNS_NAME_NOT_FOUND,
            chosen.resource_id,
            "RSLV-05",
            f"the private DNS of {chosen.resource_id} has no {query.name}",
        )

    def _chase(self, trusts: bool) -> "_Chase":
        return _Chase(self, trusts)


class _Chase:
    """Follows a CNAME in the same view (RSLV-11); DNS Firewall looks at the target too unless told not to (FW-05)."""

    def __init__(self, resolver: _Resolver, trusts: bool) -> None:
        self.resolver = resolver
        self.trusts = trusts

    def __call__(self, query: Query, redirect: Redirect) -> Outcome:
        vpc_id = self.resolver.view.vpc_id
        place = (f"CNAME in {vpc_id}", redirect.target)
        if place in query.trail:
            told = refused(
                Rcode.SERVFAIL,
                Reason.DNS_CNAME_LOOP,
                vpc_id,
                "RSLV-11",
                f"the CNAME records of {query.name} lead back to {redirect.target}",
            )
            return change(told.after(redirect.step), is_provisional=True)
        onward = query._replace(name=redirect.target, trail=(*query.trail, place))
        if self.trusts:
            found = self.resolver._best(onward, trusts=True)
        else:
            found = self.resolver._through_firewall(onward, is_redirect=True)
        return change(
            found,
            records=(redirect.record, *found.records),
            chain=(redirect.target, *found.chain),
            steps=(redirect.step, *found.steps),
        )

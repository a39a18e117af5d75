"""FORWARD and DELEGATE rules: outbound endpoint, the way to each target, and what the targets answer (OUT-*)."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from narrowgate.engine.dns.outbound import OutboundHosts, outbound_hosts
from narrowgate.engine.dns.outcome import Outcome, Query, any_of, change, doubted, passing, refused, undecided
from narrowgate.engine.dns.public_dns import Ask
from narrowgate.engine.dns.servers import Door, Knock, answer_at, knock, path_causes
from narrowgate.engine.dns.zones import Delegation
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.model.address import is_address, parse_address
from narrowgate.model.answer import Cause, Leg, Missing, Rcode, Step, Verdict, cause_of, spread
from narrowgate.model.domain import is_in_domain
from narrowgate.model.host import Host
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import ResolverRule
from narrowgate.model.snapshot import Snapshot, index

_HTTPS = frozenset({"DOH", "DOH-FIPS"})
_FAILED = frozenset({Rcode.SERVFAIL, Rcode.TIMEOUT})
# From the way that serves best to the one that serves for certain not at all.
_BEST_FIRST = (Verdict.ALLOWED, Verdict.PARTIAL, Verdict.INDETERMINATE, Verdict.UNKNOWN)

Settle = Callable[[Outcome], Outcome]
"""Looks up the target of a CNAME that came back in the view that forwarded (RSLV-11)."""


@index
def _kept(snapshot: Snapshot) -> dict[tuple[object, ...], Outcome]:
    """What a rule's targets brought back, by name and type."""
    return {}


class Trial(NamedTuple):
    """One target: the way to it from each outbound address, and what it answers to a question that arrives."""

    door: Door
    knocks: tuple[tuple[Host, Knock], ...]
    outcome: Outcome | None
    """None where no question arrives for certain."""

    @property
    def speaks(self) -> bool:
        """False where for certain nothing but silence or SERVFAIL comes back."""
        found = self.outcome
        return found is not None and not (
            found.verdict in (Verdict.DENIED, Verdict.INVALID) and found.rcode in _FAILED
        )

    def way(self, host: Host) -> Verdict:
        """Whether one outbound address hears this target."""
        return next(each.udp.verdict for sender, each in self.knocks if sender == host)


def answer_from_rule(query: Query, rule_id: str, view_vpc: str, ask: Ask, settle: Settle) -> Outcome:
    """What forwarding by a rule brings back: any target's answer is final (RSLV-05, OUT-03, OUT-04).

    Args:
        query: the question.
        rule_id: the FORWARD rule.
        view_vpc: the VPC whose resolver forwards.
        ask: asks a VPC's resolver or an own server, for targets that are one.
        settle: follows the CNAME in an answer.
    """
    rule = query.snapshot.facts.resolver_rules[rule_id]
    doors = _doors(query.snapshot, rule)
    if not doors:
        gap = Missing(fact="ResolverRule.TargetIps", resource=rule_id)
        return undecided(rule_id, "OUT-03", f"rule {rule_id} shows no targets", (gap,))
    loop = _direct_loop(query.snapshot, rule, view_vpc, doors)
    return loop if loop is not None else _ask_targets(query, rule, doors, ask, settle)


@index
def _doors_by_rule(snapshot: Snapshot) -> dict[str, tuple[Door, ...]]:
    """Filled as rules are asked for."""
    return {}


def _doors(snapshot: Snapshot, rule: ResolverRule) -> tuple[Door, ...]:
    cache = _doors_by_rule(snapshot)
    if rule.id not in cache:
        found = (_door(each.ip or each.ipv6, each.port, each.protocol) for each in rule.target_ips)
        cache[rule.id] = tuple(door for door in found if door is not None)
    return cache[rule.id]


def _door(text: str | None, port: int, protocol: str) -> Door | None:
    if text is None or not is_address(text):
        return None
    is_https = protocol.upper() in _HTTPS
    return Door(parse_address(text), 443 if is_https and port == 53 else port, is_https)


def _direct_loop(snapshot: Snapshot, rule: ResolverRule, view_vpc: str, doors: tuple[Door, ...]) -> Outcome | None:
    """AWS refuses to associate a rule with the VPC whose own inbound endpoint is its target (RSLV-15)."""
    here = interfaces_of_vpc(snapshot, view_vpc)
    for door in doors:
        known = here.get(door.address)
        if known is None:
            continue
        endpoint = snapshot.facts.resolver_endpoints.get(known.resolver_endpoint_id or "")
        if endpoint is not None and endpoint.direction.startswith("INBOUND"):
            return refused(
                Rcode.SERVFAIL,
                Reason.DNS_FORWARD_LOOP,
                rule.id,
                "RSLV-15",
                f"rule {rule.id} is associated with {view_vpc}, whose own inbound endpoint {endpoint.id} is its "
                f"target {door.address}: AWS refuses that (RSLVR-00804)",
                verdict=Verdict.INVALID,
            )
    return None


def answer_from_delegation(
    query: Query, rule_id: str, below: Delegation, view_vpc: str, ask: Ask, settle: Settle
) -> Outcome:
    """Ask the name servers that a zone's NS records name, by a DELEGATE rule's outbound endpoint (RSLV-14)."""
    domain, servers = below.domain, below.servers
    rule = query.snapshot.facts.resolver_rules[rule_id]
    step = passing(
        rule_id,
        "RSLV-14",
        f"{domain} is delegated to {', '.join(servers)}, and DELEGATE rule {rule_id} covers these name servers",
        chosen=rule_id,
    )
    addresses: list[str] = []
    gaps: list[Missing] = []
    for server in servers:
        addresses += below.glue[server]
        if not below.glue[server] and not is_in_domain(server, domain):
            # Name servers outside the delegated domain are looked up; those inside have glue or no address.
            found = ask.resolver(
                query.redirected(f"name servers of {domain}", server)._replace(type="A"), view_vpc
            )
            addresses += found.addresses
            gaps += found.unknowns
    if not addresses:
        gap = Missing(fact="addresses of the name servers", resource=domain, why="no glue and no record tells")
        text = f"where the name servers of {domain} are is not known"
        return undecided(rule_id, "RSLV-14", text, (gap, *gaps)).after(step)
    doors = tuple(Door(parse_address(text)) for text in dict.fromkeys(addresses))
    return _ask_targets(query, rule, doors, ask, settle).after(step)


def delegating_rules(servers: Iterable[str], delegations: Iterable[tuple[str, str]]) -> list[str]:
    """DELEGATE rules (delegation record, id) that cover one of the name servers."""
    return [own for domain, own in delegations if any(is_in_domain(server, domain) for server in servers)]


def _ask_targets(query: Query, rule: ResolverRule, doors: tuple[Door, ...], ask: Ask, settle: Settle) -> Outcome:
    kept = _kept(query.snapshot)
    key = (rule.id, doors, query.name, query.type)
    if key in kept:
        return kept[key]
    hosts = outbound_hosts(query.snapshot, rule)
    if isinstance(hosts, Outcome):
        return hosts
    trials = [_try(query, door, hosts.hosts, ask) for door in doors]
    redirects = any(each.outcome is not None and each.outcome.chain for each in trials)
    if redirects:
        trials = [each if each.outcome is None else each._replace(outcome=settle(each.outcome)) for each in trials]
    found = _in_doubt(rule, trials, hosts, _join(query, rule, trials, hosts.hosts))
    if not redirects and not found.is_provisional:
        # OUT-05: what comes back does not depend on the VPC whose resolver forwards.
        kept[key] = found
    return found


def _in_doubt(rule: ResolverRule, trials: Sequence[Trial], hosts: OutboundHosts, found: Outcome) -> Outcome:
    if hosts.doubts and found.verdict is not Verdict.DENIED:
        text = f"whether {rule.resolver_endpoint_id} lets the question out is not known"
        nobody = _nobody(rule, trials)
        return doubted((found, nobody), hosts.doubts, rule.resolver_endpoint_id, "OUT-02", text)
    return found


def _try(query: Query, door: Door, senders: Sequence[Host], ask: Ask) -> Trial:
    """Knock from every outbound address: Resolver sends from any of them (OUT-01)."""
    knocks = tuple((host, knock(query.snapshot, host, door)) for host in senders)
    for wanted in _BEST_FIRST:
        for host, tried in knocks:
            if tried.udp.verdict is wanted:
                step = passing(
                    host.label,
                    "OUT-01",
                    f"the question leaves from {host.label} to {door.address} port {door.port}",
                    chosen=str(door.address),
                )
                found = answer_at(query, host, door, tried.udp, ask)
                return Trial(door, knocks, found.after(step, *_steps(tried)))
    return Trial(door, knocks, None)


def _steps(tried: Knock) -> tuple[Step, ...]:
    return (*tried.udp.forward, *tried.udp.back)


def _join(query: Query, rule: ResolverRule, trials: Sequence[Trial], hosts: Sequence[Host]) -> Outcome:
    """One answer of all targets: one is picked at random, and another when it is silent (OUT-03)."""
    speaking = [each for each in trials if each.speaks]
    nobody = _nobody(rule, trials)
    ways = [_best(each.way(host) for each in speaking) for host in hosts]
    way = spread(ways) if ways else Verdict.DENIED
    if not speaking or way is Verdict.DENIED:
        return nobody
    text = f"the targets of {rule.id} answer differently, and Resolver picks one at random"
    outcomes = [each.outcome for each in speaking if each.outcome is not None]
    found = any_of(outcomes, Reason.DNS_TARGETS_DISAGREE, rule.id, "OUT-03", text)
    found = found.after(warnings=_warnings(rule, trials))
    if any(each.outcome is not None and each.outcome.is_provisional for each in trials):
        # A target that was silent because of a loop may speak to a question that comes another way.
        found = change(found, is_provisional=True)
    if way is Verdict.UNKNOWN:
        gaps = [fact for each in speaking for _, tried in each.knocks for fact in tried.udp.unknowns]
        text = f"whether the targets of {rule.id} are reached is not known"
        return doubted((found, nobody), gaps, rule.id, "OUT-03", text)
    if way is Verdict.ALLOWED:
        return found
    if found.verdict is not Verdict.ALLOWED:
        # Refused by whoever hears the question, unanswered by the others: it fails, and with no one code.
        return change(found, rcode=None) if found.rcode is not Rcode.SERVFAIL else found
    return _sometimes(rule, found, trials, way)


def _best(ways: Iterable[Verdict]) -> Verdict:
    seen = set(ways)
    return next((verdict for verdict in _BEST_FIRST if verdict in seen), Verdict.DENIED)


def _sometimes(rule: ResolverRule, found: Outcome, trials: Sequence[Trial], way: Verdict) -> Outcome:
    """Some outbound addresses hear no target, or not on every port: those lookups fail."""
    step = Step(
        layer="dns",
        component=rule.id,
        verdict=way,
        text=f"some questions that {rule.id} forwards are not answered: not every outbound address hears a target",
        reason=Reason.DNS_FORWARD_PARTIAL,
        rule="OUT-03",
    )
    cause = cause_of(step)
    causes = (*_causes(trials), *((cause,) if cause else ()))
    return change(found, verdict=way, blocking=tuple(dict.fromkeys(causes)), steps=(*found.steps, step))


def _warnings(rule: ResolverRule, trials: Sequence[Trial]) -> tuple[str, ...]:
    found: list[str] = []
    for each in trials:
        if not each.speaks or all(way.udp.verdict is Verdict.DENIED for _, way in each.knocks):
            found.append(f"target {each.door.address} of {rule.id} never answers: some lookups are slow (OUT-03)")
            continue
        for host, tried in each.knocks:
            if tried.udp.verdict is not Verdict.ALLOWED:
                what = "gets no answer" if tried.udp.verdict is Verdict.DENIED else "may get no answer"
                found.append(f"{host.label} {what} from {each.door.address}: some lookups are slow (OUT-03)")
            found += tried.warnings
    return tuple(dict.fromkeys(found))


def _causes(trials: Sequence[Trial]) -> list[Cause]:
    """What cuts the ways: on the way there before the way back, as a packet meets them."""
    causes = [cause for each in trials for _, tried in each.knocks for cause in path_causes(tried.udp)]
    return sorted(causes, key=lambda cause: cause.leg is Leg.RETURN)


def _nobody(rule: ResolverRule, trials: Sequence[Trial]) -> Outcome:
    """No target answers: SERVFAIL, and no fall-back to zones or public DNS (OUT-04)."""
    addresses = ", ".join(str(each.door.address) for each in trials)
    told = refused(
        Rcode.SERVFAIL,
        Reason.DNS_FORWARD_UNREACHABLE,
        rule.id,
        "OUT-04",
        f"no target of {rule.id} answers ({addresses}): SERVFAIL, and nothing else is asked",
    )
    silent = [each.outcome for each in trials if each.outcome is not None and not each.speaks]
    is_refused = any(each.verdict is Verdict.INVALID for each in silent) or any(
        tried.udp.verdict is Verdict.INVALID for each in trials for _, tried in each.knocks
    )
    causes = [*_causes(trials), *(cause for each in silent for cause in each.blocking)]
    steps = silent[0].steps if silent else _steps(trials[0].knocks[0][1]) if trials[0].knocks else ()
    facts = [fact for each in trials for _, tried in each.knocks for fact in tried.udp.unknowns]
    return change(
        told,
        verdict=Verdict.INVALID if is_refused else told.verdict,
        steps=(*steps, *told.steps),
        blocking=tuple(dict.fromkeys((*causes, *told.blocking))),
        unknowns=tuple(dict.fromkeys(facts)),
        is_provisional=any(each.is_provisional for each in silent),
    )

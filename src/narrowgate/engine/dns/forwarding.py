"""FORWARD and DELEGATE rules: outbound endpoint, the way to each target, and what the targets answer (OUT-*)."""

from collections.abc import Sequence
from typing import NamedTuple

from narrowgate.engine.dns.outcome import Outcome, Query, any_of, change, passing, refused, undecided
from narrowgate.engine.dns.servers import Ask, Door, Knock, answer_at, endpoint_state, knock, path_causes
from narrowgate.engine.dns.view import View
from narrowgate.engine.network.interfaces import interfaces_of_vpc
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.answer import Cause, Leg, Missing, Rcode, Step, Verdict
from narrowgate.model.domain import is_in_domain
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import ResolverEndpoint, ResolverRule
from narrowgate.model.snapshot import Snapshot

_SILENT = (Rcode.SERVFAIL, Rcode.TIMEOUT)
_HTTPS = frozenset({"DOH", "DOH-FIPS"})


class Trial(NamedTuple):
    """One target: whether it is heard from each outbound address, and what it then answers."""

    door: Door
    knocks: tuple[tuple[Host, Knock], ...]
    outcome: Outcome | None
    """None where no outbound address gets through for certain."""

    @property
    def is_dead(self) -> bool:
        """True where no way there and back is open, whatever is not known."""
        return all(each.udp.verdict is Verdict.DENIED for _, each in self.knocks)

    @property
    def is_alive(self) -> bool:
        """True where every outbound address gets an answer, or some do (the others are tried again)."""
        return any(each.udp.verdict in (Verdict.ALLOWED, Verdict.PARTIAL) for _, each in self.knocks)


def answer_from_rule(query: Query, rule_id: str, view_vpc: str, ask: Ask) -> Outcome:
    """What forwarding by a rule brings back: any target's answer is final (RSLV-05, OUT-03, OUT-04).

    Args:
        query: the question.
        rule_id: the FORWARD rule.
        view_vpc: the VPC whose resolver forwards.
        ask: asks a VPC's resolver, for targets that are inbound endpoints.
    """
    snapshot = query.snapshot
    rule = snapshot.facts.resolver_rules[rule_id]
    doors = [door for each in rule.target_ips if (door := _door(each.ip or each.ipv6, each.port, each.protocol))]
    if not doors:
        gap = Missing(fact="ResolverRule.TargetIps", resource=rule_id)
        return undecided(rule_id, "OUT-03", f"rule {rule_id} shows no targets", (gap,))
    loop = _direct_loop(query, rule, view_vpc, doors)
    if loop is not None:
        return loop
    senders = _senders(snapshot, rule)
    if isinstance(senders, Outcome):
        return senders
    trials = [_try(query, door, senders, ask) for door in doors]
    return _join(query, rule, trials)


def _door(text: str | None, port: int, protocol: str) -> Door | None:
    if text is None or not is_address(text):
        return None
    is_https = protocol.upper() in _HTTPS
    return Door(parse_address(text), 443 if is_https and port == 53 else port, is_https)


def _direct_loop(query: Query, rule: ResolverRule, view_vpc: str, doors: Sequence[Door]) -> Outcome | None:
    """AWS refuses to associate a rule with the VPC whose own inbound endpoint is its target (RSLV-15)."""
    snapshot = query.snapshot
    for door in doors:
        known = interfaces_of_vpc(snapshot, view_vpc).get(door.address)
        endpoint = snapshot.facts.resolver_endpoints.get((known.resolver_endpoint_id if known else None) or "")
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


def _senders(snapshot: Snapshot, rule: ResolverRule) -> tuple[Host, ...] | Outcome:
    """The outbound endpoint's addresses as hosts (OUT-01), or why there are none."""
    endpoint_id = rule.resolver_endpoint_id
    endpoint = snapshot.facts.resolver_endpoints.get(endpoint_id or "")
    if endpoint is None:
        gap = Missing(fact="route53resolver.list_resolver_endpoints", resource=endpoint_id or rule.id)
        return undecided(rule.id, "OUT-05", f"the outbound endpoint of {rule.id} is not in the source", (gap,))
    if endpoint.direction != "OUTBOUND":
        text = f"rule {rule.id} forwards by {endpoint.id}, which is {endpoint.direction}: AWS refuses that"
        reason = Reason.DNS_ENDPOINT_NOT_OPERATIONAL
        return refused(Rcode.SERVFAIL, reason, endpoint.id, "OUT-01", text, verdict=Verdict.INVALID)
    down = endpoint_state(snapshot, endpoint)
    if down is not None:
        return change(down, rcode=Rcode.SERVFAIL) if down.rcode is Rcode.TIMEOUT else down
    addresses = snapshot.facts.resolver_endpoint_ips.get(endpoint.id)
    if not addresses:
        gap = Missing(fact="route53resolver.list_resolver_endpoint_ip_addresses", resource=endpoint.id)
        return undecided(endpoint.id, "OUT-01", f"the addresses of {endpoint.id} are not known", (gap,))
    hosts = [_sender(snapshot, endpoint, each.subnet_id, (each.ip, each.ipv6)) for each in addresses]
    return tuple(hosts)


def _sender(
    snapshot: Snapshot, endpoint: ResolverEndpoint, subnet_id: str | None, texts: tuple[str | None, str | None]
) -> Host:
    addresses = tuple(parse_address(text) for text in texts if text and is_address(text))
    subnet = snapshot.facts.subnets.get(subnet_id or "")
    host_vpc = None if isinstance(endpoint.host_vpc_id, UnsetType) else endpoint.host_vpc_id
    vpc_id = host_vpc or (subnet.vpc_id if subnet else None)
    known = interfaces_of_vpc(snapshot, vpc_id).get(addresses[0]) if vpc_id and addresses else None
    groups = endpoint.security_group_ids
    return Host(
        label=f"{endpoint.id}/{addresses[0]}" if addresses else endpoint.id,
        vpc_id=vpc_id,
        subnet_id=subnet_id,
        addresses=addresses,
        security_groups=None if isinstance(groups, UnsetType) else groups,
        network_interface_id=known.interface_id if known else None,
    )


def _try(query: Query, door: Door, senders: Sequence[Host], ask: Ask) -> Trial:
    """Knock from every outbound address: Resolver sends from any of them."""
    knocks = tuple((host, knock(query.snapshot, host, door)) for host in senders)
    heard = next(
        ((host, each) for host, each in knocks if each.udp.verdict in (Verdict.ALLOWED, Verdict.PARTIAL)), None
    )
    if heard is None:
        return Trial(door, knocks, None)
    host, tried = heard
    step = passing(
        host.label,
        "OUT-01",
        f"the question leaves from {host.label} to {door.address} port {door.port}",
        chosen=str(door.address),
    )
    outcome = answer_at(query, host, door, tried.udp, ask)
    return Trial(door, knocks, outcome.after(step, *_of_path(tried)))


def _of_path(tried: Knock) -> tuple[Step, ...]:
    return (*tried.udp.forward, *tried.udp.back)


def _join(query: Query, rule: ResolverRule, trials: Sequence[Trial]) -> Outcome:
    """One answer of all targets: picked at random, the silent ones are passed over (OUT-03)."""
    answering = [each for each in trials if each.outcome is not None and each.outcome.rcode not in _SILENT]
    silent = [each for each in trials if each.is_dead or (each.outcome is not None and each not in answering)]
    unclear = [each for each in trials if each not in answering and each not in silent]
    warnings = tuple(_warnings(rule, answering, silent))
    if not answering and not unclear:
        return _nobody(query, rule, trials)
    outcomes = [each.outcome for each in answering if each.outcome is not None]
    outcomes += [_unclear(each) for each in unclear]
    if not answering:
        return outcomes[0]
    text = f"the targets of {rule.id} answer differently, and Resolver picks one at random"
    joined = any_of(outcomes, Reason.DNS_TARGETS_DISAGREE, rule.id, "OUT-03", text)
    return joined.after(warnings=warnings)


def _warnings(rule: ResolverRule, answering: Sequence[Trial], silent: Sequence[Trial]) -> list[str]:
    found: list[str] = []
    for each in silent if answering else ():
        found.append(f"target {each.door.address} of {rule.id} never answers: some lookups are slow (OUT-03)")
    for each in answering:
        for host, tried in each.knocks:
            if tried.udp.verdict is Verdict.DENIED:
                found.append(
                    f"{host.label} gets no answer from {each.door.address}: some lookups are slow (OUT-03)"
                )
            found += tried.warnings
    return list(dict.fromkeys(found))


def _unclear(trial: Trial) -> Outcome:
    if trial.outcome is not None:
        return trial.outcome
    facts = [fact for _, each in trial.knocks for fact in each.udp.unknowns]
    first = trial.knocks[0][1]
    told = undecided(
        str(trial.door.address), "OUT-03", f"whether {trial.door.address} is reached is not known", facts
    )
    return told.after(*_of_path(first))


def _nobody(query: Query, rule: ResolverRule, trials: Sequence[Trial]) -> Outcome:
    """No target answers: SERVFAIL, and no fall-back to zones or public DNS (OUT-04)."""
    addresses = ", ".join(str(each.door.address) for each in trials)
    told = refused(
        Rcode.SERVFAIL,
        Reason.DNS_FORWARD_UNREACHABLE,
        rule.id,
        "OUT-04",
        f"no target of {rule.id} answers ({addresses}): SERVFAIL, and nothing else is asked",
    )
    inner = next((each.outcome for each in trials if each.outcome is not None), None)
    verdict = Verdict.INVALID if inner is not None and inner.verdict is Verdict.INVALID else told.verdict
    causes = [cause for each in trials for _, tried in each.knocks for cause in path_causes(tried.udp)]
    causes += [cause for each in trials if each.outcome is not None for cause in each.outcome.blocking]
    if inner is not None:
        steps = inner.steps
    else:
        steps = _of_path(trials[0].knocks[0][1]) if trials[0].knocks else ()
    return change(
        told,
        verdict=verdict,
        steps=(*steps, *told.steps),
        blocking=tuple(dict.fromkeys((*_in_order(causes), *told.blocking))),
        is_provisional=any(each.outcome.is_provisional for each in trials if each.outcome is not None),
    )


def _in_order(causes: Sequence[Cause]) -> list[Cause]:
    """Causes on the way there before those on the way back: a packet meets them in this order."""
    return sorted(causes, key=lambda cause: cause.leg is Leg.RETURN)


def answer_from_delegation(query: Query, view: View, below: tuple[str, tuple[str, ...]], ask: Ask) -> Outcome:
    """NS records in a zone delegate only where a DELEGATE rule covers their name servers (RSLV-14)."""
    domain, servers = below
    rules = [each for each in view.delegations if any(is_in_domain(server, each.domain) for server in servers)]
    if not rules:
        text = f"{domain} has NS records, and no DELEGATE rule covers {', '.join(servers)}"
        return refused(Rcode.NODATA, Reason.DNS_NO_RECORD_OF_TYPE, domain, "RSLV-14", text)
    rule = query.snapshot.facts.resolver_rules[rules[0].resource_id]
    senders = _senders(query.snapshot, rule)
    if isinstance(senders, Outcome):
        return senders
    doors: list[Address] = []
    for server in servers:
        glue = ask(
            query._replace(name=server, type="A", trail=(*query.trail, ("name server of", domain))), view.vpc_id
        )
        doors += [parse_address(text) for text in glue.addresses]
    if not doors:
        gap = Missing(fact="addresses of the name servers", resource=domain, why="no glue and no record tells")
        return undecided(rule.id, "RSLV-14", f"where the name servers of {domain} are is not known", (gap,))
    trials = [_try(query, Door(address), senders, ask) for address in dict.fromkeys(doors)]
    return _join(query, rule, trials)

"""What one client gets when it asks for a name: first hop, then whoever answers; several clients joined."""

from collections.abc import Sequence
from functools import lru_cache

from narrowgate.engine.dns.first_hop import FirstHop, first_hop
from narrowgate.engine.dns.outcome import Outcome, Query, any_of, change, undecided
from narrowgate.engine.dns.public_dns import ask_publicly
from narrowgate.engine.dns.resolver import ASK, ask_resolver
from narrowgate.engine.dns.servers import ask_server
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Cause, Leg, Missing, Rcode, ResolveAnswer, Verdict, spread
from narrowgate.model.domain import parse_query_name
from narrowgate.model.host import Client, Host
from narrowgate.model.kept import Kept
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index

_canonical = lru_cache(maxsize=4096)(parse_query_name)


def resolve(
    snapshot: Snapshot, host: Host, name: str, type: str = "A", *, server: str | None = None
) -> ResolveAnswer:
    """What a host gets when it asks for a name.

    Args:
        snapshot: the estate.
        host: who asks; its VPC's DHCP options say whom (DNS-07), its subnet and groups whether that is reached.
        name: the name, in any case, with or without a final dot.
        type: the record type.
        server: the address that is asked instead, as with `dig @ADDRESS`.

    Raises:
        InputError: `name` is no domain name, `server` no address.
    """
    canonical = _canonical(name)
    found = _ask(
        Query(snapshot, canonical, type.upper()), host, parse_address(server) if server is not None else None
    )
    return _answer(found, host.label, canonical, type.upper(), server)


def asks_own_resolver(snapshot: Snapshot, host: Host) -> bool:
    """Whether a host asks nobody but its VPC's own resolver, so that all hosts of the VPC get one answer."""
    hop = first_hop(snapshot, host.vpc_id) if host.vpc_id is not None else None
    return isinstance(hop, FirstHop) and hop.servers == (RESOLVER_LINK_LOCAL,)


def evaluate_resolve(
    snapshot: Snapshot, client: Client, name: str, type: str = "A", *, server: str | None = None
) -> ResolveAnswer:
    """What a client of one or several hosts gets; hosts that get different answers make it `partial`.

    Raises:
        InputError: as `resolve`.
    """
    answers = [resolve(snapshot, host, name, type, server=server) for host in client.hosts]
    return join_answers(client, name, type, answers, server=server)


def join_answers(
    client: Client, name: str, type: str, answers: Sequence[ResolveAnswer], *, server: str | None
) -> ResolveAnswer:
    """The hosts' answers as the client's one."""
    if not answers:
        gap = client.unknowns or (Missing(fact="ec2.describe_subnets", resource=client.label),)
        told = undecided(client.label, "DNS-07", f"no host of {client.label} is known", gap)
        return _answer(told, client.label, parse_query_name(name), type.upper(), server)
    first = answers[0]
    warnings = tuple(dict.fromkeys((*client.warnings, *(text for each in answers for text in each.warnings))))
    unknowns = tuple(dict.fromkeys((*client.unknowns, *(fact for each in answers for fact in each.unknowns))))
    works = tuple(each.client for each in answers if each.verdict is Verdict.ALLOWED)
    fails = tuple(each.client for each in answers if each.verdict in (Verdict.DENIED, Verdict.INVALID))
    if all(_content(each) == _content(first) for each in answers):
        verdict = first.verdict
        if client.unknowns and verdict is not Verdict.UNKNOWN:
            verdict = spread((verdict, Verdict.UNKNOWN))
        return change(
            first,
            client=client.label,
            verdict=verdict,
            unknowns=unknowns,
            works=works,
            fails=fails,
            warnings=warnings,
        )
    verdict = spread([*(each.verdict for each in answers), *([Verdict.UNKNOWN] if client.unknowns else [])])
    if verdict is Verdict.ALLOWED:
        # Every host gets an answer, and not the same one.
        verdict = Verdict.PARTIAL
    deciding = next((each for each in answers if each.blocking), first)
    rcodes = {each.rcode for each in answers}
    return change(
        first,
        client=client.label,
        verdict=verdict,
        decided_by=deciding.decided_by,
        blocking=tuple(dict.fromkeys(cause for each in answers for cause in each.blocking)),
        unknowns=unknowns,
        rcode=rcodes.pop() if len(rcodes) == 1 else None,
        addresses=tuple(dict.fromkeys(text for each in answers for text in each.addresses)),
        records=tuple(dict.fromkeys(text for each in answers for text in each.records)),
        blocked=next((each.blocked for each in answers if each.blocked), None),
        works=works,
        fails=fails,
        warnings=warnings,
    )


def _content(answer: ResolveAnswer) -> tuple[object, ...]:
    return (answer.verdict, answer.rcode, answer.addresses, answer.records, answer.target)


@index
def _by_vpc(snapshot: Snapshot) -> Kept[tuple[str, str, str], Outcome]:
    """Answers of hosts that ask nobody but their VPC's own resolver: the same for all of them."""
    return Kept(50_000)


def _ask(query: Query, host: Host, server: Address | None) -> Outcome:
    snapshot = query.snapshot
    if server is not None:
        return ask_server(query, host, server, ASK)
    if host.vpc_id is None:
        if host.is_internet:
            return ask_publicly(query)
        gap = Missing(fact="the DNS server of the client", resource=host.label, why="it stands in no known VPC")
        return undecided(host.label, "DNS-07", f"which server {host.label} asks is not known", (gap,))
    kept = _by_vpc(snapshot)
    key = (host.vpc_id, query.name, query.type)
    found = kept.get(key)
    if found is not None:
        return found
    hop = first_hop(snapshot, host.vpc_id)
    if isinstance(hop, Missing):
        text = f"which DNS servers the hosts of {host.vpc_id} ask is not known"
        return undecided(host.vpc_id, "DNS-07", text, (hop,))
    if hop.servers == (RESOLVER_LINK_LOCAL,):
        return kept.keep(key, ask_resolver(query, host.vpc_id, for_once=True).after(hop.step))
    return _by_first_hop(query, host, host.vpc_id, hop)


def _by_first_hop(query: Query, host: Host, vpc_id: str, hop: FirstHop) -> Outcome:
    """One answer of all servers of the DHCP options: hosts turn to the next when one is silent."""
    outcomes = [ask_server(query, host, each, ASK) for each in hop.servers]
    if len(outcomes) == 1:
        return outcomes[0].after(hop.step)
    heard = [each for each in outcomes if each.rcode is not Rcode.TIMEOUT]
    if not heard:
        causes = tuple(dict.fromkeys(cause for each in outcomes for cause in each.blocking))
        return change(outcomes[0], blocking=causes).after(hop.step)
    text = f"the DNS servers of {vpc_id} answer differently, and a host may ask any of them"
    joined = any_of(heard, Reason.DNS_TARGETS_DISAGREE, hop.options_id or vpc_id, "DNS-07", text)
    slow = (f"one of the DNS servers of {vpc_id} never answers: some lookups are slow",)
    return joined.after(hop.step, warnings=slow if len(heard) < len(outcomes) else ())


def _answer(found: Outcome, client: str, name: str, type: str, server: str | None) -> ResolveAnswer:
    return ResolveAnswer(
        verdict=found.verdict,
        decided_by=_deciding(found),
        blocking=found.blocking,
        unknowns=found.unknowns,
        client=client,
        name=name,
        type=type,
        server=server,
        rcode=found.rcode,
        addresses=found.addresses,
        records=found.records,
        target=found.target,
        answered_by=found.answered_by,
        blocked=found.blocked,
        steps=found.steps,
        warnings=found.warnings,
    )


def _deciding(found: Outcome) -> Cause | None:
    """The first cause in packet order; of a refused configuration, the first that AWS refuses."""
    if found.verdict in (Verdict.ALLOWED, Verdict.UNKNOWN) or not found.blocking:
        return None
    if found.verdict is Verdict.INVALID:
        return next((cause for cause in found.blocking if cause.leg is Leg.CONFIG), found.blocking[0])
    return found.blocking[0]

"""DNS servers of one's own, as the outside file describes them (CUST-01, CUST-02)."""

from narrowgate.engine.dns.outcome import Outcome, Query, change, doubted, passing, refused, too_long, undecided
from narrowgate.engine.dns.public import answer_from_records, answer_publicly
from narrowgate.engine.dns.public_dns import Ask, cname_loop, followed
from narrowgate.engine.dns.record_answer import Redirect
from narrowgate.engine.dns.servers import Door, answer_at, answer_behind, is_own_resolver, knock, path_causes
from narrowgate.engine.network.hosts import host_of_interface
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc, interfaces_with_address
from narrowgate.engine.network.vpcs import resolver_address
from narrowgate.model.address import is_address, is_private, parse_address
from narrowgate.model.answer import Cause, Missing, Rcode, Step, Verdict
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.outside import DnsServer
from narrowgate.model.reason import Reason

_RULE = "CUST-01"


def answer_from_server(query: Query, server: DnsServer, ask: Ask) -> Outcome:
    """Its own records first, then the most specific of its forwards."""
    place = f"server {server.ip}"
    if (place, query.name) in query.trail:
        text = f"the question for {query.name} comes back to {server.ip}: it is forwarded in a circle"
        told = refused(Rcode.SERVFAIL, Reason.DNS_FORWARD_LOOP, server.ip, "RSLV-15", text)
        return change(told, is_provisional=True)
    if query.is_too_long:
        return too_long(query, server.ip, "RSLV-15")
    records = tuple(each for each in server.answers if normalise(each.name) == query.name)
    if records:
        return answer_from_records(query, records, server.ip, _RULE, _ServerChase(server, ask))
    covering = [each for each in server.forward if is_in_domain(query.name, normalise(each.domain))]
    if not covering:
        return _not_forwarded(query, server)
    best = max(covering, key=lambda each: label_count(normalise(each.domain)))
    domain = normalise(best.domain) or "."
    step = passing(server.ip, _RULE, f"{server.ip} forwards {domain} to {best.to}", chosen=best.to)
    onward = query.passed(place)
    if best.to == "public":
        found = answer_publicly(onward, _ServerChase(server, ask))
        return found.after(step, warnings=_may_be_dropped(server, found))
    return _forwarded(onward, server, best.to, ask).after(step)


def _may_be_dropped(server: DnsServer, found: Outcome) -> tuple[str, ...]:
    """Servers with rebinding protection drop private addresses from public answers (VPCE-DNS-11)."""
    if not any(is_private(parse_address(text)) for text in found.addresses):
        return ()
    text = f"{server.ip} may drop private addresses from a public answer (rebinding protection, VPCE-DNS-11)"
    return (text,)


def _not_forwarded(query: Query, server: DnsServer) -> Outcome:
    """A server is taken for the authority of the domains in which it has names; elsewhere nothing tells."""
    own_domains = {normalise(each.name).partition(".")[2] for each in server.answers}
    if any(domain and is_in_domain(query.name, domain) for domain in own_domains):
        text = f"{server.ip} answers names beside {query.name}, and has no such name"
        return refused(Rcode.NXDOMAIN, Reason.DNS_NAME_NOT_FOUND, server.ip, _RULE, text)
    gap = Missing(
        fact="outside.json dns_servers", resource=server.ip, why=f"nothing tells what it does with {query.name}"
    )
    return undecided(server.ip, "CUST-02", f"what {server.ip} does with {query.name} is not known", (gap,))


def _forwarded(query: Query, server: DnsServer, to: str, ask: Ask) -> Outcome:
    snapshot = query.snapshot
    if not is_address(to):
        gap = Missing(fact="outside.json dns_servers.forward", resource=server.ip, why=f"`{to}` is no address")
        return undecided(server.ip, _RULE, f"where {server.ip} forwards to is not known", (gap,))
    door = Door(parse_address(to))
    if server.vpc and is_own_resolver(snapshot, server.vpc, door.address):
        return ask.resolver(query, server.vpc)
    own = parse_address(server.ip)
    known = interfaces_of_vpc(snapshot, server.vpc).get(own) if server.vpc else None
    if known is None:
        return _by_unknown_way(query, server, door, ask)
    host = host_of_interface(known, label=server.ip, address=own)
    tried = knock(snapshot, host, door)
    silent = _unheard(server, to, path_causes(tried.udp), (*tried.udp.forward, *tried.udp.back))
    if tried.udp.verdict in (Verdict.DENIED, Verdict.INVALID):
        return silent
    found = answer_at(query, host, door, tried.udp, ask).after(warnings=tried.warnings)
    if tried.udp.verdict is Verdict.ALLOWED:
        return _as_the_server_says(found)
    if tried.udp.verdict is Verdict.UNKNOWN:
        text = f"whether {server.ip} reaches {to} is not known"
        return doubted((found, silent), tried.udp.unknowns, server.ip, _RULE, text)
    if found.verdict is Verdict.ALLOWED:
        return change(found, verdict=tried.udp.verdict, blocking=path_causes(tried.udp))
    return _as_the_server_says(found)


def _by_unknown_way(query: Query, server: DnsServer, door: Door, ask: Ask) -> Outcome:
    """From a server whose interface nobody knows: what would come back, if anything does."""
    snapshot, to = query.snapshot, str(door.address)
    silent = _unheard(server, to, (), ())
    if any(resolver_address(snapshot, vpc_id) == door.address for vpc_id in snapshot.facts.vpcs):
        # DNS-03: a VPC's resolver answers nobody outside, wherever the server stands.
        text = f"{to} is a VPC's resolver, which answers nobody outside that VPC"
        told = refused(Rcode.SERVFAIL, Reason.PEER_DNS_NOT_QUERYABLE, to, "DNS-03", text)
        return change(silent, steps=(*told.steps, *silent.steps), blocking=(*told.blocking, *silent.blocking))
    meant = interfaces_with_address(snapshot, door.address)
    where = f"from {server.vpc}" if server.vpc else "from on premises"
    gap = Missing(
        fact=f"the way {where} to {to}", resource=server.ip, why="the server's interface is in no source"
    )
    text = f"whether {server.ip} reaches {to} is not known"
    if len(meant) > 1:
        return undecided(server.ip, _RULE, text, (gap,))
    found = answer_behind(query, door, meant[0] if meant else None, ask)
    return doubted((_as_the_server_says(found), silent), (gap,), server.ip, _RULE, text)


def _unheard(server: DnsServer, to: str, causes: tuple[Cause, ...], steps: tuple[Step, ...]) -> Outcome:
    text = f"{server.ip} gets no answer from {to}"
    told = refused(Rcode.SERVFAIL, Reason.DNS_FORWARD_UNREACHABLE, server.ip, _RULE, text)
    return change(told, steps=(*steps, *told.steps), blocking=tuple(dict.fromkeys((*causes, *told.blocking))))


def _as_the_server_says(found: Outcome) -> Outcome:
    """A forwarder that hears nothing says SERVFAIL."""
    return change(found, rcode=Rcode.SERVFAIL) if found.rcode is Rcode.TIMEOUT else found


class _ServerChase:
    """Follows a CNAME by asking the same server again (RSLV-11)."""

    def __init__(self, server: DnsServer, ask: Ask) -> None:
        self.server = server
        self.ask = ask

    def __call__(self, query: Query, redirect: Redirect) -> Outcome:
        place = f"CNAME of {self.server.ip}"
        if (place, redirect.target) in query.trail:
            return cname_loop(query, redirect)
        onward = query.redirected(place, redirect.target)
        return followed(redirect, answer_from_server(onward, self.server, self.ask))

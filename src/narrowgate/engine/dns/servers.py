"""Whoever listens for DNS at an address: the way there, and what answers (IN-*, OUT-01, DNS-03, CUST-*)."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.outcome import LAYER, Outcome, Query, change, doubted, passing, refused, undecided
from narrowgate.engine.dns.public import answer_from_records, answer_publicly
from narrowgate.engine.dns.record_answer import Redirect
from narrowgate.engine.network.hosts import host_of_interface
from narrowgate.engine.network.interfaces import interface, interfaces_of_vpc
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL, RESOLVER_LINK_LOCAL_V6, resolver_address
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.answer import Cause, Missing, Rcode, ReachPath, Verdict
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.outside import DnsServer
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import ResolverEndpoint
from narrowgate.model.snapshot import Snapshot, index

Ask = Callable[[Query, str], Outcome]
"""Asks the resolver of a VPC."""

INBOUND = "inbound "
"""How a trail names an inbound endpoint that a question came through."""

_WORKING = frozenset({"OPERATIONAL", "UPDATING"})
_UNSURE = frozenset({"AUTO_RECOVERING", "ACTION_NEEDED"})
_PUBLIC_RESOLVERS = frozenset(
    {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220"}
)


class Door(NamedTuple):
    """An address that is asked, and how: the port and protocol of a rule's target, or plain DNS."""

    address: Address
    port: int = 53
    is_https: bool = False


class Knock(NamedTuple):
    """Whether a question gets to an address and its answer back: over UDP, and over TCP for long answers."""

    udp: ReachPath
    tcp: ReachPath

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an open UDP path with a shut TCP path means (IN-03, PROTO-04)."""
        if self.udp.verdict is Verdict.ALLOWED and self.tcp.verdict in (Verdict.DENIED, Verdict.PARTIAL):
            where = f"{self.tcp.target} ({self.tcp.blocking[0].reason})" if self.tcp.blocking else self.tcp.target
            return (f"only UDP gets through to {where}: answers that are truncated fail over TCP (IN-03)",)
        return ()


def knock(snapshot: Snapshot, host: Host, door: Door) -> Knock:
    """Try the way from a host to an address, there and back."""
    tcp = evaluate_path(snapshot, host, door.address, protocol="tcp", port=door.port)
    if door.is_https:
        return Knock(tcp, tcp)
    return Knock(evaluate_path(snapshot, host, door.address, protocol="udp", port=door.port), tcp)


def answer_at(query: Query, host: Host, door: Door, path: ReachPath, ask: Ask) -> Outcome:
    """What whoever has the address answers, given that the question arrives.

    Args:
        query: the question.
        host: who sent it; its VPC's own resolver is meant by `+2` and the link-local address.
        door: the address asked.
        path: the way there: it tells whose interface has the address.
        ask: asks a VPC's resolver.
    """
    snapshot = query.snapshot
    if host.vpc_id is not None and is_own_resolver(snapshot, host.vpc_id, door.address):
        return ask(query, host.vpc_id)
    endpoint = _resolver_endpoint(snapshot, path)
    if endpoint is not None:
        return _from_endpoint(query, endpoint, ask)
    server = _servers(snapshot).get(str(door.address))
    if server is not None:
        return _from_server(query, server, ask)
    if str(door.address) in _PUBLIC_RESOLVERS:
        step = passing(str(door.address), "DNS-09", f"{door.address} is a public resolver")
        return answer_publicly(query, _follow_publicly).after(step)
    gap = Missing(
        fact="outside.json dns_servers", resource=str(door.address), why="what answers there is in no AWS API"
    )
    return undecided(str(door.address), "CUST-01", f"what {door.address} answers is not known", (gap,))


def ask_server(query: Query, host: Host, address: Address, ask: Ask) -> Outcome:
    """A host asks one address itself, as `dig @ADDRESS` or a stub resolver does: silence is a time-out."""
    snapshot = query.snapshot
    if host.vpc_id is not None and is_own_resolver(snapshot, host.vpc_id, address):
        return ask(query, host.vpc_id)
    door = Door(address)
    tried = knock(snapshot, host, door)
    path = tried.udp
    silent = _unheard(query, host, address, path)
    if path.verdict in (Verdict.DENIED, Verdict.INVALID):
        return silent
    step = passing(host.label, "DNS-07", f"{host.label} asks {address}", chosen=str(address))
    found = answer_at(query, host, door, path, ask).after(step, warnings=tried.warnings)
    if path.verdict is Verdict.ALLOWED:
        return found
    if path.verdict is Verdict.UNKNOWN:
        text = f"whether {host.label} reaches {address} is not known"
        return doubted((found, silent), path.unknowns, str(address), "DNS-07", text)
    if found.verdict is Verdict.ALLOWED:
        return change(found, verdict=path.verdict, blocking=path.blocking)
    return found


def _unheard(query: Query, host: Host, address: Address, path: ReachPath) -> Outcome:
    """What cuts the way, then that the server is not reached."""
    text = f"{host.label} gets no answer from {address}"
    rule = path.blocking[0].rule if path.blocking else None
    told = silence(query, path_causes(path), str(address), rule or "IN-04", text, Reason.DNS_SERVER_UNREACHABLE)
    return change(told, steps=(*path.forward, *path.back, *told.steps))


def path_causes(path: ReachPath) -> tuple[Cause, ...]:
    """Why a question does not get through; that nobody may ask another VPC's resolver is a matter of DNS (DNS-03)."""
    foreign = [each for each in path.blocking if each.reason is Reason.PEER_DNS_NOT_QUERYABLE]
    others = [each for each in path.blocking if each.reason is not Reason.PEER_DNS_NOT_QUERYABLE]
    return (*(msgspec.structs.replace(each, layer=LAYER, rule="DNS-03") for each in foreign), *others)


def is_own_resolver(snapshot: Snapshot, vpc_id: str, address: Address) -> bool:
    """True for the addresses under which a VPC's hosts reach their own resolver (DNS-01)."""
    if address in (RESOLVER_LINK_LOCAL, RESOLVER_LINK_LOCAL_V6):
        return True
    return address == resolver_address(snapshot, vpc_id)


def silence(
    query: Query, causes: tuple[Cause, ...], component: str, rule: str, text: str, reason: Reason
) -> Outcome:
    """No answer: what cuts the way comes first, then that nobody answers."""
    told = refused(Rcode.TIMEOUT, reason, component, rule, text)
    return change(told, blocking=tuple(dict.fromkeys((*causes, *told.blocking))))


def _resolver_endpoint(snapshot: Snapshot, path: ReachPath) -> ResolverEndpoint | None:
    known = interface(snapshot, path.target)
    own_id = known.resolver_endpoint_id if known is not None else path.target.partition("/")[0]
    return snapshot.facts.resolver_endpoints.get(own_id or "")


def _from_endpoint(query: Query, endpoint: ResolverEndpoint, ask: Ask) -> Outcome:
    """An inbound endpoint answers with its VPC's view (IN-01)."""
    if endpoint.direction == "OUTBOUND":
        text = f"{endpoint.id} is an outbound endpoint, which answers no queries"
        return refused(Rcode.TIMEOUT, Reason.DNS_NOT_A_SERVER, endpoint.id, "OUT-01", text)
    down = endpoint_state(query.snapshot, endpoint)
    if down is not None:
        return down
    if isinstance(endpoint.host_vpc_id, UnsetType):
        gap = Missing(fact="ResolverEndpoint.HostVPCId", resource=endpoint.id)
        return undecided(endpoint.id, "IN-01", f"which VPC {endpoint.id} answers for is not known", (gap,))
    step = passing(
        endpoint.id,
        "IN-01",
        f"inbound endpoint {endpoint.id} answers with the view of {endpoint.host_vpc_id}",
        chosen=endpoint.host_vpc_id,
    )
    found = ask(query.passed(INBOUND + endpoint.id), endpoint.host_vpc_id)
    if endpoint.direction == "INBOUND_DELEGATION":
        gap = Missing(
            fact="answers of the category INBOUND_DELEGATION", resource=endpoint.id, why="not documented"
        )
        return undecided(endpoint.id, "IN-08", f"what {endpoint.id} answers is not documented", (gap,)).after(step)
    return found.after(step)


def endpoint_state(snapshot: Snapshot, endpoint: ResolverEndpoint) -> Outcome | None:
    """Why an endpoint does not work, or may not; None where it does."""
    status = endpoint.status
    if isinstance(status, UnsetType):
        if snapshot.assume_complete:
            return None
        gap = Missing(fact="ResolverEndpoint.Status", resource=endpoint.id)
        return undecided(endpoint.id, "IN-02", f"the status of {endpoint.id} is not known", (gap,))
    if status in _WORKING:
        return None
    if status in _UNSURE:
        gap = Missing(fact="ResolverEndpoint.Status", resource=endpoint.id, why=f"is {status}")
        return undecided(endpoint.id, "IN-02", f"{endpoint.id} is {status}: it may or may not answer", (gap,))
    evidence = (snapshot.evidence(endpoint.id, "Status", status),)
    text = f"{endpoint.id} is {status}"
    reason = Reason.DNS_ENDPOINT_NOT_OPERATIONAL
    return refused(Rcode.TIMEOUT, reason, endpoint.id, "IN-02", text, evidence=evidence)


@index
def _servers(snapshot: Snapshot) -> dict[str, DnsServer]:
    """DNS servers of one's own, by address."""
    servers = snapshot.outside.dns_servers if snapshot.outside else ()
    return {str(parse_address(server.ip)): server for server in servers}


def _from_server(query: Query, server: DnsServer, ask: Ask) -> Outcome:
    """A server of one's own: its records first, then the most specific of its forwards (CUST-01)."""
    place = f"server {server.ip}"
    if (place, query.name) in query.trail:
        text = f"the question for {query.name} comes back to {server.ip}: it is forwarded in a circle"
        told = refused(Rcode.SERVFAIL, Reason.DNS_FORWARD_LOOP, server.ip, "RSLV-15", text)
        return change(told, is_provisional=True)
    onward = query.passed(place)
    records = tuple(each for each in server.answers if normalise(each.name) == query.name)
    if records:
        return answer_from_records(query, records, server.ip, "CUST-01", _ServerChase(server, ask))
    domain, to = max(
        (
            (normalise(each.domain), each.to)
            for each in server.forward
            if is_in_domain(query.name, normalise(each.domain))
        ),
        key=lambda each: label_count(each[0]),
        default=(None, None),
    )
    if to is None:
        gap = Missing(fact="outside.json dns_servers.forward", resource=server.ip, why="names no forward for it")
        return undecided(server.ip, "CUST-02", f"what {server.ip} does with {query.name} is not known", (gap,))
    step = passing(server.ip, "CUST-01", f"{server.ip} forwards {domain or '.'} to {to}", chosen=to)
    if to == "public":
        return answer_publicly(onward, _ServerChase(server, ask)).after(step)
    return _forwarded(onward, server, to, ask).after(step)


def _forwarded(query: Query, server: DnsServer, to: str, ask: Ask) -> Outcome:
    snapshot = query.snapshot
    if not is_address(to):
        gap = Missing(fact="outside.json dns_servers.forward", resource=server.ip, why=f"`{to}` is no address")
        return undecided(server.ip, "CUST-01", f"where {server.ip} forwards to is not known", (gap,))
    own = parse_address(server.ip)
    known = interfaces_of_vpc(snapshot, server.vpc).get(own) if server.vpc else None
    door = Door(parse_address(to))
    if server.vpc and is_own_resolver(snapshot, server.vpc, door.address):
        return ask(query, server.vpc)
    if known is None:
        where = f"from {server.vpc}" if server.vpc else "from on premises"
        gap = Missing(
            fact=f"the way {where} to {to}", resource=server.ip, why="the server's interface is in no source"
        )
        return undecided(server.ip, "CUST-01", f"whether {server.ip} reaches {to} is not known", (gap,))
    host = host_of_interface(known, label=server.ip, address=own)
    tried = knock(snapshot, host, door)
    if tried.udp.verdict is Verdict.DENIED:
        text = f"{server.ip} gets no answer from {to}"
        told = silence(query, path_causes(tried.udp), server.ip, "CUST-01", text, Reason.DNS_FORWARD_UNREACHABLE)
        return change(told, rcode=Rcode.SERVFAIL, steps=(*tried.udp.forward, *tried.udp.back, *told.steps))
    if tried.udp.verdict is not Verdict.ALLOWED:
        return undecided(
            server.ip, "CUST-01", f"whether {server.ip} reaches {to} is not known", tried.udp.unknowns
        )
    return answer_at(query, host, door, tried.udp, ask).after(warnings=tried.warnings)


class _ServerChase:
    """Follows a CNAME by asking the same server again (RSLV-11)."""

    def __init__(self, server: DnsServer, ask: Ask) -> None:
        self.server = server
        self.ask = ask

    def __call__(self, query: Query, redirect: Redirect) -> Outcome:
        onward = query._replace(name=redirect.target)
        found = _from_server(onward, self.server, self.ask)
        return _joined(found, redirect)


def _follow_publicly(query: Query, redirect: Redirect) -> Outcome:
    place = ("public CNAME", redirect.target)
    if place in query.trail:
        text = f"the CNAME records of {query.name} lead back to {redirect.target}"
        told = refused(Rcode.SERVFAIL, Reason.DNS_CNAME_LOOP, redirect.target, "RSLV-11", text)
        return change(told, is_provisional=True)
    onward = query._replace(name=redirect.target, trail=(*query.trail, place))
    return _joined(answer_publicly(onward, _follow_publicly), redirect)


def _joined(found: Outcome, redirect: Redirect) -> Outcome:
    return change(
        found,
        records=(redirect.record, *found.records),
        chain=(redirect.target, *found.chain),
        steps=(redirect.step, *found.steps),
    )


def ask_publicly(query: Query) -> Outcome:
    """What a client outside every VPC finds."""
    return answer_publicly(query, _follow_publicly)

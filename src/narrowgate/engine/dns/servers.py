"""Whoever listens for DNS at an address: the way there, and what answers (IN-*, OUT-01, DNS-03, CUST-*)."""

from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.dns64 import with_dns64
from narrowgate.engine.dns.outcome import (
    LAYER,
    Outcome,
    Query,
    change,
    doubted,
    passing,
    refused,
    undecided,
)
from narrowgate.engine.dns.public_dns import Ask, ask_publicly
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.network.vpcs import RESOLVER_LINK_LOCAL, RESOLVER_LINK_LOCAL_V6, resolver_address
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.answer import Cause, Missing, Rcode, ReachPath, Verdict
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.outside import DnsServer
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import ResolverEndpoint
from narrowgate.model.snapshot import Snapshot, index

INBOUND = "inbound "
"""How a trail names an inbound endpoint that a question came through."""

DNS_PORT = 53
_WORKING = frozenset({"OPERATIONAL", "UPDATING"})
_UNSURE = frozenset({"AUTO_RECOVERING", "ACTION_NEEDED"})
_ATTACHED = "ATTACHED"
_PUBLIC_RESOLVERS = frozenset(
    map(
        parse_address,
        (
            "8.8.8.8",
            "8.8.4.4",
            "1.1.1.1",
            "1.0.0.1",
            "9.9.9.9",
            "149.112.112.112",
            "208.67.222.222",
            "208.67.220.220",
            "2001:4860:4860::8888",
            "2001:4860:4860::8844",
            "2606:4700:4700::1111",
            "2606:4700:4700::1001",
            "2620:fe::fe",
        ),
    )
)


class Door(NamedTuple):
    """An address that is asked, and how: the port and protocol of a rule's target, or plain DNS."""

    address: Address
    port: int = DNS_PORT
    is_https: bool = False


class Knock(NamedTuple):
    """Whether a question gets to an address and its answer back: over UDP, and over TCP for long answers."""

    udp: ReachPath
    tcp: ReachPath

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an open UDP path with a shut TCP path means (IN-03, PROTO-04)."""
        if self.udp.verdict is Verdict.ALLOWED and self.tcp.verdict is not Verdict.ALLOWED:
            state = "does not get" if self.tcp.verdict is Verdict.DENIED else "may not get"
            why = f" ({self.tcp.blocking[0].text})" if self.tcp.blocking else ""
            return (
                f"TCP {state} through to {self.tcp.target_address}{why}: answers that are truncated fail (IN-03)",
            )
        return ()


def knock(snapshot: Snapshot, host: Host, door: Door) -> Knock:
    """Try the way from a host to an address, there and back."""
    tcp = evaluate_path(snapshot, host, door.address, protocol="tcp", port=door.port)
    if door.is_https:
        return Knock(tcp, tcp)
    return Knock(evaluate_path(snapshot, host, door.address, protocol="udp", port=door.port), tcp)


def ask_server(query: Query, host: Host, address: Address, ask: Ask) -> Outcome:
    """A host asks one address itself, as `dig @ADDRESS` or a stub resolver does: silence is a time-out."""
    snapshot = query.snapshot
    if host.vpc_id is not None and is_own_resolver(snapshot, host.vpc_id, address):
        return ask.resolver(query, host.vpc_id)
    door = Door(address)
    tried = knock(snapshot, host, door)
    silent = _unheard(query, host, address, tried.udp)
    if tried.udp.verdict in (Verdict.DENIED, Verdict.INVALID):
        return silent
    step = passing(host.label, "DNS-07", f"{host.label} asks {address}", chosen=str(address))
    found = answer_at(query, host, door, tried.udp, ask).after(step, warnings=tried.warnings)
    if tried.udp.verdict is Verdict.UNKNOWN:
        text = f"whether {host.label} reaches {address} is not known"
        return doubted((found, silent), tried.udp.unknowns, str(address), "DNS-07", text)
    if tried.udp.verdict is not Verdict.ALLOWED and found.verdict is Verdict.ALLOWED:
        return change(found, verdict=tried.udp.verdict, blocking=path_causes(tried.udp))
    return found


def _unheard(query: Query, host: Host, address: Address, path: ReachPath) -> Outcome:
    """What cuts the way, then that the server is not reached."""
    text = f"{host.label} gets no answer from {address}"
    causes = path_causes(path)
    rule = causes[0].rule if causes else None
    told = refused(Rcode.TIMEOUT, Reason.DNS_SERVER_UNREACHABLE, str(address), rule or "IN-04", text)
    return change(
        told,
        verdict=Verdict.INVALID if path.verdict is Verdict.INVALID else told.verdict,
        steps=(*path.forward, *path.back, *told.steps),
        blocking=tuple(dict.fromkeys((*causes, *told.blocking))),
        unknowns=path.unknowns,
    )


def path_causes(path: ReachPath) -> tuple[Cause, ...]:
    """Why a question does not get through; another VPC's resolver is a matter of DNS, not of the path (DNS-03)."""
    foreign = [each for each in path.blocking if each.reason is Reason.PEER_DNS_NOT_QUERYABLE]
    others = [each for each in path.blocking if each.reason is not Reason.PEER_DNS_NOT_QUERYABLE]
    return (*(msgspec.structs.replace(each, layer=LAYER, rule="DNS-03") for each in foreign), *others)


def answer_at(query: Query, host: Host, door: Door, path: ReachPath, ask: Ask) -> Outcome:
    """What whoever has the address answers, given that the question arrives.

    Args:
        query: the question.
        host: who sent it; its VPC's own resolver is meant by `+2` and the link-local address.
        door: the address asked.
        path: the way there: it tells whose interface has the address.
        ask: asks a VPC's resolver.
    """
    if host.vpc_id is not None and is_own_resolver(query.snapshot, host.vpc_id, door.address):
        return ask.resolver(query, host.vpc_id)
    return answer_behind(query, door, _arrived_at(query.snapshot, path, door.address), ask)


def _arrived_at(snapshot: Snapshot, path: ReachPath, address: Address) -> Interface | None:
    """The interface at which the path ended; Resolver endpoints' addresses are known without one (IN-02)."""
    known = interface(snapshot, path.target)
    if known is not None:
        return known
    endpoint = snapshot.facts.resolver_endpoints.get(path.target.partition("/")[0])
    if endpoint is None or isinstance(endpoint.host_vpc_id, UnsetType):
        return None
    return interfaces_of_vpc(snapshot, endpoint.host_vpc_id).get(address)


def answer_behind(query: Query, door: Door, known: Interface | None, ask: Ask) -> Outcome:
    """What answers at an address that belongs to an interface, or to nothing in the source (`known` is None)."""
    snapshot, address = query.snapshot, str(door.address)
    endpoint = snapshot.facts.resolver_endpoints.get((known.resolver_endpoint_id if known else None) or "")
    if endpoint is not None:
        return _from_endpoint(query, endpoint, door.address, ask)
    server = server_at(snapshot, door.address, known.vpc_id if known else None)
    if server is not None:
        return ask.server(query, server, ask)
    if known is None and door.address in _PUBLIC_RESOLVERS:
        step = passing(address, "DNS-09", f"{address} is a public resolver", chosen=address)
        return ask_publicly(query).after(step)
    gap = Missing(fact="outside.json dns_servers", resource=address, why="no AWS API tells what answers there")
    return undecided(address, "CUST-01", f"what {address} answers is not known", (gap,))


@index
def _servers(snapshot: Snapshot) -> dict[Address, tuple[DnsServer, ...]]:
    servers = snapshot.outside.dns_servers if snapshot.outside else ()
    found: dict[Address, tuple[DnsServer, ...]] = {}
    for server in servers:
        if is_address(server.ip):
            address = parse_address(server.ip)
            found[address] = (*found.get(address, ()), server)
    return found


def server_at(snapshot: Snapshot, address: Address, vpc_id: str | None) -> DnsServer | None:
    """The described server at an address; where the VPC is known the server's own must be the same."""
    for server in _servers(snapshot).get(address, ()):
        if vpc_id is None or server.vpc is None or server.vpc == vpc_id:
            return server
    return None


def is_own_resolver(snapshot: Snapshot, vpc_id: str, address: Address) -> bool:
    """True for the addresses under which a VPC's hosts reach their own resolver (DNS-01)."""
    if address in (RESOLVER_LINK_LOCAL, RESOLVER_LINK_LOCAL_V6):
        return True
    return address == resolver_address(snapshot, vpc_id)


def _from_endpoint(query: Query, endpoint: ResolverEndpoint, address: Address, ask: Ask) -> Outcome:
    """An inbound endpoint answers with its VPC's view (IN-01)."""
    if endpoint.direction == "OUTBOUND":
        text = f"{endpoint.id} is an outbound endpoint, which answers no queries"
        return refused(Rcode.TIMEOUT, Reason.DNS_NOT_A_SERVER, endpoint.id, "OUT-01", text)
    down = endpoint_state(query.snapshot, endpoint, address, "IN-01")
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
    here, onward = endpoint.host_vpc_id, query.passed(INBOUND + endpoint.id)
    found = ask.resolver(onward, here)
    if query.type == "AAAA" and endpoint.dns64_enabled:
        found = with_dns64(query.name, endpoint.id, found, lambda: ask.resolver(onward._replace(type="A"), here))
    if endpoint.direction == "INBOUND_DELEGATION" and found.answered_by not in query.snapshot.facts.hosted_zones:
        # It serves the VPC's zones (IN-08); what it does with other names no page says.
        gap = Missing(
            fact="answers of INBOUND_DELEGATION outside private zones", resource=endpoint.id, why="not documented"
        )
        text = f"what {endpoint.id} answers for {query.name} is not documented"
        return undecided(endpoint.id, "IN-08", text, (gap,)).after(step)
    return found.after(step)


def endpoint_state(
    snapshot: Snapshot, endpoint: ResolverEndpoint, address: Address | None, rule: str
) -> Outcome | None:
    """Why a Resolver endpoint (or its one address) does not work, or may not; None where it does."""
    status = endpoint.status
    if isinstance(status, UnsetType) or "Status" in snapshot.contradictions.get(endpoint.id, ()):
        if snapshot.assume_complete and isinstance(status, UnsetType):
            return None
        gap = Missing(fact="ResolverEndpoint.Status", resource=endpoint.id)
        return undecided(endpoint.id, rule, f"the status of {endpoint.id} is not known", (gap,))
    if status in _UNSURE:
        gap = Missing(fact="ResolverEndpoint.Status", resource=endpoint.id, why=f"is {status}")
        return undecided(endpoint.id, rule, f"{endpoint.id} is {status}: it may or may not answer", (gap,))
    what = status if status not in _WORKING else _address_status(snapshot, endpoint, address)
    if what == _ATTACHED:
        return None
    where = f"{endpoint.id} at {address}" if status in _WORKING else endpoint.id
    evidence = (snapshot.evidence(endpoint.id, "Status", what),)
    reason = Reason.DNS_ENDPOINT_NOT_OPERATIONAL
    return refused(Rcode.TIMEOUT, reason, endpoint.id, rule, f"{where} is {what}", evidence=evidence)


def _address_status(snapshot: Snapshot, endpoint: ResolverEndpoint, address: Address | None) -> str:
    for each in snapshot.facts.resolver_endpoint_ips.get(endpoint.id, ()):
        for text in (each.ip, each.ipv6):
            if address is not None and text and is_address(text) and parse_address(text) == address:
                return each.status
    return _ATTACHED

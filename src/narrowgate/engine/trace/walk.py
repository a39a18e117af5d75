"""The hosts of a client call one URL: the name, then each address that it led to, as far as the call gets.

What hosts have in common is asked once: the name of those that ask one resolver, and the call at an endpoint of
which no policy compares who is there.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.outcome import PUBLIC
from narrowgate.engine.dns.resolve import asks_own_resolver, resolve
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.trace.api_call import ApiCall, endpoint_of_interface, evaluate_api_call
from narrowgate.engine.trace.load_balancer import evaluate_balancer, find_balancer
from narrowgate.engine.trace.name_end import end_at_name, same_end
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import (
    Cause,
    Missing,
    Rcode,
    ReachPath,
    ResolveAnswer,
    Step,
    Verdict,
    cause_of,
    conjunction,
)
from narrowgate.model.host import Host
from narrowgate.model.loadbalancing import LoadBalancer
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TracePath


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is called, by whom, from which ports; `pinned` are the addresses that a hosts file gives the name."""

    request: HttpRequest
    principal: str
    client_ports: tuple[int, int]
    pinned: tuple[Address, ...] = ()


class HostTrace(NamedTuple):
    """What became of one host's call: its DNS answer and one path per address."""

    dns: ResolveAnswer | None
    paths: tuple[TracePath, ...]


class _Led(NamedTuple):
    """What a name led a host to: addresses, or the end of the call."""

    host: Host
    addresses: tuple[Address, ...]
    dns: ResolveAnswer | None = None
    end: TracePath | None = None


def trace_hosts(snapshot: Snapshot, hosts: Iterable[Host], call: Call) -> list[HostTrace]:
    """Follow the call of each host.

    A dual-stack client falls back to IPv4 when IPv6 fails, so IPv4 decides where the name has both; a failing
    IPv6 address then stands in the answer as a warning (IP6-01).
    """
    walk = _Walk(snapshot, call)
    return [walk.host(each) for each in hosts]


class _Answered(NamedTuple):
    """What a call got where it arrived, and why it failed."""

    call: ApiCall
    causes: tuple[Cause, ...]


class _Walk:
    """One call of several hosts."""

    def __init__(self, snapshot: Snapshot, call: Call) -> None:
        self.snapshot = snapshot
        self.call = call
        self.is_literal = call.request.is_literal
        self._led: dict[tuple[str | None, bool], _Led] = {}
        self._there: dict[tuple[str, bool, str | None], LoadBalancer | VpcEndpoint | None] = {}
        self._answered: dict[tuple[bool, str, str | None], _Answered] = {}

    def host(self, host: Host) -> HostTrace:
        """Follow one host's call."""
        led = self._where(host)
        dns, end = led.dns, led.end
        if dns is not None and led.host is not host:
            dns = msgspec.structs.replace(dns, client=host.label)
            end = None if end is None else same_end(end, host)
        if end is not None:
            return HostTrace(dns, (end,))
        paths = tuple([self._path(host, each, dns) for each in led.addresses])
        noted = self._failing_v6(host, dns) if dns is not None else ()
        if noted:
            paths = tuple(msgspec.structs.replace(each, warnings=(*each.warnings, *noted)) for each in paths)
        return HostTrace(dns, paths)

    def _where(self, host: Host) -> _Led:
        """Where the URL's host leads a host: hosts that ask their VPC's resolver alone get one answer."""
        call = self.call
        if self.is_literal:
            return _Led(host, (parse_address(call.request.host),))
        if call.pinned:
            # A hosts file stands before DNS; the name itself, and so SNI and Host, are as usual (AGW-11).
            return _Led(host, call.pinned)
        if not asks_own_resolver(self.snapshot, host):
            return self._ask(host)
        key = (host.vpc_id, host.address(6) is not None)
        led = self._led.get(key)
        if led is None:
            led = self._led[key] = self._ask(host)
        return led

    def _ask(self, host: Host) -> _Led:
        name = self.call.request.host
        dns = resolve(self.snapshot, host, name, "A")
        if dns.rcode is Rcode.NODATA and host.address(6) is not None:
            dns = resolve(self.snapshot, host, name, "AAAA")
        end = end_at_name(self.snapshot, host, dns)
        if end is not None:
            return _Led(host, (), dns, end)
        return _Led(host, tuple(parse_address(text) for text in sorted(dns.addresses)), dns)

    def _failing_v6(self, host: Host, dns: ResolveAnswer) -> tuple[str, ...]:
        """What a dual-stack client that tries IPv6 first meets: addresses that are not reached (IP6-01)."""
        if dns.type != "A" or host.address(6) is None:
            return ()
        noted: list[str] = []
        for text in sorted(resolve(self.snapshot, host, self.call.request.host, "AAAA").addresses):
            tried = self._connect(host, parse_address(text))
            if tried.verdict in (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL):
                why = tried.blocking[0].text if tried.blocking else str(tried.verdict)
                noted.append(
                    f"{host.label} tries {text} as well, which is not reached ({why}): IPv4 serves (IP6-01)"
                )
        return tuple(noted)

    def _connect(self, host: Host, address: Address) -> ReachPath:
        call = self.call
        return evaluate_path(
            self.snapshot,
            host,
            address,
            protocol="tcp",
            port=call.request.port,
            client_ports=call.client_ports,
        )

    def _path(self, host: Host, address: Address, dns: ResolveAnswer | None) -> TracePath:
        connection = self._connect(host, address)
        answer, causes = self._answer(connection, dns)
        dns_verdict = dns.verdict if dns is not None else Verdict.ALLOWED
        verdict = conjunction((dns_verdict, connection.verdict, answer.verdict))
        symptom = _symptom(connection, answer)
        is_cut = connection.verdict in (Verdict.DENIED, Verdict.INVALID)
        is_public = dns is not None and dns.target == PUBLIC and answer.endpoint is None and not is_cut
        answered = symptom is not None and symptom.startswith("http_")
        return TracePath(
            client=host.label,
            client_address=connection.client_address,
            address=str(address),
            endpoint=answer.endpoint,
            verdict=verdict,
            symptom=Symptom.PUBLIC_ANSWER if is_public else symptom if verdict is not Verdict.UNKNOWN else None,
            http=answer.http if answered and verdict is not Verdict.UNKNOWN else None,
            connection=connection,
            steps=(*connection.forward, *connection.back, *answer.steps),
            authorization=answer.authorization,
            blocking=(*(dns.blocking if dns else ()), *connection.blocking, *causes),
            unknowns=(*(dns.unknowns if dns else ()), *connection.unknowns, *answer.unknowns),
            warnings=(*(dns.warnings if dns else ()), *answer.warnings),
        )

    def _answer(self, connection: ReachPath, dns: ResolveAnswer | None) -> _Answered:
        """What whoever has the address answers; a place of which no policy compares the source is asked once."""
        who, kept = self._who(connection, dns), self._answered
        is_endpoint = isinstance(who, VpcEndpoint)
        own = who.vpc_endpoint_id if isinstance(who, VpcEndpoint) else connection.target
        found = kept.get((is_endpoint, own, None)) or kept.get((is_endpoint, own, connection.arrives_from))
        if found is not None:
            return found
        request, principal = self.call.request, self.call.principal
        if isinstance(who, VpcEndpoint):
            answer = evaluate_api_call(self.snapshot, who, request, principal, source=connection.arrives_from)
        elif who is not None:
            answer = evaluate_balancer(self.snapshot, who, connection, request, principal)
        else:
            answer = _elsewhere(connection)
        causes = tuple(cause for step in answer.steps if (cause := cause_of(step)) is not None)
        found = _Answered(answer, causes)
        is_for_one = is_endpoint and answer.reads_source
        kept[is_endpoint, own, connection.arrives_from if is_for_one else None] = found
        return found

    def _who(self, connection: ReachPath, dns: ResolveAnswer | None) -> LoadBalancer | VpcEndpoint | None:
        """Who answers at the end of a connection."""
        is_there = connection.verdict in (Verdict.ALLOWED, Verdict.PARTIAL)
        place = (connection.target, is_there, dns.target if dns is not None else None)
        if place not in self._there:
            balancer = find_balancer(self.snapshot, connection.target)
            self._there[place] = balancer or _endpoint(self.snapshot, connection, dns)
        return self._there[place]


def _symptom(connection: ReachPath, answer: ApiCall) -> Symptom | None:
    """What the caller sees of a connection and of what it gets there."""
    if connection.verdict in (Verdict.DENIED, Verdict.INVALID):
        return Symptom.CONNECT_TIMEOUT
    if answer.verdict is not Verdict.ALLOWED:
        is_open = connection.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE)
        return None if is_open else answer.symptom
    return Symptom.CONNECT_TIMEOUT if connection.verdict is Verdict.PARTIAL else answer.symptom


def _endpoint(snapshot: Snapshot, connection: ReachPath, dns: ResolveAnswer | None) -> VpcEndpoint | None:
    """The endpoint whose interface has the address; for a path that is not open, the one that the name stands for.

    Where packets arrive, only who has the address there counts: in a VPC with the same blocks it is another one
    (AGW-20).
    """
    found = endpoint_of_interface(snapshot, connection.target)
    is_there = connection.verdict in (Verdict.ALLOWED, Verdict.PARTIAL)
    if found is None and not is_there and dns is not None and dns.target is not None:
        found = snapshot.facts.vpc_endpoints.get(dns.target)
    return found


def _elsewhere(connection: ReachPath) -> ApiCall:
    """The address belongs to no endpoint: what answers there is not ours to know."""
    missing = Missing(
        fact="what serves this address",
        resource=connection.target,
        why="only execute-api endpoints and load balancers in front of them are modelled",
    )
    step = Step(
        layer="http",
        component=connection.target,
        verdict=Verdict.UNKNOWN,
        text=f"{connection.target} is no execute-api endpoint: what it answers is not known",
        rule="AGW-01",
        unknowns=(missing,),
    )
    return ApiCall(verdict=Verdict.UNKNOWN, steps=(step,), unknowns=(missing,))

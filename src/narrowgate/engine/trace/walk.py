"""The hosts of a client call one URL: the name, then each address that it led to, as far as the call gets.

What hosts have in common is asked once: the name of those that ask one resolver, and the call at an endpoint of
which no policy compares who is there. What comes out is judged and not yet written out: `written.py` does that.
"""

from typing import NamedTuple

import msgspec

from narrowgate.engine.dns.outcome import PUBLIC
from narrowgate.engine.dns.resolve import resolve
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.trace.api_call import ApiCall, endpoint_of_interface, evaluate_api_call
from narrowgate.engine.trace.load_balancer import evaluate_balancer, find_balancer
from narrowgate.engine.trace.name_end import end_at_name
from narrowgate.engine.trace.ways import Hosts, Places, Ways, hosts_that_ask_alike, ways_to
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Missing, Rcode, ReachPath, ResolveAnswer, Step, Verdict, conjunction
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TracePath


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is called, by whom, from which ports; `pinned` are the addresses that a hosts file gives the name."""

    request: HttpRequest
    principal: str
    client_ports: tuple[int, int]
    pinned: tuple[Address, ...] = ()


class Reply(NamedTuple):
    """What a call gets where it arrives, and what becomes of it with the way there."""

    call: ApiCall
    verdict: Verdict
    symptom: Symptom | None


class Arrived(NamedTuple):
    """Where a call arrives from several hosts, and the reply at each place."""

    ways: Ways
    places: Places
    replies: tuple[Reply, ...]


class HostsCall(NamedTuple):
    """The call of hosts whose name led to one answer: where it arrived, or the path that ends at the name."""

    hosts: Hosts
    addresses: tuple[Address, ...]
    dns: ResolveAnswer | None
    """As the first host got it."""

    arrived: Arrived | None = None
    end: TracePath | None = None
    """The first host's, where no address is called."""

    def verdicts(self) -> list[list[Verdict]]:
        """The verdict of each path of each host."""
        if self.arrived is None:
            return [] if self.end is None else [[self.end.verdict]]
        replies = self.arrived.replies
        return [[replies[place].verdict for place in own] for own in self.arrived.places.of_host]

    def outcomes(self) -> list[tuple[Verdict, Symptom | None, int, int]]:
        """Verdict and symptom of the different paths, with the numbers of the first host and address of each."""
        if self.arrived is None:
            return [] if self.end is None else [(self.end.verdict, self.end.symptom, 0, 0)]
        first = self.arrived.places.first
        return [(each.verdict, each.symptom, *first[place]) for place, each in enumerate(self.arrived.replies)]


def call_from(snapshot: Snapshot, hosts: Hosts, call: Call) -> list[HostsCall]:
    """Follow the call of each host."""
    request = call.request
    if request.is_literal:
        return [_call(snapshot, hosts, call, (parse_address(request.host),), None)]
    if call.pinned:
        # A hosts file stands before DNS; the name itself, and so SNI and Host, are as usual (AGW-11).
        return [_call(snapshot, hosts, call, call.pinned, None)]
    return [_call_by_name(snapshot, each, call) for each in hosts_that_ask_alike(snapshot, hosts)]


def _call_by_name(snapshot: Snapshot, hosts: Hosts, call: Call) -> HostsCall:
    name, host = call.request.host, hosts[0]
    dns = resolve(snapshot, host, name, "A")
    if dns.rcode is Rcode.NODATA and host.address(6) is not None:
        dns = resolve(snapshot, host, name, "AAAA")
    end = end_at_name(snapshot, host, dns)
    if end is not None:
        return HostsCall(hosts, (), dns, end=end)
    addresses = tuple([parse_address(text) for text in sorted(dns.addresses)])
    return _call(snapshot, hosts, call, addresses, dns)


def _call(
    snapshot: Snapshot, hosts: Hosts, call: Call, addresses: tuple[Address, ...], dns: ResolveAnswer | None
) -> HostsCall:
    ways = ways_to(snapshot, hosts, addresses, call.request.port, call.client_ports)
    places = ways.alike
    replies = tuple([_reply(snapshot, call, each, dns) for each in places.ways])
    if any(each.call.reads_source for each in replies):
        places = ways.by_source
        replies = tuple([_reply(snapshot, call, each, dns) for each in places.ways])
    return HostsCall(hosts, addresses, dns, Arrived(ways, places, replies))


def _reply(snapshot: Snapshot, call: Call, way: ReachPath, dns: ResolveAnswer | None) -> Reply:
    """What the caller gets at the end of a way."""
    answer = _answer(snapshot, call, way, dns)
    verdict = conjunction((dns.verdict if dns is not None else Verdict.ALLOWED, way.verdict, answer.verdict))
    return Reply(answer, verdict, _symptom(way, answer, dns, verdict))


def _answer(snapshot: Snapshot, call: Call, way: ReachPath, dns: ResolveAnswer | None) -> ApiCall:
    """What whoever has the address answers."""
    balancer = find_balancer(snapshot, way.target)
    if balancer is not None:
        return evaluate_balancer(snapshot, balancer, way, call.request, call.principal)
    endpoint = _endpoint(snapshot, way, dns)
    if endpoint is None:
        return _elsewhere(way)
    return evaluate_api_call(snapshot, endpoint, call.request, call.principal, source=way.arrives_from)


def _symptom(
    connection: ReachPath, answer: ApiCall, dns: ResolveAnswer | None, verdict: Verdict
) -> Symptom | None:
    """What the caller sees of a connection and of what it gets there."""
    is_cut = connection.verdict in (Verdict.DENIED, Verdict.INVALID)
    if dns is not None and dns.target == PUBLIC and answer.endpoint is None and not is_cut:
        return Symptom.PUBLIC_ANSWER
    if verdict is Verdict.UNKNOWN:
        return None
    if is_cut:
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

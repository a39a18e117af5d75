"""One host calls one URL: the name, then each address that it resolved to, as far as the call gets."""

import msgspec

from narrowgate.engine.dns.endpoint_names import is_vpce_name
from narrowgate.engine.dns.outcome import PUBLIC
from narrowgate.engine.dns.resolve import resolve
from narrowgate.engine.http.names import parse_api_name
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.trace.api_call import ApiCall, endpoint_of_interface, evaluate_api_call
from narrowgate.engine.trace.load_balancer import evaluate_balancer, find_balancer
from narrowgate.model.address import Address, is_private, parse_address
from narrowgate.model.answer import (
    Cause,
    Leg,
    Missing,
    Rcode,
    ReachPath,
    ResolveAnswer,
    Step,
    Verdict,
    cause_of,
    conjunction,
)
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import Symptom, TracePath

_DNS_SYMPTOMS = {
    Rcode.NXDOMAIN: Symptom.DNS_NXDOMAIN,
    Rcode.NODATA: Symptom.DNS_NODATA,
    Rcode.SERVFAIL: Symptom.DNS_SERVFAIL,
    Rcode.TIMEOUT: Symptom.DNS_TIMEOUT,
}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is called, by whom, from which ports; `pinned` are the addresses that a hosts file gives the name."""

    request: HttpRequest
    principal: str
    client_ports: tuple[int, int]
    pinned: tuple[Address, ...] = ()


class HostTrace(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one host's call: its DNS answer and one path per address."""

    dns: ResolveAnswer | None
    paths: tuple[TracePath, ...]


def trace_host(snapshot: Snapshot, host: Host, call: Call) -> HostTrace:
    """Follow one host's call.

    A dual-stack client falls back to IPv4 when IPv6 fails, so IPv4 decides where the name has both; a failing
    IPv6 address then stands in the answer as a warning (IP6-01).
    """
    if call.request.is_literal:
        address = parse_address(call.request.host)
        return HostTrace(dns=None, paths=(_walk(snapshot, host, call, address, None),))
    if call.pinned:
        # A hosts file stands before DNS; the name itself, and so SNI and Host, are as usual (AGW-11).
        return HostTrace(dns=None, paths=tuple(_walk(snapshot, host, call, each, None) for each in call.pinned))
    dns = _ask(snapshot, host, call.request.host)
    early = _public_front(snapshot, host, dns) or _dns_outcome(host, dns)
    if early is not None:
        return HostTrace(dns=dns, paths=(early,))
    paths = tuple(_walk(snapshot, host, call, parse_address(text), dns) for text in sorted(dns.addresses))
    noted = _failing_v6(snapshot, host, call, dns)
    if noted:
        paths = tuple(msgspec.structs.replace(each, warnings=(*each.warnings, *noted)) for each in paths)
    return HostTrace(dns=dns, paths=paths)


def _failing_v6(snapshot: Snapshot, host: Host, call: Call, dns: ResolveAnswer) -> tuple[str, ...]:
    """What a dual-stack client that tries IPv6 first meets: addresses that are not reached (IP6-01)."""
    if host.address(6) is None or dns.type != "A":
        return ()
    noted: list[str] = []
    for text in sorted(resolve(snapshot, host, call.request.host, "AAAA").addresses):
        tried = evaluate_path(
            snapshot,
            host,
            parse_address(text),
            protocol="tcp",
            port=call.request.port,
            client_ports=call.client_ports,
        )
        if tried.verdict in (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL):
            why = tried.blocking[0].text if tried.blocking else str(tried.verdict)
            noted.append(f"{host.label} tries {text} as well, which is not reached ({why}): IPv4 serves (IP6-01)")
    return tuple(noted)


def _ask(snapshot: Snapshot, host: Host, name: str) -> ResolveAnswer:
    answer = resolve(snapshot, host, name, "A")
    has_v6 = host.address(6) is not None
    if has_v6 and answer.rcode is Rcode.NODATA:
        return resolve(snapshot, host, name, "AAAA")
    return answer


def _dns_outcome(host: Host, dns: ResolveAnswer) -> TracePath | None:
    """The path of a call that ends at the name; None where addresses came back."""
    if dns.addresses:
        return None
    symptom: Symptom | None
    if dns.blocked is not None:
        symptom = Symptom.DNS_BLOCKED
    elif dns.target == PUBLIC and dns.verdict is Verdict.ALLOWED:
        symptom = Symptom.PUBLIC_ANSWER
    elif dns.rcode is not None:
        symptom = _DNS_SYMPTOMS.get(dns.rcode)
    else:
        # A private API's name that only public DNS was asked for: "could not resolve host" (AGW-05, ERR-09).
        # Other names that fail in ways that differ, or that nobody can tell, have no one symptom.
        is_private = any(each.reason is Reason.DNS_NO_PRIVATE_ANSWER for each in dns.blocking)
        is_told = is_private and dns.verdict is Verdict.DENIED and not dns.unknowns
        symptom = Symptom.DNS_NXDOMAIN if is_told else None
    verdict, blocking, unknowns = dns.verdict, dns.blocking, dns.unknowns
    if dns.blocked is not None and verdict is Verdict.ALLOWED and not _may_serve(dns.target):
        verdict, blocking = Verdict.DENIED, (*blocking, _overridden(dns))
    if verdict is Verdict.ALLOWED:
        verdict = Verdict.UNKNOWN
        what = "a public API or server" if symptom is Symptom.PUBLIC_ANSWER else f"what `{dns.name}` leads to"
        unknowns = (*unknowns, Missing(fact="public Internet", resource=dns.name, why=f"{what} is not modelled"))
    return TracePath(
        client=host.label,
        client_address=_shown(host),
        address=None,
        endpoint=None,
        verdict=verdict,
        symptom=symptom,
        blocking=blocking,
        unknowns=unknowns,
        warnings=dns.warnings,
    )


def _public_front(snapshot: Snapshot, host: Host, dns: ResolveAnswer) -> TracePath | None:
    """The end of a call of a private API whose name got public addresses: no API is behind them (VPCE-DNS-10)."""
    if dns.target != PUBLIC or not dns.addresses or dns.verdict is not Verdict.ALLOWED:
        return None
    name = parse_api_name(dns.name)
    api = snapshot.facts.rest_apis.get(name.api_id) if name is not None else None
    if api is None or isinstance(api.endpoint_configuration, UnsetType):
        return None
    is_at_home = any(is_private(parse_address(text)) for text in dns.addresses)
    if "PRIVATE" not in api.endpoint_configuration.types or is_at_home:
        return None
    text = f"{dns.name} leads to {', '.join(dns.addresses)} in public DNS, where no private API is served"
    cause = Cause(
        leg=Leg.FORWARD,
        layer="dns",
        reason=Reason.DNS_PUBLIC_ANSWER,
        resource=api.id,
        rule="VPCE-DNS-10",
        text=text,
    )
    return TracePath(
        client=host.label,
        client_address=_shown(host),
        address=dns.addresses[0],
        endpoint=None,
        verdict=Verdict.DENIED,
        symptom=Symptom.PUBLIC_ANSWER,
        blocking=(cause,),
        warnings=dns.warnings,
    )


def _may_serve(name: str | None) -> bool:
    """Whether an overriding record could lead to an endpoint after all."""
    return name is not None and (is_vpce_name(name) or parse_api_name(name) is not None)


def _overridden(dns: ResolveAnswer) -> Cause:
    """DNS Firewall answers with another name, whatever stands behind it: the call never meets its API (FW-03)."""
    group = dns.blocked.group if dns.blocked else None
    return Cause(
        leg=Leg.FORWARD,
        layer="dns",
        reason=Reason.DNS_FIREWALL_BLOCKED,
        resource=group,
        rule="FW-03",
        text=f"DNS Firewall group {group} answers {dns.name} with {dns.target} instead",
    )


def _walk(snapshot: Snapshot, host: Host, call: Call, address: Address, dns: ResolveAnswer | None) -> TracePath:
    request, principal = call.request, call.principal
    connection = evaluate_path(
        snapshot, host, address, protocol="tcp", port=request.port, client_ports=call.client_ports
    )
    balancer = find_balancer(snapshot, connection.target)
    if balancer is not None:
        answer = evaluate_balancer(snapshot, balancer, connection, request, principal)
    else:
        answer = _answer(snapshot, connection, request, principal, dns)
    dns_verdict = dns.verdict if dns is not None else Verdict.ALLOWED
    verdict = conjunction((dns_verdict, connection.verdict, answer.verdict))
    steps = (*connection.forward, *connection.back, *answer.steps)
    causes = tuple(cause for step in answer.steps if (cause := cause_of(step)) is not None)
    is_cut = connection.verdict in (Verdict.DENIED, Verdict.INVALID)
    is_open = (
        connection.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE) and answer.verdict is not Verdict.ALLOWED
    )
    symptom = Symptom.CONNECT_TIMEOUT if is_cut else None if is_open else answer.symptom
    if connection.verdict is Verdict.PARTIAL and answer.verdict is Verdict.ALLOWED:
        symptom = Symptom.CONNECT_TIMEOUT
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
        steps=steps,
        authorization=answer.authorization,
        blocking=(*_dns_causes(dns), *connection.blocking, *causes),
        unknowns=(*(dns.unknowns if dns else ()), *connection.unknowns, *answer.unknowns),
        warnings=(*(dns.warnings if dns else ()), *answer.warnings),
    )


def _answer(
    snapshot: Snapshot, connection: ReachPath, request: HttpRequest, principal: str, dns: ResolveAnswer | None
) -> ApiCall:
    endpoint = _endpoint(snapshot, connection, dns)
    if endpoint is None:
        return _elsewhere(connection)
    return evaluate_api_call(snapshot, endpoint, request, principal, source=connection.arrives_from)


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


def _dns_causes(dns: ResolveAnswer | None) -> tuple[Cause, ...]:
    return dns.blocking if dns is not None else ()


def _shown(host: Host) -> str | None:
    return str(host.addresses[0]) if host.addresses else None

"""A host's call written out: each path with its steps, its causes and what nobody knows of it."""

import msgspec

from narrowgate.engine.dns.resolve import resolve
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.trace.name_end import same_end
from narrowgate.engine.trace.walk import Call, HostsCall, Reply
from narrowgate.model.address import parse_address
from narrowgate.model.answer import ReachPath, ResolveAnswer, Verdict
from narrowgate.model.host import Host
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TracePath


def dns_of(called: HostsCall, host: int) -> ResolveAnswer | None:
    """What a host, by its number, got for the name; hosts that share an answer share all of it but who asked."""
    if called.dns is None or host == 0:
        return called.dns
    return msgspec.structs.replace(called.dns, client=called.hosts[host].label)


def paths_of(snapshot: Snapshot, called: HostsCall, call: Call) -> list[tuple[TracePath, ...]]:
    """The paths of each host: one for each address, or the one that ends at the name.

    A dual-stack client falls back to IPv4 when IPv6 fails, so IPv4 decides where the name has both; a failing
    IPv6 address then stands in the answer as a warning (IP6-01).
    """
    hosts, end, arrived = called.hosts, called.end, called.arrived
    if end is not None:
        return [(end,), *((same_end(end, each),) for each in hosts[1:])]
    if arrived is None:
        return []
    addresses = [str(each) for each in called.addresses]
    written: list[tuple[TracePath, ...]] = []
    for host, ways, places in zip(hosts, arrived.ways.of_host, arrived.places.of_host, strict=True):
        replies = [arrived.replies[place] for place in places]
        paths = [_path(host, *each, called.dns) for each in zip(addresses, ways, replies, strict=True)]
        noted = _failing_v6(snapshot, host, call, called.dns) if called.dns is not None else ()
        if noted:
            paths = [msgspec.structs.replace(each, warnings=(*each.warnings, *noted)) for each in paths]
        written.append(tuple(paths))
    return written


def _path(host: Host, address: str, connection: ReachPath, reply: Reply, dns: ResolveAnswer | None) -> TracePath:
    answer, symptom = reply.call, reply.symptom
    blocking = (*connection.blocking, *answer.causes)
    unknowns = (*connection.unknowns, *answer.unknowns)
    warnings = answer.warnings
    if dns is not None:
        blocking = (*dns.blocking, *blocking)
        unknowns = (*dns.unknowns, *unknowns)
        warnings = (*dns.warnings, *warnings)
    return TracePath(
        client=host.label,
        client_address=connection.client_address,
        address=address,
        endpoint=answer.endpoint,
        verdict=reply.verdict,
        symptom=symptom,
        http=answer.http if symptom is not None and symptom.startswith("http_") else None,
        connection=connection,
        steps=(*connection.forward, *connection.back, *answer.steps),
        authorization=answer.authorization,
        blocking=blocking,
        unknowns=unknowns,
        warnings=warnings,
    )


def _failing_v6(snapshot: Snapshot, host: Host, call: Call, dns: ResolveAnswer) -> tuple[str, ...]:
    """What a dual-stack client that tries IPv6 first meets: addresses that are not reached (IP6-01)."""
    if dns.type != "A" or host.address(6) is None:
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

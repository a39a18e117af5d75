"""Many hosts and addresses, one answer: what holds for all, what only for some, and what decides."""

from collections.abc import Sequence
from typing import TypeVar

from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS
from narrowgate.engine.trace.parts import client_in_parts
from narrowgate.engine.trace.walk import Call, HostTrace, trace_hosts
from narrowgate.model.address import Address
from narrowgate.model.answer import Cause, Verdict, spread
from narrowgate.model.host import Client
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer, TracePath

T = TypeVar("T")


def trace(
    snapshot: Snapshot,
    client: Client,
    request: HttpRequest,
    *,
    principal: str = "anonymous",
    pinned: tuple[Address, ...] = (),
) -> TraceAnswer:
    """Whether a client can call a URL; `pinned` are addresses that its hosts file gives the name.

    Every address that the name resolves to must work, for a client takes any of them (RCH-02); hosts of a subnet
    or VPC that fare differently make the answer `partial`.
    """
    ports = client.client_ports or DEFAULT_CLIENT_PORTS
    call = Call(request=request, principal=principal, client_ports=ports, pinned=pinned)
    hosts = trace_hosts(snapshot, client.hosts, call)
    parts = client_in_parts(snapshot, client, [path for each in hosts for path in each.paths])
    if parts is not client:
        hosts = trace_hosts(snapshot, parts.hosts, call)
    verdicts = [spread([path.verdict for path in each.paths]) for each in hosts]
    verdict = spread(verdicts)
    chosen, path = _deciding(hosts, verdict)
    blocking = _unique([cause for each in hosts for found in each.paths for cause in found.blocking])
    unknowns = _unique([missing for each in hosts for found in each.paths for missing in found.unknowns])
    paths = tuple(found for each in hosts for found in each.paths)
    return TraceAnswer(
        verdict=verdict,
        decided_by=_decided_by(path, verdict, blocking),
        blocking=blocking if verdict is not Verdict.ALLOWED else (),
        unknowns=unknowns,
        symptom=path.symptom,
        http=path.http,
        client=client.label,
        url=request.url,
        method=request.method,
        dns=chosen.dns,
        hops=path.steps,
        authorization=path.authorization,
        paths=paths,
        works=tuple(sorted({_named(found) for found in paths if found.verdict is Verdict.ALLOWED})),
        fails=tuple(sorted({_named(found) for found in paths if found.verdict is not Verdict.ALLOWED})),
        warnings=_unique([*client.warnings, *(warning for found in paths for warning in found.warnings)]),
    )


# The path that is shown in full: the first that explains the verdict.
_EXPLAINS: dict[Verdict, tuple[Verdict, ...]] = {
    Verdict.PARTIAL: (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL, Verdict.UNKNOWN),
    Verdict.DENIED: (Verdict.DENIED, Verdict.INVALID),
}


def _deciding(hosts: Sequence[HostTrace], verdict: Verdict) -> tuple[HostTrace, TracePath]:
    for wanted in _EXPLAINS.get(verdict, (verdict,)):
        for each in hosts:
            for path in each.paths:
                if path.verdict is wanted:
                    return each, path
    return hosts[0], hosts[0].paths[0]


def _decided_by(path: TracePath, verdict: Verdict, blocking: Sequence[Cause]) -> Cause | None:
    if verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return None
    return path.blocking[0] if path.blocking else next(iter(blocking), None)


def _named(path: TracePath) -> str:
    towards = f" → {path.address}" if path.address else ""
    return f"{path.client}{towards}"


def _unique(items: Sequence[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))

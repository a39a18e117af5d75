"""Many hosts and addresses, one answer: what holds for all, what only for some, and what decides."""

import re
from collections.abc import Sequence
from typing import TypeVar

from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.network.address_classes import refine_client
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS
from narrowgate.engine.network.interfaces import interface
from narrowgate.engine.trace.walk import Call, HostTrace, trace_host
from narrowgate.model.address import Address, Cidr, is_block, parse_address, parse_cidr
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
    hosts = [trace_host(snapshot, host, call) for host in client.hosts]
    parts = _refined(snapshot, client, hosts)
    if parts is not client:
        hosts = [trace_host(snapshot, host, call) for host in parts.hosts]
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


# Addresses as policies write them: host bits and bare addresses included (POL-09).
_BLOCK = re.compile(r'"((?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?|[0-9a-fA-F:]*:[0-9a-fA-F:]+(?:/\d{1,3})?)\\?"')


def _refined(snapshot: Snapshot, client: Client, hosts: Sequence[HostTrace]) -> Client:
    """The client in parts that groups, ACLs, routes and policies on its way treat alike."""
    if not client.any_address:
        return client
    paths = [path for each in hosts for path in each.paths]
    reached = {path.connection.target for path in paths if path.connection is not None}
    targets = [found for each in sorted(reached) if (found := interface(snapshot, each)) is not None]
    family = next((parse_address(path.address).family for path in paths if path.address), 4)
    return refine_client(snapshot, client, targets, family, _policy_blocks(snapshot, paths))


def _policy_blocks(snapshot: Snapshot, paths: Sequence[TracePath]) -> frozenset[Cidr]:
    """Every address range that a policy on the way names: `aws:VpcSourceIp` tells hosts of one subnet apart."""
    texts: set[str] = set()
    for path in paths:
        endpoint = snapshot.facts.vpc_endpoints.get(path.endpoint or "")
        if endpoint is not None and isinstance(endpoint.policy_document, str):
            texts.add(endpoint.policy_document)
        if path.authorization is not None:
            api = snapshot.facts.rest_apis.get(path.authorization.resource.split(":")[5].split("/")[0])
            texts.update(each for each in (api.policy if api else None,) if isinstance(each, str))
            texts.update(
                export.policy
                for (api_id, _), export in snapshot.facts.stage_exports.items()
                if api is not None and api_id == api.id and isinstance(export.policy, str)
            )
    found = {match[1] for text in texts for match in _BLOCK.finditer(text.replace("\\", ""))}
    return frozenset(parse_cidr(each) for each in found if is_block(each))


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

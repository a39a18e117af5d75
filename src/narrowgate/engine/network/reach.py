"""Whether a client can open a socket to a target: every host of the one, every address of the other (RCH-02)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from narrowgate.engine.network.address_classes import refine_host
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS, Flow, parse_flow, platform_ports, protocol_name
from narrowgate.engine.network.hosts import host_of_interface
from narrowgate.engine.network.interface_addresses import interface_with_public_address, interfaces_with_address
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.load_balancers import BalancedTarget, forward
from narrowgate.engine.network.path import deciding_cause, evaluate_path, path_without_address
from narrowgate.engine.network.services import check_endpoint
from narrowgate.engine.network.targets import Destination, ReachTarget
from narrowgate.model.answer import (
    Cause,
    ReachAnswer,
    ReachPath,
    Verdict,
    cause_of,
    conjunction,
    spread,
)
from narrowgate.model.fact import UNSET
from narrowgate.model.host import Client, Host
from narrowgate.model.snapshot import Snapshot

T = TypeVar("T")

_WORKS = (Verdict.ALLOWED,)
_FAILS = (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL)


def evaluate_reach(
    snapshot: Snapshot,
    client: Client,
    target: ReachTarget,
    *,
    port: int,
    protocol: str = "tcp",
    client_ports: tuple[int, int] | None = None,
    ip_version: int | None = None,
) -> ReachAnswer:
    """Judge every path from a client's hosts to a target's addresses, and join them into one answer.

    Hosts and addresses are used in turn, so the answer is `partial` where some work and some do not.

    Args:
        snapshot: the estate.
        client: from `find_client`.
        target: from `find_target`.
        port: the destination port.
        protocol: `tcp` or `udp`.
        client_ports: what the client may send from; None takes what its platform tells (ACL-07).
        ip_version: 4 or 6; None takes IPv4 wherever both ends have it.

    Raises:
        InputError: protocol or ports make no flow.
    """
    asked = _Asked(protocol.lower(), port, client_ports, ip_version)
    parse_flow(protocol, port, client_ports or DEFAULT_CLIENT_PORTS)
    gone = _unserved(snapshot, client, target)
    tried = [_try_host(snapshot, client, host, target, asked) for host in client.hosts] if gone is None else [gone]
    verdicts = [verdict for each in tried for _, verdict in each.parts]
    verdict = spread([*verdicts, *([Verdict.UNKNOWN] if client.unknowns else [])])
    paths = [path for each in tried for path in each.paths]
    labels = [label for each in tried for label in each.labels()]
    if len(labels) <= 1:
        labels = [(path.target, path.verdict) for path in paths]
    return _answer(snapshot, client, target, asked, _Outcome(verdict, paths, labels))


class _Asked(NamedTuple):
    protocol: str
    port: int
    client_ports: tuple[int, int] | None
    ip_version: int | None


class _Tried(NamedTuple):
    """One host of the client: its parts with their verdicts, and every path."""

    host: str
    parts: list[tuple[str, Verdict]]
    paths: list[ReachPath]

    def labels(self) -> list[tuple[str, Verdict]]:
        """The parts by name, or the host where its parts fare alike."""
        verdicts = {verdict for _, verdict in self.parts}
        return [(self.host, verdicts.pop())] if len(verdicts) == 1 else self.parts


class _Outcome(NamedTuple):
    verdict: Verdict
    paths: list[ReachPath]
    labels: list[tuple[str, Verdict]]


def _try_host(snapshot: Snapshot, client: Client, host: Host, target: ReachTarget, asked: _Asked) -> _Tried:
    ports = asked.client_ports or client.client_ports or platform_ports(host.platform)
    flow = parse_flow(asked.protocol, asked.port, ports)
    destinations = _of_family(target, host, asked.ip_version)
    tried = _Tried(host.label, [], [])
    for part in _parts(snapshot, client, host, destinations):
        found = [_one(snapshot, part, destination, flow, target) for destination in destinations]
        if not destinations and target.destinations and asked.ip_version:
            found = [path_without_address(part.label, target.label, target.label, asked.ip_version)]
        open_questions = [Verdict.UNKNOWN] if target.unknowns or not found else []
        tried.parts.append((part.label, spread([*(path.verdict for path in found), *open_questions])))
        tried.paths.extend(found)
    return tried


def _unserved(snapshot: Snapshot, client: Client, target: ReachTarget) -> _Tried | None:
    """An endpoint that does not serve need not have an interface left to ask about (VPCE-04)."""
    if target.destinations or target.vpc_endpoint_id is None:
        return None
    step = check_endpoint(snapshot, target.vpc_endpoint_id)
    cause = cause_of(step) if step else None
    if step is None or cause is None:
        return None
    path = ReachPath(
        client=client.label,
        client_address=None,
        target=target.label,
        target_address=None,
        verdict=step.verdict,
        forward=(step,),
        blocking=(cause,),
    )
    return _Tried(client.label, [(client.label, step.verdict)], [path])


def _parts(snapshot: Snapshot, client: Client, host: Host, destinations: Sequence[Destination]) -> Sequence[Host]:
    if not client.any_address or not destinations:
        return [host]
    targets = tuple(dict.fromkeys(_interfaces(snapshot, destinations)))
    return refine_host(snapshot, host, targets, destinations[0].address.family)


def _interfaces(snapshot: Snapshot, destinations: Sequence[Destination]) -> Iterable[Interface]:
    for each in destinations:
        known = interface(snapshot, each.interface_id) if each.interface_id else None
        known = known or interface_with_public_address(snapshot, each.address)
        if known:
            yield known
        else:
            yield from interfaces_with_address(snapshot, each.address)


def _of_family(target: ReachTarget, host: Host, ip_version: int | None) -> Sequence[Destination]:
    """The target's addresses in the family asked for, else in the one that both ends have, IPv4 first."""
    if ip_version:
        return [each for each in target.destinations if each.address.family == ip_version]
    for family in (4, 6):
        found = [each for each in target.destinations if each.address.family == family]
        if found and host.address(family):
            return found
    return target.destinations


def _one(snapshot: Snapshot, host: Host, destination: Destination, flow: Flow, target: ReachTarget) -> ReachPath:
    path = evaluate_path(
        snapshot,
        host,
        destination.address,
        protocol=protocol_name(flow.protocol),
        port=flow.port,
        client_ports=flow.client_ports,
        network_interface_id=destination.interface_id,
    )
    known = interface(snapshot, destination.interface_id) if destination.interface_id else None
    arn = (known.load_balancer_arn if known else None) or target.load_balancer_arn
    return _beyond_balancer(snapshot, path, arn, known, flow) if arn else path


def _beyond_balancer(
    snapshot: Snapshot, path: ReachPath, arn: str, node: Interface | None, flow: Flow
) -> ReachPath:
    """ALT-01: a balancer's node is only the first of two independent hops."""
    forwarding = forward(snapshot, arn, flow)
    steps = [forwarding.step]
    unknowns = list(forwarding.unknowns)
    back: tuple[ReachPath, ...] = ()
    if node is not None and forwarding.targets:
        hops = [_second_hop(snapshot, node, each, flow) for each in forwarding.targets]
        # An unreachable target fails its health check and gets nothing, so one that is reached is enough.
        best = next((hop for hop in hops if hop.verdict is Verdict.ALLOWED), None)
        if best is None:
            best = next((hop for hop in hops if hop.verdict is Verdict.UNKNOWN), hops[0])
        steps += best.forward
        back = (best,)
    joined = (*path.forward, *steps)
    returned = (*(step for hop in back for step in hop.back), *path.back)
    everything = (*joined, *returned)
    return msgspec.structs.replace(
        path,
        forward=joined,
        back=returned,
        verdict=conjunction(step.verdict for step in everything),
        blocking=tuple(cause for step in everything if (cause := cause_of(step))),
        unknowns=_distinct([*(missing for step in everything for missing in step.unknowns), *unknowns]),
    )


def _second_hop(snapshot: Snapshot, node: Interface, target: BalancedTarget, flow: Flow) -> ReachPath:
    return evaluate_path(
        snapshot,
        host_of_interface(node, label=node.label),
        target.address,
        protocol=protocol_name(flow.protocol),
        port=target.port,
        network_interface_id=target.interface_id,
    )


def _answer(
    snapshot: Snapshot, client: Client, target: ReachTarget, asked: _Asked, outcome: _Outcome
) -> ReachAnswer:
    paths = outcome.paths
    shown = _shown(paths, outcome.verdict)
    of_paths = (missing for path in paths for missing in path.unknowns)
    return ReachAnswer(
        verdict=outcome.verdict,
        decided_by=_decided_by(shown, outcome.verdict),
        blocking=_distinct_causes(cause for path in paths for cause in path.blocking),
        unknowns=_distinct([*client.unknowns, *target.unknowns, *of_paths]),
        client=client.label,
        target=target.label,
        protocol=asked.protocol,
        port=asked.port,
        forward=shown.forward if shown else (),
        back=shown.back if shown else (),
        paths=tuple(paths),
        works=_distinct(label for label, own in outcome.labels if own in _WORKS),
        fails=_distinct(label for label, own in outcome.labels if own in _FAILS),
        warnings=(*client.warnings, *_warnings(snapshot, target, paths)),
    )


def _shown(paths: list[ReachPath], verdict: Verdict) -> ReachPath | None:
    """The path that makes the verdict; for `partial`, the first that fails."""
    wanted: tuple[Verdict, ...] = (verdict,)
    if verdict is Verdict.PARTIAL:
        wanted = (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL)
    return next((path for path in paths if path.verdict in wanted), paths[0] if paths else None)


def _decided_by(shown: ReachPath | None, verdict: Verdict) -> Cause | None:
    if shown is None or verdict in (Verdict.ALLOWED, Verdict.UNKNOWN):
        return None
    return deciding_cause(shown)


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _distinct_causes(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """One entry for each cause: that it stops several paths does not make it several."""
    found: dict[tuple[object, ...], Cause] = {}
    for cause in causes:
        found.setdefault((cause.leg, cause.layer, cause.reason, cause.resource), cause)
    return tuple(found.values())


def _warnings(snapshot: Snapshot, target: ReachTarget, paths: list[ReachPath]) -> Iterable[str]:
    for each in target.destinations:
        known = interface(snapshot, each.interface_id) if each.interface_id else None
        if known and known.vpc_endpoint_id:
            endpoint = snapshot.facts.vpc_endpoints.get(known.vpc_endpoint_id)
            if endpoint and endpoint.state is not UNSET and endpoint.state.lower() == "partial":
                yield f"endpoint {known.vpc_endpoint_id} is Partial: some subnets have no interface (VPCE-04)"
                return
        elif known and not known.resolver_endpoint_id and not known.load_balancer_arn:
            if any(path.verdict is Verdict.ALLOWED for path in paths):
                yield f"whether anything listens on {known.label} is assumed, not known"
            return

"""Whether a client can open a socket to a target: every host of the one, every address of the other (RCH-02)."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from narrowgate.engine.network.address_classes import refine_host
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS, Flow, parse_flow, platform_ports, protocol_name
from narrowgate.engine.network.hosts import Client, host_of_interface
from narrowgate.engine.network.interfaces import (
    Interface,
    interface,
    interface_with_public_address,
    interfaces_with_address,
)
from narrowgate.engine.network.load_balancers import BalancedTarget, forward
from narrowgate.engine.network.path import deciding_cause, evaluate_path, path_without_address
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
from narrowgate.model.host import Host
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
    parse_flow(protocol, port, client_ports or DEFAULT_CLIENT_PORTS)
    paths: list[ReachPath] = []
    by_host: list[tuple[str, Verdict]] = []
    for host in client.hosts:
        flow = parse_flow(protocol, port, client_ports or client.client_ports or platform_ports(host.platform))
        destinations = _of_family(target, host, ip_version)
        for part in _parts(snapshot, client, host, destinations):
            found = [_one(snapshot, part, destination, flow, target) for destination in destinations]
            if not destinations and target.destinations and ip_version:
                found = [path_without_address(part.label, target.label, target.label, ip_version)]
            paths += found
            open_questions = [Verdict.UNKNOWN] if target.unknowns or not found else []
            by_host.append((part.label, spread([*(path.verdict for path in found), *open_questions])))
    verdict = spread([*(own for _, own in by_host), *([Verdict.UNKNOWN] if client.unknowns else [])])
    labels = by_host if len(by_host) > 1 else [(path.target, path.verdict) for path in paths]
    asked = (protocol.lower(), port)
    return _answer(snapshot, client, target, asked, paths, verdict, labels)


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
    snapshot: Snapshot,
    client: Client,
    target: ReachTarget,
    asked: tuple[str, int],
    paths: list[ReachPath],
    verdict: Verdict,
    labels: list[tuple[str, Verdict]],
) -> ReachAnswer:
    shown = _shown(paths, verdict)
    unknowns = _distinct(
        [*client.unknowns, *target.unknowns, *(missing for path in paths for missing in path.unknowns)]
    )
    return ReachAnswer(
        verdict=verdict,
        decided_by=_decided_by(shown, verdict),
        blocking=_distinct_causes(cause for path in paths for cause in path.blocking),
        unknowns=unknowns,
        client=client.label,
        target=target.label,
        protocol=asked[0],
        port=asked[1],
        forward=shown.forward if shown else (),
        back=shown.back if shown else (),
        paths=tuple(paths),
        works=tuple(dict.fromkeys(label for label, own in labels if own in _WORKS)),
        fails=tuple(dict.fromkeys(label for label, own in labels if own in _FAILS)),
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

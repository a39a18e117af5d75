"""One sender to one address, there and back, in the order in which AWS judges a packet (RCH-01)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.network.arrival import Arrival
from narrowgate.engine.network.delivery import deliver
from narrowgate.engine.network.departure import Conflict, Router
from narrowgate.engine.network.flow import Flow, Packet, parse_flow, platform_ports
from narrowgate.engine.network.flow_ends import End, end_of_host, end_of_interface
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.path_target import find_target, peer_resolver, target_end
from narrowgate.engine.network.replies import seen_as, walk_back
from narrowgate.engine.network.route_lookup import is_private
from narrowgate.engine.network.route_targets import Target
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.security_groups import check_security_groups
from narrowgate.engine.network.services import (
    check_builtin,
    check_client,
    check_listening,
    check_target,
)
from narrowgate.engine.network.steps import At
from narrowgate.engine.network.walk import travel
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import (
    Cause,
    Considered,
    Leg,
    Missing,
    ReachPath,
    Step,
    Verdict,
    alternatives,
    cause_of,
    conjunction,
)
from narrowgate.model.host import Host
from narrowgate.model.kept import Kept
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index

_MOST_CHOICES = 64


@index
def _kept(snapshot: Snapshot) -> Kept[tuple[object, ...], ReachPath]:
    """Paths of this snapshot: a trace asks for the same Resolver path for every client of a VPC."""
    return Kept(50_000)


def evaluate_path(
    snapshot: Snapshot,
    host: Host,
    destination: Address,
    *,
    protocol: str,
    port: int,
    client_ports: tuple[int, int] | None = None,
    network_interface_id: str | None = None,
) -> ReachPath:
    """Say whether a host can open a connection to an address, with every step there and back.

    Args:
        snapshot: the estate.
        host: who sends; a host without `network_interface_id` and groups stands for one that could be started.
        destination: where to; its family picks the host's address.
        protocol: `tcp` or `udp`.
        port: the destination port.
        client_ports: what the host may send from, first and last; None takes what its platform tells (ACL-07).
        network_interface_id: whose address it is meant to be, where the caller knows; otherwise the host's own
            routing tells.

    Raises:
        InputError: protocol or ports make no flow.
    """
    client_ports = client_ports or platform_ports(host.platform)
    key = (host, destination, protocol, port, client_ports, network_interface_id)
    kept = _kept(snapshot)
    found = kept.get(key)
    if found is None:
        flow = parse_flow(protocol, port, client_ports)
        found = kept.keep(key, _evaluate(snapshot, host, destination, flow, network_interface_id))
    return found


def _evaluate(
    snapshot: Snapshot, host: Host, destination: Address, flow: Flow, network_interface_id: str | None
) -> ReachPath:
    known = interface(snapshot, network_interface_id) if network_interface_id else None
    if host.is_internet and known is not None:
        # The Internet knows an interface by its public address only.
        destination = known.public_address(destination) or destination
    source = host.address(destination.family)
    if source is None and not host.addresses:
        return _unplaced(host, destination)
    if source is None:
        return _no_address(host, destination, known)
    client = end_of_host(snapshot, host, source)
    outcomes = list(_outcomes(snapshot, flow, client, destination, known))
    return outcomes[0][0] if len(outcomes) == 1 else _weigh(outcomes)


def _outcomes(
    snapshot: Snapshot, flow: Flow, client: End, destination: Address, known: Interface | None
) -> Iterator[tuple[ReachPath, tuple[Conflict, ...]]]:
    """The path in every way in which AWS may have picked where its rules leave the choice open (NET-04)."""
    open_picks: list[dict[tuple[str, str], Target]] = [{}]
    for _ in range(_MOST_CHOICES):
        if not open_picks:
            return
        picks = open_picks.pop(0)
        router = Router(snapshot, picks)
        path = _walk(router, flow, client, destination, known)
        undecided = [each for each in router.conflicts if (each.table_id, each.block) not in picks]
        if undecided:
            first = undecided[0]
            open_picks += [picks | {(first.table_id, first.block): target} for target in first.targets]
        else:
            yield path, tuple(router.conflicts)


def _weigh(outcomes: list[tuple[ReachPath, tuple[Conflict, ...]]]) -> ReachPath:
    """NET-04: AWS picks one of the prefix lists at random, so only what holds for each pick is certain."""
    verdict = alternatives([path.verdict for path, _ in outcomes])
    if verdict is not Verdict.INDETERMINATE:
        return next(path for path, _ in outcomes if path.verdict is verdict)
    failing, conflicts = next(each for each in outcomes if each[0].verdict is not Verdict.ALLOWED)
    conflict = conflicts[0]
    at = At(conflict.leg, "route_table", conflict.table_id, "NET-04")
    names = [target.id for target in conflict.targets]
    step = at.fails(
        Reason.PREFIX_LIST_CONFLICT,
        f"two prefix lists send {conflict.block} to {' and '.join(names)}, and AWS picks one at random",
        verdict=Verdict.INDETERMINATE,
        considered=tuple(Considered(item=name, outcome="unknown") for name in names),
    )
    cause = cause_of(step)
    is_forward = conflict.leg is Leg.FORWARD
    return msgspec.structs.replace(
        failing,
        verdict=verdict,
        forward=(step, *failing.forward) if is_forward else failing.forward,
        back=failing.back if is_forward else (step, *failing.back),
        blocking=((cause,) if cause else ()) + failing.blocking,
    )


def _walk(router: Router, flow: Flow, client: End, destination: Address, known: Interface | None) -> ReachPath:
    snapshot = router.snapshot
    if client.vpc_id and known is None:
        builtin = check_builtin(snapshot, flow, client.vpc_id, destination)
        if builtin:
            return _path(client, destination, None, [*check_client(snapshot, client), builtin], [])
    opening = check_client(snapshot, client)
    target = target_end(known, destination)
    request = Packet(
        Leg.FORWARD, flow.protocol, client.address, destination, IntervalSet([(flow.port, flow.port)])
    )
    if target is None:
        target = _in_same_subnet(snapshot, client, destination)
    there = travel(router, request, client, target)
    resolved, presence = (target, []) if target else find_target(router, there, client, destination)
    if resolved is not None and target is None:
        deliver(snapshot, there, there.sender or client, resolved)
    foreign = peer_resolver(snapshot, client, there, resolved, destination)
    forward = [*foreign, *opening]
    if not client.is_internet:
        peer = resolved or End(label=str(destination), address=destination)
        # SG-01 judges the address that the client sends to: behind an internet gateway that is the public one.
        peer = msgspec.structs.replace(peer, address=destination)
        forward.append(check_security_groups(snapshot, flow, client, peer, Direction.EGRESS, there.carriage))
    forward += there.steps
    forward += presence
    seen = seen_as(there, client)
    if resolved is not None and not resolved.is_internet:
        forward += _at_target(snapshot, flow, there, resolved, seen)
    back = walk_back(router, flow, there, client, resolved, destination) if not foreign else []
    return _path(client, destination, resolved, forward, back, seen)


def _in_same_subnet(snapshot: Snapshot, client: End, destination: Address) -> End | None:
    """An interface of the sender's own VPC: the local route leads there whatever else the table holds."""
    if client.vpc_id is None:
        return None
    found = interfaces_of_vpc(snapshot, client.vpc_id).get(destination)
    return end_of_interface(found, destination) if found else None


def _at_target(snapshot: Snapshot, flow: Flow, there: Arrival, target: End, seen_as: End) -> list[Step]:
    """RCH-01 steps 7 and 8: the endpoint's state, the target's groups, and what it serves."""
    steps = check_target(snapshot, target.interface) if target.interface else []
    steps.append(check_security_groups(snapshot, flow, target, seen_as, Direction.INGRESS, there.carriage))
    if target.interface:
        steps += check_listening(snapshot, flow, target.interface)
    return steps


def _no_address(host: Host, destination: Address, known: Interface | None) -> ReachPath:
    if host.instance_id is not None and host.network_interface_id is None:
        return _unplaced(host, destination)  # the instance is known, and which addresses it has is not
    without = host.network_interface_id or host.label
    target = known.label if known else str(destination)
    return path_without_address(host.label, target, without, destination.family, str(destination))


def _unplaced(host: Host, destination: Address) -> ReachPath:
    """A host of which no address is known: nothing can be said of what it sends."""
    at = At(Leg.FORWARD, "network_interface", host.network_interface_id or host.label, "RCH-02")
    place = host.subnet_id or host.instance_id or host.label
    operation = "ec2.describe_subnets" if host.subnet_id else "ec2.describe_network_interfaces"
    step = at.unknown(f"no address of {host.label} is known", [Missing(fact=operation, resource=place)])
    return ReachPath(
        client=host.label,
        client_address=None,
        target=str(destination),
        target_address=str(destination),
        verdict=Verdict.UNKNOWN,
        forward=(step,),
        unknowns=step.unknowns,
    )


def path_without_address(
    client: str, target: str, without: str, family: int, target_address: str | None = None
) -> ReachPath:
    """The path of a flow of which one end, `without`, has no address of the family (RCH-01 step 0, IP6-01)."""
    at = At(Leg.FORWARD, "network_interface", without, "IP6-01")
    step = at.fails(Reason.NO_ADDRESS_OF_FAMILY, f"{without} has no IPv{family} address")
    return ReachPath(
        client=client,
        client_address=None,
        target=target,
        target_address=target_address,
        verdict=Verdict.DENIED,
        forward=(step,),
        blocking=tuple(cause for cause in (cause_of(step),) if cause),
    )


def _path(
    client: End,
    destination: Address,
    target: End | None,
    forward: list[Step],
    back: list[Step],
    seen_as: End | None = None,
) -> ReachPath:
    steps = (*forward, *back)
    return ReachPath(
        client=client.label,
        client_address=str(client.address),
        target=target.label if target else str(destination),
        target_address=str(destination),
        verdict=conjunction(step.verdict for step in steps),
        forward=tuple(forward),
        back=tuple(back),
        blocking=tuple(cause for step in steps if (cause := cause_of(step))),
        unknowns=tuple(dict.fromkeys(missing for step in steps for missing in step.unknowns)),
        arrives_from=str((seen_as or client).address),
    )


def deciding_cause(path: ReachPath) -> Cause | None:
    """The first cause in packet order among those that make the path's verdict; None where nothing fails."""
    for step in (*path.forward, *path.back):
        if step.verdict is path.verdict:
            cause = cause_of(step)
            if cause:
                return cause
    return path.blocking[0] if path.blocking else None


def is_public(address: Address) -> bool:
    """True for an address that can be one on the Internet."""
    return not is_private(address)

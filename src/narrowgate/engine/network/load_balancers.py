"""Load balancers: their nodes, what a listener forwards to, and the second hop to the targets (ALT-01)."""

from collections.abc import Iterable

import msgspec

from narrowgate.engine.network.flow import TCP, UDP, Flow, protocol_name
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.steps import At, missing_resource, not_modelled
from narrowgate.model.address import Address, is_address, parse_address
from narrowgate.model.answer import Leg, Missing, Step
from narrowgate.model.loadbalancing import Listener, ListenerAction, LoadBalancer, TargetDescription, TargetGroup
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index

LAYER = "load_balancer"
_LISTENER_PROTOCOLS = {
    "TCP": (TCP,),
    "TLS": (TCP,),
    "HTTP": (TCP,),
    "HTTPS": (TCP,),
    "UDP": (UDP,),
    "TCP_UDP": (TCP, UDP),
}


class BalancedTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A registered target as an address and port that the balancer's nodes connect to."""

    address: Address
    port: int
    interface_id: str | None = None


class Forwarding(msgspec.Struct, frozen=True, kw_only=True):
    """What a balancer does with a connection: a step that tells, and the targets where it forwards."""

    step: Step
    targets: tuple[BalancedTarget, ...] = ()
    unknowns: tuple[Missing, ...] = ()


@index
def _interfaces_by_balancer(snapshot: Snapshot) -> dict[str, list[str]]:
    """Interface ids of each load balancer, told by their descriptions."""
    found: dict[str, list[str]] = {}
    for own_id, fact in snapshot.facts.network_interfaces.items():
        if fact.description.startswith("ELB "):
            known = interface(snapshot, own_id)
            if known and known.load_balancer_arn:
                found.setdefault(known.load_balancer_arn, []).append(own_id)
    return found


def balancer_interfaces(snapshot: Snapshot, arn: str) -> tuple[Interface, ...]:
    """The nodes of a load balancer; a balancer without collected interfaces has those its addresses tell of."""
    ids = _interfaces_by_balancer(snapshot).get(arn, [])
    found = [known for each in sorted(ids) if (known := interface(snapshot, each))]
    return tuple(found) or tuple(_from_zones(snapshot, snapshot.facts.load_balancers[arn]))


def _from_zones(snapshot: Snapshot, balancer: LoadBalancer) -> Iterable[Interface]:
    for zone in balancer.availability_zones:
        for each in zone.load_balancer_addresses:
            text = each.private_ipv4_address
            if balancer.vpc_id and text and is_address(text):
                known = interfaces_of_vpc(snapshot, balancer.vpc_id).get(parse_address(text))
                groups = balancer.security_groups
                yield known or Interface(
                    label=f"{balancer.load_balancer_name}/{text}",
                    interface_id=None,
                    vpc_id=balancer.vpc_id,
                    subnet_id=zone.subnet_id,
                    addresses=(parse_address(text),),
                    security_groups=groups if isinstance(groups, tuple) else None,
                    interface_type="network_load_balancer",
                    load_balancer_arn=balancer.load_balancer_arn,
                )


def forward(snapshot: Snapshot, arn: str, flow: Flow) -> Forwarding:
    """What the listener on the flow's port forwards to.

    A target that nodes cannot reach fails its health check and gets no connections, so the caller asks whether
    *any* target is reached, not whether all are.
    """
    what = f"{protocol_name(flow.protocol)} {flow.port}"
    at = At(Leg.FORWARD, LAYER, arn, "ALT-01")
    balancer = snapshot.facts.load_balancers.get(arn)
    if balancer is None:
        missing = missing_resource("elbv2.describe_load_balancers", arn)
        return Forwarding(step=at.unknown(f"load balancer {arn} is not in the source", [missing]))
    if balancer.state.code not in ("active", "active_impaired"):
        text = f"load balancer {balancer.load_balancer_name} is {balancer.state.code}"
        return Forwarding(step=at.fails(Reason.BAD_STATE, text))
    place = snapshot.place(arn)
    listeners = snapshot.facts.listeners.get(arn)
    if listeners is None:
        absent = snapshot.missing("elbv2.describe_listeners", place.account, place.region, parent=arn)
        if absent:
            return Forwarding(step=at.unknown(f"the listeners of {arn} are not known", [absent]))
    listener = next((each for each in listeners or () if _serves(each, flow)), None)
    if listener is None:
        text = f"load balancer {balancer.load_balancer_name} has no listener for {what}"
        return Forwarding(step=at.fails(Reason.NOTHING_LISTENS, text))
    return _targets(snapshot, at, listener, what)


def _serves(listener: Listener, flow: Flow) -> bool:
    return listener.port == flow.port and flow.protocol in _LISTENER_PROTOCOLS.get(
        listener.protocol or "TCP", (TCP,)
    )


def _targets(snapshot: Snapshot, at: At, listener: Listener, what: str) -> Forwarding:
    targets: list[BalancedTarget] = []
    unknowns: list[Missing] = []
    groups = [group for action in listener.default_actions for group in _group_arns(action)]
    for group_arn in groups:
        group = snapshot.facts.target_groups.get(group_arn)
        if group is None:
            unknowns.append(missing_resource("elbv2.describe_target_groups", group_arn))
            continue
        place = snapshot.place(group_arn)
        health = snapshot.facts.target_health.get(group_arn)
        if health is None:
            absent = snapshot.missing(
                "elbv2.describe_target_health", place.account, place.region, parent=group_arn
            )
            unknowns += [absent] if absent else []
        for each in health or ():
            found = _target(snapshot, group, each.target)
            if isinstance(found, Missing):
                unknowns.append(found)
            else:
                targets.append(found)
    text = f"the listener on {what} forwards to {len(targets)} target{'' if len(targets) == 1 else 's'}"
    if not targets and not unknowns:
        if not groups:
            return Forwarding(step=at.passes(f"the listener on {what} answers by itself"))
        text = f"the listener on {what} has no registered target"
        return Forwarding(step=at.fails(Reason.NO_POSSIBLE_DESTINATION, text))
    step = at.passes(text) if targets or not unknowns else at.unknown(text, unknowns)
    return Forwarding(step=step, targets=tuple(targets), unknowns=tuple(unknowns))


def _group_arns(action: ListenerAction) -> Iterable[str]:
    if action.type != "forward":
        return
    if action.target_group_arn:
        yield action.target_group_arn
    elif action.forward_config:
        yield from (each.target_group_arn for each in action.forward_config.target_groups if each.target_group_arn)


def _target(snapshot: Snapshot, group: TargetGroup, target: TargetDescription) -> BalancedTarget | Missing:
    port = target.port or group.port
    if port is None:
        return Missing(fact="TargetGroup.Port", resource=group.target_group_arn)
    if is_address(target.id):
        address = parse_address(target.id)
        known = interfaces_of_vpc(snapshot, group.vpc_id).get(address) if group.vpc_id else None
        return BalancedTarget(address=address, port=port, interface_id=known.interface_id if known else None)
    instance = snapshot.facts.instances.get(target.id)
    if instance and instance.private_ip_address and instance.vpc_id:
        address = parse_address(instance.private_ip_address)
        known = interfaces_of_vpc(snapshot, instance.vpc_id).get(address)
        return BalancedTarget(address=address, port=port, interface_id=known.interface_id if known else None)
    if target.id.startswith("i-"):
        return missing_resource("ec2.describe_instances", target.id)
    return not_modelled(f"load balancer target of type {group.target_type}", target.id)

"""How a packet enters its receiver's subnet: the subnet's ACL, or a transit gateway's own tests (ACL-10)."""

from narrowgate.engine.network.arrival import Arrival
from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.network_acls import check_acl
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.steps import At, not_modelled
from narrowgate.engine.network.transit_gateway import delivering_subnets
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index

_SEVERITY = (
    Verdict.ALLOWED,
    Verdict.PARTIAL,
    Verdict.INDETERMINATE,
    Verdict.UNKNOWN,
    Verdict.DENIED,
    Verdict.INVALID,
)


def deliver(snapshot: Snapshot, arrival: Arrival, sender: End | None, receiver: End | None) -> None:
    """Add to an arrival what the receiver's subnet says of the packet."""
    if receiver is None or receiver.is_internet or receiver.vpc_id is None:
        return
    if arrival.vpc_id is not None and arrival.vpc_id != receiver.vpc_id:
        return
    if arrival.carriage.way is Way.TRANSIT_GATEWAY and sender is not None:
        _deliver_by_gateway(snapshot, arrival, sender, receiver)
        return
    is_open = arrival.carriage.way in (Way.UNKNOWN, Way.NOWHERE)
    if is_open and _may_come_by_gateway(snapshot, receiver):
        return
    step, ports = check_acl(snapshot, arrival.packet, receiver.subnet_id, is_egress=False)
    arrival.steps.append(step)
    arrival.packet = arrival.packet.with_ports(ports)


@index
def _attachment_subnets(snapshot: Snapshot) -> dict[str, set[str] | None]:
    """The subnets of each VPC's attachments; None where an attachment's are unknown."""
    found: dict[str, set[str] | None] = {}
    for each in snapshot.facts.transit_gateway_vpc_attachments.values():
        known = found.setdefault(each.vpc_id, set())
        if each.subnet_ids is UNSET:
            found[each.vpc_id] = None
        elif known is not None:
            known.update(each.subnet_ids)
    return found


def _may_come_by_gateway(snapshot: Snapshot, receiver: End) -> bool:
    """A gateway in the receiver's own subnet delivers without any test, so the ACL's word is not certain."""
    subnets = _attachment_subnets(snapshot).get(receiver.vpc_id or "", set())
    return subnets is None or receiver.subnet_id in subnets


def _deliver_by_gateway(snapshot: Snapshot, arrival: Arrival, sender: End, receiver: End) -> None:
    subnets = delivering_subnets(snapshot, arrival, sender)
    tried = [_from_attachment(snapshot, arrival.packet, subnet_id, receiver) for subnet_id in subnets]
    if not tried:
        return
    verdicts = [max((step.verdict for step in steps), key=_SEVERITY.index) for steps, _ in tried]
    worst = verdicts.index(max(verdicts, key=_SEVERITY.index))
    if Verdict.UNKNOWN in verdicts and Verdict.ALLOWED not in verdicts:
        worst = verdicts.index(Verdict.UNKNOWN)  # One subnet refuses; whether another lets through is not known.
    steps, ports = tried[worst]
    if verdicts[worst] is Verdict.DENIED and Verdict.ALLOWED in verdicts:
        # Which subnet delivers changes from flow to flow: some connections work and some do not.
        steps = [_softened(step, subnets[worst]) for step in steps]
        ports = arrival.packet.ports
    arrival.steps += steps
    arrival.packet = arrival.packet.with_ports(ports)


def _from_attachment(
    snapshot: Snapshot, packet: Packet, subnet_id: str, receiver: End
) -> tuple[list[Step], IntervalSet]:
    """From the gateway's interface in one subnet to the receiver (ACL-10).

    Between the two, only the gateway subnet's outbound rules and the receiver's inbound ones are asked; nothing is
    asked where both are in one subnet.
    """
    if subnet_id == receiver.subnet_id:
        at = At(packet.leg, "subnet", subnet_id, "ACL-10")
        return [at.passes(f"the transit gateway delivers inside {subnet_id}: no ACL is asked")], packet.ports
    out, ports = check_acl(snapshot, packet, subnet_id, is_egress=True, rule="ACL-10")
    packet = packet.with_ports(ports)
    route = _attachment_route(snapshot, packet, subnet_id)
    into, ports = check_acl(snapshot, packet, receiver.subnet_id, is_egress=False, rule="ACL-10")
    return [step for step in (out, route, into) if step], ports


def _attachment_route(snapshot: Snapshot, packet: Packet, subnet_id: str) -> Step | None:
    """TGW-03: from the attachment's subnet the local route carries on, if no appliance stands before it."""
    table = table_of_subnet(snapshot, subnet_id)
    at = At(packet.leg, "route_table", subnet_id, "TGW-03")
    if isinstance(table, Missing):
        return at.unknown(f"the route table of {subnet_id} is not known", [table])
    lookup = table.lookup(packet.destination)
    if lookup.chosen and lookup.chosen[0].target.kind is TargetKind.LOCAL:
        return None
    at = At(packet.leg, "route_table", table.table_id, "TGW-03")
    text = f"{table.table_id} sends {packet.destination} through an appliance, which is not modelled"
    missing = not_modelled("what an appliance does with the packet", table.table_id)
    return at.unknown(text, [missing], considered=lookup.considered())


def _softened(step: Step, subnet_id: str) -> Step:
    if step.verdict is not Verdict.DENIED or step.reason is None:
        return step
    at = At(step.leg, step.layer, step.component, step.rule or "ACL-10")
    return at.fails(
        step.reason,
        f"{step.text}; other subnets of the attachment than {subnet_id} let it through",
        verdict=Verdict.PARTIAL,
        chosen=step.chosen,
        considered=step.considered,
        evidence=step.evidence,
    )

"""One leg: from a sender's subnet through its route table and what the route names, into the receiver's subnet.

The same code walks the request and the reply; nothing is shared between the two, because the reply is routed on
its own (NET-10).
"""

from typing import NamedTuple

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS, Packet
from narrowgate.engine.network.gateways import (
    check_nat_gateway,
    enter,
    lattice_destination,
    leave_by_egress_only_gateway,
    leave_by_gateway_endpoint,
    leave_by_interface,
    leave_by_internet_gateway,
    leave_by_unmodelled,
    nat_end,
    owner_of_public_address,
)
from narrowgate.engine.network.interfaces import End, interfaces_of_vpc
from narrowgate.engine.network.network_acls import check_acl
from narrowgate.engine.network.peering import cross_peering
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.routing import (
    Candidate,
    CompiledTable,
    Lookup,
    Target,
    TargetKind,
    is_refused,
    table_of_subnet,
)
from narrowgate.engine.network.steps import At, missing_field
from narrowgate.engine.network.transit_gateway import cross_gateway, delivering_subnets
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Leg, Missing, Step, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

_WRONG_WAY = frozenset(
    {
        Reason.CANNOT_ROUTE,
        Reason.ENI_SOURCE_DEST_CHECK_RESTRICTION,
        Reason.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
        Reason.NGW_REQUIRES_SOURCE_IN_VPC,
        Reason.OVERLAPPING_CIDRS,
        Reason.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR,
        Reason.TGW_RTB_BAD_STATE_ROUTE,
        Reason.TGW_RTB_CANNOT_ROUTE,
        Reason.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
        Reason.UNASSOCIATED_COMPONENT,
    }
)
"""Failures that say that a route leads the wrong way, not that the right way is broken."""


class Conflict(NamedTuple):
    """AWS picks one of several targets for a block at random and keeps it (NET-04)."""

    table_id: str
    block: str
    targets: tuple[Target, ...]


class Walker:
    """Walks legs of one question; `picks` says which target to take at each conflict met so far."""

    def __init__(self, snapshot: Snapshot, picks: dict[tuple[str, str], Target] | None = None) -> None:
        self.snapshot = snapshot
        self.picks = picks or {}
        self.conflicts: list[Conflict] = []

    def travel(
        self, packet: Packet, sender: End, receiver: End | None, came_by: Carriage | None = None
    ) -> Arrival:
        """Walk a leg up to and including the receiver's subnet ACL.

        Args:
            packet: what is sent.
            sender: whose subnet routes it.
            receiver: whom it is meant for; None where only routing tells who has the address.
            came_by: on the way back, how the request came (PCX-11).
        """
        if sender.is_internet:
            return self._from_internet(packet, receiver)
        if receiver is not None and sender.subnet_id is not None and sender.subnet_id == receiver.subnet_id:
            at = At(packet.leg, "subnet", sender.subnet_id, "ACL-04")
            step = at.passes(f"both ends are in {sender.subnet_id}: no ACL and no route is asked")
            return Arrival(
                packet=packet, steps=[step], carriage=Carriage(way=Way.SAME_SUBNET), vpc_id=sender.vpc_id
            )
        arrival = self.depart(packet, sender, receiver.vpc_id if receiver else None, came_by)
        return self.deliver(arrival, arrival.sender or sender, receiver)

    def depart(
        self, packet: Packet, sender: End, expected_vpc: str | None, came_by: Carriage | None = None
    ) -> Arrival:
        """Leave the sender's subnet: its ACL, its route table, and what the best route names."""
        if sender.vpc_id is None:
            at = At(packet.leg, "network", sender.label, "RCH-01")
            missing = Missing(
                fact="how the address is connected to the estate", resource=sender.label, why="outside every VPC"
            )
            return unclear(packet, at.unknown(f"{sender.address} is in no VPC of the source", [missing]))
        acl_step, ports = check_acl(self.snapshot, packet, sender.subnet_id, is_egress=True)
        packet = packet._replace(ports=ports)
        arrival = self._routed(packet, sender, expected_vpc, came_by)
        arrival.steps.insert(0, acl_step)
        return arrival

    def _routed(self, packet: Packet, sender: End, expected_vpc: str | None, came_by: Carriage | None) -> Arrival:
        found = lattice_destination(packet)
        at = At(packet.leg, "route_table", sender.subnet_id, "NET-01")
        if found:
            return unclear(packet, at.unknown(f"{packet.destination} belongs to VPC Lattice", [found]))
        if sender.subnet_id is None:
            missing = missing_field("NetworkInterface", "SubnetId", sender.component)
            return unclear(packet, at.unknown(f"the subnet of {sender.label} is not known", [missing]))
        table = table_of_subnet(self.snapshot, sender.subnet_id)
        if isinstance(table, Missing):
            return unclear(packet, at.unknown(f"the route table of {sender.subnet_id} is not known", [table]))
        at = At(packet.leg, "route_table", table.table_id, "NET-03")
        lookup = table.lookup(packet.destination)
        if lookup.unread:
            text = f"whether {table.table_id} sends {packet.destination} by a prefix list is not known"
            step = at.unknown(text, [each.missing for each in lookup.unread], considered=lookup.considered())
            return unclear(packet, step)
        if not lookup.chosen:
            text = f"{table.table_id} has no route to {packet.destination}"
            return nowhere(packet, at.fails(Reason.NO_ROUTE_TO_DESTINATION, text, considered=lookup.considered()))
        chosen = self._pick(table, lookup)
        return self._by_route(packet, sender, table, lookup, chosen, expected_vpc, came_by)

    def _pick(self, table: CompiledTable, lookup: Lookup) -> Candidate:
        best = lookup.chosen[0]
        if len(lookup.chosen) == 1:
            return best
        block = str(best.cidr)
        self.conflicts.append(Conflict(table.table_id, block, tuple(each.target for each in lookup.chosen)))
        wanted = self.picks.get((table.table_id, block))
        return next((each for each in lookup.chosen if each.target == wanted), best)

    def _by_route(
        self,
        packet: Packet,
        sender: End,
        table: CompiledTable,
        lookup: Lookup,
        chosen: Candidate,
        expected_vpc: str | None,
        came_by: Carriage | None,
    ) -> Arrival:
        rule = "NET-08" if chosen.prefix_list else "NET-02" if chosen.target.kind is TargetKind.LOCAL else "NET-03"
        at = At(packet.leg, "route_table", table.table_id, rule)
        evidence = (self.snapshot.evidence(table.table_id, "Routes", str(chosen)),)
        considered = lookup.considered()
        if chosen.state not in ("active", None):
            text = f"the best route of {table.table_id} to {packet.destination} is a {chosen.state}: {chosen}"
            at = At(packet.leg, "route_table", table.table_id, "NET-05")
            step = at.fails(
                Reason.BAD_STATE_ROUTE, text, chosen=str(chosen), considered=considered, evidence=evidence
            )
            # NET-05: the packet is dropped here; what the target says of itself is a cause of its own.
            beyond = self._through(packet, sender, table, chosen, expected_vpc)
            return nowhere(packet, step, *(each for each in beyond.steps[:1] if each.reason is Reason.BAD_STATE))
        refusal = is_refused(self.snapshot, table, chosen)
        if refusal:
            at = At(packet.leg, "route_table", table.table_id, "NET-06")
            step = at.fails(
                Reason.INVALID_ROUTE,
                f"AWS refuses {chosen}: {refusal}",
                verdict=Verdict.INVALID,
                chosen=str(chosen),
                considered=considered,
                evidence=evidence,
            )
            return nowhere(packet, step)
        arrival = self._through(packet, sender, table, chosen, expected_vpc)
        wrong = self._wrong_way(packet, sender, table, lookup, arrival, expected_vpc, came_by)
        if wrong:
            reason, text = wrong
            at = At(
                packet.leg,
                "route_table",
                table.table_id,
                "PCX-11" if reason is Reason.RETURN_ROUTE_MISMATCH else rule,
            )
            step = at.fails(reason, text, chosen=str(chosen), considered=considered, evidence=evidence)
        elif chosen.state is None:
            missing = missing_field("Route", "State", table.table_id)
            step = at.unknown(f"the state of {chosen} is not known", [missing], considered=considered)
        else:
            text = f"{table.table_id} sends {packet.destination} by {chosen}"
            step = at.passes(text, chosen=str(chosen), considered=considered, evidence=evidence)
        arrival.steps.insert(0, step)
        return arrival

    def _through(
        self, packet: Packet, sender: End, table: CompiledTable, chosen: Candidate, expected_vpc: str | None
    ) -> Arrival:
        """Follow a route to where it leads."""
        target, snapshot = chosen.target, self.snapshot
        if target.kind is TargetKind.LOCAL:
            return Arrival(packet=packet, steps=[], carriage=Carriage(way=Way.LOCAL), vpc_id=table.vpc_id)
        if target.kind is TargetKind.PEERING:
            return cross_peering(snapshot, packet, table.vpc_id, target.id)
        if target.kind is TargetKind.TRANSIT_GATEWAY:
            return cross_gateway(snapshot, packet, sender, target.id, expected_vpc=expected_vpc)
        if target.kind is TargetKind.INTERNET_GATEWAY:
            return leave_by_internet_gateway(snapshot, packet, sender, target.id)
        if target.kind is TargetKind.EGRESS_ONLY_INTERNET_GATEWAY:
            return leave_by_egress_only_gateway(snapshot, packet, sender, target.id)
        if target.kind is TargetKind.NAT_GATEWAY:
            return self._through_nat(packet, sender, target.id, expected_vpc)
        if target.kind is TargetKind.GATEWAY_ENDPOINT:
            return leave_by_gateway_endpoint(snapshot, packet, target.id)
        if target.kind is TargetKind.NETWORK_INTERFACE:
            return leave_by_interface(snapshot, packet, chosen)
        return leave_by_unmodelled(packet, table.table_id, chosen)

    def _through_nat(self, packet: Packet, sender: End, gateway_id: str, expected_vpc: str | None) -> Arrival:
        if sender.original is not None:
            at = At(packet.leg, "nat_gateway", gateway_id, "RCH-03")
            text = f"the subnet of {sender.label} sends {packet.destination} to a NAT gateway again"
            return nowhere(packet, at.fails(Reason.CANNOT_ROUTE, text))
        step, gateway = check_nat_gateway(self.snapshot, packet, sender, gateway_id)
        if gateway is None:
            stopped = step.verdict is Verdict.DENIED
            return nowhere(packet, step) if stopped else unclear(packet, step)
        steps = [step]
        end = nat_end(self.snapshot, gateway, sender)
        if end is None:
            at = At(packet.leg, "nat_gateway", gateway_id, "RCH-03")
            missing = missing_field("NatGateway", "NatGatewayAddresses", gateway_id)
            return unclear(packet, step, at.unknown(f"the address of {gateway_id} is not known", [missing]))
        if end.subnet_id != sender.subnet_id:
            into, ports = check_acl(self.snapshot, packet, end.subnet_id, is_egress=False)
            packet = packet._replace(ports=ports)
            steps.insert(0, into)
        onward = self.depart(packet._replace(source=end.address), end, expected_vpc)
        onward.steps[:0] = steps
        onward.sender = onward.sender or end
        onward.nat_gateway = gateway_id
        return onward

    def back_through_nat(self, packet: Packet, gateway: End, client: End) -> list[Step]:
        """The reply's last stretch, from a NAT gateway's subnet to the client behind it."""
        if gateway.subnet_id == client.subnet_id:
            return []
        return self.travel(packet, gateway, client).steps

    def _wrong_way(
        self,
        packet: Packet,
        sender: End,
        table: CompiledTable,
        lookup: Lookup,
        arrival: Arrival,
        expected_vpc: str | None,
        came_by: Carriage | None,
    ) -> tuple[Reason, str] | None:
        """Why the chosen route is the wrong one; None where it is right, or only broken."""
        is_elsewhere = expected_vpc is not None and arrival.vpc_id is not None and arrival.vpc_id != expected_vpc
        stopped = next((step for step in arrival.steps if step.verdict in (Verdict.DENIED, Verdict.INVALID)), None)
        if not is_elsewhere and (stopped is None or stopped.reason not in _WRONG_WAY):
            return None
        if (
            is_elsewhere
            and came_by is not None
            and arrival.carriage.way is Way.PEERING
            and arrival.carriage.connection != came_by.connection
        ):
            text = (
                f"{table.table_id} sends the reply by {lookup.chosen[0].target.id} to {arrival.vpc_id}, "
                f"but the request came from {expected_vpc}"
            )
            return Reason.RETURN_ROUTE_MISMATCH, text
        best = lookup.chosen[0]
        for other in lookup.rejected:
            if self._would_arrive(packet, sender, table, other, expected_vpc):
                is_same = other.cidr.prefix_length == best.cidr.prefix_length
                reason = Reason.HIGHER_PRIORITY_ROUTE if is_same else Reason.MORE_SPECIFIC_ROUTE
                return reason, f"{best} takes {packet.destination} from {other}, which would lead there"
        if not is_elsewhere:
            return None
        if arrival.carriage.way is Way.LOCAL:
            text = f"{packet.destination} is in the block of {sender.vpc_id} itself, so it never leaves this VPC"
            return Reason.VPC_LOCAL_ROUTE_CIDR_RESTRICTION, text
        if stopped is not None:
            return None
        return Reason.CANNOT_ROUTE, f"{best} leads to {arrival.vpc_id}, not to {expected_vpc}"

    def _would_arrive(
        self, packet: Packet, sender: End, table: CompiledTable, other: Candidate, expected_vpc: str | None
    ) -> bool:
        if other.state != "active" or is_refused(self.snapshot, table, other):
            return False
        trial = self._through(packet, sender, table, other, expected_vpc)
        if trial.is_stopped or trial.vpc_id is None:
            return False
        if expected_vpc is not None:
            return trial.vpc_id == expected_vpc
        return packet.destination in interfaces_of_vpc(self.snapshot, trial.vpc_id)

    def _from_internet(self, packet: Packet, receiver: End | None) -> Arrival:
        arrival = Arrival(packet=packet, steps=[], carriage=Carriage(way=Way.INTERNET))
        found = owner_of_public_address(self.snapshot, packet)
        if found is None and receiver is not None and receiver.interface is not None:
            found = receiver.interface
        if found is not None and found.vpc_id is not None:
            arrival.steps.append(enter(self.snapshot, packet, found))
            arrival.vpc_id = found.vpc_id
        return self.deliver(arrival, None, receiver)

    def deliver(self, arrival: Arrival, sender: End | None, receiver: End | None) -> Arrival:
        """Enter the receiver's subnet: its ACL, or a transit gateway's own tests before it (ACL-10)."""
        if receiver is None or receiver.is_internet or receiver.vpc_id is None:
            return arrival
        if arrival.carriage.way is Way.TRANSIT_GATEWAY and sender is not None:
            if arrival.vpc_id == receiver.vpc_id:
                self._deliver_by_gateway(arrival, sender, receiver)
            return arrival
        if arrival.carriage.way in (Way.UNKNOWN, Way.NOWHERE) and self._may_skip_acl(receiver):
            return arrival
        if arrival.vpc_id is not None and arrival.vpc_id != receiver.vpc_id:
            return arrival
        step, ports = check_acl(self.snapshot, arrival.packet, receiver.subnet_id, is_egress=False)
        arrival.steps.append(step)
        arrival.packet = arrival.packet._replace(ports=ports)
        return arrival

    def _may_skip_acl(self, receiver: End) -> bool:
        """ACL-10: a transit gateway in the receiver's own subnet delivers without a test, so none is certain."""
        return any(
            attachment.vpc_id == receiver.vpc_id
            and (not isinstance(attachment.subnet_ids, tuple) or receiver.subnet_id in attachment.subnet_ids)
            for attachment in self.snapshot.facts.transit_gateway_vpc_attachments.values()
        )

    def _deliver_by_gateway(self, arrival: Arrival, sender: End, receiver: End) -> None:
        subnets = delivering_subnets(self.snapshot, arrival, sender)
        tried = [self._deliver_from(arrival.packet, subnet_id, receiver) for subnet_id in subnets]
        if not tried:
            return
        verdicts = [_worst(steps) for steps, _ in tried]
        worst = verdicts.index(max(verdicts, key=_SEVERITY.index))
        steps, ports = tried[worst]
        if len(set(verdicts)) > 1 and verdicts[worst] is Verdict.DENIED and Verdict.ALLOWED in verdicts:
            # Which subnet delivers changes from flow to flow: some connections work and some do not.
            steps = [_softened(step, subnets[worst]) for step in steps]
            ports = arrival.packet.ports
        arrival.steps += steps
        arrival.packet = arrival.packet._replace(ports=ports)

    def _deliver_from(self, packet: Packet, subnet_id: str, receiver: End) -> tuple[list[Step], IntervalSet]:
        """From the gateway's interface in one subnet to the receiver: nothing is tested inside one subnet."""
        if subnet_id == receiver.subnet_id:
            at = At(packet.leg, "subnet", subnet_id, "ACL-10")
            text = f"the transit gateway delivers inside {subnet_id}: no ACL is asked"
            return [at.passes(text)], packet.ports
        out, ports = check_acl(self.snapshot, packet, subnet_id, is_egress=True, rule="ACL-10")
        packet = packet._replace(ports=ports)
        route = self._attachment_route(packet, subnet_id)
        into, ports = check_acl(self.snapshot, packet, receiver.subnet_id, is_egress=False, rule="ACL-10")
        return [step for step in (out, route, into) if step], ports

    def _attachment_route(self, packet: Packet, subnet_id: str) -> Step | None:
        """TGW-03: from the attachment's subnet the local route carries on, if no appliance stands before it."""
        table = table_of_subnet(self.snapshot, subnet_id)
        at = At(packet.leg, "route_table", subnet_id, "TGW-03")
        if isinstance(table, Missing):
            return at.unknown(f"the route table of {subnet_id} is not known", [table])
        lookup = table.lookup(packet.destination)
        if lookup.chosen and lookup.chosen[0].target.kind is TargetKind.LOCAL:
            return None
        at = At(packet.leg, "route_table", table.table_id, "TGW-03")
        text = f"{table.table_id} sends {packet.destination} through an appliance, which is not modelled"
        missing = Missing(
            fact="what an appliance does with the packet", resource=table.table_id, why="not modelled"
        )
        return at.unknown(text, [missing], considered=lookup.considered())


_SEVERITY = (
    Verdict.ALLOWED,
    Verdict.PARTIAL,
    Verdict.INDETERMINATE,
    Verdict.UNKNOWN,
    Verdict.DENIED,
    Verdict.INVALID,
)


def _worst(steps: list[Step]) -> Verdict:
    return max((step.verdict for step in steps), key=_SEVERITY.index, default=Verdict.ALLOWED)


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


NAT_PORTS = DEFAULT_CLIENT_PORTS
"""ACL-07: a NAT gateway sends from 1024-65535, whatever the client behind it uses."""


def reply_ports(is_translated: bool, client_ports: tuple[int, int]) -> IntervalSet:
    """The ports that replies go to."""
    return IntervalSet([NAT_PORTS if is_translated else client_ports])


def reply(packet: Packet, source_end: End, ports: IntervalSet) -> Packet:
    """The reply to a packet as it arrived."""
    return Packet(Leg.RETURN, packet.protocol, packet.destination, source_end.address, ports)

"""How a packet leaves its sender's subnet: the ACL, the route table, and whatever the best route names."""

from typing import NamedTuple

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.gateways import (
    check_nat_gateway,
    lattice_destination,
    leave_by_egress_only_gateway,
    leave_by_gateway_endpoint,
    leave_by_interface,
    leave_by_internet_gateway,
    leave_by_unmodelled,
    nat_end,
)
from narrowgate.engine.network.interface_addresses import interfaces_of_vpc
from narrowgate.engine.network.network_acls import check_acl
from narrowgate.engine.network.peering import cross_peering
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.route_lookup import Candidate, CompiledTable, Lookup
from narrowgate.engine.network.route_targets import Target, TargetKind
from narrowgate.engine.network.routing import is_refused, table_of_subnet
from narrowgate.engine.network.steps import At, missing_field
from narrowgate.engine.network.transit_gateway import cross_gateway
from narrowgate.model.answer import Leg, Missing, Step, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

_LAYER = "route_table"
_WRONG_WAY = frozenset(
    {
        Reason.CANNOT_ROUTE,
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


class Departure(NamedTuple):
    """A packet about to leave a subnet.

    `expected_vpc` is where it is meant to go, None where only routing tells; `came_by` is how the request came,
    for a reply (PCX-11).
    """

    packet: Packet
    sender: End
    expected_vpc: str | None = None
    came_by: Carriage | None = None


class Conflict(NamedTuple):
    """AWS picks one of several targets for a block at random and keeps it (NET-04)."""

    leg: Leg
    table_id: str
    block: str
    targets: tuple[Target, ...]


class _Choice(NamedTuple):
    """What a table answered, and which of its best routes is followed here."""

    table: CompiledTable
    lookup: Lookup
    chosen: Candidate

    @property
    def rule(self) -> str:
        if self.chosen.prefix_list:
            return "NET-08"
        return "NET-02" if self.chosen.target.kind is TargetKind.LOCAL else "NET-03"


class Router:
    """Sends packets out of subnets; `picks` says which target to take at each conflict met so far."""

    def __init__(self, snapshot: Snapshot, picks: dict[tuple[str, str], Target] | None = None) -> None:
        """Start with no conflict met."""
        self.snapshot = snapshot
        self.picks = picks or {}
        self.conflicts: list[Conflict] = []

    def depart(self, departure: Departure) -> Arrival:
        """Leave the sender's subnet and follow the route as far as it leads."""
        packet, sender = departure.packet, departure.sender
        if sender.vpc_id is None:
            at = At(packet.leg, "network", sender.label, "RCH-01")
            missing = Missing(
                fact="how the address is connected to the estate", resource=sender.label, why="outside every VPC"
            )
            return unclear(packet, at.unknown(f"{sender.address} is in no VPC of the source", [missing]))
        acl_step, ports = check_acl(self.snapshot, packet, sender.subnet_id, is_egress=True)
        arrival = self._routed(departure._replace(packet=packet.with_ports(ports)))
        arrival.steps.insert(0, acl_step)
        return arrival

    def _routed(self, departure: Departure) -> Arrival:
        packet, sender = departure.packet, departure.sender
        at = At(packet.leg, _LAYER, sender.subnet_id, "NET-01")
        lattice = lattice_destination(packet)
        if lattice:
            return unclear(packet, at.unknown(f"{packet.destination} belongs to VPC Lattice", [lattice]))
        if sender.subnet_id is None:
            missing = Missing(
                fact="ec2.describe_subnets", resource=str(sender.address), why="the subnet is not known"
            )
            return unclear(packet, at.unknown(f"the subnet of {sender.label} is not known", [missing]))
        table = table_of_subnet(self.snapshot, sender.subnet_id)
        if isinstance(table, Missing):
            return unclear(packet, at.unknown(f"the route table of {sender.subnet_id} is not known", [table]))
        at = At(packet.leg, _LAYER, table.table_id, "NET-03")
        lookup = table.lookup(packet.destination)
        if lookup.unread:
            text = f"whether {table.table_id} sends {packet.destination} by a prefix list is not known"
            unread = [each.missing for each in lookup.unread]
            return unclear(packet, at.unknown(text, unread, considered=lookup.considered()))
        if not lookup.chosen:
            text = f"{table.table_id} has no route to {packet.destination}"
            return nowhere(packet, at.fails(Reason.NO_ROUTE_TO_DESTINATION, text, considered=lookup.considered()))
        return self._by_route(departure, _Choice(table, lookup, self._pick(packet.leg, table, lookup)))

    def _pick(self, leg: Leg, table: CompiledTable, lookup: Lookup) -> Candidate:
        best = lookup.chosen[0]
        if len(lookup.chosen) == 1:
            return best
        block = str(best.cidr)
        self.conflicts.append(Conflict(leg, table.table_id, block, tuple(each.target for each in lookup.chosen)))
        wanted = self.picks.get((table.table_id, block))
        return next((each for each in lookup.chosen if each.target == wanted), best)

    def _by_route(self, departure: Departure, choice: _Choice) -> Arrival:
        chosen = choice.chosen
        if chosen.state not in ("active", None):
            return self._dropped(departure, choice)
        refusal = is_refused(self.snapshot, choice.table, chosen)
        if refusal:
            text = f"AWS refuses {chosen}: {refusal}"
            return nowhere(
                departure.packet, self._fails(departure, choice, Reason.INVALID_ROUTE, text, rule="NET-06")
            )
        arrival = self._through(departure, choice.table, chosen)
        wrong = self._wrong_way(departure, choice, arrival)
        if wrong:
            reason, text = wrong
            rule = "PCX-11" if reason is Reason.RETURN_ROUTE_MISMATCH else choice.rule
            arrival.steps.insert(0, self._fails(departure, choice, reason, text, rule=rule))
        else:
            arrival.steps.insert(0, self._passes(departure.packet, choice))
        return arrival

    def _dropped(self, departure: Departure, choice: _Choice) -> Arrival:
        """NET-05: a blackhole drops what it matches; what its target says of itself is a cause of its own."""
        packet, chosen = departure.packet, choice.chosen
        text = f"the best route of {choice.table.table_id} to {packet.destination} is a {chosen.state}: {chosen}"
        step = self._fails(departure, choice, Reason.BAD_STATE_ROUTE, text, rule="NET-05")
        beyond = self._through(departure, choice.table, chosen).steps[:1]
        return nowhere(packet, step, *(each for each in beyond if each.reason is Reason.BAD_STATE))

    def _fails(self, departure: Departure, choice: _Choice, reason: Reason, text: str, *, rule: str) -> Step:
        table_id = choice.table.table_id
        return At(departure.packet.leg, _LAYER, table_id, rule).fails(
            reason,
            text,
            verdict=Verdict.INVALID if reason is Reason.INVALID_ROUTE else Verdict.DENIED,
            chosen=str(choice.chosen),
            considered=choice.lookup.considered(),
            evidence=(self.snapshot.evidence(table_id, "Routes", str(choice.chosen)),),
        )

    def _passes(self, packet: Packet, choice: _Choice) -> Step:
        table, chosen = choice.table, choice.chosen
        key = (packet.leg, packet.destination, chosen)
        step = table.written.get(key)
        if step is None:
            step = table.written.keep(key, self._write(packet, choice))
        return step

    def _write(self, packet: Packet, choice: _Choice) -> Step:
        table, chosen = choice.table, choice.chosen
        at = At(packet.leg, _LAYER, table.table_id, choice.rule)
        considered = choice.lookup.considered()
        if chosen.state is None:
            missing = missing_field("Route", "State", table.table_id)
            return at.unknown(f"the state of {chosen} is not known", [missing], considered=considered)
        text = f"{table.table_id} sends {packet.destination} by {chosen}"
        evidence = (self.snapshot.evidence(table.table_id, "Routes", str(chosen)),)
        return at.passes(text, chosen=str(chosen), considered=considered, evidence=evidence)

    def _through(self, departure: Departure, table: CompiledTable, chosen: Candidate) -> Arrival:
        """Follow a route to where it leads."""
        packet, sender, snapshot = departure.packet, departure.sender, self.snapshot
        target = chosen.target
        match target.kind:
            case TargetKind.LOCAL:
                return Arrival(packet=packet, steps=[], carriage=Carriage(way=Way.LOCAL), vpc_id=table.vpc_id)
            case TargetKind.PEERING:
                return cross_peering(snapshot, packet, table.vpc_id, target.id)
            case TargetKind.TRANSIT_GATEWAY:
                return cross_gateway(snapshot, packet, sender, target.id, expected_vpc=departure.expected_vpc)
            case TargetKind.INTERNET_GATEWAY:
                return leave_by_internet_gateway(snapshot, packet, sender, target.id)
            case TargetKind.EGRESS_ONLY_INTERNET_GATEWAY:
                return leave_by_egress_only_gateway(snapshot, packet, sender, target.id)
            case TargetKind.NAT_GATEWAY:
                return self._through_nat(departure, target.id)
            case TargetKind.GATEWAY_ENDPOINT:
                return leave_by_gateway_endpoint(snapshot, packet, target.id)
            case TargetKind.NETWORK_INTERFACE:
                return leave_by_interface(snapshot, packet, chosen)
            case _:
                return leave_by_unmodelled(packet, table.table_id, chosen)

    def _through_nat(self, departure: Departure, gateway_id: str) -> Arrival:
        """Into the NAT gateway's subnet, and out of it again under the gateway's own address."""
        packet, sender = departure.packet, departure.sender
        at = At(packet.leg, "nat_gateway", gateway_id, "RCH-03")
        if sender.original is not None:
            text = f"the subnet of {sender.label} sends {packet.destination} to a NAT gateway again"
            return nowhere(packet, at.fails(Reason.CANNOT_ROUTE, text))
        step, gateway = check_nat_gateway(self.snapshot, packet, sender, gateway_id)
        if gateway is None:
            return nowhere(packet, step) if step.verdict is Verdict.DENIED else unclear(packet, step)
        end = nat_end(self.snapshot, gateway, sender)
        if end is None:
            missing = missing_field("NatGateway", "NatGatewayAddresses", gateway_id)
            return unclear(packet, step, at.unknown(f"the address of {gateway_id} is not known", [missing]))
        steps = [step]
        if end.subnet_id != sender.subnet_id:
            into, ports = check_acl(self.snapshot, packet, end.subnet_id, is_egress=False)
            packet = packet.with_ports(ports)
            steps.insert(0, into)
        onward = self.depart(Departure(packet._replace(source=end.address), end, departure.expected_vpc))
        onward.steps[:0] = steps
        onward.sender = onward.sender or end
        onward.nat_gateway = gateway_id
        return onward

    def _wrong_way(self, departure: Departure, choice: _Choice, arrival: Arrival) -> tuple[Reason, str] | None:
        """Why the chosen route is the wrong one; None where it is right, or right and broken."""
        expected = departure.expected_vpc
        is_elsewhere = expected is not None and arrival.vpc_id not in (None, expected)
        stopped = next((step for step in arrival.steps if step.verdict in (Verdict.DENIED, Verdict.INVALID)), None)
        if not is_elsewhere and (stopped is None or stopped.reason not in _WRONG_WAY):
            return None
        if is_elsewhere and self._is_mismatch(departure, arrival):
            text = (
                f"{choice.table.table_id} sends the reply by {choice.chosen.target.id} to {arrival.vpc_id}, "
                f"but the request came from {expected}"
            )
            return Reason.RETURN_ROUTE_MISMATCH, text
        lost = self._better_route(departure, choice)
        if lost:
            is_same = lost.cidr.prefix_length == choice.chosen.cidr.prefix_length
            reason = Reason.HIGHER_PRIORITY_ROUTE if is_same else Reason.MORE_SPECIFIC_ROUTE
            return reason, f"{choice.chosen} takes {departure.packet.destination} from {lost}, which leads there"
        if not is_elsewhere or stopped is not None:
            return None
        if arrival.carriage.way is Way.LOCAL:
            where = f"the block of {arrival.vpc_id} itself"
            text = f"{departure.packet.destination} is in {where}, so the packet never leaves this VPC"
            return Reason.VPC_LOCAL_ROUTE_CIDR_RESTRICTION, text
        return Reason.CANNOT_ROUTE, f"{choice.chosen} leads to {arrival.vpc_id}, not to {expected}"

    @staticmethod
    def _is_mismatch(departure: Departure, arrival: Arrival) -> bool:
        """PCX-11: nothing checks that a reply goes back by the connection that the request came through."""
        return (
            departure.came_by is not None
            and arrival.carriage.way is Way.PEERING
            and arrival.carriage.connection != departure.came_by.connection
        )

    def _better_route(self, departure: Departure, choice: _Choice) -> Candidate | None:
        """A route that lost to the chosen one and would have led to the destination."""
        for other in choice.lookup.rejected:
            if other.state != "active" or is_refused(self.snapshot, choice.table, other):
                continue
            trial = self._through(departure, choice.table, other)
            if trial.is_stopped or trial.vpc_id is None:
                continue
            if departure.expected_vpc is None:
                leads = departure.packet.destination in interfaces_of_vpc(self.snapshot, trial.vpc_id)
            else:
                leads = trial.vpc_id == departure.expected_vpc
            if leads:
                return other
        return None

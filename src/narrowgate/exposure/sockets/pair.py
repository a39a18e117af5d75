"""One sender to one address: every port that opens, with the rule that admits it.

The way there and back is the engine's own walk, with all ports at once; groups are unions of port sets. Where AWS
picks at random, or spreads flows over subnets that differ, the engine is asked port by port.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.admitted_ports import Admitted, admitted_ports
from narrowgate.engine.network.arrival import Arrival
from narrowgate.engine.network.departure import Router
from narrowgate.engine.network.flow import Flow, Packet, platform_ports, protocol_name
from narrowgate.engine.network.flow_ends import End, end_of_host
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.path import evaluate_path
from narrowgate.engine.network.path_target import target_end
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.replies import seen_as, walk_back
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.services import check_client, check_target
from narrowgate.engine.network.walk import travel
from narrowgate.exposure.sockets.port_cells import cut
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.served import served_by, unserved
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Leg, Missing, Step, Verdict, conjunction
from narrowgate.model.exposure import OPEN, PARTIAL, UNKNOWN, Because
from narrowgate.model.snapshot import Snapshot

_CLOSED = (Verdict.DENIED, Verdict.INVALID)
_WAY_LAYERS = frozenset({"route_table", "vpc_peering_connection", "transit_gateway_route_table", "nat_gateway"})


class Opening(NamedTuple):
    """Ports that open alike."""

    ports: IntervalSet
    state: str
    via: str
    because: tuple[Because, ...]
    unknowns: tuple[Missing, ...] = ()
    seen_as: Address | None = None
    """Whom the target sees, where it is not the sender's own address (VPCE-06)."""


def openings(
    snapshot: Snapshot, sender: Sender, target: Interface, address: Address, protocol: int
) -> list[Opening]:
    """Every port of `address`, which `target` has, that a host of `sender` can open a connection to."""
    source = sender.host.address(sender.family)
    if source is None or (sender.is_real and sender.host.network_interface_id == target.interface_id):
        return []
    served = served_by(snapshot, target).by_protocol[protocol]
    if not (served[OPEN] or served[UNKNOWN]):
        return []
    client = end_of_host(snapshot, sender.host, source)
    return Pair(snapshot, sender, client, target, address, protocol).openings(served)


class Walked(NamedTuple):
    """What the way of some ports comes to: those that get there, and in which state; closed where none do."""

    ports: IntervalSet
    state: str | None
    is_shared: bool
    """Whether the outcome names nothing of this pair, so that it holds for every equal way."""


def walk_way(
    snapshot: Snapshot, sender: Sender, target: Interface, address: Address, protocol: int, ports: IntervalSet
) -> Walked:
    """Walk there and back with some ports, whatever groups say; for a way that has a key."""
    source = sender.host.address(sender.family)
    if source is None:
        return Walked(IntervalSet(), None, is_shared=False)
    client = end_of_host(snapshot, sender.host, source)
    return Pair(snapshot, sender, client, target, address, protocol).walk(ports)


class Pair:
    """The one question, and what it needs to be answered."""

    def __init__(
        self, snapshot: Snapshot, sender: Sender, client: End, target: Interface, address: Address, protocol: int
    ) -> None:
        self.snapshot = snapshot
        self.sender = sender
        self.client = client
        self.target = target
        self.address = address
        self.protocol = protocol
        self.end = target_end(target, address) or End(label=target.label, address=address)

    def openings(self, served: dict[str, IntervalSet]) -> list[Opening]:
        """The openings; `served` are the ports that the target listens on, by state."""
        ready = [*check_client(self.snapshot, self.client), *check_target(self.snapshot, self.target)]
        if any(step.verdict in _CLOSED for step in ready):
            return []
        router = Router(self.snapshot)
        every = served[OPEN] | served[UNKNOWN]
        there = self._there(router, every)
        if router.conflicts or self._is_spread(there):
            return self._port_by_port(every)
        if there.is_stopped:
            return []
        egress, ingress = self._egress(there), self._ingress(there)
        ports = every & _union(egress) & _union(ingress)
        if not ports:
            return []
        if ports != every and any(step.verdict is not Verdict.ALLOWED for step in there.steps):
            there = self._there(router, ports)
            if there.is_stopped:
                return []
        flow = Flow(self.protocol, 0, platform_ports(self.sender.host.platform))
        back = walk_back(router, flow, there, self.client, self.end, self.address)
        if router.conflicts:
            return self._port_by_port(ports)
        steps = [*ready, *_beyond_ports(there), *back]
        if conjunction(step.verdict for step in steps) in _CLOSED:
            return []
        ports &= there.packet.ports
        return list(self._told(there, steps, ports, (egress, ingress, served)))

    def walk(self, ports: IntervalSet) -> Walked:
        """The way alone: routes, gateways, ACLs, and the reply's."""
        router = Router(self.snapshot)
        there = self._there(router, ports)
        if there.is_stopped:
            return Walked(IntervalSet(), None, is_shared=not router.conflicts)
        flow = Flow(self.protocol, 0, platform_ports(self.sender.host.platform))
        back = walk_back(router, flow, there, self.client, self.end, self.address)
        steps = [*_beyond_ports(there), *back]
        verdict = conjunction(step.verdict for step in steps)
        plain = not router.conflicts and not self._is_spread(there) and not any(step.unknowns for step in steps)
        if verdict in _CLOSED:
            return Walked(IntervalSet(), None, is_shared=plain)
        state = {Verdict.ALLOWED: OPEN, Verdict.UNKNOWN: UNKNOWN}.get(verdict, PARTIAL)
        return Walked(there.packet.ports, state, is_shared=plain and state != UNKNOWN)

    def _there(self, router: Router, ports: IntervalSet) -> Arrival:
        request = Packet(Leg.FORWARD, self.protocol, self.client.address, self.address, ports)
        return travel(router, request, self.client, self.end)

    def _is_spread(self, there: Arrival) -> bool:
        """Whether a gateway may deliver through subnets that treat ports differently."""
        return there.carriage.way is Way.TRANSIT_GATEWAY and any(
            step.verdict is Verdict.PARTIAL for step in there.steps
        )

    def _egress(self, there: Arrival) -> list[Admitted]:
        peer = msgspec.structs.replace(self.end, address=self.address)
        way = there.carriage
        return admitted_ports(self.snapshot, self.protocol, self.client, peer, Direction.EGRESS, way)

    def _ingress(self, there: Arrival) -> list[Admitted]:
        seen = seen_as(there, self.client)
        if self.sender.group is not None and seen is self.client:
            seen = msgspec.structs.replace(seen, security_groups=(self.sender.group,), lets_everything_out=False)
        way = there.carriage
        return admitted_ports(self.snapshot, self.protocol, self.end, seen, Direction.INGRESS, way)

    def _told(
        self,
        there: Arrival,
        steps: Sequence[Step],
        ports: IntervalSet,
        filters: tuple[list[Admitted], list[Admitted], dict[str, IntervalSet]],
    ) -> Iterator[Opening]:
        """One opening for each rule that admits ports that no rule before it does; then what nobody can tell."""
        egress, ingress, served = filters
        gaps = [fact for step in steps for fact in step.unknowns]
        verdict = conjunction(step.verdict for step in steps)
        state = {Verdict.ALLOWED: OPEN, Verdict.UNKNOWN: UNKNOWN}.get(verdict, PARTIAL)
        certain = _union(each for each in egress if not each.unknowns) & served[OPEN]
        way = tuple(_way(there))
        via = _spell_way(there)
        seen = seen_as(there, self.client).address
        other = seen if seen != self.client.address else None
        rest = ports
        for rule in sorted(ingress, key=lambda each: bool(each.unknowns)):
            sure = rest & rule.ports & certain if not rule.unknowns else IntervalSet()
            if sure:
                rest -= sure
                because = (*way, _admission(self.target, rule))
                yield Opening(sure, state, via, because, tuple(dict.fromkeys(gaps)), other)
        for rule in ingress:
            open_question = rest & rule.ports
            if open_question:
                rest -= open_question
                missing = [*gaps, *rule.unknowns, *(fact for each in egress for fact in each.unknowns)]
                if not open_question & served[OPEN]:
                    missing += unserved(self.snapshot, self.target, self.protocol)
                told = tuple(dict.fromkeys(missing))
                yield Opening(open_question, UNKNOWN, via, (*way, _admission(self.target, rule)), told, other)

    def _port_by_port(self, ports: IntervalSet) -> list[Opening]:
        """The engine's answer for each cell of ports."""
        host = self.sender.host
        if self.sender.group is not None:
            host = msgspec.structs.replace(host, security_groups=(self.sender.group,))
        found = []
        for cell in cut(self.snapshot, ports, (self.client, self.end)):
            path = evaluate_path(
                self.snapshot,
                host,
                self.address,
                protocol=protocol_name(self.protocol),
                port=max(1, cell.intervals[0][1]),
                network_interface_id=self.target.interface_id,
            )
            if path.verdict in _CLOSED:
                continue
            state = {Verdict.ALLOWED: OPEN, Verdict.UNKNOWN: UNKNOWN}.get(path.verdict, PARTIAL)
            because = tuple(
                Because(text=step.text, rule=step.rule, resource=step.component)
                for step in path.forward
                if step.layer in _WAY_LAYERS or step.layer == "security_group"
            )
            found.append(Opening(cell, state, "several ways", because, path.unknowns))
        return found


def _union(admitted: Iterable[Admitted]) -> IntervalSet:
    return IntervalSet(pair for each in admitted for pair in each.ports)


def _beyond_ports(there: Arrival) -> Iterator[Step]:
    """The steps of the way there; an ACL that takes some ports away has already taken them."""
    for step in there.steps:
        if not (step.verdict is Verdict.PARTIAL and step.layer == "network_acl"):
            yield step


def _way(there: Arrival) -> Iterator[Because]:
    for step in there.steps:
        if step.layer in _WAY_LAYERS:
            yield Because(text=step.text, rule=step.rule, resource=step.component)


def _spell_way(there: Arrival) -> str:
    way = there.carriage
    if way.way in (Way.SAME_SUBNET, Way.LOCAL):
        return "inside the VPC"
    name = way.connection or " and ".join(way.gateways)
    nat = f", behind {there.nat_gateway}" if there.nat_gateway else ""
    return f"{way.way.value} {name}".strip() + nat


def _admission(target: Interface, rule: Admitted) -> Because:
    text = f"{rule.group} admits {rule.rule}" if rule.group.startswith("sg-") else rule.rule
    return Because(text=text, rule="SG-06" if target.vpc_endpoint_id else "SG-01", resource=rule.group)

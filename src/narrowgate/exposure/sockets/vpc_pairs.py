"""Sockets between two classes: by groups as port sets and by the way, each asked once for all that are alike."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.interfaces import Interface, end_of_host
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.security_groups import Direction
from narrowgate.engine.network.services import check_client
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import Allowed, Groups, Peer, allowed_to, groups_of
from narrowgate.exposure.sockets.outlooks import OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.pair import Opening, Walked, openings, walk_way
from narrowgate.exposure.sockets.senders import Sender, in_groups
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.exposure.sockets.ways import Leg, way_key
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import OPEN, UNKNOWN, Because
from narrowgate.model.snapshot import Snapshot, index

_CLOSED = (Verdict.DENIED, Verdict.INVALID)


class Socket(NamedTuple):
    """Openings that all senders of a class have to all members of another."""

    senders: tuple[Sender, ...]
    targets: tuple[tuple[Interface, Address], ...]
    protocol: int
    opening: Opening


@index
def _walked(snapshot: Snapshot) -> dict[tuple[object, ...], Walked]:
    """Ways already walked, by what decides them."""
    return {}


def sockets_across(
    snapshot: Snapshot, senders: tuple[OutwardSenders, ...], targets: tuple[OutwardTargets, ...]
) -> Iterator[Socket]:
    """Everything that opens from one VPC to another."""
    for target in targets:
        ids = target.whole.groups
        groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
        for sender in senders:
            part = sender.whole.part
            if part is not None and groups is not None and not groups.may_mean(part, sender.whole.carried):
                continue
            for one in sender.by_zone if target.is_sensitive else (sender.whole,):
                for other in target.by_zone if sender.is_sensitive else (target.whole,):
                    yield from sockets_between(snapshot, one, other)


def sockets_between(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> Iterator[Socket]:
    """Everything that opens from one class to another."""
    if sender.sample.family != target.members[0][1].family:
        return
    ids = target.groups
    groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
    if sender.part is not None and groups is not None and not groups.may_mean(sender.part, sender.carried):
        return
    fast = _Fast.of(snapshot, sender, target, groups)
    for protocol in PROTOCOLS:
        found = fast.sockets(protocol) if fast is not None else None
        yield from found if found is not None else _one_by_one(snapshot, sender, target, protocol)


def _one_by_one(snapshot: Snapshot, sender: SenderClass, target: TargetClass, protocol: int) -> Iterator[Socket]:
    """Asked of the pair itself: where all addresses are alike, of two that stand for their classes."""
    alike = sender.part is not None and target.part is not None
    senders = sender.senders[:1] if alike else sender.senders
    for one in senders:
        others = [each for each in target.members if each[0].interface_id != one.host.network_interface_id]
        # A class may meet itself: what holds for two of its members holds for any two.
        meeting = others or ([] if len(sender.senders) == 1 else list(target.members))
        if alike and not others and len(sender.senders) > 1:
            one = sender.senders[1]
        for each in in_groups(snapshot, one, target.members[0][0]):
            whole = tuple(other._replace(group=each.group) for other in sender.senders) if alike else (each,)
            for known, address in meeting[:1] if alike else meeting:
                for opening in openings(snapshot, each, known, address, protocol):
                    targets = tuple(target.members) if alike else ((known, address),)
                    yield from _but_itself(whole, targets, protocol, opening)


def _but_itself(
    senders: tuple[Sender, ...], targets: tuple[tuple[Interface, Address], ...], protocol: int, opening: Opening
) -> Iterator[Socket]:
    """A host opens no socket to itself: where a class is sender and target, pair by pair."""
    own = {each.host.network_interface_id for each in senders if each.is_real}
    shared = own & {known.interface_id for known, _ in targets}
    if not shared:
        yield Socket(senders, targets, protocol, opening)
        return
    for each in senders:
        others = tuple(pair for pair in targets if pair[0].interface_id != each.host.network_interface_id)
        if others:
            yield Socket((each,), others, protocol, opening)


class _Fast:
    """Two classes whose groups name nothing but blocks, joined by a way that has a key."""

    def __init__(
        self, snapshot: Snapshot, sender: SenderClass, target: TargetClass, leg: Leg, key: object
    ) -> None:
        self.snapshot = snapshot
        self.sender = sender
        self.target = target
        self.leg = leg
        self.key = key
        self.ingress: Groups | None = None
        self.egress: Groups | None = None
        self.named: frozenset[str] = frozenset()
        """Groups of the sender that the target's rules name."""

    @classmethod
    def of(
        cls, snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
    ) -> "_Fast | None":
        """The pair, where it is of that kind."""
        here, there = sender.part, target.part
        if here is None or there is None or ingress is None or not ingress.is_plain or not target.is_certain:
            return None
        named = ingress.named & sender.carried
        egress = None
        if named and (here.vpc_id != there.vpc_id or not sender.is_real):
            return None
        if sender.is_real:
            if not sender.groups:
                return None
            egress = groups_of(snapshot, sender.groups, Direction.EGRESS)
            if not egress.is_plain or egress.named & frozenset(target.groups or ()):
                return None
        found = way_key(snapshot, here, there)
        if found is None:
            return None
        fast = cls(snapshot, sender, target, found[1], found[0])
        fast.ingress, fast.egress, fast.named = ingress, egress, named
        return fast

    def sockets(self, protocol: int) -> list[Socket] | None:
        """The sockets; None where something about them is not certain, so that the pair is asked itself."""
        served = self.target.served.by_protocol[protocol]
        rules = self._rules(protocol)
        ports = _union(rules) & (served[OPEN] | served[UNKNOWN])
        if self.egress is not None and ports:
            ports &= _union(self._lets_out(protocol))
        if not ports:
            return []
        if ports & served[UNKNOWN] or not self._is_ready():
            return None
        walked = self._walk(protocol, ports)
        if walked is None:
            return None
        if walked.state is None:
            return []
        return list(self._told(protocol, rules, ports & walked.ports, walked.state))

    def _rules(self, protocol: int) -> tuple[Allowed, ...]:
        part, ids = self.sender.part, self.target.groups
        if part is None or ids is None or self.ingress is None:
            return ()
        return allowed_to(self.snapshot, self.ingress, ids, Peer(part, self.named), protocol, Direction.INGRESS)

    def _lets_out(self, protocol: int) -> tuple[Allowed, ...]:
        part, ids = self.target.part, self.sender.groups
        if part is None or ids is None or self.egress is None:
            return (Allowed(EVERY_PORT, 0, ""),)
        return allowed_to(self.snapshot, self.egress, ids, Peer(part, frozenset()), protocol, Direction.EGRESS)

    def _is_ready(self) -> bool:
        """Whether the sender opens connections at all."""
        one = self.sender.sample
        if not one.is_real:
            return True
        source = one.host.address(one.family)
        client = end_of_host(self.snapshot, one.host, source) if source is not None else None
        return client is not None and all(
            step.verdict is Verdict.ALLOWED for step in check_client(self.snapshot, client)
        )

    def _walk(self, protocol: int, ports: IntervalSet) -> Walked | None:
        kept = _walked(self.snapshot)
        key = (self.key, protocol, ports, self.sender.client_ports)
        found = kept.get(key)
        if found is None:
            known, address = self.target.members[0]
            found = walk_way(self.snapshot, self.sender.sample, known, address, protocol, ports)
            if not found.is_shared:
                return None
            kept[key] = found
        return found

    def _told(self, protocol: int, rules: tuple[Allowed, ...], ports: IntervalSet, state: str) -> Iterator[Socket]:
        """One socket for each rule that admits ports that no rule before it does."""
        rest = ports
        senders, targets = tuple(self.sender.senders), tuple(self.target.members)
        for rule in rules:
            sure = rest & rule.ports
            if sure:
                rest -= sure
                opening = Opening(sure, state, spell_way(self.leg), self._because(rule))
                yield from _but_itself(senders, targets, protocol, opening)

    def _because(self, rule: Allowed) -> tuple[Because, ...]:
        leg, group = self.leg, (self.target.groups or ("",))[rule.group]
        is_endpoint = self.target.members[0][0].vpc_endpoint_id is not None
        admission = Because(
            text=f"{group} admits {rule.rule}", rule="SG-06" if is_endpoint else "SG-01", resource=group
        )
        if leg.route is None or leg.carriage.way is Way.LOCAL:
            return (admission,)
        text = f"{leg.table_id} sends the VPC's packets by {leg.route}"
        return (Because(text=text, rule="NET-03", resource=leg.table_id), admission)


def spell_way(leg: Leg) -> str:
    """The way in a few words."""
    carriage = leg.carriage
    if carriage.way in (Way.SAME_SUBNET, Way.LOCAL):
        return "inside the VPC"
    return f"{carriage.way.value} {carriage.connection or ' and '.join(carriage.gateways)}"


def _union(allowed: tuple[Allowed, ...]) -> IntervalSet:
    if len(allowed) == 1:
        return allowed[0].ports
    return IntervalSet(pair for each in allowed for pair in each.ports)

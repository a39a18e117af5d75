"""Two classes whose groups name nothing but blocks and groups: what opens is read once for all pairs like them."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.flow_ends import end_of_host
from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.services import check_client
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import (
    EVERY_ADMISSION,
    NO_ADMISSION,
    Admission,
    Allowed,
    Groups,
    Peer,
    admission,
    groups_of,
)
from narrowgate.exposure.sockets.pair import Opening, Walked, walk_way
from narrowgate.exposure.sockets.parts import twin_of
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.served import PROTOCOLS
from narrowgate.exposure.sockets.ways import Leg, way_key
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import OPEN, UNKNOWN, Because
from narrowgate.model.snapshot import Snapshot, index


class Socket(NamedTuple):
    """Openings that all senders of a class have to all members of another."""

    senders: tuple[Sender, ...]
    targets: tuple[tuple[Interface, Address], ...]
    protocol: int
    opening: Opening


Template = tuple[int, IntervalSet, str, Allowed]
"""What opens between two classes, apart from ids: protocol, ports, state, the rule that admits."""


def but_itself(
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


@index
def _walked(snapshot: Snapshot) -> dict[tuple[object, ...], Walked]:
    """Ways already walked, by what decides them."""
    return {}


@index
def _plans(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Template, ...] | None]:
    """Templates already read, by what decides them; None where the pair must be asked itself."""
    return {}


Plan = tuple[tuple[Template, str | None], ...]
"""Templates of one protocol, each with the group that a host would be started in for it."""


@index
def _plans_of_pairs(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Plan | None, ...]]:
    """Plans already read, by what decides them and by protocol."""
    return {}


class Alike:
    """Two classes whose groups name nothing but blocks, joined by a way that has a key."""

    def __init__(self, snapshot: Snapshot, sender: SenderClass, target: TargetClass, leg: Leg, key: int) -> None:
        self.snapshot = snapshot
        self.sender = sender
        self.target = target
        self.leg = leg
        self.key = key
        self.ingress: Groups | None = None
        self.egress: Groups | None = None
        self.named: frozenset[str] = frozenset()
        """Groups of the sender that the target's rules name."""
        self.meant: frozenset[str] = frozenset()
        """Groups of the target that the sender's rules name."""

    @classmethod
    def of(
        cls, snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
    ) -> "Alike | None":
        """The pair, where it is of that kind."""
        here, there = sender.part, target.part
        if here is None or there is None or ingress is None or not ingress.is_plain or not target.is_certain:
            return None
        named = ingress.named & sender.carried
        egress, meant = None, frozenset[str]()
        if sender.is_real:
            if not sender.groups:
                return None
            egress = groups_of(snapshot, sender.groups, Direction.EGRESS)
            meant = egress.named & frozenset(target.groups or ())
            if not egress.is_plain:
                return None
        if (named or meant) and here.vpc_id != there.vpc_id:
            return None
        found = way_key(snapshot, here, there)
        if found is None:
            return None
        fast = cls(snapshot, sender, target, found[1], found[0])
        fast.ingress, fast.egress, fast.named, fast.meant = ingress, egress, named, meant
        return fast

    def every_template(self) -> tuple[Template, ...] | None:
        """What opens on all protocols; None where some of it is not certain."""
        found = [self.templates(protocol) for protocol in PROTOCOLS]
        return None if None in found else tuple(each for some in found for each in some or ())

    def sockets(self) -> Iterator[list[Socket] | None]:
        """The sockets by protocol; None where something is not certain, so that the pair is asked itself."""
        for found in self._every_plan():
            if found is None:
                yield None
            else:
                yield [each for template, group in found for each in self._told(template, group)]

    def _every_plan(self) -> tuple[Plan | None, ...]:
        """What opens by protocol, read once for pairs of classes that nothing tells apart."""
        here, there = self.sender.part, self.target.part
        if here is None or there is None:
            return tuple(None for _ in PROTOCOLS)
        key = (
            (self.key, self.target.served, self.sender.client_ports, self.sender.is_real, self._is_ready()),
            (self.ingress, twin_of(self.snapshot, here), self.named),
            (self.egress, twin_of(self.snapshot, there), self.meant),
        )
        kept = _plans_of_pairs(self.snapshot)
        found = kept.get(key)
        if found is None:
            found = kept[key] = tuple(self._plan(protocol) for protocol in PROTOCOLS)
        return found

    def _plan(self, protocol: int) -> Plan | None:
        if not self.sender.is_real and self.named:
            return self._of_startable(protocol)
        found = self.templates(protocol)
        return None if found is None else tuple((one, None) for one in found)

    def _of_startable(self, protocol: int) -> Plan | None:
        """A host that could be started without a group that counts, and what each group would add."""
        named = self.named
        try:
            self.named = frozenset()
            plain = self.templates(protocol)
            if plain is None:
                return None
            found: list[tuple[Template, str | None]] = [(one, None) for one in plain]
            known = IntervalSet(pair for one in plain for pair in one[1])
            for group in sorted(named):
                self.named = frozenset({group})
                more = self.templates(protocol)
                if more is None:
                    return None
                for each in more:
                    added = each[1] - known
                    if added:
                        found.append(((each[0], added, each[2], each[3]), group))
        finally:
            self.named = named
        return tuple(found)

    def templates(self, protocol: int) -> tuple[Template, ...] | None:
        """What opens, rule by rule: the ports that no rule before it admits; asked once of what is alike."""
        rules = self._rules(protocol)
        out = self._lets_out(protocol)
        kept = _plans(self.snapshot)
        key = (self.key, rules.number, out.number, self.target.served, protocol, self.sender.client_ports)
        if not self._is_ready():
            return self._read_templates(protocol, rules, out)
        if key not in kept:
            kept[key] = self._read_templates(protocol, rules, out)
        return kept[key]

    def _read_templates(self, protocol: int, rules: Admission, out: Admission) -> tuple[Template, ...] | None:
        served = self.target.served.by_protocol[protocol]
        ports = rules.ports & out.ports & (served[OPEN] | served[UNKNOWN])
        if not ports:
            return ()
        if ports & served[UNKNOWN] or not self._is_ready():
            return None
        walked = self._walk(protocol, ports)
        if walked is None:
            return None
        found: list[Template] = []
        rest = ports & walked.ports if walked.state is not None else IntervalSet()
        for rule in rules.rules:
            sure = rest & rule.ports
            if sure:
                rest -= sure
                found.append((protocol, sure, walked.state or OPEN, rule))
        return tuple(found)

    def _rules(self, protocol: int) -> Admission:
        part, ids = self.sender.part, self.target.groups
        if part is None or ids is None or self.ingress is None:
            return NO_ADMISSION
        return admission(self.snapshot, self.ingress, ids, Peer(part, self.named), protocol, Direction.INGRESS)

    def _lets_out(self, protocol: int) -> Admission:
        part, ids = self.target.part, self.sender.groups
        if part is None or ids is None or self.egress is None:
            return EVERY_ADMISSION
        return admission(self.snapshot, self.egress, ids, Peer(part, self.meant), protocol, Direction.EGRESS)

    def _is_ready(self) -> bool:
        """Whether the sender opens connections at all."""
        if self.sender.is_ready is None:
            self.sender.is_ready = self._read_readiness()
        return self.sender.is_ready

    def _read_readiness(self) -> bool:
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

    def _told(self, template: Template, group: str | None) -> Iterator[Socket]:
        """The sockets of a template between the members of the two classes."""
        protocol, ports, state, rule = template
        opening = Opening(ports, state, spell_way(self.leg), self._because(rule))
        senders = tuple(self.sender.senders)
        if group is not None:
            senders = tuple(each._replace(group=group) for each in senders)
        yield from but_itself(senders, tuple(self.target.members), protocol, opening)

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

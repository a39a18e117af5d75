"""Sockets between two classes: by groups as port sets and by the way, each asked once for all that are alike."""

from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.interfaces import Interface, end_of_host
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.security_groups import Direction
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
    allowed_everywhere,
    groups_of,
    ports_everywhere,
)
from narrowgate.exposure.sockets.outlooks import OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.pair import Opening, Walked, openings, walk_way
from narrowgate.exposure.sockets.relations import Relation, number_of, relation
from narrowgate.exposure.sockets.senders import Sender, in_groups
from narrowgate.exposure.sockets.served import EVERY_PORT, PROTOCOLS
from narrowgate.exposure.sockets.ways import Leg, way_key
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import OPEN, UNKNOWN, Because
from narrowgate.model.snapshot import Snapshot, index

_EVERYTHING = (EVERY_PORT,) * len(PROTOCOLS)


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


def pair_by_pair(
    snapshot: Snapshot, senders: tuple[OutwardSenders, ...], target: OutwardTargets
) -> Iterator[Socket]:
    """Everything that opens from a VPC to a target of another, class by class."""
    ids = target.whole.groups
    groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
    for sender in senders:
        part = sender.whole.part
        if part is not None and groups is not None and not groups.may_mean(part, sender.whole.carried):
            continue
        for one in sender.by_zone if target.is_sensitive else (sender.whole,):
            for other in target.by_zone if sender.is_sensitive else (target.whole,):
                found = _as_before(snapshot, one, other, groups)
                yield from found if found is not None else sockets_between(snapshot, one, other)


Template = tuple[int, IntervalSet, str, Allowed]
"""What opens between two classes, apart from ids: protocol, ports, state, the rule that admits."""


@index
def _templates(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Template, ...] | None]:
    """By what decides; None where the pair must be asked itself."""
    return {}


def _as_before(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
) -> list[Socket] | None:
    """The sockets of a pair like one that was asked before; None where it must be asked itself."""
    templates = templates_between(snapshot, sender, target, ingress)
    here, there = sender.outlook or sender.part, target.part
    out = relation(snapshot, here, there) if templates and here is not None and there is not None else None
    if templates is None or out is None:
        return None if templates is None else []
    return [_filled(snapshot, out, sender, target, each) for each in templates]


def templates_between(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, ingress: Groups | None
) -> tuple[Template, ...] | None:
    """What opens between classes of two VPCs, apart from ids; None where the pair must be asked itself."""
    here, there, ids = sender.part, target.part, target.groups
    if sender.shape is None or target.shape is None or here is None or there is None or not ids:
        return None
    if ingress is None or not ingress.is_plain or ingress.named & sender.carried or not target.is_certain:
        return None
    out = relation(snapshot, sender.outlook or here, there)
    back = relation(snapshot, target.outlook or there, here) if out is not None else None
    egress = _lets_out(snapshot, sender, target) if back is not None else None
    if out is None or back is None or egress is None:
        return None
    admitted = allowed_everywhere(snapshot, ingress, ids, here, Direction.INGRESS)
    key = (
        (sender.shape, sender.client_ports, sender.readiness, egress),
        (target.shape, target.served, target.members[0][0].vpc_endpoint_id is not None),
        (out.number, back.number, admitted),
    )
    kept = _templates(snapshot)
    if key not in kept:
        fast = _Fast.of(snapshot, sender, target, ingress)
        kept[key] = fast.every_template() if fast is not None else None
    return kept[key]


def _lets_out(snapshot: Snapshot, sender: SenderClass, target: TargetClass) -> tuple[IntervalSet, ...] | None:
    """The ports that a sender's groups let out to a target, by protocol; None where that is not plain."""
    if not sender.is_real:
        return _EVERYTHING
    if not sender.groups or target.part is None:
        return None
    egress = groups_of(snapshot, sender.groups, Direction.EGRESS)
    if not egress.is_plain or egress.named & frozenset(target.groups or ()):
        return None
    return ports_everywhere(snapshot, egress, sender.groups, target.part, Direction.EGRESS)


def _filled(
    snapshot: Snapshot, out: Relation, sender: SenderClass, target: TargetClass, template: Template
) -> Socket:
    """A template with the ids of a pair."""
    opening = as_opening(out, target, template, number_of(snapshot, ("template", template)))
    return Socket(tuple(sender.senders), target.every_member, template[0], opening)


def as_opening(out: Relation, target: TargetClass, template: Template, number: int) -> Opening:
    """What a template opens to a target, with the reasons; `number` is that of the template."""
    _, ports, state, rule = template
    known, group = target.members[0][0], (target.groups or ("",))[rule.group]
    is_endpoint = known.vpc_endpoint_id is not None
    key = (number, group, is_endpoint)
    opening = out.openings.get(key)
    if opening is None:
        law = "SG-06" if is_endpoint else "SG-01"
        admission = Because(text=f"{group} admits {rule.rule}", rule=law, resource=group)
        opening = out.openings[key] = Opening(ports, state, out.via, (out.reason, admission))
    return opening


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


@index
def _plans(snapshot: Snapshot) -> dict[tuple[object, ...], tuple[Template, ...] | None]:
    """Templates already read, by what decides them; None where the pair must be asked itself."""
    return {}


class _Fast:
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
    ) -> "_Fast | None":
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

    def sockets(self, protocol: int) -> list[Socket] | None:
        """The sockets; None where something about them is not certain, so that the pair is asked itself."""
        if self.sender.is_real or not self.named:
            found = self.templates(protocol)
            return None if found is None else [each for one in found for each in self._told(one, None)]
        return self._of_startable(protocol)

    def _of_startable(self, protocol: int) -> list[Socket] | None:
        """A host that could be started without a group that counts, and what each group would add."""
        named, self.named = self.named, frozenset()
        plain = self.templates(protocol)
        if plain is None:
            return None
        found = [each for one in plain for each in self._told(one, None)]
        known = IntervalSet(pair for one in plain for pair in one[1])
        for group in sorted(named):
            self.named = frozenset({group})
            more = self.templates(protocol)
            if more is None:
                return None
            for each in more:
                if each[1] - known:
                    found += self._told((each[0], each[1] - known, each[2], each[3]), group)
        self.named = named
        return found

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
        yield from _but_itself(senders, tuple(self.target.members), protocol, opening)

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

"""Sockets between two classes: by plans where all that are alike have one, else asked of the pair itself."""

from collections.abc import Iterator

from narrowgate.engine.network.references import Way
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.classes import Classes, SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import Allowed, Groups, groups_of
from narrowgate.exposure.sockets.pair import Opening, openings
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.exposure.sockets.pieces import Piece, Socket, Told, but_itself
from narrowgate.exposure.sockets.plans import Alike, Plan
from narrowgate.exposure.sockets.senders import in_groups
from narrowgate.exposure.sockets.served import PROTOCOLS
from narrowgate.exposure.sockets.ways import Leg
from narrowgate.model.exposure import Because
from narrowgate.model.snapshot import Snapshot


def inside_vpc(snapshot: Snapshot, classes: Classes) -> Iterator[Piece]:
    """Everything that opens from the classes of a VPC to each other."""
    for target in classes.targets:
        ids, family = target.groups, target.members[0][1].family
        groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
        by_block: dict[Part, bool] = {}
        for sender in classes.senders:
            part = sender.part
            if sender.sample.family != family:
                continue
            if groups is not None and part is not None and groups.named.isdisjoint(sender.carried):
                twin = twin_of(snapshot, part)
                may_mean = by_block.get(twin)
                if may_mean is None:
                    may_mean = by_block[twin] = groups.may_mean(twin, frozenset())
                if not may_mean:
                    continue
            yield from meet(snapshot, sender, target, groups)


def between(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, groups: Groups | None
) -> Iterator[Piece]:
    """Everything that opens from one class to another, of whatever VPCs; `groups` are the target's rules."""
    if sender.sample.family != target.members[0][1].family:
        return
    if sender.part is None or groups is None or groups.may_mean(sender.part, sender.carried):
        yield from meet(snapshot, sender, target, groups)


def meet(snapshot: Snapshot, sender: SenderClass, target: TargetClass, groups: Groups | None) -> Iterator[Piece]:
    """The same of two classes of one family of which the target's rules may mean the sender."""
    alike = Alike.of(snapshot, sender, target, groups)
    plans = alike.plans().by_protocol if alike is not None else (None,) * len(PROTOCOLS)
    if alike is not None and None not in plans:
        whole = tuple(each for plan in plans for each in plan or ())
        if whole:
            yield Meeting(sender, target, whole, alike.leg)
        return
    told: list[Socket] = []
    for protocol, plan in zip(PROTOCOLS, plans, strict=True):
        if alike is None or plan is None:
            told += _one_by_one(snapshot, sender, target, protocol)
        else:
            told += Meeting(sender, target, plan, alike.leg).sockets()
    if told:
        yield Told(target, told)


class Meeting(Piece):
    """Two classes, what opens between them, and the way."""

    __slots__ = ("leg", "plan", "sender")

    def __init__(self, sender: SenderClass, target: TargetClass, plan: Plan, leg: Leg) -> None:
        super().__init__(target)
        self.sender = sender
        self.plan = plan
        self.leg = leg

    def sockets(self) -> Iterator[Socket]:
        """The sockets, in order."""
        via, members = spell_way(self.leg), self.target.every_member
        for (protocol, ports, state, rule), group in self.plan:
            senders = self.sender.every_sender
            if group is not None:
                senders = tuple(each._replace(group=group) for each in senders)
            opening = Opening(ports, state, via, self._because(rule))
            yield from but_itself(senders, members, protocol, opening)

    def _because(self, rule: Allowed) -> tuple[Because, ...]:
        leg, group = self.leg, (self.target.groups or ("",))[rule.group]
        law = "SG-06" if self.target.is_endpoint else "SG-01"
        admission = Because(text=f"{group} admits {rule.rule}", rule=law, resource=group)
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
                    targets = target.every_member if alike else ((known, address),)
                    yield from but_itself(whole, targets, protocol, opening)

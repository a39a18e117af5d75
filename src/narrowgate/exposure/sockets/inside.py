"""Sockets between the classes of one VPC: pairs that nothing tells apart are read once.

Where no rule of the estate names a part of a VPC, its subnets differ for each other by their ACL and route table
alone, its senders by the groups that they carry, and its targets by their groups and what they serve: a VPC has
few of each kind, however many hosts and subnets it has.
"""

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.acl_keys import acl_number
from narrowgate.exposure.sockets.classes import Classes, SenderClass, TargetClass
from narrowgate.exposure.sockets.groups import Groups, groups_of
from narrowgate.exposure.sockets.meetings import Meeting, Meetings
from narrowgate.exposure.sockets.pairs import meet
from narrowgate.exposure.sockets.parts import Part, twin_of
from narrowgate.exposure.sockets.pieces import Piece
from narrowgate.exposure.sockets.plans import Alike, Plan, is_plain, is_ready, joined, lets_out
from narrowgate.exposure.sockets.walks import way_between
from narrowgate.exposure.sockets.ways import Leg
from narrowgate.model.snapshot import Snapshot


class _Kind(NamedTuple):
    """Senders of one place, with equal rules, that carry the same groups: no target's rules tell them apart."""

    number: int
    egress: Groups | None


class _Sender(NamedTuple):
    """A class that sends; its kind is None where only the pair itself can be asked."""

    own: SenderClass
    family: int
    part: Part | None
    """One that no rule tells from its own."""
    kind: _Kind | None
    door: int = -1
    """The same for all that find the same ways to other subnets."""
    home: int = -1
    """The same for all that find the same way to their own."""


class _Target(NamedTuple):
    """Targets of one set of rules that serve the same: no sender's rules tell them apart."""

    ingress: Groups | None
    is_plain: bool
    senders: tuple[_Sender, ...]
    """Those that some rule could mean."""
    plans: dict[tuple[int, int], Plan | None]
    """By the kind of sender and the key of the way; None where the pair must be asked itself."""


def inside_vpc(snapshot: Snapshot, classes: Classes) -> Iterator[Piece]:
    """Everything that opens from the classes of a VPC to each other."""
    inside = _Inside(snapshot, classes)
    for target in classes.targets:
        yield from inside.pieces(target)


class _Inside:
    """A VPC and what was read of it so far."""

    def __init__(self, snapshot: Snapshot, classes: Classes) -> None:
        self._snapshot = snapshot
        self._numbers: dict[Hashable, int] = {}
        self._kinds: dict[Hashable, _Kind] = {}
        self._targets: dict[Hashable, _Target] = {}
        self._ways: dict[tuple[int, int], tuple[int, Leg] | None] = {}
        self._senders = [self._sender(each) for each in classes.senders]

    def _number(self, content: Hashable) -> int:
        return self._numbers.setdefault(content, len(self._numbers))

    def _look(self, part: Part) -> int:
        """A number for what of a part decides the way between it and others of its VPC."""
        acl, table = acl_number(self._snapshot, part.subnet_id), table_of_subnet(self._snapshot, part.subnet_id)
        if acl is None or not isinstance(table, CompiledTable):
            return self._number(part)
        return self._number((acl, table.table_id, twin_of(self._snapshot, part)))

    def _sender(self, own: SenderClass) -> _Sender:
        part, family, egress = own.part, own.sample.family, lets_out(self._snapshot, own)
        twin = twin_of(self._snapshot, part) if part is not None else None
        if part is None or not is_plain(own, egress):
            return _Sender(own, family, twin, None)
        ready = is_ready(self._snapshot, own)
        content = (egress, own.carried, own.client_ports, own.is_real, ready, twin)
        kind = self._kinds.get(content)
        if kind is None:
            kind = self._kinds[content] = _Kind(len(self._kinds), egress)
        door = self._number(("door", own.client_ports, self._look(part)))
        return _Sender(own, family, twin, kind, door, self._number(("home", own.client_ports, family)))

    def _target(self, own: TargetClass) -> _Target:
        """What is known of all targets like one."""
        part, family = own.part, own.members[0][1].family
        twin = twin_of(self._snapshot, part) if part is not None else None
        content = (own.groups, own.served, own.is_certain, twin, family)
        found = self._targets.get(content)
        if found is None:
            ingress = groups_of(self._snapshot, own.groups, Direction.INGRESS) if own.groups else None
            plain = ingress is not None and ingress.is_plain and own.is_certain and part is not None
            senders = tuple(self._may_meet(family, ingress))
            found = self._targets[content] = _Target(ingress, plain, senders, {})
        return found

    def _may_meet(self, family: int, ingress: Groups | None) -> Iterator[_Sender]:
        """The senders of a family that some rule could mean."""
        meant: dict[Part, bool] = {}
        for each in self._senders:
            part, carried = each.part, each.own.carried
            if each.family != family:
                continue
            if ingress is None or part is None or not ingress.named.isdisjoint(carried):
                yield each
                continue
            if part not in meant:
                meant[part] = ingress.may_mean(part, carried)
            if meant[part]:
                yield each

    def pieces(self, target: TargetClass) -> Iterator[Piece]:
        """What opens to a target: by plans where there is one, else asked of the pair itself."""
        of_kind = self._target(target)
        look = self._look(target.part) if target.part is not None else -1
        met: list[Meeting] = []
        for sender in of_kind.senders:
            found = self._plan(sender, target, look, of_kind)
            if found is None:
                if met:
                    yield Meetings(target, met)
                    met = []
                yield from meet(self._snapshot, sender.own, target, of_kind.ingress)
            elif found[0]:
                met.append(Meeting(sender.own, *found))
        if met:
            yield Meetings(target, met)

    def _plan(self, sender: _Sender, target: TargetClass, look: int, of_kind: _Target) -> tuple[Plan, Leg] | None:
        """What opens to a target of a look, and the way; None where the pair must be asked itself."""
        kind, ingress, here, there = sender.kind, of_kind.ingress, sender.own.part, target.part
        if kind is None or ingress is None or here is None or there is None or not of_kind.is_plain:
            return None
        is_same = here.subnet_id == there.subnet_id
        step = (sender.home, -1) if is_same else (sender.door, look)
        if step not in self._ways:
            self._ways[step] = way_between(self._snapshot, sender.own, target)
        way = self._ways[step]
        if way is None:
            return None
        key = (kind.number, way[0])
        if key not in of_kind.plans:
            pair = (sender.own, target)
            alike = Alike(self._snapshot, pair, (here, there), (ingress, kind.egress), way[0])
            of_kind.plans[key] = joined(alike.plans())
        plan = of_kind.plans[key]
        return None if plan is None else (plan, way[1])

"""A VPC as a sender and as a target of others: what of it decides, looked up by place.

Between two edges of blocks that rules name, all addresses are admitted and let out alike.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import admitted_number, ports_number
from narrowgate.exposure.sockets.groups import Groups, groups_of
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.outward import Outward, OutwardSenders, OutwardTargets, outward_classes
from narrowgate.exposure.sockets.parts import Part, is_solid, twin_of
from narrowgate.exposure.sockets.plans import Template, is_plain, lets_out
from narrowgate.exposure.sockets.relations import Doorstep, Relation, doorstep_of
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.templates import EVERYTHING
from narrowgate.model.snapshot import Snapshot, index


class Cell(NamedTuple):
    """One opening of a column: of which senders, by which of their outlooks, to which zone's members."""

    senders: tuple[Sender, ...]
    outlook: int
    zone: int
    template: Template
    number: int
    """The same for equal templates."""


class Facing(NamedTuple):
    """A target, with a number for what it is apart from ids and one for what it admits; None where not known."""

    target: OutwardTargets
    profile: int | None
    admitted: int
    groups: Groups | None
    outlook: int


class View(NamedTuple):
    """How a VPC's senders see another VPC: by outlook, and a number for what each of them lets out to it."""

    outs: tuple[Relation, ...]
    let_out: tuple[int, ...]


class Side:
    """A VPC as a sender and as a target; `part` is one of its own, None where rules name parts of it."""

    def __init__(self, snapshot: Snapshot, vpc_id: str, outward: Outward) -> None:
        self.vpc_id = vpc_id
        self.outward = outward
        self.is_solid = is_solid(snapshot, vpc_id)
        wholes = [each.whole for each in outward.senders]
        self._egress = [lets_out(snapshot, each) for each in wholes]
        self.is_plain = self.is_solid and all(map(_is_plain, outward.senders, self._egress))
        """Whether what it can open is told by columns."""
        self.first = _twin(snapshot, wholes[:1])
        """A part that stands for all of a solid VPC that sends."""
        self.part = _twin(snapshot, [each.whole for each in outward.targets])
        """A part that stands for all of a solid VPC that answers."""
        outlooks = [_outlook_of(each) for each in wholes]
        alike = list(dict.fromkeys(outlooks))
        self.outlook_of_sender = [alike.index(each) for each in outlooks]
        """By number, for each of the senders."""
        self._sender_doors = [_doorstep(snapshot, each) for each in alike]
        self.carried = frozenset().union(*(each.carried for each in wholes))
        self.columns: dict[tuple[object, ...], tuple[Cell, ...] | None] = {}
        """What was read of it as a sender."""

        rules = {groups for groups in self._egress if groups is not None}
        self.meant = frozenset().union(*(groups.named for groups in rules))
        self._egress_edges = sorted({edge for groups in rules for edge in groups.edges_of_blocks})
        self._let_out_at: dict[int, tuple[int, ...]] = {}
        self._target_outlooks = list(dict.fromkeys(_outlook_of(each.whole) for each in outward.targets))
        self._target_doors = [_doorstep(snapshot, each) for each in self._target_outlooks]
        self._ingress = [_ingress(snapshot, each.whole) for each in outward.targets]
        self._profiles = [_profile(snapshot, each) for each in outward.targets]
        known = [each for each in self._ingress if each is not None]
        self.named = frozenset().union(*(each.named for each in known))
        self._ingress_edges = sorted({edge for groups in known for edge in groups.edges_of_blocks})
        self._facing_at: dict[int, tuple[Facing, ...]] = {}

    def view(self, snapshot: Snapshot, there: Part) -> View | None:
        """How its senders see the VPC of a part; None where one of them does not, for certain."""
        outs = []
        for door in self._sender_doors:
            out = door.towards(snapshot, there) if door is not None else None
            if out is None:
                return None
            outs.append(out)
        place = bisect_right(self._egress_edges, there.sample.value)
        let_out = self._let_out_at.get(place)
        if let_out is None:
            let_out = self._let_out_at[place] = tuple(
                EVERYTHING if groups is None else ports_number(snapshot, groups, sender.whole.groups or (), there)
                for sender, groups in zip(self.outward.senders, self._egress, strict=True)
            )
        return View(tuple(outs), let_out)

    def looks_back(self, snapshot: Snapshot, facing: Facing, there: Part) -> Relation | None:
        """How one of its targets sees the VPC of a part."""
        door = self._target_doors[facing.outlook]
        return None if door is None else door.towards(snapshot, there)

    def facing(self, snapshot: Snapshot, here: Part) -> tuple[Facing, ...]:
        """The targets that may admit a part of a solid VPC none of whose groups count, in their order."""
        place = bisect_right(self._ingress_edges, here.sample.value)
        if place not in self._facing_at:
            self._facing_at[place] = tuple(self._read_facing(snapshot, here))
        return self._facing_at[place]

    def _read_facing(self, snapshot: Snapshot, here: Part) -> Iterator[Facing]:
        for target, groups, profile in zip(self.outward.targets, self._ingress, self._profiles, strict=True):
            outlook = self._target_outlooks.index(_outlook_of(target.whole))
            if groups is None or not groups.is_plain:
                yield Facing(target, None, 0, groups, outlook)
            elif groups.may_mean(here, frozenset()):
                admitted = admitted_number(snapshot, groups, target.whole.groups or (), here)
                yield Facing(target, profile, admitted, groups, outlook)


def _twin(snapshot: Snapshot, classes: Sequence[SenderClass | TargetClass]) -> Part | None:
    part = next((each.part for each in classes if each.part is not None), None)
    return twin_of(snapshot, part) if part is not None else None


def _outlook_of(each: SenderClass | TargetClass) -> Part | None:
    """The part that stands for all that see others, or are seen, as a class does."""
    return each.outlook or each.part


def _doorstep(snapshot: Snapshot, part: Part | None) -> Doorstep | None:
    return None if part is None else doorstep_of(snapshot, part)


def _ingress(snapshot: Snapshot, target: TargetClass) -> Groups | None:
    return groups_of(snapshot, target.groups, Direction.INGRESS) if target.groups else None


def _is_plain(sender: OutwardSenders, egress: Groups | None) -> bool:
    return is_plain(sender.whole, egress) and all(
        each.shape is not None for each in (sender.whole, *sender.by_zone)
    )


def _profile(snapshot: Snapshot, target: OutwardTargets) -> int | None:
    whole = target.whole
    shapes = tuple(each.shape for each in (whole, *target.by_zone))
    if None in shapes or whole.part is None or not whole.groups or not whole.is_certain:
        return None
    return number_of(snapshot, ("target", shapes, target.is_sensitive))


@index
def _sides(snapshot: Snapshot) -> dict[str, Side]:
    """Filled as VPCs are asked for."""
    return {}


def side_of(snapshot: Snapshot, vpc_id: str) -> Side:
    """A VPC as a sender and as a target."""
    kept = _sides(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = Side(snapshot, vpc_id, outward_classes(snapshot, vpc_id))
    return kept[vpc_id]

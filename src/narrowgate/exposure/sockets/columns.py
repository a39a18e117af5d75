"""Sockets from one VPC to another, target by target: all senders of a VPC are asked at once.

A *column* is what opens to a target from every sender of a VPC. Targets that nothing tells apart, in VPCs that
are seen alike, have equal columns: each is read once, and filled with ids. Addresses are looked up by place:
between two edges of blocks that rules name, all are admitted and let out alike.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.interfaces import Interface
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.alike import Socket, Template
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import Groups, allowed_everywhere, groups_of, ports_everywhere
from narrowgate.exposure.sockets.outlooks import Outward, OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.parts import Part, is_solid
from narrowgate.exposure.sockets.relations import Relation, number_of, relation
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.vpc_pairs import as_opening, pair_by_pair, templates_between
from narrowgate.model.address import Address
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


class Side:
    """A VPC as a sender and as a target; `part` is one of its own, None where rules name parts of it."""

    def __init__(self, snapshot: Snapshot, vpc_id: str, outward: Outward) -> None:
        self.vpc_id = vpc_id
        self.outward = outward
        self.is_solid = is_solid(snapshot, vpc_id)
        wholes = [each.whole for each in outward.senders]
        self.is_plain = self.is_solid and all(_is_plain(snapshot, each) for each in outward.senders)
        """Whether what it can open is told by columns."""
        self.sender_outlooks = list(dict.fromkeys(_outlook(each) for each in wholes))
        self.carried = frozenset().union(*(each.carried for each in wholes))
        self.columns: dict[tuple[object, ...], tuple[Cell, ...] | None] = {}
        self._egress: dict[Groups, SenderClass] = {}
        for each in wholes if self.is_plain else ():
            if each.is_real and each.groups:
                self._egress.setdefault(groups_of(snapshot, each.groups, Direction.EGRESS), each)
        self.meant = frozenset().union(*(groups.named for groups in self._egress))
        self._egress_edges = sorted({edge for groups in self._egress for edge in groups.edges_of_blocks})
        self._egress_at: dict[int, int] = {}
        self.target_outlooks = list(dict.fromkeys(_outlook(each.whole) for each in outward.targets))
        self._ingress = [_ingress(snapshot, each.whole) for each in outward.targets]
        self._profiles = [_profile(snapshot, each) for each in outward.targets]
        known = [each for each in self._ingress if each is not None]
        self.named = frozenset().union(*(each.named for each in known))
        self._ingress_edges = sorted({edge for groups in known for edge in groups.edges_of_blocks})
        self._facing_at: dict[int, tuple[Facing, ...]] = {}

    @property
    def part(self) -> Part | None:
        """A part that stands for all of a solid VPC."""
        return next((each.part for each in self.target_classes() if each.part is not None), None)

    def target_classes(self) -> Iterator[TargetClass]:
        """Its targets, of all zones together."""
        return (each.whole for each in self.outward.targets)

    def lets_out(self, snapshot: Snapshot, there: Part) -> int:
        """A number for what the groups of its hosts let out to a part of a solid VPC."""
        place = bisect_right(self._egress_edges, there.sample.value)
        if place not in self._egress_at:
            content = tuple(
                ports_everywhere(snapshot, groups, sender.groups or (), there, Direction.EGRESS)
                for groups, sender in self._egress.items()
            )
            self._egress_at[place] = number_of(snapshot, ("egress", content))
        return self._egress_at[place]

    def facing(self, snapshot: Snapshot, here: Part) -> tuple[Facing, ...]:
        """The targets that may admit a part of a solid VPC none of whose groups count, in their order."""
        place = bisect_right(self._ingress_edges, here.sample.value)
        if place not in self._facing_at:
            self._facing_at[place] = tuple(self._read_facing(snapshot, here))
        return self._facing_at[place]

    def _read_facing(self, snapshot: Snapshot, here: Part) -> Iterator[Facing]:
        for target, groups, profile in zip(self.outward.targets, self._ingress, self._profiles, strict=True):
            outlook = self.target_outlooks.index(_outlook(target.whole))
            if groups is None or not groups.is_plain:
                yield Facing(target, None, 0, groups, outlook)
            elif groups.may_mean(here, frozenset()):
                ids = target.whole.groups or ()
                admitted = allowed_everywhere(snapshot, groups, ids, here, Direction.INGRESS)
                yield Facing(target, profile, number_of(snapshot, ("admitted", admitted)), groups, outlook)


def _outlook(each: SenderClass | TargetClass) -> Part | None:
    return each.outlook or each.part


def _ingress(snapshot: Snapshot, target: TargetClass) -> Groups | None:
    return groups_of(snapshot, target.groups, Direction.INGRESS) if target.groups else None


def _is_plain(snapshot: Snapshot, sender: OutwardSenders) -> bool:
    if sender.whole.part is None or any(each.shape is None for each in (sender.whole, *sender.by_zone)):
        return False
    if not sender.whole.is_real:
        return True
    groups = sender.whole.groups
    return bool(groups) and groups_of(snapshot, groups or (), Direction.EGRESS).is_plain


def _profile(snapshot: Snapshot, target: OutwardTargets) -> int | None:
    whole = target.whole
    shapes = tuple(each.shape for each in (whole, *target.by_zone))
    if None in shapes or whole.part is None or not whole.groups or not whole.is_certain:
        return None
    is_endpoint = whole.members[0][0].vpc_endpoint_id is not None
    return number_of(snapshot, ("target", shapes, whole.served, is_endpoint, target.is_sensitive))


@index
def _sides(snapshot: Snapshot) -> dict[str, Side]:
    """Filled as VPCs are asked for."""
    return {}


def side_of(snapshot: Snapshot, vpc_id: str, outward: Outward) -> Side:
    """A VPC as a sender and as a target."""
    kept = _sides(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = Side(snapshot, vpc_id, outward)
    return kept[vpc_id]


def sockets_across(snapshot: Snapshot, here: Side, there: Side) -> Iterator[Socket]:
    """Everything that opens from one VPC to another."""
    own, other = here.outward.senders, there.part
    first = own[0].whole.part if own else None
    if first is None or other is None or not here.is_plain or not there.is_solid or here.carried & there.named:
        for target in there.outward.targets:
            yield from pair_by_pair(snapshot, own, target)
        return
    facing = there.facing(snapshot, first)
    outs = _relations(snapshot, here.sender_outlooks, other) if facing else None
    numbers = tuple(each.number for each in outs) if outs else ()
    egress = here.lets_out(snapshot, other) if outs else 0
    for each in facing:
        column = None
        if outs is not None and each.profile is not None and here.meant.isdisjoint(each.target.whole.groups or ()):
            seen = there.target_outlooks[each.outlook]
            back = relation(snapshot, seen, first) if seen is not None else None
            if back is not None:
                key = (each.profile, each.admitted, back.number, egress, numbers)
                if key not in here.columns:
                    here.columns[key] = _read_column(snapshot, here, each)
                column = here.columns[key]
        if column is None or outs is None:
            yield from pair_by_pair(snapshot, own, each.target)
        else:
            yield from _filled(outs, each.target, column)


def _relations(snapshot: Snapshot, outlooks: list[Part | None], there: Part) -> list[Relation] | None:
    """How each outlook sees another VPC; None where one does not."""
    found = []
    for each in outlooks:
        out = relation(snapshot, each, there) if each is not None else None
        if out is None:
            return None
        found.append(out)
    return found


def _read_column(snapshot: Snapshot, here: Side, facing: Facing) -> tuple[Cell, ...] | None:
    """What opens from every sender; None where some pair of classes must be asked itself."""
    target, found = facing.target, []
    for sender in here.outward.senders:
        outlook = here.sender_outlooks.index(_outlook(sender.whole))
        for one in sender.by_zone if target.is_sensitive else (sender.whole,):
            senders = tuple(one.senders)
            zones = [*enumerate(target.by_zone)] if sender.is_sensitive else [(_WHOLE, target.whole)]
            for zone, other in zones:
                templates = templates_between(snapshot, one, other, facing.groups)
                if templates is None:
                    return None
                found += [
                    Cell(senders, outlook, zone, each, number_of(snapshot, ("template", each)))
                    for each in templates
                ]
    return tuple(found)


_WHOLE = -1


def _filled(outs: list[Relation], target: OutwardTargets, column: tuple[Cell, ...]) -> Iterator[Socket]:
    """A column with the ids of a target."""
    zones: dict[int, tuple[tuple[Interface, Address], ...]] = {}
    openings: dict[tuple[int, int], Opening] = {}
    for senders, outlook, zone, template, number in column:
        members = zones.get(zone)
        if members is None:
            members = zones[zone] = (target.whole if zone == _WHOLE else target.by_zone[zone]).every_member
        opening = openings.get((outlook, number))
        if opening is None:
            opening = openings[outlook, number] = as_opening(outs[outlook], target.whole, template, number)
        yield Socket(senders, members, template[0], opening)

"""Sockets from one VPC to another, target by target: all senders of a VPC are asked at once.

A *column* is what opens to a target from every sender of a VPC. Targets that nothing tells apart, in VPCs that
are seen alike, have equal columns: each is read once, and filled with ids where somebody asks for its sockets.
"""

from collections.abc import Iterator

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.groups import groups_of
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.outlooks import OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.pairs import between
from narrowgate.exposure.sockets.parts import Part
from narrowgate.exposure.sockets.pieces import Members, Piece, Socket
from narrowgate.exposure.sockets.plans import Template
from narrowgate.exposure.sockets.relations import Relation, relation
from narrowgate.exposure.sockets.sides import Cell, Facing, Side, outlook_of
from narrowgate.exposure.sockets.templates import as_opening, templates_between
from narrowgate.model.snapshot import Snapshot

WHOLE = -1
"""The zone of a cell that means a target's members of all zones."""


class Column(Piece):
    """A column and the target that it stands before: ids are filled in where its sockets are asked for."""

    __slots__ = ("cells", "outs", "zones")

    def __init__(
        self,
        outs: tuple[Relation, ...],
        target: TargetClass,
        zones: tuple[TargetClass, ...],
        cells: tuple[Cell, ...],
    ) -> None:
        super().__init__(target)
        self.outs = outs
        self.zones = zones
        self.cells = cells

    def sockets(self) -> Iterator[Socket]:
        """The sockets, in order."""
        members: dict[int, Members] = {}
        openings: dict[tuple[int, int], Opening] = {}
        for each in self.cells:
            senders, outlook, zone, template, number = each
            of_zone = members.get(zone)
            if of_zone is None:
                of_zone = members[zone] = self.members_of(zone)
            opening = openings.get((outlook, number))
            if opening is None:
                opening = openings[outlook, number] = self.opening_of(each)
            yield Socket(senders, of_zone, template[0], opening)

    def members_of(self, zone: int) -> Members:
        """The target's members in a zone, or in all."""
        return (self.target if zone == WHOLE else self.zones[zone]).every_member

    def opening_of(self, cell: Cell) -> Opening:
        """What one of its cells opens, with the reasons."""
        return as_opening(self.outs[cell.outlook], self.target, cell.template, cell.number)


def across(snapshot: Snapshot, here: Side, there: Side) -> Iterator[Piece]:
    """Everything that opens from one VPC to another."""
    own, other = here.outward.senders, there.part
    first = own[0].whole.part if own else None
    if first is None or other is None or not here.is_plain or not there.is_solid or here.carried & there.named:
        for target in there.outward.targets:
            yield from _pair_by_pair(snapshot, own, target)
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
            yield from _pair_by_pair(snapshot, own, each.target)
        elif column:
            yield Column(outs, each.target.whole, each.target.by_zone, column)


def _relations(snapshot: Snapshot, outlooks: list[Part | None], there: Part) -> tuple[Relation, ...] | None:
    """How each outlook sees another VPC; None where one does not."""
    found = []
    for each in outlooks:
        out = relation(snapshot, each, there) if each is not None else None
        if out is None:
            return None
        found.append(out)
    return tuple(found)


def _read_column(snapshot: Snapshot, here: Side, facing: Facing) -> tuple[Cell, ...] | None:
    """What opens from every sender; None where some pair of classes must be asked itself."""
    target, found = facing.target, []
    for sender in here.outward.senders:
        outlook = here.sender_outlooks.index(outlook_of(sender.whole))
        ones, others = _zones(sender, target)
        for one in ones:
            for zone, other in others:
                templates = templates_between(snapshot, one, other, facing.groups)
                if templates is None:
                    return None
                found += [
                    Cell(one.every_sender, outlook, zone, each, number_of(snapshot, ("template", each)))
                    for each in templates
                ]
    return tuple(found)


def _zones(
    sender: OutwardSenders, target: OutwardTargets
) -> tuple[tuple[SenderClass, ...], list[tuple[int, TargetClass]]]:
    """The classes to ask: zone by zone on both sides where a zone counts on either (TGW-08).

    A gateway hands packets out by the zone that they come from: into the very subnet of some members of a class,
    and past that subnet's ACL and routes to others.
    """
    if sender.is_sensitive or target.is_sensitive:
        return sender.by_zone, [*enumerate(target.by_zone)]
    return (sender.whole,), [(WHOLE, target.whole)]


def _pair_by_pair(
    snapshot: Snapshot, senders: tuple[OutwardSenders, ...], target: OutwardTargets
) -> Iterator[Piece]:
    """Everything that opens from a VPC to a target of another, class by class."""
    ids = target.whole.groups
    groups = groups_of(snapshot, ids, Direction.INGRESS) if ids else None
    for sender in senders:
        part = sender.whole.part
        if part is not None and groups is not None and not groups.may_mean(part, sender.whole.carried):
            continue
        ones, others = _zones(sender, target)
        for one in ones:
            for _, other in others:
                templates = templates_between(snapshot, one, other, groups)
                if templates is None:
                    yield from between(snapshot, one, other, groups)
                elif templates:
                    yield from _as_before(snapshot, one, other, templates)


def _as_before(
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, templates: tuple[Template, ...]
) -> Iterator[Piece]:
    """The sockets of a pair like one that was asked before."""
    here, there = sender.outlook or sender.part, target.part
    out = relation(snapshot, here, there) if here is not None and there is not None else None
    if out is not None:
        cells = tuple(
            Cell(sender.every_sender, 0, WHOLE, each, number_of(snapshot, ("template", each)))
            for each in templates
        )
        yield Column((out,), target, (), cells)

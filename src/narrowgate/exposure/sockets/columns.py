"""Sockets from one VPC to another, target by target: all senders of a VPC are asked at once.

A *column* is what opens to a target from every sender of a VPC. Targets that nothing tells apart, in VPCs that
are seen alike, have equal columns: each is read once, and filled with ids where somebody asks for its sockets.
"""

from collections.abc import Iterator

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.groups import groups_of
from narrowgate.exposure.sockets.outward import OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.pairs import between
from narrowgate.exposure.sockets.pieces import Members, Piece, Socket
from narrowgate.exposure.sockets.relations import Relation, relation
from narrowgate.exposure.sockets.sides import Cell, Facing, Side, View
from narrowgate.exposure.sockets.templates import (
    Link,
    Numbered,
    as_opening,
    templates_along,
    templates_between,
)
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


def across(snapshot: Snapshot, here: Side, there: Side) -> list[Piece]:
    """Everything that opens from one VPC to another."""
    first, other = here.first, there.part
    is_told = here.is_plain and there.is_solid and here.carried.isdisjoint(there.named)
    if first is None or other is None or not is_told:
        own = here.outward.senders
        return [piece for target in there.outward.targets for piece in _pair_by_pair(snapshot, own, target)]
    pieces: list[Piece] = []
    facing = there.facing(snapshot, first)
    view = here.view(snapshot, other) if facing else None
    for each in facing:
        back, column = None, None
        if view is not None and each.profile is not None and here.meant.isdisjoint(each.target.whole.groups or ()):
            back = there.looks_back(snapshot, each, first)
        if view is not None and back is not None:
            column = _column(snapshot, here, each, view, back)
        if column is None or view is None:
            pieces += _pair_by_pair(snapshot, here.outward.senders, each.target)
        elif column:
            pieces.append(Column(view.outs, each.target.whole, each.target.by_zone, column))
    return pieces


def _column(snapshot: Snapshot, here: Side, facing: Facing, view: View, back: Relation) -> tuple[Cell, ...] | None:
    """What opens from every sender, read once for equal columns; None where classes must be asked themselves."""
    key = (facing.profile, facing.admitted, back.number, back.via, view)
    try:
        return here.columns[key]
    except KeyError:
        pass
    found = here.columns[key] = _read_column(snapshot, here, facing, view, back)
    return found


def _read_column(
    snapshot: Snapshot, here: Side, facing: Facing, view: View, back: Relation
) -> tuple[Cell, ...] | None:
    target, found = facing.target, []
    for sender, outlook, egress in zip(here.outward.senders, here.outlook_of_sender, view.let_out, strict=True):
        link = Link.of(view.outs[outlook], back, egress, facing.admitted)
        ones, others = _zones(sender, target)
        for one in ones:
            for zone, other in others:
                templates = templates_along(snapshot, one, other, facing.groups, link)
                if templates is None:
                    return None
                found += [Cell(one.every_sender, outlook, zone, *each) for each in templates]
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
    snapshot: Snapshot, sender: SenderClass, target: TargetClass, templates: tuple[Numbered, ...]
) -> Iterator[Piece]:
    """The sockets of a pair like one that was asked before."""
    here, there = sender.outlook or sender.part, target.part
    out = relation(snapshot, here, there) if here is not None and there is not None else None
    if out is not None:
        cells = tuple(Cell(sender.every_sender, 0, WHOLE, *each) for each in templates)
        yield Column((out,), target, (), cells)

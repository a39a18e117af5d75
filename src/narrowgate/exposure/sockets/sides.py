"""A VPC as a sender and as a target of others: what of it decides, looked up by place.

Between two edges of blocks that rules name, all addresses are admitted and let out alike.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass
from narrowgate.exposure.sockets.filters import admitted_number, ports_number
from narrowgate.exposure.sockets.groups import Groups, groups_of
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.outlooks import Outward, OutwardSenders, OutwardTargets
from narrowgate.exposure.sockets.parts import Part, is_solid
from narrowgate.exposure.sockets.plans import Template
from narrowgate.exposure.sockets.senders import Sender
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
        self.part = next((each.whole.part for each in outward.targets if each.whole.part is not None), None)
        """A part that stands for all of a solid VPC."""
        self.sender_outlooks = list(dict.fromkeys(outlook_of(each) for each in wholes))
        self.carried = frozenset().union(*(each.carried for each in wholes))
        self.columns: dict[tuple[object, ...], tuple[Cell, ...] | None] = {}
        """What was read of it as a sender."""

        self._egress: dict[Groups, SenderClass] = {}
        for each in wholes if self.is_plain else ():
            if each.is_real and each.groups:
                self._egress.setdefault(groups_of(snapshot, each.groups, Direction.EGRESS), each)
        self.meant = frozenset().union(*(groups.named for groups in self._egress))
        self._egress_edges = sorted({edge for groups in self._egress for edge in groups.edges_of_blocks})
        self._egress_at: dict[int, int] = {}
        self.target_outlooks = list(dict.fromkeys(outlook_of(each.whole) for each in outward.targets))
        self._ingress = [_ingress(snapshot, each.whole) for each in outward.targets]
        self._profiles = [_profile(snapshot, each) for each in outward.targets]
        known = [each for each in self._ingress if each is not None]
        self.named = frozenset().union(*(each.named for each in known))
        self._ingress_edges = sorted({edge for groups in known for edge in groups.edges_of_blocks})
        self._facing_at: dict[int, tuple[Facing, ...]] = {}

    def lets_out(self, snapshot: Snapshot, there: Part) -> int:
        """A number for what the groups of its hosts let out to a part of a solid VPC."""
        place = bisect_right(self._egress_edges, there.sample.value)
        if place not in self._egress_at:
            content = tuple(
                ports_number(snapshot, groups, sender.groups or (), there)
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
            outlook = self.target_outlooks.index(outlook_of(target.whole))
            if groups is None or not groups.is_plain:
                yield Facing(target, None, 0, groups, outlook)
            elif groups.may_mean(here, frozenset()):
                admitted = admitted_number(snapshot, groups, target.whole.groups or (), here)
                yield Facing(target, profile, admitted, groups, outlook)


def outlook_of(each: SenderClass | TargetClass) -> Part | None:
    """The part that stands for all that see others, or are seen, as a class does."""
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
    return number_of(snapshot, ("target", shapes, target.is_sensitive))


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

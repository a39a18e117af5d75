"""A VPC as others see it: its classes, joined where no other VPC can tell them apart."""

from collections.abc import Hashable, Iterable
from typing import Generic, NamedTuple, TypeVar

from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.vpcs import zone_of_subnet
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass, classes_of_vpc
from narrowgate.exposure.sockets.groups import groups_of
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.outlooks import canonical, is_sensitive, outlook_of
from narrowgate.exposure.sockets.parts import Part
from narrowgate.exposure.sockets.senders import cross_referenced
from narrowgate.exposure.sockets.shapes import shape_of
from narrowgate.model.snapshot import Snapshot, index

Key = tuple[Hashable, ...]
C = TypeVar("C")


class OutwardSenders(NamedTuple):
    """Senders of one outlook: as one class, and by zone; `is_sensitive` where the other side's zone counts."""

    whole: SenderClass
    by_zone: tuple[SenderClass, ...]
    is_sensitive: bool


class OutwardTargets(NamedTuple):
    """Targets of one outlook: as one class, and by zone; `is_sensitive` where the other side's zone counts."""

    whole: TargetClass
    by_zone: tuple[TargetClass, ...]
    is_sensitive: bool


class Outward(NamedTuple):
    """A VPC as others see it."""

    senders: tuple[OutwardSenders, ...]
    targets: tuple[OutwardTargets, ...]


@index
def _kept(snapshot: Snapshot) -> dict[str, Outward]:
    """Filled as VPCs are asked for."""
    return {}


def outward_classes(snapshot: Snapshot, vpc_id: str) -> Outward:
    """The classes of a VPC, joined where no other VPC can tell them apart."""
    kept = _kept(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = Outward(_senders(snapshot, vpc_id), _targets(snapshot, vpc_id))
    return kept[vpc_id]


def _senders(snapshot: Snapshot, vpc_id: str) -> tuple[OutwardSenders, ...]:
    named = cross_referenced(snapshot)
    found: dict[Key, _Joined[SenderClass]] = {}
    for each in classes_of_vpc(snapshot, vpc_id).senders:
        part = each.part
        egress: Hashable = groups_of(snapshot, each.groups, Direction.EGRESS) if each.groups else each.groups
        carried = each.carried & named
        key: Key = (
            outlook_of(snapshot, part) if part is not None else ("alone", id(each)),
            egress,
            carried,
            each.client_ports,
            each.is_real,
            each.sample.host.public_ip,
            each.readiness,
        )
        joined = found.get(key)
        if joined is None:
            joined = found[key] = _Joined(_like_sender(each, carried), {})
        zone = zone_of_subnet(snapshot, part.subnet_id) if part is not None else None
        zonal = joined.by_zone.get(zone)
        if zonal is None:
            zonal = joined.by_zone[zone] = _like_sender(each, carried)
        joined.whole.senders += each.senders
        zonal.senders += each.senders
    for whole, by_zone in found.values():
        _shape(snapshot, whole, by_zone.values(), (whole.client_ports, whole.readiness))
    return tuple(
        OutwardSenders(whole, tuple(by_zone.values()), is_sensitive(snapshot, whole.part))
        for whole, by_zone in found.values()
    )


class _Joined(NamedTuple, Generic[C]):
    """Classes of one outlook: as one, and by zone."""

    whole: C
    by_zone: dict[Hashable, C]


def _shape(
    snapshot: Snapshot,
    whole: SenderClass | TargetClass,
    by_zone: Iterable[SenderClass | TargetClass],
    kind: Key,
) -> None:
    """Tell classes what they are to others: by the part that each is in, and of what kind they are there."""
    whole.outlook = canonical(snapshot, whole.part)
    whole.shape = _number(snapshot, whole.part, kind, in_zone=False)
    for each in by_zone:
        each.outlook = whole.outlook
        each.shape = _number(snapshot, each.part, kind, in_zone=True)


def _number(snapshot: Snapshot, part: Part | None, kind: Key, *, in_zone: bool) -> int | None:
    shape = None if part is None else shape_of(snapshot, part)
    if shape is None:
        return None
    return number_of(snapshot, ("class", shape.in_zone if in_zone else shape.anywhere, kind))


def _like_sender(each: SenderClass, carried: frozenset[str]) -> SenderClass:
    return SenderClass(
        each.part, each.groups, each.client_ports, is_real=each.is_real, carried=carried, readiness=each.readiness
    )


def _targets(snapshot: Snapshot, vpc_id: str) -> tuple[OutwardTargets, ...]:
    found: dict[Key, _Joined[TargetClass]] = {}
    for each in classes_of_vpc(snapshot, vpc_id).targets:
        part = each.part
        alone = part is None or not each.is_certain or not each.groups
        key: Key = (
            ("alone", id(each)) if alone or part is None else outlook_of(snapshot, part),
            each.groups,
            each.served,
            each.is_endpoint,
        )
        joined = found.get(key)
        if joined is None:
            joined = found[key] = _Joined(_like_target(each), {})
        zone = zone_of_subnet(snapshot, part.subnet_id) if part is not None else None
        zonal = joined.by_zone.get(zone)
        if zonal is None:
            zonal = joined.by_zone[zone] = _like_target(each)
        joined.whole.members += each.members
        zonal.members += each.members
    for whole, by_zone in found.values():
        _shape(snapshot, whole, by_zone.values(), (whole.served, whole.is_endpoint))
    return tuple(
        OutwardTargets(whole, tuple(by_zone.values()), is_sensitive(snapshot, whole.part))
        for whole, by_zone in found.values()
    )


def _like_target(each: TargetClass) -> TargetClass:
    return TargetClass(each.part, each.groups, each.served, is_certain=each.is_certain)

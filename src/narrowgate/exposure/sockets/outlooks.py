"""Parts of a VPC that look alike from other VPCs: what is asked across a link is asked once for all of them.

Two parts have one outlook where their subnets' ACLs and route tables are equal by content, no block of the estate
tells their addresses apart, and they enter each gateway alike. The Availability Zone counts only where the other
side hands packets out differently by zone (TGW-08), so it is kept apart.
"""

from collections.abc import Hashable
from typing import NamedTuple

from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.security_group_rules import Direction
from narrowgate.engine.network.vpcs import vpc_blocks, zone_of_subnet
from narrowgate.exposure.sockets.acl_keys import acl_number
from narrowgate.exposure.sockets.classes import SenderClass, TargetClass, classes_of_vpc
from narrowgate.exposure.sockets.groups import groups_of
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.parts import Part, cutting_blocks
from narrowgate.exposure.sockets.senders import cross_referenced
from narrowgate.exposure.sockets.shapes import attachments_by_vpc, shape_of
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment

Key = tuple[Hashable, ...]


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
    groups: dict[Key, dict[Hashable, SenderClass]] = {}
    whole: dict[Key, SenderClass] = {}
    for each in classes_of_vpc(snapshot, vpc_id).senders:
        part = each.part
        egress: Hashable = groups_of(snapshot, each.groups, Direction.EGRESS) if each.groups else each.groups
        carried = each.carried & named
        key: Key = (
            _outlook(snapshot, part) if part is not None else id(each),
            egress,
            carried,
            each.client_ports,
            each.is_real,
            each.sample.host.public_ip,
            each.readiness,
        )
        zone = zone_of_subnet(snapshot, part.subnet_id) if part is not None else None
        joined = whole.setdefault(key, _like_sender(each, carried))
        joined.senders += each.senders
        zonal = groups.setdefault(key, {}).setdefault(zone, _like_sender(each, carried))
        zonal.senders += each.senders
    for key, each in whole.items():
        of_hosts: Key = (each.client_ports, each.readiness)
        each.shape = _shape(snapshot, each.part, of_hosts, with_zone=False)
        each.outlook = _canonical(snapshot, each.part)
        for zonal in groups[key].values():
            zonal.shape = _shape(snapshot, zonal.part, of_hosts, with_zone=True)
            zonal.outlook = each.outlook
    return tuple(
        OutwardSenders(each, tuple(groups[key].values()), _is_sensitive(snapshot, each.part))
        for key, each in whole.items()
    )


def _shape(snapshot: Snapshot, part: Part | None, kind: Key, *, with_zone: bool) -> int | None:
    """A number for a part and what hosts or targets there are of."""
    shape = None if part is None else shape_of(snapshot, part, with_zone=with_zone)
    return None if shape is None else number_of(snapshot, ("class", shape, kind))


@index
def _first_parts(snapshot: Snapshot) -> dict[Key, Part]:
    """A part for each outlook."""
    return {}


def _canonical(snapshot: Snapshot, part: Part | None) -> Part | None:
    """The part that stands for all of one outlook."""
    return None if part is None else _first_parts(snapshot).setdefault(_outlook(snapshot, part), part)


def _like_sender(each: SenderClass, carried: frozenset[str]) -> SenderClass:
    return SenderClass(
        each.part, each.groups, each.client_ports, is_real=each.is_real, carried=carried, readiness=each.readiness
    )


def _targets(snapshot: Snapshot, vpc_id: str) -> tuple[OutwardTargets, ...]:
    groups: dict[Key, dict[Hashable, TargetClass]] = {}
    whole: dict[Key, TargetClass] = {}
    for each in classes_of_vpc(snapshot, vpc_id).targets:
        part = each.part
        alone = part is None or not each.is_certain or not each.groups
        key: Key = (
            id(each) if alone or part is None else _outlook(snapshot, part),
            each.groups,
            each.served,
            each.is_endpoint,
        )
        zone = zone_of_subnet(snapshot, part.subnet_id) if part is not None else None
        joined = whole.setdefault(key, _like_target(each))
        joined.members += each.members
        zonal = groups.setdefault(key, {}).setdefault(zone, _like_target(each))
        zonal.members += each.members
    for key, each in whole.items():
        of_targets: Key = (each.served, each.is_endpoint)
        each.shape = _shape(snapshot, each.part, of_targets, with_zone=False)
        each.outlook = _canonical(snapshot, each.part)
        for zonal in groups[key].values():
            zonal.shape = _shape(snapshot, zonal.part, of_targets, with_zone=True)
            zonal.outlook = each.outlook
    return tuple(
        OutwardTargets(each, tuple(groups[key].values()), _is_sensitive(snapshot, each.part))
        for key, each in whole.items()
    )


def _like_target(each: TargetClass) -> TargetClass:
    return TargetClass(each.part, each.groups, each.served, is_certain=each.is_certain)


@index
def _outlooks(snapshot: Snapshot) -> dict[Part, Key]:
    """Filled as parts are asked for."""
    return {}


def _outlook(snapshot: Snapshot, part: Part) -> Key:
    kept = _outlooks(snapshot)
    if part not in kept:
        kept[part] = _read(snapshot, part)
    return kept[part]


def _read(snapshot: Snapshot, part: Part) -> Key:
    number, table = acl_number(snapshot, part.subnet_id), table_number(snapshot, part.subnet_id)
    entries = tuple(_entry(snapshot, part, each) for each in attachments_by_vpc(snapshot).get(part.vpc_id, ()))
    if number is None or table is None or None in entries:
        return (part,)
    inside = (
        block
        for whole in vpc_blocks(snapshot, part.vpc_id) or ()
        if whole.family == part.family
        for block in cutting_blocks(snapshot).inside(whole)
    )
    covering = frozenset(block for block in inside if block.holds(part.sample))
    whole = next((block for block in vpc_blocks(snapshot, part.vpc_id) or () if block.holds(part.sample)), None)
    return (part.family, number, table, entries, covering, whole)


def _entry(snapshot: Snapshot, part: Part, attachment: TransitGatewayVpcAttachment) -> Key | None:
    """How a part enters a gateway: by its own subnet, or by one of its zone with such an ACL."""
    if attachment.subnet_ids is UNSET:
        return None
    zone = zone_of_subnet(snapshot, part.subnet_id)
    found: list[Hashable] = []
    for subnet_id in attachment.subnet_ids:
        same = zone.same_as(zone_of_subnet(snapshot, subnet_id))
        number = acl_number(snapshot, subnet_id)
        if same is None or number is None:
            return None
        if same or subnet_id == part.subnet_id:
            found.append((subnet_id == part.subnet_id, number))
    return (attachment.transit_gateway_attachment_id, *found)


def _is_sensitive(snapshot: Snapshot, part: Part | None) -> bool:
    """Whether packets to a part take another way by the zone that they come from (TGW-08)."""
    if part is None:
        return True
    for attachment in attachments_by_vpc(snapshot).get(part.vpc_id, ()):
        subnets = () if attachment.subnet_ids is UNSET else attachment.subnet_ids
        looks = {(acl_number(snapshot, each), table_number(snapshot, each)) for each in subnets}
        if len(looks) != 1 or part.subnet_id in subnets:
            return True
    return False


@index
def _table_contents(snapshot: Snapshot) -> dict[object, int]:
    """A number for each different list of routes."""
    return {}


@index
def _table_numbers(snapshot: Snapshot) -> dict[str, int]:
    """The number of each route table."""
    return {}


def table_number(snapshot: Snapshot, subnet_id: str) -> int | None:
    """A number that the subnets' tables of equal routes share; None where the table is not known."""
    table = table_of_subnet(snapshot, subnet_id)
    if not isinstance(table, CompiledTable):
        return None
    numbers = _table_numbers(snapshot)
    if table.table_id not in numbers:
        contents = _table_contents(snapshot)
        content = (frozenset(table.candidates()), table.unread)
        numbers[table.table_id] = contents.setdefault(content, len(contents))
    return numbers[table.table_id]

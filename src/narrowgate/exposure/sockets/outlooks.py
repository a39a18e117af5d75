"""Parts of a VPC that look alike from other VPCs: what is asked across a link is asked once for all of them.

Two parts have one outlook where their subnets' ACLs and route tables are equal by content, no block of the estate
tells their addresses apart, and they enter each gateway alike. The Availability Zone counts only where the other
side hands packets out differently by zone (TGW-08), so it is kept apart.
"""

from collections.abc import Hashable

from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.vpcs import vpc_blocks, zone_of_subnet
from narrowgate.exposure.sockets.acl_keys import acl_number
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.parts import Part, cutting_blocks
from narrowgate.exposure.sockets.shapes import attachments_by_vpc
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment

Key = tuple[Hashable, ...]


@index
def _first_parts(snapshot: Snapshot) -> dict[int, Part]:
    """A part for each outlook."""
    return {}


def canonical(snapshot: Snapshot, part: Part | None) -> Part | None:
    """The part that stands for all of one outlook."""
    return None if part is None else _first_parts(snapshot).setdefault(outlook_of(snapshot, part), part)


@index
def _outlooks(snapshot: Snapshot) -> dict[Part, int]:
    """Filled as parts are asked for."""
    return {}


def outlook_of(snapshot: Snapshot, part: Part) -> int:
    """A number that parts of one outlook share."""
    kept = _outlooks(snapshot)
    found = kept.get(part)
    if found is None:
        found = kept[part] = number_of(snapshot, ("outlook", _read(snapshot, part)))
    return found


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


def is_sensitive(snapshot: Snapshot, part: Part | None) -> bool:
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
def _by_table(snapshot: Snapshot) -> dict[str, int]:
    """The number of each route table."""
    return {}


@index
def _table_contents(snapshot: Snapshot) -> dict[object, int]:
    """A number for each different list of routes."""
    return {}


@index
def _table_numbers(snapshot: Snapshot) -> dict[str, int | None]:
    """By subnet; filled as subnets are asked for."""
    return {}


def table_number(snapshot: Snapshot, subnet_id: str) -> int | None:
    """A number that the subnets' tables of equal routes share; None where the table is not known."""
    kept = _table_numbers(snapshot)
    if subnet_id not in kept:
        kept[subnet_id] = _read_table(snapshot, subnet_id)
    return kept[subnet_id]


def _read_table(snapshot: Snapshot, subnet_id: str) -> int | None:
    table = table_of_subnet(snapshot, subnet_id)
    if not isinstance(table, CompiledTable):
        return None
    by_table = _by_table(snapshot)
    if table.table_id not in by_table:
        contents = _table_contents(snapshot)
        content = (frozenset(table.candidates()), table.unread)
        by_table[table.table_id] = contents.setdefault(content, len(contents))
    return by_table[table.table_id]

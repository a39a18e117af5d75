"""What a part of a VPC is to others apart from ids: its ACLs, how it enters gateways and is reached from them.

Together with the relations of two parts to each other's VPC, their shapes decide the way there and back. A part
has a shape where its VPC is *solid*: no rule of the estate names a part of it.
"""

from collections.abc import Hashable
from typing import NamedTuple

from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.vpcs import Zone, zone_of_subnet
from narrowgate.exposure.sockets.acl_keys import acl_number, naming
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.parts import Part, is_solid
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment


@index
def attachments_by_vpc(snapshot: Snapshot) -> dict[str, tuple[TransitGatewayVpcAttachment, ...]]:
    """The gateway attachments of each VPC, in any state."""
    found: dict[str, list[TransitGatewayVpcAttachment]] = {}
    for each in snapshot.facts.transit_gateway_vpc_attachments.values():
        found.setdefault(each.vpc_id, []).append(each)
    return {
        vpc_id: tuple(sorted(every, key=lambda one: one.transit_gateway_attachment_id))
        for vpc_id, every in found.items()
    }


class Shape(NamedTuple):
    """A number for what a part is to others, whatever Availability Zone it is in, and one that tells zones."""

    anywhere: int
    in_zone: int


@index
def _shapes(snapshot: Snapshot) -> dict[Part, Shape | None]:
    """Filled as parts are asked for."""
    return {}


def shape_of(snapshot: Snapshot, part: Part) -> Shape | None:
    """What a part is apart from ids: its ACL, and how it enters and is reached from gateways; None if unknown."""
    kept = _shapes(snapshot)
    if part not in kept:
        kept[part] = _read_shape(snapshot, part)
    return kept[part]


class _Mouth(NamedTuple):
    """Where an attachment opens into a VPC: a subnet, its zone, the number of its ACL, and its table."""

    subnet_id: str
    zone: Zone
    acl: int
    table: CompiledTable


Mouths = tuple[tuple[TransitGatewayVpcAttachment, tuple[_Mouth, ...]], ...]
"""Every attachment of a VPC with its mouths."""


@index
def _mouths(snapshot: Snapshot) -> dict[str, Mouths | None]:
    """By VPC; filled as VPCs are asked for."""
    return {}


def _mouths_of(snapshot: Snapshot, vpc_id: str) -> Mouths | None:
    """Where gateways open into a VPC; None where something of that is not known."""
    kept = _mouths(snapshot)
    if vpc_id not in kept:
        kept[vpc_id] = _read_mouths(snapshot, vpc_id)
    return kept[vpc_id]


def _read_mouths(snapshot: Snapshot, vpc_id: str) -> Mouths | None:
    found = []
    for each in attachments_by_vpc(snapshot).get(vpc_id, ()):
        mouths = []
        for subnet_id in () if each.subnet_ids is UNSET else each.subnet_ids:
            zone, number = zone_of_subnet(snapshot, subnet_id), acl_number(snapshot, subnet_id)
            table = table_of_subnet(snapshot, subnet_id)
            if number is None or not isinstance(table, CompiledTable) or not zone[0]:
                return None
            mouths.append(_Mouth(subnet_id, zone, number, table))
        found.append((each, tuple(mouths)))
    return tuple(found)


def _read_shape(snapshot: Snapshot, part: Part) -> Shape | None:
    acls, entries = acls_of(snapshot, part), _mouths_of(snapshot, part.vpc_id)
    if acls is None or entries is None or not is_solid(snapshot, part.vpc_id):
        return None
    own = zone_of_subnet(snapshot, part.subnet_id)
    anywhere: list[Hashable] = []
    zonal: list[Hashable] = []
    for attachment, mouths in entries:
        ends: list[tuple[str, int, bool, bool]] = []
        for subnet_id, zone, number, table in mouths:
            same = own.same_as(zone)
            if same is None or not _is_local(table, part):
                return None
            ends.append((zone[0] or "", number, subnet_id == part.subnet_id, same))
        known = (attachment.transit_gateway_id, str(attachment.state), attachment.options)
        zonal.append((*known, tuple(sorted(ends))))
        anywhere.append((*known, tuple(sorted(end[1:] for end in ends))))
    named = tuple(naming(snapshot, number, acl, part) for number, acl in acls)
    about = ("shape", part.family, tuple(number for number, _ in acls), named)
    return Shape(
        number_of(snapshot, (*about, tuple(anywhere))), number_of(snapshot, (*about, tuple(zonal), own[0]))
    )


def _is_local(table: CompiledTable, part: Part) -> bool:
    chosen = table.lookup(part.sample).chosen
    return bool(chosen) and chosen[0].target.kind is TargetKind.LOCAL


Acls = tuple[tuple[int, CompiledAcl], ...]


@index
def _acls(snapshot: Snapshot) -> dict[str, Acls | None]:
    """By subnet; filled as they are asked for."""
    return {}


def acls_of(snapshot: Snapshot, part: Part) -> Acls | None:
    """The ACLs of a part's subnet and of its VPC's gateway subnets, its own first; None where one is not known."""
    kept = _acls(snapshot)
    if part.subnet_id not in kept:
        kept[part.subnet_id] = _read_acls(snapshot, part)
    return kept[part.subnet_id]


def _read_acls(snapshot: Snapshot, part: Part) -> Acls | None:
    subnets = [part.subnet_id]
    for each in attachments_by_vpc(snapshot).get(part.vpc_id, ()):
        if each.subnet_ids is UNSET:
            return None
        subnets += each.subnet_ids
    found: dict[int, CompiledAcl] = {}
    for subnet_id in subnets:
        acl, number = acl_of_subnet(snapshot, subnet_id), acl_number(snapshot, subnet_id)
        if not isinstance(acl, CompiledAcl) or number is None:
            return None
        found.setdefault(number, acl)
    return tuple(found.items())

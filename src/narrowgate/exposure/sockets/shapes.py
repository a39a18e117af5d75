"""What a part of a VPC is to others apart from ids: its ACLs, how it enters gateways and is reached from them.

Together with the relations of two parts to each other's VPC, their shapes decide the way there and back. A part
has a shape where its VPC is *solid*: no rule of the estate names a part of it.
"""

from collections.abc import Hashable

from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.route_lookup import CompiledTable
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.vpcs import zone_of_subnet
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


@index
def _shapes(snapshot: Snapshot) -> dict[tuple[Part, bool], int | None]:
    """Filled as parts are asked for."""
    return {}


def shape_of(snapshot: Snapshot, part: Part, *, with_zone: bool) -> int | None:
    """What a part is apart from ids: its ACL, and how it enters and is reached from gateways; None if unknown."""
    kept = _shapes(snapshot)
    key = (part, with_zone)
    if key not in kept:
        kept[key] = _read_shape(snapshot, part, with_zone)
    return kept[key]


def _read_shape(snapshot: Snapshot, part: Part, with_zone: bool) -> int | None:
    acls = acls_of(snapshot, part)
    if acls is None or not is_solid(snapshot, part.vpc_id):
        return None
    own = zone_of_subnet(snapshot, part.subnet_id)
    gateways: list[Hashable] = []
    for each in attachments_by_vpc(snapshot).get(part.vpc_id, ()):
        ends: list[tuple[str, int, bool, bool]] = []
        for subnet_id in () if each.subnet_ids is UNSET else each.subnet_ids:
            zone, number = zone_of_subnet(snapshot, subnet_id), acl_number(snapshot, subnet_id)
            table, same = table_of_subnet(snapshot, subnet_id), own.same_as(zone)
            if number is None or same is None or not isinstance(table, CompiledTable) or not zone[0]:
                return None
            if not _is_local(table, part):
                return None
            ends.append((zone[0] if with_zone else "", number, subnet_id == part.subnet_id, same))
        gateways.append((each.transit_gateway_id, str(each.state), each.options, tuple(sorted(ends))))
    named = tuple((number, naming(snapshot, number, acl, part)) for number, acl in acls)
    return number_of(snapshot, ("shape", part.family, named, tuple(gateways), own[0] if with_zone else ""))


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

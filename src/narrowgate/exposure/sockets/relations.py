"""How a part of one VPC sees another VPC: its route there, and what its ACLs say of it.

Together with the *shape* of both sides, what they are apart from ids, two relations decide the way there and back,
so that pairs of VPCs which nothing tells apart are walked once. A VPC has relations where it is *solid*: no rule
of the estate names a part of it.
"""

from collections.abc import Hashable
from typing import NamedTuple

from narrowgate.engine.network.network_acls import CompiledAcl, acl_of_subnet
from narrowgate.engine.network.route_lookup import Candidate, CompiledTable
from narrowgate.engine.network.route_targets import Target, TargetKind
from narrowgate.engine.network.routing import is_refused, table_of_subnet
from narrowgate.engine.network.transit_gateway_attachments import attachment_of_vpc
from narrowgate.engine.network.vpcs import zone_of_subnet
from narrowgate.exposure.sockets.acl_keys import acl_number, naming
from narrowgate.exposure.sockets.numbers import number_of
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.parts import Part, is_solid, twin_of
from narrowgate.exposure.sockets.ways import turn_of_gateway
from narrowgate.model.exposure import Because
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment

Key = tuple[Hashable, ...]


class Relation:
    """One way out of a part towards a VPC; `number` is the same for all that decide alike."""

    __slots__ = ("number", "openings", "route", "table_id", "via")

    def __init__(self, number: int, via: str, table_id: str, route: str) -> None:
        self.number = number
        self.via = via
        self.table_id = table_id
        self.route = route
        self.openings: dict[tuple[object, ...], Opening] = {}
        """Openings already written for this way."""

    @property
    def reason(self) -> Because:
        """The route, as a link of a reason chain."""
        text = f"{self.table_id} sends the VPC's packets by {self.route}"
        return Because(text=text, rule="NET-03", resource=self.table_id)


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


@index
def _relations(snapshot: Snapshot) -> dict[tuple[Part, str], Relation | None]:
    """Filled as they are asked for."""
    return {}


def relation(snapshot: Snapshot, here: Part, there: Part) -> Relation | None:
    """How a part sees the VPC of another; None where that is not known, drawn at random, or a dead end."""
    kept = _relations(snapshot)
    key = (here, there.vpc_id)
    if key not in kept:
        kept[key] = _read_relation(snapshot, here, there)
    return kept[key]


def _read_relation(snapshot: Snapshot, here: Part, there: Part) -> Relation | None:
    step = _doorstep(snapshot, here)
    if step is None or not is_solid(snapshot, there.vpc_id):
        return None
    found = step.table.lookup(there.sample)
    if found.unread or len(found.chosen) != 1 or found.chosen[0].state != "active":
        return None
    route = found.chosen[0]
    leads = _leads_to(snapshot, route.target, here, there)
    if leads is None:
        return None
    named = _named(snapshot, step, there)
    # A table keeps what it found, so that its place in memory stands for it.
    key = (id(found), leads, named)
    if key not in step.relations:
        step.relations[key] = _of_route(snapshot, step.table, route, leads, named)
    return step.relations[key]


def _named(snapshot: Snapshot, step: "_Doorstep", there: Part) -> tuple[Key, ...]:
    """What of each ACL names a part of a solid VPC."""
    twin = twin_of(snapshot, there)
    named = step.named.get(twin)
    if named is None:
        named = step.named[twin] = tuple(naming(snapshot, number, acl, twin) for number, acl in step.acls)
    return named


@index
def _naming(snapshot: Snapshot) -> dict[tuple[int, ...], dict[Part, tuple[Key, ...]]]:
    """What ACLs name of each part, by the ACLs' numbers."""
    return {}


class _Doorstep(NamedTuple):
    """What decides which way packets leave a part: the same for all VPCs that they are meant for."""

    table: CompiledTable
    acls: Acls
    named: dict[Part, tuple[Key, ...]]
    """What the ACLs name; one for all parts behind equal ACLs."""
    relations: dict[Key, Relation | None]
    """By route, by whether it leads there, and by what the ACLs name."""


@index
def _doorsteps(snapshot: Snapshot) -> dict[Part, _Doorstep | None]:
    """Filled as parts are asked for."""
    return {}


def _doorstep(snapshot: Snapshot, here: Part) -> _Doorstep | None:
    kept = _doorsteps(snapshot)
    if here not in kept:
        table, acls = table_of_subnet(snapshot, here.subnet_id), acls_of(snapshot, here)
        if isinstance(table, CompiledTable) and acls is not None:
            named = _naming(snapshot).setdefault(tuple(number for number, _ in acls), {})
            kept[here] = _Doorstep(table, acls, named, {})
        else:
            kept[here] = None
    return kept[here]


def _leads_to(snapshot: Snapshot, target: Target, here: Part, there: Part) -> bool | None:
    """Whether a peering or gateway leads to a VPC; None where that is unclear, or it is neither."""
    if target.kind is TargetKind.PEERING:
        connection = snapshot.facts.vpc_peering_connections.get(target.id)
        side = connection.other_side(here.vpc_id) if connection else None
        return side is not None and side.vpc_id == there.vpc_id
    if target.kind is TargetKind.TRANSIT_GATEWAY:
        source, other = (attachment_of_vpc(snapshot, target.id, each.vpc_id) for each in (here, there))
        if source is None or other is None:
            return None
        turn = turn_of_gateway(snapshot, target.id, source.transit_gateway_attachment_id, there)
        return True if turn == other.transit_gateway_attachment_id else None
    return None


def _of_route(
    snapshot: Snapshot, table: CompiledTable, route: Candidate, leads: bool, named: tuple[Key, ...]
) -> Relation | None:
    if is_refused(snapshot, table, route):
        return None
    own = route.target.id
    if route.target.kind is TargetKind.PEERING:
        content: Key = ("peering", own, leads, named)
        via = f"peering {own}"
    else:
        content, via = ("gateway", own, named), f"transit gateway {own}"
    return Relation(number_of(snapshot, content), via, table.table_id, str(route))

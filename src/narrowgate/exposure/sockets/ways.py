"""The way between two parts of subnets: what decides it, so that equal ways are walked once for the whole estate.

A way's key holds everything that the engine's walk there and back looks at, apart from the ids of what is alike:
the routes chosen in both directions, the ACLs by content and what of them names the other part, the attachments of
gateways. Where something of it is not known, drawn at random or unusual there is no key, and the pair is walked by
itself.
"""

from collections.abc import Hashable

from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.route_lookup import Candidate, CompiledTable
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import is_refused, table_of_subnet
from narrowgate.engine.network.transit_gateway_attachments import attachment_of_vpc
from narrowgate.engine.network.vpcs import zone_of_subnet
from narrowgate.exposure.sockets.acl_keys import acl_key
from narrowgate.exposure.sockets.parts import Part
from narrowgate.exposure.sockets.peerings import peering_content
from narrowgate.exposure.sockets.turns import turns_of
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UNSET
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment

Key = tuple[Hashable, ...]


class Leg:
    """One direction: the route out of a part's subnet towards another part, and what of it decides."""

    __slots__ = ("carriage", "key", "route", "table_id")

    def __init__(self, key: Key, carriage: Carriage, route: Candidate | None, table_id: str) -> None:
        self.key = key
        self.carriage = carriage
        self.route = route
        self.table_id = table_id


@index
def _legs(snapshot: Snapshot) -> dict[tuple[Part, Part], Leg | None]:
    """Filled as legs are asked for."""
    return {}


@index
def _numbers(snapshot: Snapshot) -> dict[Key, int]:
    """A number for each different way."""
    return {}


@index
def _kept(snapshot: Snapshot) -> dict[tuple[Part, Part], tuple[int, Leg] | None]:
    """Filled as ways are asked for."""
    return {}


def way_key(snapshot: Snapshot, here: Part, there: Part) -> tuple[int, Leg] | None:
    """A number that equal ways there and back share, and the first leg; None where there is no key."""
    kept = _kept(snapshot)
    pair = (here, there)
    if pair not in kept:
        if len(kept) > _MOST:
            kept.clear()
        kept[pair] = _read_way(snapshot, here, there)
    return kept[pair]


def _read_way(snapshot: Snapshot, here: Part, there: Part) -> tuple[int, Leg] | None:
    out = _leg(snapshot, here, there)
    back = _leg(snapshot, there, here) if out is not None else None
    if out is None or back is None or here.family != there.family:
        return None
    numbers = _numbers(snapshot)
    is_round = out.carriage.connection == back.carriage.connection
    key = (out.key, back.key, is_round, here.vpc_id == there.vpc_id, here.family)
    return numbers.setdefault(key, len(numbers)), out


def _leg(snapshot: Snapshot, here: Part, there: Part) -> Leg | None:
    kept = _legs(snapshot)
    key = (here, there)
    if key not in kept:
        if len(kept) > _MOST:
            kept.clear()
        kept[key] = _read_leg(snapshot, here, there)
    return kept[key]


_MOST = 200_000


def _read_leg(snapshot: Snapshot, here: Part, there: Part) -> Leg | None:
    if here.subnet_id == there.subnet_id:
        return Leg(("same subnet",), Carriage(way=Way.SAME_SUBNET), None, "")
    own = acl_key(snapshot, here.subnet_id, there)
    table = table_of_subnet(snapshot, here.subnet_id)
    if own is None or isinstance(table, Missing):
        return None
    found = table.lookup(there.sample)
    if found.unread or len(found.chosen) != 1 or found.chosen[0].state != "active":
        return None
    route = found.chosen[0]
    if is_refused(snapshot, table, route):
        return None
    beyond = acl_key(snapshot, there.subnet_id, here)
    if beyond is None:
        return None
    kind = route.target.kind
    if kind is TargetKind.LOCAL:
        if here.vpc_id != there.vpc_id:
            return None
        return Leg((own, beyond), Carriage(way=Way.LOCAL), route, table.table_id)
    if kind is TargetKind.PEERING:
        carriage = Carriage(way=Way.PEERING, connection=route.target.id)
        content = peering_content(snapshot, route.target.id, here, there)
        return Leg((own, beyond, content), carriage, route, table.table_id)
    if kind is TargetKind.TRANSIT_GATEWAY:
        return _by_gateway(snapshot, here, there, route, (own, beyond, table))
    return None


def _by_gateway(
    snapshot: Snapshot, here: Part, there: Part, route: Candidate, seen: tuple[Key, Key, CompiledTable]
) -> Leg | None:
    own, beyond, table = seen
    gateway = route.target.id
    source, target = (attachment_of_vpc(snapshot, gateway, each.vpc_id) for each in (here, there))
    if source is None or target is None or here.vpc_id == there.vpc_id:
        return None
    turns = turns_of(snapshot, gateway, source.transit_gateway_attachment_id)
    if turns is None or not turns.lead_to(snapshot, there):
        return None
    entry = _entry(snapshot, here, source, there)
    exit_key = _exit(snapshot, here, there, target)
    if entry is None or exit_key is None:
        return None
    carriage = Carriage(
        way=Way.TRANSIT_GATEWAY,
        gateways=(gateway,),
        attachments=(source.transit_gateway_attachment_id, target.transit_gateway_attachment_id),
    )
    options = (str(source.state), source.options, str(target.state), target.options)
    return Leg((own, beyond, gateway, options, entry, exit_key), carriage, route, table.table_id)


def _entry(snapshot: Snapshot, here: Part, attachment: TransitGatewayVpcAttachment, there: Part) -> Key | None:
    """How a packet enters: by which of the attachment's subnets, and that subnet's ACL (TGW-02, ACL-10)."""
    if attachment.subnet_ids is UNSET:
        return None
    keys: list[Key] = []
    zone = zone_of_subnet(snapshot, here.subnet_id)
    for subnet_id in attachment.subnet_ids:
        same = zone.same_as(zone_of_subnet(snapshot, subnet_id))
        if same is None:
            return None
        if same or subnet_id == here.subnet_id:
            acl = acl_key(snapshot, subnet_id, there, here)
            if acl is None:
                return None
            keys.append((subnet_id == here.subnet_id, acl))
    return tuple(keys)


def _exit(snapshot: Snapshot, here: Part, there: Part, attachment: TransitGatewayVpcAttachment) -> Key | None:
    """How a packet comes out: from which of the attachment's subnets, past which ACLs (TGW-08, ACL-10)."""
    if attachment.subnet_ids is UNSET:
        return None
    keys: list[Key] = []
    zone = zone_of_subnet(snapshot, here.subnet_id)
    for subnet_id in attachment.subnet_ids:
        same = zone.same_as(zone_of_subnet(snapshot, subnet_id))
        table = table_of_subnet(snapshot, subnet_id)
        acl = acl_key(snapshot, subnet_id, there, here)
        if same is None or acl is None or isinstance(table, Missing):
            return None
        chosen = table.lookup(there.sample).chosen
        is_local = bool(chosen) and chosen[0].target.kind is TargetKind.LOCAL
        if not is_local:
            return None
        keys.append((same, subnet_id == there.subnet_id, acl))
    return tuple(sorted(keys, key=repr)) if len(keys) > 1 else tuple(keys)

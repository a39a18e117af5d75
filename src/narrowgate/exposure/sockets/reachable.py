"""Where the routes of a VPC may lead: other VPCs of the estate, the Internet, and places that no source shows."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from narrowgate.engine.network.route_lookup import Candidate, CompiledTable
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import table_of_subnet
from narrowgate.engine.network.vpcs import missing_of_vpc, subnets_by_vpc
from narrowgate.model.answer import Missing
from narrowgate.model.exposure import UNKNOWN, Because, ExposedSocket
from narrowgate.model.snapshot import Snapshot, index, keyed_index

_OUTSIDE = frozenset(
    {TargetKind.INTERNET_GATEWAY, TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, TargetKind.NAT_GATEWAY}
)
_FOLLOWED = _OUTSIDE | {TargetKind.LOCAL, TargetKind.PEERING, TargetKind.TRANSIT_GATEWAY}
_ATTACHMENTS = "ec2.describe_transit_gateway_vpc_attachments"
_SERVICES = frozenset({TargetKind.GATEWAY_ENDPOINT})


class Reachable(NamedTuple):
    """What the routes of a VPC name: VPCs, whether they lead outside, and what nobody can follow."""

    vpcs: tuple[str, ...]
    leads_outside: bool
    unknown: tuple[ExposedSocket, ...]


@keyed_index
def reachable_from(snapshot: Snapshot, vpc_id: str) -> Reachable:
    """Every VPC that some route of this one could lead to; whether packets pass is another question."""
    vpcs: dict[str, None] = {vpc_id: None}
    unknown: dict[str, ExposedSocket] = {}
    outside = False
    for table in _tables(snapshot, vpc_id):
        if isinstance(table, Missing):
            unknown["table"] = _unknown(
                "every address", "route table", (table,), "NET-01", "whose routes are unread"
            )
            continue
        for each in table.candidates():
            kind, own = each.target.kind, each.target.id
            if kind is TargetKind.PEERING:
                side = _other_side(snapshot, vpc_id, own)
                vpcs.update(dict.fromkeys(side))
                if not side:
                    unknown[own] = _unlisted(snapshot, each, "ec2.describe_vpc_peering_connections", vpc_id)
            elif kind is TargetKind.TRANSIT_GATEWAY:
                vpcs.update(dict.fromkeys(attached_to(snapshot, own)))
                if missing_of_vpc(snapshot, _ATTACHMENTS, vpc_id):
                    unknown[own] = _unlisted(snapshot, each, _ATTACHMENTS, vpc_id)
            elif kind in _OUTSIDE:
                outside = True
            elif kind not in _FOLLOWED and kind not in _SERVICES:
                unknown[str(each)] = _behind(each)
        for unread in table.unread:
            if unread.target.kind not in _SERVICES:
                told = f"a prefix list that nobody read, {unread.prefix_list}"
                unknown[unread.prefix_list] = _unknown(
                    told, unread.target.kind.value, (unread.missing,), "NET-08", f"by {unread.target.id}"
                )
    for other in vpcs:
        entry = _unread_vpc(snapshot, other)
        if entry is not None:
            unknown[other] = entry
    for gap in _unread_senders(snapshot, vpc_id):
        unknown[gap.fact] = _unknown("every address", "VPC", (gap,), "RCH-02", "from hosts that nobody listed")
    return Reachable(tuple(vpcs), outside, tuple(unknown.values()))


def _tables(snapshot: Snapshot, vpc_id: str) -> Iterator[CompiledTable | Missing]:
    found: dict[str, CompiledTable | Missing] = {}
    for subnet in subnets_by_vpc(snapshot).get(vpc_id, ()):
        table = table_of_subnet(snapshot, subnet.subnet_id)
        found[table.table_id if isinstance(table, CompiledTable) else ""] = table
    yield from found.values()


def _other_side(snapshot: Snapshot, vpc_id: str, peering_id: str) -> tuple[str, ...]:
    connection = snapshot.facts.vpc_peering_connections.get(peering_id)
    side = connection.other_side(vpc_id) if connection else None
    return (side.vpc_id,) if side and side.vpc_id else ()


@index
def _by_gateway(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """VPCs attached to each gateway, or to one that it is peered with, near or far."""
    own: dict[str, set[str]] = {gateway: set() for gateway in snapshot.facts.transit_gateways}
    for each in snapshot.facts.transit_gateway_vpc_attachments.values():
        own.setdefault(each.transit_gateway_id, set()).add(each.vpc_id)
    for generic in snapshot.facts.transit_gateway_attachments.values():
        if generic.resource_id and generic.resource_id.startswith("vpc-") and generic.transit_gateway_id:
            own.setdefault(generic.transit_gateway_id, set()).add(generic.resource_id)
    group = {gateway: {gateway} for gateway in own}
    for peering in snapshot.facts.transit_gateway_peering_attachments.values():
        sides = (peering.requester_tgw_info.transit_gateway_id, peering.accepter_tgw_info.transit_gateway_id)
        joined = set().union(*(group.get(side, {side}) for side in sides if side))
        for side in joined:
            group[side] = joined
    return {
        gateway: tuple(sorted(set().union(*(own.get(each, set()) for each in members))))
        for gateway, members in group.items()
    }


def attached_to(snapshot: Snapshot, gateway_id: str) -> tuple[str, ...]:
    """The VPCs attached to a gateway, or to one that it is peered with, near or far."""
    return _by_gateway(snapshot).get(gateway_id, ())


def _behind(route: Candidate) -> ExposedSocket:
    gap = Missing(fact=f"what is behind a {route.target.kind.value}", resource=route.target.id, why="not modelled")
    return _unknown(str(route.cidr), route.target.kind.value, (gap,), "NET-03", f"by {route}")


def _unknown(what: str, kind: str, gaps: tuple[Missing, ...], rule: str, why: str) -> ExposedSocket:
    return ExposedSocket(
        target=what,
        kind=kind,
        protocol="tcp and udp",
        ports="all",
        state=UNKNOWN,
        via=why,
        because=(Because(text=f"hosts may reach {what} {why}", rule=rule),),
        unknowns=gaps,
    )


def _unlisted(snapshot: Snapshot, route: Candidate, operation: str, vpc_id: str) -> ExposedSocket:
    """A peering or gateway whose other ends nobody listed."""
    own = route.target.id
    gap = missing_of_vpc(snapshot, operation, vpc_id, own) or Missing(
        fact=operation, resource=own, why="named by a route, but not in the source"
    )
    return _unknown(str(route.cidr), route.target.kind.value, (gap,), "NET-03", f"by {own}")


def _unread_senders(snapshot: Snapshot, vpc_id: str) -> list[Missing]:
    """Lists without which not all hosts of the VPC are known, nor where others could be started."""
    operations = ("ec2.describe_subnets", "ec2.describe_network_interfaces")
    gaps = (missing_of_vpc(snapshot, operation, vpc_id) for operation in operations)
    return [gap for gap in gaps if gap is not None]


@keyed_index
def _unread_vpc(snapshot: Snapshot, vpc_id: str) -> ExposedSocket | None:
    """A VPC that routes lead to and whose interfaces nobody listed: any address of it may answer."""
    gap = missing_of_vpc(snapshot, "ec2.describe_network_interfaces", vpc_id)
    if gap is None:
        return None
    entry = _unknown(f"interfaces of {vpc_id}", "VPC", (gap,), "RCH-02", "which nobody listed")
    return msgspec.structs.replace(entry, vpc=vpc_id)

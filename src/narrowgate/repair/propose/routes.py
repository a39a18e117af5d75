"""Routes that are missing or dead, and peerings that nobody accepted (NET-05, PCX-01, PCX-05, TGW-03)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.answer import Cause
from narrowgate.model.estate_facts import Collections
from narrowgate.model.fact import UnsetType
from narrowgate.model.routing import PeeringStatus, Route, RouteTable, VpcPeeringConnection
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.scene import Scene


def propose_routes(scene: Scene, cause: Cause) -> Iterator[Change]:
    """A route to the far VPC by what joins the two; a dead or wrong one out of its way."""
    table = scene.facts.route_tables.get(cause.resource or "")
    if table is None or isinstance(table.routes, UnsetType):
        return
    for vpc_id in _far_vpcs(scene, table.vpc_id):
        yield from _accepts(scene, table.vpc_id, vpc_id)
        for block in vpc_blocks(scene.snapshot, vpc_id) or ():
            for target, option in _links(scene, table.vpc_id, vpc_id):
                yield from _route(table, str(block), target, option)
    yield from _without_dead(table)


def propose_peerings(scene: Scene, cause: Cause) -> Iterator[Change]:
    """Accept a request that waits."""
    peering = scene.facts.vpc_peering_connections.get(cause.resource or "")
    if peering is not None:
        yield from acceptance(scene.facts, peering)


def _far_vpcs(scene: Scene, vpc_id: str) -> tuple[str, ...]:
    """The VPCs at the other end of the flows that a VPC takes part in."""
    found = []
    for flow in scene.flows:
        if flow.source.vpc_id == vpc_id:
            found.append(flow.target.vpc_id)
        if flow.target.vpc_id == vpc_id:
            found.append(flow.source.vpc_id)
    return tuple(each for each in dict.fromkeys(found) if each != vpc_id)


def _links(scene: Scene, one: str, other: str) -> Iterator[tuple[str, str]]:
    """What joins two VPCs and works: active peerings first, then transit gateways that both are attached to."""
    for own_id, peering in scene.facts.vpc_peering_connections.items():
        side = peering.other_side(one)
        if side is not None and side.vpc_id == other and peering.status.code == "active":
            yield own_id, "--vpc-peering-connection-id"
    attached: dict[str, set[str]] = {}
    for attachment in scene.facts.transit_gateway_vpc_attachments.values():
        attached.setdefault(attachment.transit_gateway_id, set()).add(attachment.vpc_id)
    for gateway_id, vpcs in attached.items():
        if {one, other} <= vpcs:
            yield gateway_id, "--transit-gateway-id"


def _route(table: RouteTable, block: str, target: str, option: str) -> Iterator[Change]:
    routes = table.routes if isinstance(table.routes, tuple) else ()
    field = "destination_ipv6_cidr_block" if ":" in block else "destination_cidr_block"
    same = [each for each in routes if getattr(each, field) == block]
    made = Route(
        **{
            field: block,
            ("transit_gateway_id" if target.startswith("tgw-") else "vpc_peering_connection_id"): target,
        },
        state="active",
    )
    if made in same:
        return
    verb = "replace-route" if same else "create-route"
    flag = "--destination-ipv6-cidr-block" if ":" in block else "--destination-cidr-block"
    kept = tuple(each for each in routes if each not in same)
    yield Change(
        kind="route",
        resource=table.route_table_id,
        text=f"{table.route_table_id}: route {block} to {target}"
        + (" in place of the route that is there" if same else ""),
        commands=(f"aws ec2 {verb} --route-table-id {table.route_table_id} {flag} {block} {option} {target}",),
        edits=(Edit("route_tables", table.route_table_id, msgspec.structs.replace(table, routes=(*kept, made))),),
        rule="PCX-05" if target.startswith("pcx-") else "TGW-03",
    )


def _without_dead(table: RouteTable) -> Iterator[Change]:
    """Take a blackhole away, so that a wider route counts (NET-05)."""
    routes = table.routes if isinstance(table.routes, tuple) else ()
    for route in routes:
        block = route.destination_cidr_block or route.destination_ipv6_cidr_block
        if route.state != "blackhole" or block is None:
            continue
        flag = "--destination-ipv6-cidr-block" if ":" in block else "--destination-cidr-block"
        kept = tuple(each for each in routes if each is not route)
        yield Change(
            kind="dead_route",
            resource=table.route_table_id,
            text=f"{table.route_table_id}: remove the route to {block}, whose target is gone",
            commands=(f"aws ec2 delete-route --route-table-id {table.route_table_id} {flag} {block}",),
            edits=(Edit("route_tables", table.route_table_id, msgspec.structs.replace(table, routes=kept)),),
            rule="NET-05",
        )


def _accepts(scene: Scene, one: str, other: str) -> Iterator[Change]:
    for peering in scene.facts.vpc_peering_connections.values():
        side = peering.other_side(one)
        if side is not None and side.vpc_id == other:
            yield from acceptance(scene.facts, peering)


def acceptance(facts: Collections, peering: VpcPeeringConnection) -> Iterator[Change]:
    """Accepting a request brings its routes to life as well."""
    if peering.status.code != "pending-acceptance":
        return
    own_id = peering.vpc_peering_connection_id
    active = msgspec.structs.replace(peering, status=PeeringStatus(code="active", message="Active"))
    region = peering.accepter_vpc_info.region
    where = f" --region {region}" if region else ""
    yield Change(
        kind="peering_acceptance",
        resource=own_id,
        text=f"{own_id}: accept the request, as the owner of {peering.accepter_vpc_info.vpc_id}",
        commands=(f"aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {own_id}{where}",),
        edits=(Edit("vpc_peering_connections", own_id, active), *_revived(facts, own_id)),
        rule="PCX-01",
    )


def _revived(facts: Collections, peering_id: str) -> Iterator[Edit]:
    for own_id, table in facts.route_tables.items():
        routes = table.routes if isinstance(table.routes, tuple) else ()
        if any(each.vpc_peering_connection_id == peering_id and each.state == "blackhole" for each in routes):
            alive = tuple(
                msgspec.structs.replace(each, state="active")
                if each.vpc_peering_connection_id == peering_id
                else each
                for each in routes
            )
            yield Edit("route_tables", own_id, msgspec.structs.replace(table, routes=alive))

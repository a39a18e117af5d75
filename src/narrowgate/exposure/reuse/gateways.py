"""What an edit of a transit gateway touches: whoever sends into a table that differs, and whoever it leads to.

A gateway looks an address up in the table of the attachment that a packet came from (TGW-04). So an edit of routes
touches the ways between the VPCs that are associated with their table and the VPCs that have an address there.
"""

from collections.abc import Iterable, Iterator

from narrowgate.engine.network.prefix_lists import prefix_list_blocks
from narrowgate.engine.network.route_lookup import PRIVATE_BLOCKS
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.exposure.reuse.edits import Edited, Side
from narrowgate.exposure.reuse.owners import vpcs_overlapping
from narrowgate.exposure.reuse.touch import Crossing, Touch
from narrowgate.exposure.sockets.reachable import attached_to
from narrowgate.model.address import Cidr, parse_cidr
from narrowgate.model.estate_facts import TransitGatewayRouteQuery
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.transit import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayPeeringAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
    TransitGatewayVpcAttachment,
)


def vpcs_on_gateway(side: Side) -> frozenset[str] | None:
    """Every VPC on a gateway, and on those that it is peered with; None for a fact that names no gateway."""
    match side.fact:
        case TransitGateway() | TransitGatewayRouteTable():
            gateways = [side.fact.transit_gateway_id]
        case TransitGatewayPeeringAttachment():
            ends = (side.fact.requester_tgw_info, side.fact.accepter_tgw_info)
            gateways = [each.transit_gateway_id for each in ends]
        case _:
            return None
    if None in gateways:
        return None
    return frozenset(own for each in gateways if each for own in attached_to(side.snapshot, each))


def vpcs_of_attachment(side: Side) -> frozenset[str] | None:
    """The VPC of an attachment, and VPCs that share addresses with it: routes to it may be meant for these."""
    match side.fact:
        case TransitGatewayVpcAttachment():
            own = side.fact.vpc_id
        case TransitGatewayAttachment() if (side.fact.resource_id or "").startswith("vpc-"):
            own = side.fact.resource_id or ""
        case _:
            return None
    return frozenset({own}) | vpcs_overlapping(side.snapshot, frozenset(vpc_blocks(side.snapshot, own) or ()))


def associations_edited(edited: Edited) -> Touch | None:
    """The VPCs whose attachments another table serves now: all that they send goes by it (TGW-04)."""
    found: frozenset[str] = frozenset()
    was, now = _members(edited.was), _members(edited.now)
    for snapshot, gone in ((edited.before, was - now), (edited.after, now - was)):
        for each in gone:
            if not isinstance(each, TransitGatewayRouteTableAssociation):
                return None
            vpc_id = _vpc_of(snapshot, each.transit_gateway_attachment_id)
            if vpc_id is None:
                return None
            found |= {vpc_id}
    return Touch(network=found)


def routes_edited(edited: Edited) -> Touch | None:
    """The ways by routes of a table that differ; all ways by the table where it was searched otherwise."""
    queries = [_members(edited.was), _members(edited.now)]
    if _without_routes(edited.was) != _without_routes(edited.now):
        return _all_ways(edited)
    routes = [
        {route for each in side if isinstance(each, TransitGatewayRouteQuery) for route in each.routes}
        for side in queries
    ]
    blocks: set[Cidr] = set()
    for snapshot, only in ((edited.before, routes[0] - routes[1]), (edited.after, routes[1] - routes[0])):
        for route in only:
            found = _blocks_of(snapshot, route)
            if found is None:
                return _all_ways(edited)
            blocks |= found
    return ways_by_table(edited, str(edited.key), frozenset(blocks))


def propagations_edited(edited: Edited) -> Touch | None:
    """The ways to VPCs whose routes a table learns; none where its routes were collected (TGW-06)."""
    own = str(edited.key)
    if all(each.facts.transit_gateway_route_queries.get(own) for each in (edited.before, edited.after)):
        return Touch()
    blocks: set[Cidr] = set()
    for each in _members(edited.was) ^ _members(edited.now):
        if not isinstance(each, TransitGatewayRouteTablePropagation) or not each.resource_id:
            return _all_ways(edited)
        for snapshot in (edited.before, edited.after):
            blocks |= set(vpc_blocks(snapshot, each.resource_id) or ())
    return ways_by_table(edited, own, frozenset(blocks))


def ways_by_table(edited: Edited, table_id: str, blocks: frozenset[Cidr]) -> Touch | None:
    """The ways between those who send into a table and those who have an address in some blocks."""
    senders: set[str] = set()
    receivers: set[str] = set()
    for snapshot in (edited.before, edited.after):
        own = _senders(snapshot, table_id)
        if own is None:
            return None
        senders |= own
        receivers |= vpcs_overlapping(snapshot, blocks)
    ones = frozenset(senders)
    outside = any(not _is_private(each) for each in blocks)
    return Touch(crossings=(Crossing(ones, frozenset(receivers)),), outward=ones if outside else frozenset())


def _all_ways(edited: Edited) -> Touch | None:
    every = [_senders(each, str(edited.key)) for each in (edited.before, edited.after)]
    return None if None in every else Touch(network=frozenset().union(*(each or () for each in every)))


def _senders(snapshot: Snapshot, table_id: str) -> frozenset[str] | None:
    """The VPCs that a table serves; None where it serves what comes from another gateway too."""
    listed = snapshot.facts.transit_gateway_associations.get(table_id, ())
    own = {each.transit_gateway_attachment_id for each in listed}
    own |= {
        each.transit_gateway_attachment_id
        for each in snapshot.facts.transit_gateway_attachments.values()
        if each.association is not None and each.association.transit_gateway_route_table_id == table_id
    }
    found = {_vpc_of(snapshot, each) for each in own}
    return None if None in found else frozenset(each for each in found if each is not None)


def _vpc_of(snapshot: Snapshot, attachment_id: str) -> str | None:
    """The VPC of an attachment; None for one of another kind, or that nobody listed."""
    known = snapshot.facts.transit_gateway_vpc_attachments.get(attachment_id)
    if known is not None:
        return known.vpc_id
    generic = snapshot.facts.transit_gateway_attachments.get(attachment_id)
    own = generic.resource_id if generic is not None else None
    return own if own is not None and own.startswith("vpc-") else None


def _blocks_of(snapshot: Snapshot, route: TransitGatewayRoute) -> set[Cidr] | None:
    if route.destination_cidr_block:
        return {parse_cidr(route.destination_cidr_block)}
    listed = prefix_list_blocks(snapshot, route.prefix_list_id) if route.prefix_list_id else None
    return set(listed) if isinstance(listed, tuple) else None


def _is_private(block: Cidr) -> bool:
    return any(
        block.family == whole.family and whole.first <= block.first and block.last <= whole.last
        for whole in PRIVATE_BLOCKS
    )


def _members(fact: object) -> set[object]:
    return set(fact) if isinstance(fact, tuple) else set()


def _without_routes(fact: object) -> list[object]:
    queries: Iterable[object] = fact if isinstance(fact, tuple) else ()
    return list(_asked(queries))


def _asked(queries: Iterable[object]) -> Iterator[object]:
    for each in queries:
        if isinstance(each, TransitGatewayRouteQuery):
            yield (each.filters, each.is_complete)

"""Gateways that lead nowhere: tables, associations, propagations, zones and options (TGW-01 to TGW-05, IP6-03)."""

from collections.abc import Iterator

import msgspec

from narrowgate.engine.network.transit_gateway_attachments import attachment_of_vpc
from narrowgate.engine.network.vpcs import vpc_blocks, zone_of_subnet
from narrowgate.model.address import parse_cidr
from narrowgate.model.answer import Cause
from narrowgate.model.estate_facts import TransitGatewayRouteQuery
from narrowgate.model.fact import UnsetType
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.transit import (
    AttachmentAssociation,
    TransitGatewayRoute,
    TransitGatewayRouteAttachment,
    TransitGatewayRouteTableAssociation,
    TransitGatewayRouteTablePropagation,
    TransitGatewayVpcAttachment,
    VpcAttachmentOptions,
)
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.commands import by_owner
from narrowgate.repair.scene import Scene


def propose(scene: Scene, cause: Cause) -> Iterator[Change]:
    """What the gateway lacks for the VPCs at the two ends of the calls that fail by it."""
    resource = cause.resource or ""
    attachment = scene.facts.transit_gateway_vpc_attachments.get(resource)
    match cause.reason:
        case Reason.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT | Reason.TGW_RTB_BAD_STATE_ROUTE:
            yield from _routes(scene, cause, resource)
        case Reason.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION if attachment is not None:
            yield from _associations(scene, attachment)
        case Reason.TGW_ROUTE_AZ_RESTRICTION if attachment is not None:
            yield from _zones(scene, cause, attachment)
        case Reason.BAD_STATE_ATTACHMENT if attachment is not None:
            yield from _acceptance(attachment)
        case Reason.PROTOCOL_RESTRICTION if attachment is not None:
            yield from _ipv6(attachment)


def _ends(scene: Scene, cause: Cause) -> tuple[str, ...]:
    """The VPCs that the calls have to get to and back from."""
    flows = (flow for each in scene.sharing(cause) for flow in each.flows)
    return tuple(dict.fromkeys(end.vpc_id for flow in flows for end in (flow.target, flow.source)))


def _routes(scene: Scene, cause: Cause, table_id: str) -> Iterator[Change]:
    """The far VPC's attachment propagates into the table; a static route where it does so (TGW-04, TGW-05)."""
    table = scene.facts.transit_gateway_route_tables.get(table_id)
    if table is None or table.transit_gateway_id is None:
        return
    held = scene.facts.transit_gateway_propagations.get(table_id, ())
    for vpc_id in _ends(scene, cause):
        attachment = attachment_of_vpc(scene.snapshot, table.transit_gateway_id, vpc_id)
        if attachment is None:
            continue
        own_id = attachment.transit_gateway_attachment_id
        if all(each.transit_gateway_attachment_id != own_id for each in held):
            yield _propagation(scene, table_id, attachment)
        else:
            for block in vpc_blocks(scene.snapshot, vpc_id) or ():
                if not _leads(scene, table_id, own_id, str(block)):
                    yield _static_route(scene, table_id, attachment, str(block))


def _leads(scene: Scene, table_id: str, attachment_id: str, block: str) -> bool:
    return any(
        route.destination_cidr_block == block
        and route.state == "active"
        and any(each.transit_gateway_attachment_id == attachment_id for each in route.transit_gateway_attachments)
        for query in scene.facts.transit_gateway_route_queries.get(table_id, ())
        for route in query.routes
    )


def _propagation(scene: Scene, table_id: str, attachment: TransitGatewayVpcAttachment) -> Change:
    own_id, vpc_id = attachment.transit_gateway_attachment_id, attachment.vpc_id
    made = TransitGatewayRouteTablePropagation(
        transit_gateway_attachment_id=own_id, resource_id=vpc_id, resource_type="vpc", state="enabled"
    )
    held = scene.facts.transit_gateway_propagations.get(table_id, ())
    blocks = [str(each) for each in vpc_blocks(scene.snapshot, vpc_id) or ()]
    return Change(
        kind="gateway_propagation",
        resource=table_id,
        text=f"{table_id}: let {own_id} of {vpc_id} propagate its routes ({', '.join(blocks)})",
        commands=(
            "aws ec2 enable-transit-gateway-route-table-propagation "
            f"--transit-gateway-route-table-id {table_id} --transit-gateway-attachment-id {own_id}",
        ),
        edits=(
            Edit("transit_gateway_propagations", table_id, (*held, made)),
            *_with_routes(scene, table_id, attachment, blocks, "propagated"),
        ),
        rule="TGW-04",
    )


def _static_route(scene: Scene, table_id: str, attachment: TransitGatewayVpcAttachment, block: str) -> Change:
    own_id = attachment.transit_gateway_attachment_id
    present = [
        route
        for query in scene.facts.transit_gateway_route_queries.get(table_id, ())
        for route in query.routes
        if route.destination_cidr_block == block and route.type == "static"
    ]
    verb = "replace" if present else "create"
    return Change(
        kind="gateway_route",
        resource=table_id,
        text=f"{table_id}: route {block} to {own_id} of {attachment.vpc_id}"
        + (" in place of the route that is there" if present else ""),
        commands=(
            f"aws ec2 {verb}-transit-gateway-route --destination-cidr-block {block} "
            f"--transit-gateway-route-table-id {table_id} --transit-gateway-attachment-id {own_id}",
        ),
        edits=tuple(_with_routes(scene, table_id, attachment, [block], "static")),
        rule="TGW-05",
        width=1,
    )


def _with_routes(
    scene: Scene, table_id: str, attachment: TransitGatewayVpcAttachment, blocks: list[str], kind: str
) -> Iterator[Edit]:
    """What a search of the table shows then; where none was collected, propagations tell."""
    queries = scene.facts.transit_gateway_route_queries.get(table_id, ())
    if not queries:
        return
    target = TransitGatewayRouteAttachment(
        transit_gateway_attachment_id=attachment.transit_gateway_attachment_id,
        resource_id=attachment.vpc_id,
        resource_type="vpc",
    )
    made = [
        TransitGatewayRoute(
            destination_cidr_block=each, type=kind, state="active", transit_gateway_attachments=(target,)
        )
        for each in blocks
    ]

    def changed(query: TransitGatewayRouteQuery) -> TransitGatewayRouteQuery:
        kept = [
            each
            for each in query.routes
            if kind != "static" or each.destination_cidr_block not in blocks or each.type != "static"
        ]
        return msgspec.structs.replace(query, routes=(*kept, *made))

    yield Edit("transit_gateway_route_queries", table_id, tuple(changed(each) for each in queries))


def _associations(scene: Scene, attachment: TransitGatewayVpcAttachment) -> Iterator[Change]:
    """An attachment with a table of its gateway: the one made for it, else the one that leads to the fewest."""
    gateway_id = attachment.transit_gateway_id
    known = scene.facts.transit_gateway_route_tables
    tables = [own for own, each in known.items() if each.transit_gateway_id == gateway_id]
    held = scene.facts.transit_gateway_associations
    # A table that others use is shared with them; one that nobody uses waits for somebody.
    ranked = sorted(tables, key=lambda each: (bool(held.get(each)), _reach(scene, each), each))
    for width, table_id in enumerate(ranked):
        yield msgspec.structs.replace(association(scene.snapshot, attachment, table_id), width=width)


def association(snapshot: Snapshot, attachment: TransitGatewayVpcAttachment, table_id: str) -> Change:
    """An attachment with a route table of its gateway, whose owner associates it (TGW-04)."""
    own_id = attachment.transit_gateway_attachment_id
    held = snapshot.facts.transit_gateway_associations.get(table_id, ())
    generic = snapshot.facts.transit_gateway_attachments.get(own_id)
    made = TransitGatewayRouteTableAssociation(
        transit_gateway_attachment_id=own_id,
        resource_id=attachment.vpc_id,
        resource_type="vpc",
        state="associated",
    )
    view = AttachmentAssociation(state="associated", transit_gateway_route_table_id=table_id)
    seen = () if generic is None else (msgspec.structs.replace(generic, association=view),)
    command = (
        "aws ec2 associate-transit-gateway-route-table "
        f"--transit-gateway-route-table-id {table_id} --transit-gateway-attachment-id {own_id}"
    )
    return Change(
        kind="gateway_association",
        resource=own_id,
        text=f"{own_id} of {attachment.vpc_id}: associate it with {table_id}",
        commands=(by_owner(snapshot, command, table_id, own_id),),
        edits=(
            Edit("transit_gateway_associations", table_id, (*held, made)),
            *(Edit("transit_gateway_attachments", own_id, each) for each in seen),
        ),
        rule="TGW-04",
    )


def _reach(scene: Scene, table_id: str) -> int:
    """How many addresses a table leads to."""
    blocks = {
        route.destination_cidr_block
        for query in scene.facts.transit_gateway_route_queries.get(table_id, ())
        for route in query.routes
        if route.destination_cidr_block and route.state == "active"
    }
    return sum(found.last - found.first + 1 for found in map(parse_cidr, blocks) if found.family == 4)


def _zones(scene: Scene, cause: Cause, attachment: TransitGatewayVpcAttachment) -> Iterator[Change]:
    """A subnet of each zone that senders stand in and the attachment does not cover (TGW-02)."""
    if isinstance(attachment.subnet_ids, UnsetType):
        return
    covered = [zone_of_subnet(scene.snapshot, each) for each in attachment.subnet_ids]
    added: list[str] = []
    for each in scene.sharing(cause):
        for flow in each.flows:
            for end in (flow.source, flow.target):
                zone = zone_of_subnet(scene.snapshot, end.subnet_id)
                if end.vpc_id == attachment.vpc_id and not any(zone.same_as(one) for one in covered):
                    covered.append(zone)
                    added.append(end.subnet_id)
    if added:
        own_id = attachment.transit_gateway_attachment_id
        wider = msgspec.structs.replace(attachment, subnet_ids=(*attachment.subnet_ids, *added))
        yield Change(
            kind="gateway_attachment",
            resource=own_id,
            text=f"{own_id} of {attachment.vpc_id}: attach {', '.join(added)}, whose zone it does not cover",
            commands=(
                f"aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id {own_id} "
                f"--add-subnet-ids {' '.join(added)}",
            ),
            edits=(Edit("transit_gateway_vpc_attachments", own_id, wider),),
            rule="TGW-02",
        )


def _acceptance(attachment: TransitGatewayVpcAttachment) -> Iterator[Change]:
    if attachment.state != "pendingAcceptance":
        return
    own_id = attachment.transit_gateway_attachment_id
    active = msgspec.structs.replace(attachment, state="available")
    yield Change(
        kind="gateway_attachment",
        resource=own_id,
        text=f"{own_id}: accept the attachment of {attachment.vpc_id}, as the gateway's owner",
        commands=(f"aws ec2 accept-transit-gateway-vpc-attachment --transit-gateway-attachment-id {own_id}",),
        edits=(Edit("transit_gateway_vpc_attachments", own_id, active),),
        rule="TGW-01",
    )


def _ipv6(attachment: TransitGatewayVpcAttachment) -> Iterator[Change]:
    own_id = attachment.transit_gateway_attachment_id
    options = (
        attachment.options if isinstance(attachment.options, VpcAttachmentOptions) else VpcAttachmentOptions()
    )
    on = msgspec.structs.replace(attachment, options=msgspec.structs.replace(options, ipv6_support="enable"))
    yield Change(
        kind="gateway_attachment",
        resource=own_id,
        text=f"{own_id} of {attachment.vpc_id}: let it carry IPv6",
        commands=(
            f"aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id {own_id} "
            "--options Ipv6Support=enable",
        ),
        edits=(Edit("transit_gateway_vpc_attachments", own_id, on),),
        rule="IP6-03",
    )

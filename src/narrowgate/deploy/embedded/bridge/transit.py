"""Transit gateways: default tables, attachments, and the routes that tables learn."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.transit_gateway_attachments import TransitGatewayAttachment
from moto.ec2.responses.transit_gateway_attachments import TransitGatewayAttachment as Responses

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.interfaces import managed_interface

Route = dict[str, Any]
_OPTIONS = {
    "association": ("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"),
    "propagation": ("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId"),
}


def _enabled(gateway: Any, what: str) -> bool:
    return bool(gateway.options[_OPTIONS[what][0]] == "enable")


def _default_table_where_wanted(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(backend: Any, *arguments: Any, **more: Any) -> Any:
        gateway = original(backend, *arguments, **more)
        for what, (_, told) in _OPTIONS.items():
            if not _enabled(gateway, what):
                gateway.options.pop(told, None)
        if not any(_enabled(gateway, what) for what in _OPTIONS):
            del backend.transit_gateways_route_tables[gateway.default_route_table.id]
        return gateway

    return create


def _attaches(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(backend: Any, transit_gateway_id: str, *arguments: Any, **more: Any) -> Any:
        attachment = original(backend, transit_gateway_id, *arguments, **more)
        gateway = backend.transit_gateways[transit_gateway_id]
        table = gateway.default_route_table
        if _enabled(gateway, "association"):
            backend.associate_transit_gateway_route_table(attachment.id, table.id)
        elif table.id in backend.transit_gateways_route_tables:
            table.route_table_associations.pop(attachment.id, None)
        if _enabled(gateway, "propagation"):
            backend.enable_transit_gateway_route_table_propagation(attachment.id, table.id)
        for subnet_id in attachment.subnet_ids:
            told = f"Network Interface for Transit Gateway Attachment {attachment.id}"
            managed_interface(backend, backend.get_subnet(subnet_id), "transit_gateway", told)
        return attachment

    return create


def _in_tables_that_are_there(original: Callable[..., Any]) -> Callable[..., Any]:
    def associate(backend: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> None:
        # Whatever the gateway says, moto associates a new attachment with its default table.
        if transit_gateway_route_table_id in backend.transit_gateways_route_tables:
            original(backend, transit_gateway_attachment_id, transit_gateway_route_table_id)

    return associate


def _association(attachment: Any) -> dict[str, str] | None:
    told = attachment._association_data
    if attachment.state != "available" or not told:
        return None
    return {"State": told["state"], "TransitGatewayRouteTableId": told["transitGatewayRouteTableId"]}


def _mend_default_tables() -> None:
    replace(EC2Backend, "create_transit_gateway", _default_table_where_wanted)
    replace(EC2Backend, "create_transit_gateway_vpc_attachment", _attaches)
    replace(EC2Backend, "set_route_table_association", _in_tables_that_are_there)
    replace(TransitGatewayAttachment, "association", lambda _: property(_association))


def _keeps_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(response: Any) -> Any:
        answer = original(response)
        tags = response._parse_tag_specification().get("transit-gateway-attachment", {})
        answer.result["TransitGatewayVpcAttachment"].add_tags(tags)
        return answer

    return create


def _finds_routes(_: Callable[..., Any]) -> Callable[..., Any]:
    def search(
        backend: Any, transit_gateway_route_table_id: str, filters: Mapping[str, Any], max_results: Any = None
    ) -> list[Route]:
        table = backend.transit_gateways_route_tables.get(transit_gateway_route_table_id)
        if table is None:
            return []
        learnt = {route["destinationCidrBlock"]: route for route in _learnt(backend, table)}
        # A static route comes before one that was learnt (TGW-05).
        routes = {**learnt, **{name: _as_list(route) for name, route in table.routes.items()}}
        wanted = (("type", "type"), ("state", "state"), ("route-search.exact-match", "destinationCidrBlock"))
        found = [
            route
            for route in routes.values()
            if all(not filters.get(name) or route[key] in filters[name] for name, key in wanted)
        ]
        return found[: int(max_results)] if max_results else found

    return search


def _learnt(backend: Any, table: Any) -> Iterator[Route]:
    for each in table.route_table_propagation:
        attachment = backend.transit_gateway_attachments.get(each.transitGatewayAttachmentId)
        if attachment is None or attachment.resource_type != "vpc":
            continue
        owner = ec2_backends[attachment.resource_owner_id][backend.region_name]
        for block in owner.get_vpc(attachment.resource_id).get_cidr_block_association_set():
            yield {
                "destinationCidrBlock": block["cidr_block"],
                "transitGatewayAttachments": [
                    {
                        "resourceId": attachment.resource_id,
                        "resourceType": attachment.resource_type,
                        "transitGatewayAttachmentId": attachment.id,
                    }
                ],
                "type": "propagated",
                "state": "active",
            }


def _as_list(route: Route) -> Route:
    attached = route.get("transitGatewayAttachments", [])
    return {**route, "transitGatewayAttachments": [attached] if isinstance(attached, dict) else attached}


def _peerings_alone(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe(backend: Any, *arguments: Any, **more: Any) -> list[Any]:
        return [each for each in original(backend, *arguments, **more) if each.resource_type == "peering"]

    return describe


DEFECTS = (
    Defect(
        name="transit-default-tables",
        moto="makes a default route table and associates attachments with it though the gateway switched it off, "
        "never tells another association, never propagates by itself, and puts no interfaces into the subnets",
        aws="does as the gateway's options say, and has an interface in each subnet of an attachment",
        mend=_mend_default_tables,
    ),
    Defect(
        name="transit-attachment-tags",
        moto="forgets the tags that an attachment is made with",
        aws="keeps them",
        mend=lambda: replace(Responses, "create_transit_gateway_vpc_attachment", _keeps_tags),
    ),
    Defect(
        name="transit-routes",
        moto="tells no propagated routes and not where static ones go, and fails when a page's size is asked for",
        aws="tells both, in pages",
        mend=lambda: replace(EC2Backend, "search_transit_gateway_routes", _finds_routes),
    ),
    Defect(
        name="transit-peerings",
        moto="lists attachments of VPCs among the peerings of gateways",
        aws="lists peerings alone",
        mend=lambda: replace(EC2Backend, "describe_transit_gateway_peering_attachments", _peerings_alone),
    ),
)

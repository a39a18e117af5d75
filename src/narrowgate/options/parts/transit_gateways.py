"""Transit gateways, existing and to be made: a table of its own for each VPC's packets (TGW-04)."""

from collections.abc import Sequence

import msgspec

from narrowgate.model.design import Design, Link, Vpc
from narrowgate.model.resource import GetAtt, Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import one_a_zone, subnet_ref, vpc_ref
from narrowgate.options.parts.paths import missing_pairs, pairs_of
from narrowgate.options.parts.resource_list import Because, Place, ResourceList, place_of, tags
from narrowgate.options.parts.routes import add_routes


class _Hub(msgspec.Struct, frozen=True):
    """A gateway in the making: its VPCs, and which of them may reach which."""

    place: Place
    gateway: Ref
    vpcs: tuple[Vpc, ...]
    providers: frozenset[str]
    is_flat: bool

    def joins(self, one: Vpc, other: Vpc) -> bool:
        """Whether two VPCs reach each other: consumers have no route to consumers, unless the hub was there."""
        return one is not other and (self.is_flat or bool({one.name, other.name} & self.providers))


def transit_gateway_resources(design: Design) -> tuple[Resource, ...]:
    """One transit gateway for every pair that nothing joins."""
    found = ResourceList()
    missing = missing_pairs(design)
    if missing:
        names = dict.fromkeys(name for pair in missing for name in (pair.provider, pair.consumer))
        _build(found, _hub(design, tuple(names), is_flat=False), None)
    return found.all()


def existing_transit_gateway(found: ResourceList, design: Design, link: Link) -> None:
    """A transit gateway that the design has; all its VPCs reach each other."""
    _build(found.as_existing(), _hub(design, link.vpcs, is_flat=True), link.id)


def _hub(design: Design, names: Sequence[str], *, is_flat: bool) -> _Hub:
    """A hub belongs to the team of the first API: every consumer comes to it."""
    providers = frozenset(pair.provider for pair in pairs_of(design))
    first = next((name for name in names if name in providers), names[0])
    place = place_of(design.vpc(first))
    gateway = Ref(logical_id("hub", *names, "gateway") if is_flat else logical_id("hub", "gateway"))
    return _Hub(place, gateway, tuple(design.vpc(name) for name in names), providers, is_flat)


def _build(found: ResourceList, hub: _Hub, own_id: str | None) -> None:
    found.add(
        hub.gateway.logical_id,
        "AWS::EC2::TransitGateway",
        hub.place,
        {
            "DefaultRouteTableAssociation": "disable",
            "DefaultRouteTablePropagation": "disable",
            "AutoAcceptSharedAttachments": "enable",
            "DnsSupport": "enable",
            "Tags": tags("hub"),
        },
        Because("a hub in place of peerings", "TGW-01"),
        own_id=own_id,
    )
    others = sorted({vpc.account for vpc in hub.vpcs} - {hub.place.account})
    if others:
        found.add(
            logical_id(hub.gateway.logical_id, "share"),
            "AWS::RAM::ResourceShare",
            hub.place,
            {"Name": "hub", "ResourceArns": [GetAtt(hub.gateway.logical_id, "Arn")], "Principals": others},
            Because("other accounts attach their VPCs to the hub", "TGW-01"),
        )
    for vpc in hub.vpcs:
        _attachment(found, hub, vpc)
    for vpc in hub.vpcs:
        _table(found, hub, vpc)
        for peer in hub.vpcs:
            if hub.joins(vpc, peer):
                routes = add_routes(found, vpc, peer.name, peer.cidrs, ("TransitGatewayId", hub.gateway))
                for route in routes:
                    # A route to a gateway that the VPC is not attached to yet is refused.
                    found.order(route, after=[_attachment_name(hub, vpc)])


def _attachment_name(hub: _Hub, vpc: Vpc) -> str:
    return logical_id(vpc.name, "to", hub.gateway.logical_id)


def _attachment(found: ResourceList, hub: _Hub, vpc: Vpc) -> None:
    """In every Availability Zone of the VPC's subnets: packets of an uncovered zone are dropped (TGW-02)."""
    found.add(
        _attachment_name(hub, vpc),
        "AWS::EC2::TransitGatewayVpcAttachment",
        place_of(vpc),
        {
            "TransitGatewayId": hub.gateway,
            "VpcId": vpc_ref(vpc),
            "SubnetIds": [subnet_ref(vpc, subnet) for subnet in one_a_zone(vpc)],
            "Tags": tags(f"{vpc.name}-to-hub"),
        },
        Because(f"`{vpc.name}` takes part in the hub", "TGW-02"),
    )


def _table(found: ResourceList, hub: _Hub, vpc: Vpc) -> None:
    name = logical_id(hub.gateway.logical_id, "table", vpc.name)
    table = found.add(
        name,
        "AWS::EC2::TransitGatewayRouteTable",
        hub.place,
        {"TransitGatewayId": hub.gateway, "Tags": tags(f"from-{vpc.name}")},
        Because(f"where the hub sends packets of `{vpc.name}`", "TGW-04"),
    )
    found.add(
        logical_id(name, "association"),
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        hub.place,
        {"TransitGatewayAttachmentId": Ref(_attachment_name(hub, vpc)), "TransitGatewayRouteTableId": table},
        Because(f"packets of `{vpc.name}` use that table", "TGW-04"),
    )
    for peer in hub.vpcs:
        if hub.joins(vpc, peer):
            found.add(
                logical_id(name, "learns", peer.name),
                "AWS::EC2::TransitGatewayRouteTablePropagation",
                hub.place,
                {
                    "TransitGatewayAttachmentId": Ref(_attachment_name(hub, peer)),
                    "TransitGatewayRouteTableId": table,
                },
                Because(f"the hub learns the ranges of `{peer.name}`", "TGW-04"),
            )

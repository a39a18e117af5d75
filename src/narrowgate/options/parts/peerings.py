"""Peerings, existing and to be made, with their routes and their DNS option."""

from narrowgate.model.design import Design, Link
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import vpc_ref
from narrowgate.options.parts.paths import Pair, existing_link, missing_pairs, pairs_of
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags
from narrowgate.options.parts.routes import add_routes

_SIDES = ("Requester", "Accepter")


def peering_resources(design: Design) -> tuple[Resource, ...]:
    """A peering with routes both ways for every pair that nothing joins."""
    found = ResourceList()
    for pair in missing_pairs(design):
        _peering(found, design, pair, None)
    return found.all()


def existing_peering(found: ResourceList, design: Design, link: Link) -> None:
    """A peering that the design has, with its routes."""
    pair = Pair(*link.vpcs)
    existing = found.as_existing()
    _peering(existing, design, pair, link.id)
    if link.dns_resolution:
        for side in _SIDES:
            _dns_option(existing, design, pair, side)


def peering_dns_options(design: Design) -> tuple[Resource, ...]:
    """The DNS resolution option of every peering, on both sides (PEER-DNS-03)."""
    found = ResourceList()
    for pair in pairs_of(design):
        link = existing_link(design, pair)
        if link is None or link.kind == "peering":
            for side in _SIDES:
                _dns_option(found, design, pair if link is None else Pair(*link.vpcs), side)
    return found.all()


def _peering(found: ResourceList, design: Design, pair: Pair, own_id: str | None) -> None:
    one, other = design.vpc(pair.consumer), design.vpc(pair.provider)
    own = found.add(
        _name(pair),
        "AWS::EC2::VPCPeeringConnection",
        place_of(one),
        {
            "VpcId": vpc_ref(one),
            "PeerVpcId": vpc_ref(other),
            "PeerOwnerId": other.account,
            "PeerRegion": other.region,
            "Tags": tags(f"{one.name}-to-{other.name}"),
        },
        Because(f"a path between `{one.name}` and `{other.name}`", "PCX-02"),
        own_id=own_id,
    )
    if place_of(one) != place_of(other):
        found.add(
            logical_id(own.logical_id, "accepter"),
            "Custom::VpcPeeringConnectionAccepter",
            place_of(other),
            {"VpcPeeringConnectionId": own},
            Because("the owner of the other side accepts, in its own Region", "PCX-02"),
        )
    for here, there in ((one, other), (other, one)):
        add_routes(found, here, there.name, there.cidrs, ("VpcPeeringConnectionId", own))


def _dns_option(found: ResourceList, design: Design, pair: Pair, side: str) -> None:
    """CloudFormation has no property for it: the API `ModifyVpcPeeringConnectionOptions` sets it (IAC-01)."""
    own = Ref(_name(pair))
    name = logical_id(own.logical_id, side, "dns")
    found.add(
        name,
        "Custom::VpcPeeringConnectionOptions",
        place_of(design.vpc(pair.consumer if side == "Requester" else pair.provider)),
        {"VpcPeeringConnectionId": own, "Side": side, "AllowDnsResolutionFromRemoteVpc": True},
        Because(
            f"public host names of the {side.lower()}'s instances resolve to private addresses", "PEER-DNS-03"
        ),
    )


def _name(pair: Pair) -> str:
    return logical_id(pair.consumer, "to", pair.provider, "peering")

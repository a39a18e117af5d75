"""What every option stands on: the design's networks, its links, and its public APIs."""

from narrowgate.model.design import Design
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import network_resources, vpc_ref
from narrowgate.options.parts.peerings import existing_peering
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags
from narrowgate.options.parts.routes import add_routes
from narrowgate.options.parts.transit_gateways import existing_transit_gateway


def base_resources(design: Design) -> tuple[Resource, ...]:
    """Networks, and the links that join them already."""
    found = ResourceList()
    found.extend(network_resources(design))
    for link in design.links:
        if link.kind == "peering":
            existing_peering(found, design, link)
        else:
            existing_transit_gateway(found, design, link)
    _vpn_gateways(found.as_existing(), design)
    return found.all()


def _vpn_gateways(found: ResourceList, design: Design) -> None:
    """The gateways that networks on premises end in, with routes back."""
    for network in design.on_premises:
        vpc = design.vpc(network.vpc)
        because = Because(f"where `{network.name}` ends in AWS")
        own = Ref(logical_id(vpc.name, "vpn-gateway"))
        properties = {"Type": "ipsec.1", "Tags": tags(vpc.name)}
        found.add(own.logical_id, "AWS::EC2::VPNGateway", place_of(vpc), properties, because)
        found.add(
            logical_id(own.logical_id, "attachment"),
            "AWS::EC2::VPCGatewayAttachment",
            place_of(vpc),
            {"VpcId": vpc_ref(vpc), "VpnGatewayId": own},
            because,
        )
        add_routes(found, vpc, network.name, network.cidrs, ("GatewayId", own))

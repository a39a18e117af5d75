"""What every option stands on: the design's networks, and the links that join them already."""

from narrowgate.model.design import Design, OnPremises
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import network_resources, route_tables, vpc_ref
from narrowgate.options.parts.peerings import existing_peering
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of
from narrowgate.options.parts.transit_gateways import existing_transit_gateway


def base_resources(design: Design) -> tuple[Resource, ...]:
    """Networks, on premises too, and the links that join them already."""
    found = ResourceList()
    found.extend(network_resources(design))
    for link in design.links:
        if link.kind == "peering":
            existing_peering(found, design, link)
        else:
            existing_transit_gateway(found, design, link)
    for network in design.on_premises:
        _on_premises(found.as_existing(), design, network)
    return found.all()


def on_premises_ref(network: OnPremises) -> Ref:
    """A network on premises."""
    return Ref(logical_id(network.name, "network"))


def _on_premises(found: ResourceList, design: Design, network: OnPremises) -> None:
    """A VPN or Direct Connect into a VPC, with routes both ways; no template makes it: the type is our own."""
    vpc = design.vpc(network.vpc)
    found.add(
        on_premises_ref(network).logical_id,
        "Custom::OnPremisesNetwork",
        place_of(vpc),
        {
            "Name": network.name,
            "CidrBlocks": list(network.cidrs),
            "VpcId": vpc_ref(vpc),
            "RouteTableIds": list(route_tables(vpc).values()),
        },
        Because(f"the network `{network.name}`, which ends in `{vpc.name}`"),
    )

"""What a route leads to, read from whichever of its fields names it."""

from enum import Enum
from typing import NamedTuple

from narrowgate.model.routing import Route


class TargetKind(Enum):
    """What a route leads to, in AWS's words."""

    LOCAL = "local"
    PEERING = "VPC peering connection"
    TRANSIT_GATEWAY = "transit gateway"
    INTERNET_GATEWAY = "internet gateway"
    EGRESS_ONLY_INTERNET_GATEWAY = "egress-only internet gateway"
    NAT_GATEWAY = "NAT gateway"
    GATEWAY_ENDPOINT = "gateway endpoint"
    GATEWAY_LOAD_BALANCER_ENDPOINT = "Gateway Load Balancer endpoint"
    NETWORK_INTERFACE = "network interface"
    VPN_GATEWAY = "virtual private gateway"
    CORE_NETWORK = "Cloud WAN core network"
    LOCAL_GATEWAY = "local gateway"
    CARRIER_GATEWAY = "carrier gateway"
    LATTICE = "VPC Lattice"
    OTHER = "target that is not modelled"


class Target(NamedTuple):
    """A route's target."""

    kind: TargetKind
    id: str


def target_of(route: Route) -> Target:
    """The target of a route, from whichever field names it."""
    for kind, own_id in (
        (TargetKind.NAT_GATEWAY, route.nat_gateway_id),
        (TargetKind.PEERING, route.vpc_peering_connection_id),
        (TargetKind.TRANSIT_GATEWAY, route.transit_gateway_id),
        (TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, route.egress_only_internet_gateway_id),
        (TargetKind.LOCAL_GATEWAY, route.local_gateway_id),
        (TargetKind.CARRIER_GATEWAY, route.carrier_gateway_id),
        (TargetKind.CORE_NETWORK, route.core_network_arn),
    ):
        if own_id:
            return Target(kind, own_id)
    if route.gateway_id:
        return _gateway(route, route.gateway_id)
    if route.network_interface_id or route.instance_id:
        return Target(TargetKind.NETWORK_INTERFACE, route.network_interface_id or route.instance_id or "")
    return Target(TargetKind.OTHER, "an unnamed target")


def _gateway(route: Route, gateway_id: str) -> Target:
    """`GatewayId` holds many kinds; the id's prefix tells which."""
    if gateway_id == "local":
        return Target(TargetKind.LOCAL, "local")
    if gateway_id.startswith("vpce-"):
        # A gateway endpoint's route is always by prefix list, a Gateway Load Balancer endpoint's is not.
        is_gateway_endpoint = route.destination_prefix_list_id is not None
        kind = TargetKind.GATEWAY_ENDPOINT if is_gateway_endpoint else TargetKind.GATEWAY_LOAD_BALANCER_ENDPOINT
        return Target(kind, gateway_id)
    by_prefix = {
        "igw-": TargetKind.INTERNET_GATEWAY,
        "vgw-": TargetKind.VPN_GATEWAY,
        "eigw-": TargetKind.EGRESS_ONLY_INTERNET_GATEWAY,
        "nat-": TargetKind.NAT_GATEWAY,
        "pcx-": TargetKind.PEERING,
        "tgw-": TargetKind.TRANSIT_GATEWAY,
        "eni-": TargetKind.NETWORK_INTERFACE,
        "lgw-": TargetKind.LOCAL_GATEWAY,
        "cagw-": TargetKind.CARRIER_GATEWAY,
    }
    for prefix, kind in by_prefix.items():
        if gateway_id.startswith(prefix):
            return Target(kind, gateway_id)
    if gateway_id.lower() == "vpclattice":
        return Target(TargetKind.LATTICE, gateway_id)
    return Target(TargetKind.OTHER, gateway_id)

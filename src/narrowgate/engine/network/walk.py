"""One leg: out of the sender's subnet, along its route, into the receiver's subnet.

The same code walks the request and the reply; nothing is shared between the two, because the reply is routed on
its own (NET-10).
"""

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.delivery import deliver
from narrowgate.engine.network.departure import Departure, Router
from narrowgate.engine.network.flow import DEFAULT_CLIENT_PORTS, Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.gateways import enter, owner_of_public_address, steered_by_edge_table
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.route_lookup import is_private
from narrowgate.engine.network.steps import At
from narrowgate.model.address import IntervalSet
from narrowgate.model.answer import Missing, Step
from narrowgate.model.reason import Reason

NAT_PORTS = DEFAULT_CLIENT_PORTS
"""ACL-07: a NAT gateway sends from 1024-65535, whatever the client behind it uses."""


def travel(
    router: Router, packet: Packet, sender: End, receiver: End | None, came_by: Carriage | None = None
) -> Arrival:
    """Walk a leg up to and including the receiver's subnet ACL.

    Args:
        router: which estate, and which of AWS's random choices.
        packet: what is sent.
        sender: whose subnet routes it.
        receiver: whom it is meant for; None where only routing tells who has the address.
        came_by: on the way back, how the request came (PCX-11).
    """
    if sender.is_internet:
        return _from_internet(router, packet, receiver)
    if receiver is not None and sender.subnet_id is not None and sender.subnet_id == receiver.subnet_id:
        at = At(packet.leg, "subnet", sender.subnet_id, "ACL-04")
        step = at.passes(f"both ends are in {sender.subnet_id}: no ACL and no route is asked")
        carriage = Carriage(way=Way.SAME_SUBNET)
        return Arrival(packet=packet, steps=[step], carriage=carriage, vpc_id=sender.vpc_id)
    arrival = router.depart(Departure(packet, sender, receiver.vpc_id if receiver else None, came_by))
    deliver(router.snapshot, arrival, arrival.sender or sender, receiver)
    return arrival


def _from_internet(router: Router, packet: Packet, receiver: End | None) -> Arrival:
    arrival = Arrival(packet=packet, steps=[], carriage=Carriage(way=Way.INTERNET))
    found = owner_of_public_address(router.snapshot, packet) or (receiver.interface if receiver else None)
    if found is None or found.vpc_id is None:
        return _not_of_the_estate(packet)
    arrival.vpc_id = found.vpc_id
    if is_private(packet.destination):
        at = At(packet.leg, "network_interface", found.label, "RCH-03")
        text = f"{found.label} has no public address for {packet.destination}, so the Internet cannot reach it"
        arrival.steps.append(at.fails(Reason.IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS, text))
    else:
        arrival.steps.append(enter(router.snapshot, packet, found))
    deliver(router.snapshot, arrival, None, receiver)
    return arrival


def reply_from_internet(router: Router, packet: Packet, came_by: Carriage, receiver: End) -> list[Step]:
    """A reply from the Internet comes in by the gateway that the request left by, and meets the subnet's ACL."""
    at = At(packet.leg, "internet_gateway", came_by.connection, "NET-03")
    step = steered_by_edge_table(router.snapshot, packet.leg, came_by.connection or "", receiver.address)
    step = step or at.passes(f"{came_by.connection} brings the reply back")
    arrival = Arrival(packet=packet, steps=[step], carriage=came_by, vpc_id=receiver.vpc_id)
    deliver(router.snapshot, arrival, None, receiver)
    return arrival.steps


def _not_of_the_estate(packet: Packet) -> Arrival:
    """From the Internet to an address that no interface of the source has as its public one."""
    at = At(packet.leg, "internet", str(packet.destination), "RCH-01")
    if is_private(packet.destination):
        return nowhere(packet, at.fails(Reason.NO_PATH, f"the Internet does not route {packet.destination}"))
    missing = Missing(fact="who has the address", resource=str(packet.destination), why="in no source")
    return unclear(packet, at.unknown(f"{packet.destination} belongs to nothing in the source", [missing]))


def back_through_nat(router: Router, packet: Packet, gateway: End, client: End) -> list[Step]:
    """The reply's last stretch, from a NAT gateway's subnet to the client behind it."""
    if gateway.subnet_id == client.subnet_id:
        return []
    return travel(router, packet, gateway, client).steps


def reply_ports(is_translated: bool, client_ports: tuple[int, int]) -> IntervalSet:
    """The ports that replies go to."""
    return IntervalSet([NAT_PORTS if is_translated else client_ports])

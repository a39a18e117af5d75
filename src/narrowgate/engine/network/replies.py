"""The way back of a connection, to the address that the other side saw (RCH-01, NET-10)."""

from narrowgate.engine.network.arrival import Arrival
from narrowgate.engine.network.departure import Departure, Router
from narrowgate.engine.network.flow import Flow, Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.references import Way
from narrowgate.engine.network.walk import back_through_nat, reply_from_internet, reply_ports, travel
from narrowgate.model.address import Address, IntervalSet
from narrowgate.model.answer import (
    Leg,
    Step,
)


def seen_as(there: Arrival, client: End) -> End:
    """Whom the target sees: the client, a NAT gateway, or a public address that stands for either (VPCE-06)."""
    sender = there.sender or client
    if there.carriage.way is Way.INTERNET and not client.is_internet and there.packet.source != sender.address:
        return End(label=sender.label, address=there.packet.source, security_groups=(), original=sender)
    return sender


def walk_back(
    router: Router, flow: Flow, there: Arrival, client: End, target: End | None, destination: Address
) -> list[Step]:
    """The reply: its own route, its own ACLs; security groups let it pass (SG-01, NET-10).

    Nothing of it depends on the port that was asked for.
    """
    if target is None or there.carriage.way is Way.GATEWAY_ENDPOINT:
        return []
    ports = reply_ports(there.sender is not None, flow.client_ports)
    if there.carriage.way is Way.INTERNET:
        return _walk_back_from_internet(router, there, client, target, ports)
    to = there.sender or client
    answer = Packet(Leg.RETURN, flow.protocol, target.address, to.address, ports)
    steps = travel(router, answer, target, to, there.carriage).steps
    if there.sender is not None:
        last = Packet(Leg.RETURN, flow.protocol, destination, client.address, IntervalSet([flow.client_ports]))
        steps += back_through_nat(router, last, there.sender, client)
    return steps


def _walk_back_from_internet(
    router: Router, there: Arrival, client: End, target: End, ports: IntervalSet
) -> list[Step]:
    request = there.packet
    answer = Packet(Leg.RETURN, request.protocol, request.destination, client.address, ports)
    steps: list[Step] = []
    inside = there.sender or client
    if not target.is_internet:
        outward = answer._replace(source=target.address, destination=there.packet.source)
        steps += router.depart(Departure(outward, target)).steps
    if client.is_internet:
        return steps
    came = answer._replace(destination=inside.public_address or inside.address)
    steps += reply_from_internet(router, came, there.carriage, inside)
    if there.sender is not None:
        last = came._replace(destination=client.address)
        steps += back_through_nat(router, last, there.sender, client)
    return steps

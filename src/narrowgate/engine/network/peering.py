"""VPC peering: a packet through a connection to the VPC on its other side, and no further (PCX-01 to PCX-12)."""

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.steps import At, is_contradicted, missing_field, missing_resource
from narrowgate.engine.network.vpcs import vpc_blocks
from narrowgate.model.answer import Leg, Missing, Step, Verdict
from narrowgate.model.fact import UNSET
from narrowgate.model.reason import Reason
from narrowgate.model.routing import VpcPeeringConnection
from narrowgate.model.snapshot import Snapshot, index

LAYER = "vpc_peering_connection"


def cross_peering(snapshot: Snapshot, packet: Packet, vpc_id: str, connection_id: str) -> Arrival:
    """Send a packet of `vpc_id` into a peering connection.

    The connection carries only packets to addresses of the directly peered VPC (PCX-06), so neither a third VPC
    (PCX-07) nor a gateway of the other side (PCX-08) can be meant: the packet comes out at an address there.
    """
    connection = snapshot.facts.vpc_peering_connections.get(connection_id)
    if connection is None:
        at = At(packet.leg, LAYER, connection_id, "PCX-01")
        missing = missing_resource("ec2.describe_vpc_peering_connections", connection_id)
        return unclear(packet, at.unknown(f"peering {connection_id} is not in the source", [missing]))
    other = connection.other_side(vpc_id)
    if other is None or other.vpc_id is None:
        return _wrong_vpc(packet, connection, vpc_id)
    steps = list(_connection_steps(snapshot, packet.leg, connection, vpc_id, other.vpc_id))
    address = _address(snapshot, packet, connection_id, other.vpc_id)
    if address is not None:
        steps.append(address)
        if address.verdict is Verdict.DENIED:
            return nowhere(packet, *steps)
    carriage = Carriage(way=Way.PEERING, connection=connection_id)
    return Arrival(packet=packet, steps=steps, carriage=carriage, vpc_id=other.vpc_id)


@index
def _judged(snapshot: Snapshot) -> dict[tuple[Leg, str, str], tuple[Step, ...]]:
    """What holds for every packet of a connection; filled as connections are crossed."""
    return {}


def _connection_steps(
    snapshot: Snapshot, leg: Leg, connection: VpcPeeringConnection, vpc_id: str, other_vpc: str
) -> tuple[Step, ...]:
    judged = _judged(snapshot)
    key = (leg, connection.vpc_peering_connection_id, vpc_id)
    if key not in judged:
        state = _state(snapshot, leg, connection)
        overlap = _overlap(snapshot, leg, connection, vpc_id, other_vpc)
        judged[key] = (state,) if overlap is None else (state, overlap)
    return judged[key]


def _wrong_vpc(packet: Packet, connection: VpcPeeringConnection, vpc_id: str) -> Arrival:
    own_id = connection.vpc_peering_connection_id
    sides = (connection.requester_vpc_info.vpc_id, connection.accepter_vpc_info.vpc_id)
    if None in sides:
        at = At(packet.leg, LAYER, own_id, "PCX-01")
        missing = missing_field("VpcPeeringConnection", "VpcInfo.VpcId", own_id)
        return unclear(packet, at.unknown(f"the two sides of peering {own_id} are not known", [missing]))
    at = At(packet.leg, LAYER, own_id, "PCX-07")
    text = f"peering {own_id} joins {sides[0]} and {sides[1]}, so no route of {vpc_id} may lead to it"
    return nowhere(packet, at.fails(Reason.INVALID_ROUTE, text, verdict=Verdict.INVALID))


def _state(snapshot: Snapshot, leg: Leg, connection: VpcPeeringConnection) -> Step:
    own_id = connection.vpc_peering_connection_id
    at = At(leg, LAYER, own_id, "PCX-01")
    contradicted = is_contradicted(snapshot, own_id, "Status")
    code = connection.status.code
    if contradicted is not None:
        return at.unknown(f"the state of peering {own_id} is told differently by its two sides", [contradicted])
    if code is UNSET:
        return at.unknown(
            f"the state of peering {own_id} is not known",
            [missing_field("VpcPeeringConnection", "Status.Code", own_id)],
        )
    evidence = (snapshot.evidence(own_id, "Status.Code", code),)
    if code != "active":
        text = f"peering {own_id} is {code}, and only an active one carries packets"
        return at.fails(Reason.BAD_STATE, text, evidence=evidence)
    return at.passes(f"peering {own_id} is active", evidence=evidence)


def _address(snapshot: Snapshot, packet: Packet, connection_id: str, other_vpc: str) -> Step | None:
    at = At(packet.leg, LAYER, connection_id, "PCX-06")
    blocks = vpc_blocks(snapshot, other_vpc)
    if blocks is None:
        missing = Missing(fact="ec2.describe_vpcs", resource=other_vpc)
        return at.unknown(f"the blocks of {other_vpc} behind {connection_id} are not known", [missing])
    if any(block.holds(packet.destination) for block in blocks):
        return None
    text = (
        f"{packet.destination} is in none of the blocks of {other_vpc} ({', '.join(map(str, blocks))}), "
        f"and peering {connection_id} carries nothing else"
    )
    evidence = (snapshot.evidence(other_vpc, "CidrBlockAssociationSet", ", ".join(map(str, blocks))),)
    return at.fails(Reason.PCX_REQUIRES_ADDRESS_IN_VPC_CIDR, text, evidence=evidence)


def _overlap(
    snapshot: Snapshot, leg: Leg, connection: VpcPeeringConnection, vpc_id: str, other_vpc: str
) -> Step | None:
    """PCX-04: AWS fails a request between overlapping VPCs, so an active connection between such cannot be.

    Only a request tells: where it never reached the connection, the configuration that decides lies before it.
    """
    if leg is Leg.RETURN:
        return None
    ours, theirs = vpc_blocks(snapshot, vpc_id), vpc_blocks(snapshot, other_vpc)
    connection_id = connection.vpc_peering_connection_id
    if connection.status.code != "active":
        return None
    for mine in ours or ():
        for other in theirs or ():
            if mine.overlaps(other):
                at = At(leg, LAYER, connection_id, "PCX-04")
                text = f"{mine} of {vpc_id} overlaps {other} of {other_vpc}: AWS refuses to peer such VPCs"
                return at.fails(Reason.OVERLAPPING_CIDRS, text, verdict=Verdict.INVALID)
    return None

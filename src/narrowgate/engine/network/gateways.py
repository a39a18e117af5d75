"""The ways out of a VPC that are no peering and no transit gateway: internet, NAT, gateway endpoints, the rest."""

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.flow import TCP, UDP, Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.interface_addresses import interface_with_public_address
from narrowgate.engine.network.interfaces import Interface, interface
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.route_lookup import Candidate, is_private
from narrowgate.engine.network.route_targets import TargetKind
from narrowgate.engine.network.routing import table_of_gateway
from narrowgate.engine.network.steps import At, missing_field, missing_resource, not_modelled
from narrowgate.engine.network.vpcs import missing_of_vpc
from narrowgate.model.address import Address, parse_address
from narrowgate.model.answer import Leg, Missing, Step
from narrowgate.model.fact import UNSET
from narrowgate.model.reason import Reason
from narrowgate.model.routing import NatGateway
from narrowgate.model.snapshot import Snapshot, index

_ATTACHED = ("available", "attached")


@index
def _internet_gateway_of_vpc(snapshot: Snapshot) -> dict[str, str]:
    return {
        attachment.vpc_id: gateway.internet_gateway_id
        for gateway in snapshot.facts.internet_gateways.values()
        for attachment in gateway.attachments
        if attachment.state in _ATTACHED
    }


def leave_by_internet_gateway(snapshot: Snapshot, packet: Packet, sender: End, gateway_id: str) -> Arrival:
    """Out to the Internet: needs a public address at both ends, which the gateway puts on the packet."""
    at = At(packet.leg, "internet_gateway", gateway_id, "NET-03")
    gateway = snapshot.facts.internet_gateways.get(gateway_id)
    if is_private(packet.destination):
        text = f"{gateway_id} carries nothing to {packet.destination}, which is no public address"
        return nowhere(packet, at.fails(Reason.CANNOT_ROUTE, text))
    if gateway is None:
        missing = missing_resource("ec2.describe_internet_gateways", gateway_id)
        return unclear(packet, at.unknown(f"{gateway_id} is not in the source", [missing]))
    if not any(each.vpc_id == sender.vpc_id and each.state in _ATTACHED for each in gateway.attachments):
        text = f"{gateway_id} is not attached to {sender.vpc_id}"
        return nowhere(packet, at.fails(Reason.UNASSOCIATED_COMPONENT, text))
    source = packet.source
    if packet.destination.family == 4:
        if sender.public_address is None and not _would_get_public_address(snapshot, sender):
            text = f"{sender.component} has no public address, so {gateway_id} carries nothing for it"
            return nowhere(packet, at.fails(Reason.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS, text))
        source = sender.public_address or source
    step = at.passes(f"the packet leaves by {gateway_id}")
    return to_internet(snapshot, packet._replace(source=source), step)


def _would_get_public_address(snapshot: Snapshot, sender: End) -> bool:
    """A host that could be started gets a public address where its subnet gives one to every instance."""
    subnet = snapshot.facts.subnets.get(sender.subnet_id or "")
    return (
        sender.lets_everything_out and sender.interface is None and bool(subnet and subnet.map_public_ip_on_launch)
    )


def to_internet(snapshot: Snapshot, packet: Packet, left: Step) -> Arrival:
    """A packet on the Internet: it comes in again where an interface of the estate has the public address."""
    carriage = Carriage(way=Way.INTERNET, connection=left.component)
    found = owner_of_public_address(snapshot, packet)
    if found is None or found.vpc_id is None:
        return Arrival(packet=packet, steps=[left], carriage=carriage)
    return Arrival(
        packet=packet, steps=[left, enter(snapshot, packet, found)], carriage=carriage, vpc_id=found.vpc_id
    )


def owner_of_public_address(snapshot: Snapshot, packet: Packet) -> Interface | None:
    """The interface of the estate that a public destination belongs to."""
    return interface_with_public_address(snapshot, packet.destination)


def enter(snapshot: Snapshot, packet: Packet, target: Interface) -> Step:
    """Come in from the Internet: the target's VPC needs an attached internet gateway."""
    gateway_id = _internet_gateway_of_vpc(snapshot).get(target.vpc_id or "")
    at = At(packet.leg, "internet_gateway", gateway_id or target.vpc_id, "NET-03")
    if gateway_id:
        inside = next((own for own, public in target.public_addresses if public == packet.destination), None)
        steered = steered_by_edge_table(snapshot, packet.leg, gateway_id, inside or packet.destination)
        if steered:
            return steered
        return at.passes(f"{gateway_id} delivers {packet.destination} to {target.label}")
    missing = missing_of_vpc(snapshot, "ec2.describe_internet_gateways", target.vpc_id)
    if missing:
        return at.unknown(f"whether {target.vpc_id} has an internet gateway is not known", [missing])
    return at.fails(Reason.UNASSOCIATED_COMPONENT, f"{target.vpc_id} has no internet gateway")


def steered_by_edge_table(snapshot: Snapshot, leg: Leg, gateway_id: str, inside: Address) -> Step | None:
    """NET-12: a table of the gateway's own may send what comes in through an appliance; None where it does not."""
    table = table_of_gateway(snapshot, gateway_id)
    if table is None:
        return None
    if isinstance(table, Missing):
        at = At(leg, "internet_gateway", gateway_id, "NET-12")
        return at.unknown(f"the route table of {gateway_id} is not known", [table])
    lookup = table.lookup(inside)
    if lookup.chosen and lookup.chosen[0].target.kind is TargetKind.LOCAL:
        return None
    at = At(leg, "route_table", table.table_id, "NET-12")
    missing = not_modelled("what an appliance does with the packet", table.table_id)
    text = f"{table.table_id} sends what {gateway_id} brings in for {inside} through an appliance"
    return at.unknown(text, [missing], reason=Reason.UNSUPPORTED_COMPONENT, considered=lookup.considered())


def leave_by_egress_only_gateway(snapshot: Snapshot, packet: Packet, sender: End, gateway_id: str) -> Arrival:
    """Out to the Internet over IPv6, for connections opened from inside only."""
    at = At(packet.leg, "egress_only_internet_gateway", gateway_id, "IP6-01")
    gateway = snapshot.facts.egress_only_internet_gateways.get(gateway_id)
    if is_private(packet.destination):
        text = f"{gateway_id} carries nothing to {packet.destination}, which is no public address"
        return nowhere(packet, at.fails(Reason.CANNOT_ROUTE, text))
    if packet.leg is Leg.RETURN:
        missing = not_modelled("a reply that leaves by an egress-only internet gateway", gateway_id)
        return unclear(packet, at.unknown(f"{gateway_id} admits no connection from outside", [missing]))
    if gateway is None:
        missing = missing_resource("ec2.describe_egress_only_internet_gateways", gateway_id)
        return unclear(packet, at.unknown(f"{gateway_id} is not in the source", [missing]))
    if not any(each.vpc_id == sender.vpc_id and each.state in _ATTACHED for each in gateway.attachments):
        return nowhere(
            packet, at.fails(Reason.UNASSOCIATED_COMPONENT, f"{gateway_id} is not attached to {sender.vpc_id}")
        )
    return to_internet(snapshot, packet, at.passes(f"the packet leaves by {gateway_id}"))


def leave_by_gateway_endpoint(snapshot: Snapshot, packet: Packet, endpoint_id: str) -> Arrival:
    """To the service of a gateway endpoint (S3 or DynamoDB), whose addresses its prefix list holds."""
    at = At(packet.leg, "vpc_endpoint", endpoint_id, "PCX-08")
    endpoint = snapshot.facts.vpc_endpoints.get(endpoint_id)
    if packet.protocol != TCP:
        text = f"gateway endpoint {endpoint_id} serves TCP only"
        return nowhere(packet, at.fails(Reason.VPCE_GATEWAY_PROTOCOL_RESTRICTION, text))
    if endpoint is None:
        missing = missing_resource("ec2.describe_vpc_endpoints", endpoint_id)
        return unclear(packet, at.unknown(f"{endpoint_id} is not in the source", [missing]))
    if endpoint.state is UNSET and not snapshot.assume_complete:
        missing = missing_field("VpcEndpoint", "State", endpoint_id)
        return unclear(packet, at.unknown(f"the state of {endpoint_id} is not known", [missing]))
    if endpoint.state is not UNSET and endpoint.state.lower() != "available":
        return nowhere(packet, at.fails(Reason.BAD_STATE, f"{endpoint_id} is {endpoint.state}"))
    step = at.passes(f"gateway endpoint {endpoint_id} carries the packet to its service")
    return Arrival(packet=packet, steps=[step], carriage=Carriage(way=Way.GATEWAY_ENDPOINT))


def nat_end(snapshot: Snapshot, gateway: NatGateway, sender: End) -> End | None:
    """A NAT gateway as the end that sends from now on; None where its private address is unknown."""
    for each in gateway.nat_gateway_addresses:
        known = interface(snapshot, each.network_interface_id) if each.network_interface_id else None
        text = each.private_ip or (str(known.addresses[0]) if known and known.addresses else None)
        if text is None:
            continue
        is_public = gateway.connectivity_type == "public" and each.public_ip
        return End(
            label=gateway.nat_gateway_id,
            address=parse_address(text),
            vpc_id=gateway.vpc_id,
            subnet_id=gateway.subnet_id,
            security_groups=(),
            interface=known,
            public_address=parse_address(each.public_ip) if is_public and each.public_ip else None,
            original=sender,
        )
    return None


def check_nat_gateway(
    snapshot: Snapshot, packet: Packet, sender: End, gateway_id: str
) -> tuple[Step, NatGateway | None]:
    """Whether a NAT gateway takes the packet: available, in the sender's VPC, IPv4, tcp or udp."""
    at = At(packet.leg, "nat_gateway", gateway_id, "RCH-03")
    gateway = snapshot.facts.nat_gateways.get(gateway_id)
    if gateway is None:
        missing = missing_resource("ec2.describe_nat_gateways", gateway_id)
        return at.unknown(f"{gateway_id} is not in the source", [missing]), None
    if gateway.vpc_id is not None and gateway.vpc_id != sender.vpc_id:
        text = f"{gateway_id} serves {gateway.vpc_id}, not {sender.vpc_id}"
        return at.fails(Reason.NGW_REQUIRES_SOURCE_IN_VPC, text), None
    if gateway.state is UNSET and not snapshot.assume_complete:
        missing = missing_field("NatGateway", "State", gateway_id)
        return at.unknown(f"the state of {gateway_id} is not known", [missing]), gateway
    if gateway.state is not UNSET and gateway.state != "available":
        return at.fails(Reason.BAD_STATE, f"{gateway_id} is {gateway.state}"), None
    if packet.protocol not in (TCP, UDP) or packet.destination.family != 4:
        return at.fails(
            Reason.PROTOCOL_RESTRICTION, f"{gateway_id} translates TCP, UDP and ICMP over IPv4 only"
        ), None
    if packet.leg is Leg.RETURN:
        text = f"the reply would leave by {gateway_id} under another address than the client called"
        return at.fails(Reason.CANNOT_ROUTE, text), None
    return at.passes(f"{gateway_id} puts its own address on the packet"), gateway


_RULES = {TargetKind.CORE_NETWORK: "CWN-01", TargetKind.LATTICE: "LAT-01"}


def leave_by_unmodelled(packet: Packet, table_id: str, candidate: Candidate) -> Arrival:
    """VPN, Direct Connect, Cloud WAN, Lattice, Outposts…: named, not judged."""
    kind = candidate.target.kind
    at = At(packet.leg, kind.name.lower(), candidate.target.id, _RULES.get(kind, "RCH-01"))
    text = f"{table_id} sends {packet.destination} to a {kind.value}, {candidate.target.id}, which is not modelled"
    missing = not_modelled(f"route to a {kind.value}", candidate.target.id)
    return unclear(packet, at.unknown(text, [missing], reason=Reason.UNSUPPORTED_COMPONENT))


def leave_by_interface(snapshot: Snapshot, packet: Packet, candidate: Candidate) -> Arrival:
    """To a middlebox: what it does is not modelled, but with its source/destination check on it drops (NET-06)."""
    named = candidate.target.id
    at = At(packet.leg, "network_interface", named, "NET-06")
    found = interface(snapshot, named) if named.startswith("eni-") else _interface_of_instance(snapshot, named)
    if found is not None and packet.destination not in found.addresses:
        # NET-11: while the check is on (AWS's default), an interface takes only packets to its own addresses.
        is_checked = found.source_dest_check
        if is_checked is None and snapshot.assume_complete:
            is_checked = True
        if is_checked:
            text = (
                f"{found.label} drops {packet.destination}, which is none of its own: its source/dest check is on"
            )
            return nowhere(packet, at.fails(Reason.ENI_SOURCE_DEST_CHECK_RESTRICTION, text))
        if found.status != "in-use":
            return nowhere(
                packet, at.fails(Reason.UNASSOCIATED_COMPONENT, f"{found.label} is attached to nothing")
            )
    missing = not_modelled("what an appliance does with the packet", named)
    text = f"the packet goes to appliance {named}, which is not modelled"
    return unclear(packet, at.unknown(text, [missing], reason=Reason.UNSUPPORTED_COMPONENT))


def _interface_of_instance(snapshot: Snapshot, instance_id: str) -> Interface | None:
    instance = snapshot.facts.instances.get(instance_id)
    ids = [each.network_interface_id for each in instance.network_interfaces] if instance else []
    return interface(snapshot, ids[0]) if len(ids) == 1 else None


def lattice_destination(packet: Packet) -> Missing | None:
    """LAT-02: Lattice's own link-local addresses are answered by the network itself."""
    for text in ("169.254.171.0", "fd00:ec2:80::"):
        base = parse_address(text)
        bits = 8 if base.family == 4 else 64
        if packet.destination.family == base.family and packet.destination.value >> bits == base.value >> bits:
            return not_modelled("VPC Lattice", str(packet.destination))
    return None

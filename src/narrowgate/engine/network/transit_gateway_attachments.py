"""Attachments of a transit gateway: whose they are, what state they are in, what enters by them."""

from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.steps import At, is_contradicted, missing_field, missing_resource
from narrowgate.engine.network.vpcs import missing_of_vpc, zone_of_subnet
from narrowgate.model.answer import Leg, Step
from narrowgate.model.fact import UNSET, UnsetType
from narrowgate.model.kept import Kept
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment

LAYER, ATTACHMENT, TABLE = "transit_gateway", "transit_gateway_attachment", "transit_gateway_route_table"
_FINAL = frozenset({"deleted", "rejected", "failed"})


@index
def attachments(snapshot: Snapshot) -> dict[tuple[str, str], TransitGatewayVpcAttachment]:
    """The VPC attachment of a VPC to a gateway: one that is in use before one that is gone (TGW-01)."""
    found: dict[tuple[str, str], TransitGatewayVpcAttachment] = {}
    for each in snapshot.facts.transit_gateway_vpc_attachments.values():
        key = (each.transit_gateway_id, each.vpc_id)
        if key not in found or found[key].state in _FINAL:
            found[key] = each
    return found


def attachment_of_vpc(snapshot: Snapshot, gateway_id: str, vpc_id: str) -> TransitGatewayVpcAttachment | None:
    """The attachment of a VPC to a gateway, in any state; None where there is none."""
    return attachments(snapshot).get((gateway_id, vpc_id))


@index
def _written(snapshot: Snapshot) -> Kept[tuple[object, ...], Step]:
    """Steps that no packet's addresses stand in: an estate's packets cross the same few gateways."""
    return Kept(20_000)


def gateway_step(snapshot: Snapshot, packet: Packet, gateway_id: str) -> Step:
    """Whether the gateway itself carries traffic (TGW-01)."""
    written, key = _written(snapshot), (packet.leg, gateway_id)
    return written.get(key) or written.keep(key, _gateway_step(snapshot, packet.leg, gateway_id))


def _gateway_step(snapshot: Snapshot, leg: Leg, gateway_id: str) -> Step:
    at = At(leg, LAYER, gateway_id, "TGW-01")
    gateway = snapshot.facts.transit_gateways.get(gateway_id)
    if gateway is None:
        missing = missing_resource("ec2.describe_transit_gateways", gateway_id)
        return at.unknown(f"transit gateway {gateway_id} is not in the source", [missing])
    if gateway.state is UNSET and not snapshot.assume_complete:
        missing = missing_field("TransitGateway", "State", gateway_id)
        return at.unknown(f"the state of transit gateway {gateway_id} is not known", [missing])
    state = "available" if gateway.state is UNSET else gateway.state
    evidence = (snapshot.evidence(gateway_id, "State", state),)
    if state not in ("available", "modifying"):
        return at.fails(Reason.BAD_STATE, f"transit gateway {gateway_id} is {state}", evidence=evidence)
    return at.passes(f"transit gateway {gateway_id} is {state}", evidence=evidence)


def no_attachment(snapshot: Snapshot, packet: Packet, gateway_id: str, vpc_id: str) -> Step:
    """The step that fails, or is open, because no attachment of the VPC is known (TGW-01)."""
    at = At(packet.leg, LAYER, gateway_id, "TGW-01")
    missing = missing_of_vpc(snapshot, "ec2.describe_transit_gateway_vpc_attachments", vpc_id)
    if missing:
        return at.unknown(f"how {vpc_id} is attached to {gateway_id} is not known", [missing])
    return at.fails(Reason.UNASSOCIATED_COMPONENT, f"{vpc_id} has no attachment to {gateway_id}")


def state_step(snapshot: Snapshot, packet: Packet, attachment_id: str, state: str | UnsetType, kind: str) -> Step:
    """Whether an attachment is in a state in which it carries traffic (TGW-01)."""
    written, key = _written(snapshot), (packet.leg, attachment_id, state, kind)
    return written.get(key) or written.keep(key, _state_step(snapshot, packet.leg, attachment_id, state, kind))


def _state_step(snapshot: Snapshot, leg: Leg, attachment_id: str, state: str | UnsetType, kind: str) -> Step:
    at = At(leg, ATTACHMENT, attachment_id, "TGW-01")
    contradicted = is_contradicted(snapshot, attachment_id, "State")
    if contradicted:
        return at.unknown(f"the state of attachment {attachment_id} is told in two ways", [contradicted])
    if state is UNSET:
        if not snapshot.assume_complete:
            missing = missing_field(kind, "State", attachment_id)
            return at.unknown(f"the state of attachment {attachment_id} is not known", [missing])
        state = "available"
    evidence = (snapshot.evidence(attachment_id, "State", state),)
    if state != "available":
        text = f"attachment {attachment_id} is {state}, and only an available one forwards"
        return at.fails(Reason.BAD_STATE_ATTACHMENT, text, evidence=evidence)
    return at.passes(f"attachment {attachment_id} is available", evidence=evidence)


def family_steps(snapshot: Snapshot, packet: Packet, attachment: TransitGatewayVpcAttachment) -> list[Step]:
    """IP6-03: IPv6 is off on an attachment unless switched on."""
    if packet.destination.family == 4:
        return []
    own_id = attachment.transit_gateway_attachment_id
    at = At(packet.leg, ATTACHMENT, own_id, "IP6-03")
    setting = attachment.options.ipv6_support if attachment.options is not UNSET else None
    if setting is None and not snapshot.assume_complete:
        missing = missing_field("TransitGatewayVpcAttachment", "Options.Ipv6Support", own_id)
        return [at.unknown(f"whether attachment {own_id} carries IPv6 is not known", [missing])]
    evidence = (snapshot.evidence(own_id, "Options.Ipv6Support", setting or "disable"),)
    if setting != "enable":
        text = f"attachment {own_id} carries no IPv6"
        return [at.fails(Reason.PROTOCOL_RESTRICTION, text, evidence=evidence)]
    return [at.passes(f"attachment {own_id} carries IPv6", evidence=evidence)]


@index
def _entries(snapshot: Snapshot) -> Kept[tuple[object, ...], tuple[Step, tuple[str, ...]]]:
    """Where packets of a subnet enter an attachment."""
    return Kept(20_000)


def entry(
    snapshot: Snapshot, packet: Packet, sender: End, attachment: TransitGatewayVpcAttachment
) -> tuple[Step, tuple[str, ...]]:
    """The attachment's subnet in the sender's zone: without one the packet never enters (TGW-02)."""
    kept = _entries(snapshot)
    own_label = sender.label if sender.subnet_id is None else None
    key = (packet.leg, sender.subnet_id, own_label, attachment.transit_gateway_attachment_id)
    return kept.get(key) or kept.keep(key, _entry(snapshot, packet.leg, sender, attachment))


def _entry(
    snapshot: Snapshot, leg: Leg, sender: End, attachment: TransitGatewayVpcAttachment
) -> tuple[Step, tuple[str, ...]]:
    own_id = attachment.transit_gateway_attachment_id
    at = At(leg, ATTACHMENT, own_id, "TGW-02")
    if attachment.subnet_ids is UNSET:
        missing = missing_field("TransitGatewayVpcAttachment", "SubnetIds", own_id)
        return at.unknown(f"the subnets of attachment {own_id} are not known", [missing]), ()
    if sender.subnet_id in attachment.subnet_ids:
        return _covered(snapshot, at, own_id, sender.subnet_id), (sender.subnet_id,)
    zone = zone_of_subnet(snapshot, sender.subnet_id) if sender.subnet_id else None
    unclear_subnets: list[str] = []
    for subnet_id in attachment.subnet_ids:
        same = zone.same_as(zone_of_subnet(snapshot, subnet_id)) if zone else None
        if same:
            return _covered(snapshot, at, own_id, subnet_id), (subnet_id,)
        if same is None:
            unclear_subnets.append(subnet_id)
    if unclear_subnets:
        missing_zones = [
            missing_field("Subnet", "AvailabilityZoneId", each)
            for each in (sender.subnet_id or sender.label, *unclear_subnets)
            if not zone_of_subnet(snapshot, each)[0]
        ]
        text = f"whether attachment {own_id} covers the zone of {sender.subnet_id} is not known"
        return at.unknown(text, missing_zones), ()
    text = f"attachment {own_id} has no subnet in the zone of {sender.subnet_id}, so the packet cannot enter"
    evidence = (snapshot.evidence(own_id, "SubnetIds", ", ".join(attachment.subnet_ids)),)
    return at.fails(Reason.TGW_ROUTE_AZ_RESTRICTION, text, evidence=evidence), ()


def _covered(snapshot: Snapshot, at: At, own_id: str, subnet_id: str) -> Step:
    evidence = (snapshot.evidence(own_id, "SubnetIds", subnet_id),)
    return at.passes(f"the packet enters {own_id} through {subnet_id}", chosen=subnet_id, evidence=evidence)

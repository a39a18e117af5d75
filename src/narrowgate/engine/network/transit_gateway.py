"""Transit gateways: from a subnet through attachments and gateway tables to another VPC (TGW-01 to TGW-09)."""

import msgspec

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.interfaces import End
from narrowgate.engine.network.network_acls import check_acl
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.steps import At, is_contradicted, missing_field, missing_resource, not_modelled
from narrowgate.engine.network.transit_gateway_routes import (
    GatewayLookup,
    GatewayRoute,
    associated_table,
    look_up,
    missing_state,
)
from narrowgate.engine.network.vpcs import holds_address, missing_of_vpc, owner_of_vpc, zone_of_subnet
from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.fact import UNSET, UnsetType
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index
from narrowgate.model.transit import TransitGatewayVpcAttachment

LAYER, ATTACHMENT, TABLE = "transit_gateway", "transit_gateway_attachment", "transit_gateway_route_table"
_FINAL = frozenset({"deleted", "rejected", "failed"})


@index
def _attachments(snapshot: Snapshot) -> dict[tuple[str, str], TransitGatewayVpcAttachment]:
    """The VPC attachment of a VPC to a gateway: one that is in use before one that is gone (TGW-01)."""
    found: dict[tuple[str, str], TransitGatewayVpcAttachment] = {}
    for each in snapshot.facts.transit_gateway_vpc_attachments.values():
        key = (each.transit_gateway_id, each.vpc_id)
        if key not in found or found[key].state in _FINAL:
            found[key] = each
    return found


def attachment_of_vpc(snapshot: Snapshot, gateway_id: str, vpc_id: str) -> TransitGatewayVpcAttachment | None:
    """The attachment of a VPC to a gateway, in any state; None where there is none."""
    return _attachments(snapshot).get((gateway_id, vpc_id))


class _Hop(msgspec.Struct, frozen=True, kw_only=True):
    """A packet inside a gateway, come from an attachment."""

    gateway_id: str
    attachment_id: str
    gateways: tuple[str, ...]
    source_attachment: str
    expected_vpc: str | None
    """Where the packet is meant to go, to name a wrong turn; None where only routing tells."""


def cross_gateway(
    snapshot: Snapshot, packet: Packet, sender: End, gateway_id: str, *, expected_vpc: str | None
) -> Arrival:
    """Send a packet of a subnet into a transit gateway and follow it to the VPC that it is delivered to.

    Args:
        snapshot: the estate.
        packet: the packet.
        sender: the end whose subnet's route named the gateway.
        gateway_id: the gateway.
        expected_vpc: where the packet is meant to go, to name a wrong turn; None where only routing tells.
    """
    steps = [_gateway_step(snapshot, packet, gateway_id)]
    vpc_id = sender.vpc_id or ""
    attachment = _attachments(snapshot).get((gateway_id, vpc_id))
    if attachment is None:
        steps.append(_no_attachment(snapshot, packet, gateway_id, vpc_id))
        stopped = steps[-1].verdict is Verdict.DENIED
        return nowhere(packet, *steps) if stopped else unclear(packet, *steps)
    own_id = attachment.transit_gateway_attachment_id
    steps.append(_state_step(snapshot, packet, own_id, attachment.state, "TransitGatewayVpcAttachment"))
    steps += _family_steps(snapshot, packet, attachment)
    zone_step, entry_subnets = _entry(snapshot, packet, sender, attachment)
    steps.append(zone_step)
    if len(entry_subnets) == 1:
        # ACL-10: the gateway's subnet tests what comes in from the VPC; where it is the sender's own subnet, the
        # sender's address must be admitted by that subnet's inbound rules all the same.
        step, ports = check_acl(snapshot, packet, entry_subnets[0], is_egress=False, rule="ACL-10")
        steps.append(step)
        packet = packet._replace(ports=ports)
    hop = _Hop(
        gateway_id=gateway_id,
        attachment_id=own_id,
        gateways=(gateway_id,),
        source_attachment=own_id,
        expected_vpc=expected_vpc,
    )
    return _route(snapshot, packet, steps, hop)


def _gateway_step(snapshot: Snapshot, packet: Packet, gateway_id: str) -> Step:
    at = At(packet.leg, LAYER, gateway_id, "TGW-01")
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


def _no_attachment(snapshot: Snapshot, packet: Packet, gateway_id: str, vpc_id: str) -> Step:
    at = At(packet.leg, LAYER, gateway_id, "TGW-01")
    missing = missing_of_vpc(snapshot, "ec2.describe_transit_gateway_vpc_attachments", vpc_id)
    if missing:
        return at.unknown(f"how {vpc_id} is attached to {gateway_id} is not known", [missing])
    return at.fails(Reason.UNASSOCIATED_COMPONENT, f"{vpc_id} has no attachment to {gateway_id}")


def _state_step(snapshot: Snapshot, packet: Packet, attachment_id: str, state: str | UnsetType, kind: str) -> Step:
    at = At(packet.leg, ATTACHMENT, attachment_id, "TGW-01")
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


def _family_steps(snapshot: Snapshot, packet: Packet, attachment: TransitGatewayVpcAttachment) -> list[Step]:
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


def _entry(
    snapshot: Snapshot, packet: Packet, sender: End, attachment: TransitGatewayVpcAttachment
) -> tuple[Step, tuple[str, ...]]:
    """The attachment's subnet in the sender's zone: without one the packet never enters (TGW-02)."""
    own_id = attachment.transit_gateway_attachment_id
    at = At(packet.leg, ATTACHMENT, own_id, "TGW-02")
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


def _route(snapshot: Snapshot, packet: Packet, steps: list[Step], hop: _Hop) -> Arrival:
    """Look the destination up in the table of the attachment that the packet came from; follow peered gateways."""
    table_id = associated_table(snapshot, hop.gateway_id, hop.attachment_id)
    if not isinstance(table_id, str):
        at = At(packet.leg, ATTACHMENT, hop.attachment_id, "TGW-04")
        if table_id is None:
            text = f"attachment {hop.attachment_id} is associated with no route table of {hop.gateway_id}"
            return nowhere(packet, *steps, at.fails(Reason.TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION, text))
        text = f"which table {hop.gateway_id} uses for {hop.attachment_id} is not known"
        return unclear(packet, *steps, at.unknown(text, [table_id]))
    found = look_up(snapshot, table_id, packet.destination)
    at = At(packet.leg, TABLE, table_id, "TGW-05")
    open_question = found.unread or (missing_state(found.matches[0], table_id) if found.matches else None)
    if open_question:
        text = f"the route of {table_id} to {packet.destination} is not known"
        step = at.unknown(
            text, [open_question], reason=Reason.TGW_RTB_ROUTES_ARE_UNKNOWN, considered=found.considered()
        )
        return unclear(packet, *steps, step)
    if not found.matches:
        text = f"{table_id} has no route to {packet.destination}"
        step = at.fails(Reason.TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT, text)
        return nowhere(packet, *steps, step)
    return _follow(snapshot, packet, steps, hop, found, at)


def _follow(
    snapshot: Snapshot, packet: Packet, steps: list[Step], hop: _Hop, found: GatewayLookup, at: At
) -> Arrival:
    route = found.matches[0]
    evidence = (snapshot.evidence(at.component or "", "Routes", str(route)),)
    if route.state != "active" or not route.attachments:
        text = f"the best route of {at.component} to {packet.destination} is a blackhole: {route}"
        step = at.fails(
            Reason.TGW_RTB_BAD_STATE_ROUTE,
            text,
            chosen=str(route),
            considered=found.considered(),
            evidence=evidence,
        )
        return nowhere(packet, *steps, step)
    if len(route.attachments) > 1:
        text = f"{at.component} spreads {packet.destination} over several attachments"
        missing = not_modelled("equal-cost routes of a transit gateway", at.component)
        return unclear(packet, *steps, at.unknown(text, [missing], reason=Reason.UNSUPPORTED_COMPONENT))
    wrong = _wrong_turn(snapshot, packet, found, hop.expected_vpc)
    if wrong:
        reason, text = wrong
        step = at.fails(reason, text, chosen=str(route), considered=found.considered(), evidence=evidence)
    else:
        text = f"{at.component} sends {packet.destination} by {route}"
        step = at.passes(text, chosen=str(route), considered=found.considered(), evidence=evidence)
    steps = [*steps, step]
    return _leave(snapshot, packet, steps, hop, route)


def _wrong_turn(
    snapshot: Snapshot, packet: Packet, found: GatewayLookup, expected_vpc: str | None
) -> tuple[Reason, str] | None:
    """Why the chosen route leads to another VPC than the one meant; None where it does not."""
    route = found.matches[0]
    got = route.attachments[0]
    if expected_vpc is None or got.resource_type not in (None, "vpc"):
        return None
    got_vpc = _vpc_of(snapshot, got.transit_gateway_attachment_id, got.resource_id)
    if got_vpc is None or got_vpc == expected_vpc:
        return None
    for other in found.matches[1:]:
        leads = other.attachments and _vpc_of(
            snapshot, other.attachments[0].transit_gateway_attachment_id, other.attachments[0].resource_id
        )
        if leads == expected_vpc and other.state == "active":
            is_same = other.cidr.prefix_length == route.cidr.prefix_length
            reason = Reason.TGW_RTB_HIGHER_PRIORITY_ROUTE if is_same else Reason.TGW_RTB_MORE_SPECIFIC_ROUTE
            return reason, f"{route} sends {packet.destination} to {got_vpc}, and {other} to {expected_vpc} loses"
    if all(holds_address(snapshot, vpc_id, packet.destination) for vpc_id in (expected_vpc, got_vpc)):
        # TGW-06: of two VPCs with one range only the first is routed to; the later is silently left out.
        text = f"{got_vpc} and {expected_vpc} both hold {packet.destination}, and the gateway routes to {got_vpc}"
        return Reason.OVERLAPPING_CIDRS, text
    return Reason.TGW_RTB_CANNOT_ROUTE, f"{route} leads to {got_vpc}, not to {expected_vpc}"


def _vpc_of(snapshot: Snapshot, attachment_id: str, resource_id: str | None) -> str | None:
    attachment = snapshot.facts.transit_gateway_vpc_attachments.get(attachment_id)
    if attachment:
        return attachment.vpc_id
    generic = snapshot.facts.transit_gateway_attachments.get(attachment_id)
    found = resource_id or (generic.resource_id if generic else None)
    return found if found and found.startswith("vpc-") else None


def _leave(snapshot: Snapshot, packet: Packet, steps: list[Step], hop: _Hop, route: GatewayRoute) -> Arrival:
    target = route.attachments[0]
    attachment_id = target.transit_gateway_attachment_id
    if attachment_id in snapshot.facts.transit_gateway_peering_attachments or target.resource_type == "peering":
        return _cross_peering(snapshot, packet, steps, hop, attachment_id)
    if target.resource_type not in (None, "vpc"):
        at = At(packet.leg, ATTACHMENT, attachment_id, "TGW-05")
        text = f"attachment {attachment_id} is a {target.resource_type}, which is not modelled"
        missing = not_modelled(f"transit gateway attachment to a {target.resource_type}", attachment_id)
        return unclear(packet, *steps, at.unknown(text, [missing], reason=Reason.UNSUPPORTED_COMPONENT))
    attachment = snapshot.facts.transit_gateway_vpc_attachments.get(attachment_id)
    if attachment is None:
        return _leave_unseen(snapshot, packet, steps, hop, attachment_id, target.resource_id)
    steps = [
        *steps,
        _state_step(snapshot, packet, attachment_id, attachment.state, "TransitGatewayVpcAttachment"),
        *_family_steps(snapshot, packet, attachment),
    ]
    return Arrival(
        packet=packet,
        steps=steps,
        carriage=Carriage(
            way=Way.TRANSIT_GATEWAY, gateways=hop.gateways, attachments=(hop.source_attachment, attachment_id)
        ),
        vpc_id=attachment.vpc_id,
        attachment_subnets=attachment.subnet_ids if attachment.subnet_ids is not UNSET else (),
    )


def _leave_unseen(
    snapshot: Snapshot, packet: Packet, steps: list[Step], hop: _Hop, attachment_id: str, resource_id: str | None
) -> Arrival:
    """Another account's attachment: only the gateway's owner told of it."""
    generic = snapshot.facts.transit_gateway_attachments.get(attachment_id)
    vpc_id = _vpc_of(snapshot, attachment_id, resource_id)
    if generic is not None and generic.state is not UNSET and generic.state != "available":
        steps = [
            *steps,
            _state_step(snapshot, packet, attachment_id, generic.state, "TransitGatewayAttachment"),
        ]
    at = At(packet.leg, ATTACHMENT, attachment_id, "TGW-01")
    account, region = owner_of_vpc(snapshot, vpc_id)
    where = "/".join(part for part in (account, region) if part)
    missing = Missing(
        fact=f"ec2.describe_transit_gateway_vpc_attachments{f' ({where})' if where else ''}",
        resource=attachment_id,
    )
    step = at.unknown(f"the subnets and options of attachment {attachment_id} are not known", [missing])
    return Arrival(
        packet=packet,
        steps=[*steps, step],
        carriage=Carriage(
            way=Way.TRANSIT_GATEWAY, gateways=hop.gateways, attachments=(hop.source_attachment, attachment_id)
        ),
        vpc_id=vpc_id,
    )


def _cross_peering(
    snapshot: Snapshot, packet: Packet, steps: list[Step], hop: _Hop, attachment_id: str
) -> Arrival:
    """TGW-09: over a gateway peering into the other gateway's table for that peering attachment."""
    peering = snapshot.facts.transit_gateway_peering_attachments.get(attachment_id)
    at = At(packet.leg, ATTACHMENT, attachment_id, "TGW-09")
    if peering is None:
        missing = missing_resource("ec2.describe_transit_gateway_peering_attachments", attachment_id)
        return unclear(
            packet, *steps, at.unknown(f"gateway peering {attachment_id} is not in the source", [missing])
        )
    sides = (peering.requester_tgw_info.transit_gateway_id, peering.accepter_tgw_info.transit_gateway_id)
    other = next((side for side in sides if side and side != hop.gateway_id), None)
    steps = [
        *steps,
        _state_step(snapshot, packet, attachment_id, peering.state, "TransitGatewayPeeringAttachment"),
    ]
    if other is None or hop.gateway_id not in sides:
        missing = missing_field("TransitGatewayPeeringAttachment", "TgwInfo.TransitGatewayId", attachment_id)
        return unclear(packet, *steps, at.unknown(f"the far side of {attachment_id} is not known", [missing]))
    if other in hop.gateways:
        text = f"the gateways send {packet.destination} in a circle: {' -> '.join((*hop.gateways, other))}"
        return nowhere(packet, *steps, at.fails(Reason.TGW_RTB_CANNOT_ROUTE, text))
    steps.append(_gateway_step(snapshot, packet, other))
    onward = _Hop(
        gateway_id=other,
        attachment_id=attachment_id,
        gateways=(*hop.gateways, other),
        source_attachment=hop.source_attachment,
        expected_vpc=hop.expected_vpc,
    )
    return _route(snapshot, packet, steps, onward)


def delivering_subnets(snapshot: Snapshot, arrival: Arrival, sender: End) -> tuple[str, ...]:
    """The attachment subnets of which one delivers the packet to its VPC.

    Without appliance mode a gateway keeps the packet in the zone that it came from, where the attachment has a
    subnet there; else any of them may deliver (TGW-08).
    """
    subnets = arrival.attachment_subnets
    attachment_id = arrival.carriage.attachments[-1] if arrival.carriage.attachments else ""
    attachment = snapshot.facts.transit_gateway_vpc_attachments.get(attachment_id)
    options = attachment.options if attachment else UNSET
    is_appliance = options is not UNSET and options.appliance_mode_support == "enable"
    if is_appliance or len(arrival.carriage.gateways) > 1 or not sender.subnet_id or len(subnets) < 2:
        return subnets
    zone = zone_of_subnet(snapshot, sender.subnet_id)
    in_zone = tuple(each for each in subnets if zone.same_as(zone_of_subnet(snapshot, each)))
    return in_zone or subnets

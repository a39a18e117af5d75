"""Transit gateways: from a subnet through attachments and gateway tables to another VPC (TGW-01 to TGW-09)."""

import msgspec

from narrowgate.engine.network.arrival import Arrival, nowhere, unclear
from narrowgate.engine.network.flow import Packet
from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.network_acls import check_acl
from narrowgate.engine.network.references import Carriage, Way
from narrowgate.engine.network.steps import At, missing_field, missing_resource, not_modelled
from narrowgate.engine.network.transit_gateway_attachments import (
    ATTACHMENT,
    TABLE,
    attachments,
    entry,
    family_steps,
    gateway_step,
    no_attachment,
    state_step,
)
from narrowgate.engine.network.transit_gateway_routes import (
    associated_table,
    look_up,
    missing_state,
)
from narrowgate.engine.network.transit_gateway_table import GatewayLookup, GatewayRoute
from narrowgate.engine.network.vpcs import holds_address, owner_of_vpc, zone_of_subnet
from narrowgate.model.answer import Missing, Step, Verdict
from narrowgate.model.fact import UNSET
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot


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
    steps = [gateway_step(snapshot, packet, gateway_id)]
    vpc_id = sender.vpc_id or ""
    attachment = attachments(snapshot).get((gateway_id, vpc_id))
    if attachment is None:
        steps.append(no_attachment(snapshot, packet, gateway_id, vpc_id))
        stopped = steps[-1].verdict is Verdict.DENIED
        return nowhere(packet, *steps) if stopped else unclear(packet, *steps)
    own_id = attachment.transit_gateway_attachment_id
    steps.append(state_step(snapshot, packet, own_id, attachment.state, "TransitGatewayVpcAttachment"))
    steps += family_steps(snapshot, packet, attachment)
    zone_step, entry_subnets = entry(snapshot, packet, sender, attachment)
    steps.append(zone_step)
    if len(entry_subnets) == 1:
        # ACL-10: the gateway's subnet tests what comes in from the VPC; where it is the sender's own subnet, the
        # sender's address must be admitted by that subnet's inbound rules all the same.
        step, ports = check_acl(snapshot, packet, entry_subnets[0], is_egress=False, rule="ACL-10")
        steps.append(step)
        packet = packet.with_ports(ports)
    hop = _Hop(
        gateway_id=gateway_id,
        attachment_id=own_id,
        gateways=(gateway_id,),
        source_attachment=own_id,
        expected_vpc=expected_vpc,
    )
    return _route(snapshot, packet, steps, hop)


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
        state_step(snapshot, packet, attachment_id, attachment.state, "TransitGatewayVpcAttachment"),
        *family_steps(snapshot, packet, attachment),
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
            state_step(snapshot, packet, attachment_id, generic.state, "TransitGatewayAttachment"),
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
        state_step(snapshot, packet, attachment_id, peering.state, "TransitGatewayPeeringAttachment"),
    ]
    if other is None or hop.gateway_id not in sides:
        missing = missing_field("TransitGatewayPeeringAttachment", "TgwInfo.TransitGatewayId", attachment_id)
        return unclear(packet, *steps, at.unknown(f"the far side of {attachment_id} is not known", [missing]))
    if other in hop.gateways:
        text = f"the gateways send {packet.destination} in a circle: {' -> '.join((*hop.gateways, other))}"
        return nowhere(packet, *steps, at.fails(Reason.TGW_RTB_CANNOT_ROUTE, text))
    steps.append(gateway_step(snapshot, packet, other))
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

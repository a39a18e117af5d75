"""Whether a path carries security group identities, so that a rule may name a group (SG-05, SG-09, PCX-10)."""

from enum import Enum

import msgspec

from narrowgate.engine.network.flow_ends import End
from narrowgate.engine.network.steps import missing_field
from narrowgate.engine.network.vpcs import owner_of_vpc, zone_of_subnet
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UNSET
from narrowgate.model.filters import UserIdGroupPair
from narrowgate.model.snapshot import Snapshot

_ZONES_WITHOUT_REFERENCES = frozenset({"use1-az3"})
_REGION_OF_THAT_ZONE = "us-east-1"


class Way(Enum):
    """How a packet gets from its sender's subnet to its destination."""

    SAME_SUBNET = "same subnet"
    LOCAL = "local"
    PEERING = "peering"
    TRANSIT_GATEWAY = "transit gateway"
    INTERNET = "internet"
    GATEWAY_ENDPOINT = "gateway endpoint"
    UNKNOWN = "unknown"
    NOWHERE = "nowhere"


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """What a packet went through: the peering or the gateways with their attachments, in order."""

    way: Way
    connection: str | None = None
    """The peering, or the gateway to the Internet."""

    gateways: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()


class Carried(Enum):
    """Whether the path lets a rule match the group that the other end is in."""

    YES = "yes"
    NO = "no"
    SWITCHED_OFF = "switched off"


def carries_reference(
    snapshot: Snapshot, pair: UserIdGroupPair, subject: End, peer: End, is_egress: bool, carriage: Carriage
) -> Carried | Missing:
    """Judge a reference whose group the peer is known to carry.

    Args:
        snapshot: the estate.
        pair: the reference in the rule.
        subject: the end whose rule it is.
        peer: the end that is in the group.
        is_egress: whether the rule lets out.
        carriage: how the packet travels.
    """
    if subject.vpc_id == peer.vpc_id and carriage.way is not Way.INTERNET:
        return Carried.YES
    if carriage.way is Way.PEERING:
        return _over_peering(snapshot, pair, subject, peer, is_egress, carriage)
    if carriage.way is Way.TRANSIT_GATEWAY:
        return _over_gateway(snapshot, subject, peer, is_egress, carriage)
    if carriage.way is Way.INTERNET:
        return Carried.NO
    named = pair.group_id or pair.group_name
    return Missing(fact="the way the packet takes", resource=named, why="decides whether groups are carried")


def _over_peering(
    snapshot: Snapshot, pair: UserIdGroupPair, subject: End, peer: End, is_egress: bool, carriage: Carriage
) -> Carried | Missing:
    ours, theirs = owner_of_vpc(snapshot, subject.vpc_id)[1], owner_of_vpc(snapshot, peer.vpc_id)[1]
    if ours is None or theirs is None:
        return Missing(fact="VpcPeeringConnection.Region", resource=carriage.connection)
    if ours != theirs:
        # PCX-10: references work inside one Region only; other Regions need address ranges.
        return Carried.NO
    is_same_connection = pair.vpc_peering_connection_id in (None, carriage.connection)
    if is_same_connection and pair.peering_status not in (None, "active"):
        # The connection that the packet crosses is active, so a stale mark on it contradicts that.
        return Missing(
            fact="UserIdGroupPair.PeeringStatus", resource=pair.group_id, why="contradicts the active peering"
        )
    endpoint = peer if is_egress else subject
    if endpoint.interface and endpoint.interface.vpc_endpoint_id:
        # SG-09: AWS documents neither that this works nor that it does not.
        return Missing(
            fact="SG-09: a peer VPC's group in a rule about an interface endpoint",
            resource=pair.group_id,
            why="AWS does not document whether it matches",
        )
    return Carried.YES


def _over_gateway(
    snapshot: Snapshot, subject: End, peer: End, is_egress: bool, carriage: Carriage
) -> Carried | Missing:
    if is_egress or len(carriage.gateways) > 1:
        # SG-09: inbound rules only, and never across peered gateways (TGW-07).
        return Carried.NO
    if subject.interface and subject.interface.vpc_endpoint_id:
        return Carried.NO
    zones = {end.label: zone_of_subnet(snapshot, end.subnet_id or "")[0] for end in (subject, peer)}
    if any(zone in _ZONES_WITHOUT_REFERENCES for zone in zones.values()):
        return Carried.NO
    if owner_of_vpc(snapshot, subject.vpc_id)[1] in (None, _REGION_OF_THAT_ZONE):
        unplaced = next((label for label, zone in zones.items() if zone is None), None)
        if unplaced:
            return missing_field("Subnet", "AvailabilityZoneId", unplaced)
    switches = [_gateway_switch(snapshot, gateway) for gateway in carriage.gateways]
    switches += [_attachment_switch(snapshot, attachment) for attachment in carriage.attachments]
    if any(switch is False for switch in switches):
        return Carried.SWITCHED_OFF
    missing = next((switch for switch in switches if isinstance(switch, Missing)), None)
    return missing or Carried.YES


def _gateway_switch(snapshot: Snapshot, gateway_id: str) -> bool | Missing:
    """TGW-07: off by default on the gateway."""
    gateway = snapshot.facts.transit_gateways.get(gateway_id)
    setting = gateway.options.security_group_referencing_support if gateway else None
    if setting is not None:
        return setting == "enable"
    if gateway is not None and snapshot.assume_complete:
        return False
    return missing_field("TransitGateway", "Options.SecurityGroupReferencingSupport", gateway_id)


def _attachment_switch(snapshot: Snapshot, attachment_id: str) -> bool | Missing:
    """TGW-07: on by default on a VPC attachment."""
    attachment = snapshot.facts.transit_gateway_vpc_attachments.get(attachment_id)
    options = attachment.options if attachment else UNSET
    setting = options.security_group_referencing_support if options is not UNSET else None
    if setting is not None:
        return setting == "enable"
    if attachment is not None and snapshot.assume_complete:
        return True
    return missing_field("TransitGatewayVpcAttachment", "Options.SecurityGroupReferencingSupport", attachment_id)

"""Which VPCs share EC2 names with a VPC: peerings and gateways with DNS support (PEER-DNS-*, TGW-DNS-01)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from narrowgate.engine.dns.dns_attributes import both_attributes
from narrowgate.engine.network.vpcs import missing_of_vpc
from narrowgate.model.answer import Missing
from narrowgate.model.fact import UnsetType
from narrowgate.model.routing import PeeringVpcInfo, VpcPeeringConnection
from narrowgate.model.snapshot import Snapshot, index, keyed_index
from narrowgate.model.transit import TransitGatewayVpcAttachment

Known = bool | Missing
"""True, false, or the fact that would tell."""

_PEERING_LIST = "ec2.describe_vpc_peering_connections"
_ATTACHMENT_LIST = "ec2.describe_transit_gateway_vpc_attachments"


class Connection(NamedTuple):
    """A way from one VPC to another; `has_dns` says whether EC2 names of `vpc_id` turn private over it."""

    vpc_id: str
    region: str | None
    via: str
    is_up: Known
    has_dns: Known
    is_gateway: bool


@index
def _peerings_by_vpc(snapshot: Snapshot) -> dict[str, tuple[VpcPeeringConnection, ...]]:
    found: dict[str, list[VpcPeeringConnection]] = {}
    for connection in snapshot.facts.vpc_peering_connections.values():
        for side in (connection.requester_vpc_info, connection.accepter_vpc_info):
            if side.vpc_id:
                found.setdefault(side.vpc_id, []).append(connection)
    return {vpc_id: tuple(connections) for vpc_id, connections in found.items()}


@index
def _attachments_by_gateway(snapshot: Snapshot) -> dict[str, tuple[TransitGatewayVpcAttachment, ...]]:
    found: dict[str, list[TransitGatewayVpcAttachment]] = {}
    for attachment in snapshot.facts.transit_gateway_vpc_attachments.values():
        found.setdefault(attachment.transit_gateway_id, []).append(attachment)
    return {gateway: tuple(attachments) for gateway, attachments in found.items()}


@index
def _gateways_by_vpc(snapshot: Snapshot) -> dict[str, tuple[TransitGatewayVpcAttachment, ...]]:
    found: dict[str, list[TransitGatewayVpcAttachment]] = {}
    for attachment in snapshot.facts.transit_gateway_vpc_attachments.values():
        found.setdefault(attachment.vpc_id, []).append(attachment)
    return {vpc_id: tuple(attachments) for vpc_id, attachments in found.items()}


def peerings_of(snapshot: Snapshot, vpc_id: str) -> tuple[VpcPeeringConnection, ...]:
    """The peering connections of a VPC, in any state."""
    return _peerings_by_vpc(snapshot).get(vpc_id, ())


@keyed_index
def connections_of(snapshot: Snapshot, vpc_id: str) -> tuple[Connection, ...]:
    """Every VPC that a peering or a transit gateway connects to this one, unless it is certainly down."""
    found = (*_peered(snapshot, vpc_id), *_attached(snapshot, vpc_id))
    return tuple(each for each in found if each.is_up is not False)


def missing_connections(snapshot: Snapshot, vpc_id: str) -> tuple[Missing, ...]:
    """Lists that would tell of further connections of a VPC and were not collected."""
    gaps = (missing_of_vpc(snapshot, operation, vpc_id) for operation in (_PEERING_LIST, _ATTACHMENT_LIST))
    return tuple(gap for gap in gaps if gap is not None)


def _all(values: Iterable[Known]) -> Known:
    """Whether all hold: one that does not decides, else one that nobody knows."""
    seen = tuple(values)
    if any(value is False for value in seen):
        return False
    return next((value for value in seen if isinstance(value, Missing)), True)


def _peered(snapshot: Snapshot, vpc_id: str) -> Iterator[Connection]:
    for connection in peerings_of(snapshot, vpc_id):
        side = connection.other_side(vpc_id)
        if side is None or side.vpc_id is None:
            continue
        own = connection.vpc_peering_connection_id
        code = connection.status.code
        unset = isinstance(code, UnsetType) or "Status" in snapshot.contradictions.get(own, ())
        is_up: Known = Missing(fact="VpcPeeringConnection.Status", resource=own) if unset else code == "active"
        has_dns = _all(
            (
                is_up,
                # PEER-DNS-03: the flag stands on the side whose hostnames are asked for.
                _allows_resolution(side, own),
                both_attributes(snapshot, vpc_id),
                both_attributes(snapshot, side.vpc_id),
            )
        )
        region = side.region or snapshot.region_of(side.vpc_id)
        yield Connection(side.vpc_id, region, own, is_up, has_dns, False)


def _allows_resolution(side: PeeringVpcInfo, connection_id: str) -> Known:
    options = side.peering_options
    allowed = options.allow_dns_resolution_from_remote_vpc if options else None
    if allowed is None or isinstance(allowed, UnsetType):
        return Missing(fact="PeeringOptions.AllowDnsResolutionFromRemoteVpc", resource=connection_id)
    return allowed


def _attached(snapshot: Snapshot, vpc_id: str) -> Iterator[Connection]:
    for own in _gateways_by_vpc(snapshot).get(vpc_id, ()):
        behind = _behind_gateway(snapshot, (own.transit_gateway_id, _is_available(own), _attachment_dns(own)))
        yield from (each for each in behind if each.vpc_id != vpc_id)


@keyed_index
def _behind_gateway(snapshot: Snapshot, key: tuple[str, Known, Known]) -> tuple[Connection, ...]:
    """Every VPC behind a gateway, as one sees it whose own attachment is up and has DNS support so."""
    gateway, is_up, has_dns = key
    found = []
    for other in _attachments_by_gateway(snapshot)[gateway]:
        both = _all((is_up, _is_available(other)))
        names = _all((both, _gateway_dns(snapshot, gateway), has_dns, _attachment_dns(other)))
        found.append(Connection(other.vpc_id, snapshot.region_of(other.vpc_id), gateway, both, names, True))
    return tuple(found)


def _is_available(attachment: TransitGatewayVpcAttachment) -> Known:
    if isinstance(attachment.state, UnsetType):
        own = attachment.transit_gateway_attachment_id
        return Missing(fact="TransitGatewayVpcAttachment.State", resource=own)
    return attachment.state == "available"


def _gateway_dns(snapshot: Snapshot, gateway_id: str) -> Known:
    gateway = snapshot.facts.transit_gateways.get(gateway_id)
    if gateway is None or gateway.options.dns_support is None:
        return Missing(fact="TransitGateway.Options.DnsSupport", resource=gateway_id)
    return gateway.options.dns_support == "enable"


def _attachment_dns(attachment: TransitGatewayVpcAttachment) -> Known:
    options = attachment.options
    if isinstance(options, UnsetType) or options.dns_support is None:
        own = attachment.transit_gateway_attachment_id
        return Missing(fact="TransitGatewayVpcAttachment.Options.DnsSupport", resource=own)
    return options.dns_support == "enable"

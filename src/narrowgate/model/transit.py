"""Transit gateways: attachments, route tables, associations, propagations, routes (EC2 API names)."""

from narrowgate.model.fact import UNSET, CidrText, Fact, Tag, UnsetType


class TransitGatewayOptions(Fact, frozen=True, kw_only=True):
    """Options that change a verdict."""

    dns_support: str | None = None
    security_group_referencing_support: str | None = None
    association_default_route_table_id: str | None = None
    propagation_default_route_table_id: str | None = None
    default_route_table_association: str | None = None
    default_route_table_propagation: str | None = None


class TransitGateway(Fact, frozen=True, kw_only=True):
    """`ec2.describe_transit_gateways`."""

    transit_gateway_id: str
    owner_id: str | None = None
    state: str | UnsetType = UNSET
    options: TransitGatewayOptions = TransitGatewayOptions()
    tags: tuple[Tag, ...] = ()


class AttachmentAssociation(Fact, frozen=True, kw_only=True):
    """The route table that an attachment is associated with, as attachments tell it."""

    state: str | None = None
    transit_gateway_route_table_id: str | None = None


class TransitGatewayAttachment(Fact, frozen=True, kw_only=True):
    """`ec2.describe_transit_gateway_attachments`: attachments of every kind."""

    transit_gateway_attachment_id: str
    transit_gateway_id: str | None = None
    transit_gateway_owner_id: str | None = None
    resource_owner_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    state: str | UnsetType = UNSET
    association: AttachmentAssociation | None = None
    tags: tuple[Tag, ...] = ()


class VpcAttachmentOptions(Fact, frozen=True, kw_only=True):
    """Options of a VPC attachment."""

    dns_support: str | None = None
    security_group_referencing_support: str | None = None
    ipv6_support: str | None = None
    appliance_mode_support: str | None = None


class TransitGatewayVpcAttachment(Fact, frozen=True, kw_only=True):
    """`ec2.describe_transit_gateway_vpc_attachments`: adds the subnets, hence the AZs (TGW-02)."""

    transit_gateway_attachment_id: str
    transit_gateway_id: str
    vpc_id: str
    vpc_owner_id: str | None = None
    state: str | UnsetType = UNSET
    subnet_ids: tuple[str, ...] | UnsetType = UNSET
    options: VpcAttachmentOptions | UnsetType = UNSET
    tags: tuple[Tag, ...] = ()


class PeeringTgwInfo(Fact, frozen=True, kw_only=True):
    """One side of a gateway peering."""

    transit_gateway_id: str | None = None
    owner_id: str | None = None
    region: str | None = None


class TransitGatewayPeeringAttachment(Fact, frozen=True, kw_only=True):
    """`ec2.describe_transit_gateway_peering_attachments` (TGW-09)."""

    transit_gateway_attachment_id: str
    requester_tgw_info: PeeringTgwInfo = PeeringTgwInfo()
    accepter_tgw_info: PeeringTgwInfo = PeeringTgwInfo()
    state: str | UnsetType = UNSET
    tags: tuple[Tag, ...] = ()


class TransitGatewayRouteTable(Fact, frozen=True, kw_only=True):
    """`ec2.describe_transit_gateway_route_tables`."""

    transit_gateway_route_table_id: str
    transit_gateway_id: str | None = None
    state: str | UnsetType = UNSET
    default_association_route_table: bool = False
    default_propagation_route_table: bool = False
    tags: tuple[Tag, ...] = ()


class TransitGatewayRouteTableAssociation(Fact, frozen=True, kw_only=True):
    """`ec2.get_transit_gateway_route_table_associations`, an element of `Associations`."""

    transit_gateway_attachment_id: str
    resource_id: str | None = None
    resource_type: str | None = None
    state: str | UnsetType = UNSET


class TransitGatewayRouteTablePropagation(Fact, frozen=True, kw_only=True):
    """`ec2.get_transit_gateway_route_table_propagations`, an element of its list."""

    transit_gateway_attachment_id: str
    resource_id: str | None = None
    resource_type: str | None = None
    state: str | UnsetType = UNSET


class TransitGatewayRouteAttachment(Fact, frozen=True, kw_only=True):
    """A target of a gateway route."""

    transit_gateway_attachment_id: str
    resource_id: str | None = None
    resource_type: str | None = None


class TransitGatewayRoute(Fact, frozen=True, kw_only=True):
    """`ec2.search_transit_gateway_routes`, an element of `Routes`."""

    destination_cidr_block: CidrText | None = None
    prefix_list_id: str | None = None
    type: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    transit_gateway_attachments: tuple[TransitGatewayRouteAttachment, ...] = ()

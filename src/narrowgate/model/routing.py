"""Route tables and the gateways and peerings that routes name (EC2 API names)."""

from narrowgate.model.fact import UNSET, AddressText, CidrText, Fact, Tag, UnsetType


class Route(Fact, frozen=True, kw_only=True):
    """One route; exactly one target field is set."""

    destination_cidr_block: CidrText | None = None
    destination_ipv6_cidr_block: CidrText | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    nat_gateway_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    vpc_peering_connection_id: str | None = None
    transit_gateway_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    local_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    core_network_arn: str | None = None
    origin: str = "CreateRoute"
    state: str | UnsetType = UNSET


class AssociationState(Fact, frozen=True, kw_only=True):
    """State of a route table's association."""

    state: str = "associated"


class RouteTableAssociation(Fact, frozen=True, kw_only=True):
    """A table's subnet, gateway, or its being the main one."""

    main: bool = False
    subnet_id: str | None = None
    gateway_id: str | None = None
    route_table_association_id: str | None = None
    association_state: AssociationState = AssociationState()


class PropagatingVgw(Fact, frozen=True, kw_only=True):
    """A virtual private gateway that writes routes into a table."""

    gateway_id: str


class RouteTable(Fact, frozen=True, kw_only=True):
    """`ec2.describe_route_tables`."""

    route_table_id: str
    vpc_id: str
    routes: tuple[Route, ...] | UnsetType = UNSET
    associations: tuple[RouteTableAssociation, ...] | UnsetType = UNSET
    propagating_vgws: tuple[PropagatingVgw, ...] = ()
    owner_id: str | None = None
    tags: tuple[Tag, ...] = ()


class PeeringStatus(Fact, frozen=True, kw_only=True):
    """`Code`: pending-acceptance, active…."""

    code: str | UnsetType = UNSET
    message: str = ""


class PeeringOptions(Fact, frozen=True, kw_only=True):
    """The DNS option of one side (PEER-DNS-01)."""

    allow_dns_resolution_from_remote_vpc: bool | UnsetType = UNSET


class PeeringCidr(Fact, frozen=True, kw_only=True):
    """An IPv4 block of a side."""

    cidr_block: CidrText


class PeeringIpv6Cidr(Fact, frozen=True, kw_only=True):
    """An IPv6 block of a side."""

    ipv6_cidr_block: CidrText


class PeeringVpcInfo(Fact, frozen=True, kw_only=True):
    """One side of a peering."""

    vpc_id: str | None = None
    owner_id: str | None = None
    region: str | None = None
    cidr_block: CidrText | None = None
    cidr_block_set: tuple[PeeringCidr, ...] = ()
    ipv6_cidr_block_set: tuple[PeeringIpv6Cidr, ...] = ()
    peering_options: PeeringOptions | None = None


class VpcPeeringConnection(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpc_peering_connections`."""

    vpc_peering_connection_id: str
    requester_vpc_info: PeeringVpcInfo = PeeringVpcInfo()
    accepter_vpc_info: PeeringVpcInfo = PeeringVpcInfo()
    status: PeeringStatus = PeeringStatus()
    tags: tuple[Tag, ...] = ()

    def other_side(self, vpc_id: str) -> PeeringVpcInfo | None:
        """The side facing `vpc_id`; None where that VPC is not a part of the connection."""
        if self.requester_vpc_info.vpc_id == vpc_id:
            return self.accepter_vpc_info
        if self.accepter_vpc_info.vpc_id == vpc_id:
            return self.requester_vpc_info
        return None


class GatewayAttachment(Fact, frozen=True, kw_only=True):
    """A gateway's VPC."""

    vpc_id: str
    state: str = "available"


class InternetGateway(Fact, frozen=True, kw_only=True):
    """`ec2.describe_internet_gateways`."""

    internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...] = ()
    owner_id: str | None = None
    tags: tuple[Tag, ...] = ()


class EgressOnlyInternetGateway(Fact, frozen=True, kw_only=True):
    """`ec2.describe_egress_only_internet_gateways`."""

    egress_only_internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...] = ()
    tags: tuple[Tag, ...] = ()


class NatGatewayAddress(Fact, frozen=True, kw_only=True):
    """An address of a NAT gateway."""

    private_ip: AddressText | None = None
    public_ip: str | None = None
    network_interface_id: str | None = None


class NatGateway(Fact, frozen=True, kw_only=True):
    """`ec2.describe_nat_gateways`."""

    nat_gateway_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    state: str | UnsetType = UNSET
    connectivity_type: str = "public"
    nat_gateway_addresses: tuple[NatGatewayAddress, ...] = ()
    tags: tuple[Tag, ...] = ()


class VpnGateway(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpn_gateways`."""

    vpn_gateway_id: str
    state: str = "available"
    vpc_attachments: tuple[GatewayAttachment, ...] = ()
    tags: tuple[Tag, ...] = ()


class VpnConnection(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpn_connections`; tunnel secrets are never read."""

    vpn_connection_id: str
    vpn_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    state: str = "available"

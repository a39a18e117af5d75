"""VPCs, subnets, DHCP options, interfaces, instances: what has an address (EC2 API names)."""

from narrowgate.model.fact import UNSET, AddressText, CidrText, Fact, Tag, UnsetType


class CidrState(Fact, frozen=True, kw_only=True):
    """State of a block's association."""

    state: str = "associated"


class CidrBlockAssociation(Fact, frozen=True, kw_only=True):
    """An IPv4 block of a VPC, primary or secondary; a disassociated one no longer counts."""

    cidr_block: CidrText
    association_id: str | None = None
    cidr_block_state: CidrState = CidrState()


class Ipv6CidrBlockAssociation(Fact, frozen=True, kw_only=True):
    """An IPv6 block of a VPC or subnet."""

    ipv6_cidr_block: CidrText
    association_id: str | None = None
    ipv6_cidr_block_state: CidrState = CidrState()


class Vpc(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpcs`."""

    vpc_id: str
    cidr_block: CidrText | UnsetType = UNSET
    owner_id: str | None = None
    dhcp_options_id: str | UnsetType = UNSET
    cidr_block_association_set: tuple[CidrBlockAssociation, ...] = ()
    ipv6_cidr_block_association_set: tuple[Ipv6CidrBlockAssociation, ...] = ()
    is_default: bool = False
    instance_tenancy: str = "default"
    state: str = "available"
    tags: tuple[Tag, ...] = ()


class AttributeValue(Fact, frozen=True, kw_only=True):
    """A boolean attribute wrapped as EC2 does."""

    value: bool | UnsetType = UNSET


class VpcAttribute(Fact, frozen=True, kw_only=True):
    """`ec2.describe_vpc_attribute`: one response carries one attribute."""

    vpc_id: str | None = None
    enable_dns_support: AttributeValue | None = None
    enable_dns_hostnames: AttributeValue | None = None
    enable_network_address_usage_metrics: AttributeValue | None = None


class DhcpValue(Fact, frozen=True, kw_only=True):
    """One value of a DHCP option."""

    value: str


class DhcpConfiguration(Fact, frozen=True, kw_only=True):
    """One DHCP option, such as `domain-name-servers`."""

    key: str
    values: tuple[DhcpValue, ...] = ()


class DhcpOptions(Fact, frozen=True, kw_only=True):
    """`ec2.describe_dhcp_options`."""

    dhcp_options_id: str
    dhcp_configurations: tuple[DhcpConfiguration, ...] | UnsetType = UNSET
    owner_id: str | None = None
    tags: tuple[Tag, ...] = ()


class Subnet(Fact, frozen=True, kw_only=True):
    """`ec2.describe_subnets`."""

    subnet_id: str
    vpc_id: str
    cidr_block: CidrText | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    owner_id: str | None = None
    ipv6_cidr_block_association_set: tuple[Ipv6CidrBlockAssociation, ...] = ()
    ipv6_native: bool = False
    map_public_ip_on_launch: bool = False
    state: str = "available"
    subnet_arn: str | None = None
    tags: tuple[Tag, ...] = ()


class AvailabilityZone(Fact, frozen=True, kw_only=True):
    """`ec2.describe_availability_zones`: names differ between accounts, ids do not (SHR-01)."""

    zone_name: str
    zone_id: str | None = None
    region_name: str | None = None
    state: str = "available"


class GroupIdentifier(Fact, frozen=True, kw_only=True):
    """A security group as an interface names it."""

    group_id: str
    group_name: str | None = None


class NetworkInterfaceAssociation(Fact, frozen=True, kw_only=True):
    """The public address of an interface."""

    public_ip: str | None = None
    public_dns_name: str | None = None
    ip_owner_id: str | None = None


class PrivateIpAddress(Fact, frozen=True, kw_only=True):
    """A private IPv4 address of an interface."""

    private_ip_address: AddressText
    primary: bool = False
    private_dns_name: str | None = None
    association: NetworkInterfaceAssociation | None = None


class Ipv6Address(Fact, frozen=True, kw_only=True):
    """An IPv6 address of an interface."""

    ipv6_address: AddressText


class NetworkInterfaceAttachment(Fact, frozen=True, kw_only=True):
    """What an interface is attached to."""

    attachment_id: str | None = None
    instance_id: str | None = None
    instance_owner_id: str | None = None
    device_index: int | None = None
    status: str | None = None


class NetworkInterface(Fact, frozen=True, kw_only=True):
    """`ec2.describe_network_interfaces`."""

    network_interface_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    private_ip_address: AddressText | None = None
    private_ip_addresses: tuple[PrivateIpAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    groups: tuple[GroupIdentifier, ...] | UnsetType = UNSET
    interface_type: str = "interface"
    description: str = ""
    status: str = "in-use"
    source_dest_check: bool | UnsetType = UNSET
    requester_managed: bool = False
    requester_id: str | None = None
    owner_id: str | None = None
    association: NetworkInterfaceAssociation | None = None
    attachment: NetworkInterfaceAttachment | None = None
    private_dns_name: str | None = None
    tag_set: tuple[Tag, ...] = ()


class InstanceNetworkInterface(Fact, frozen=True, kw_only=True):
    """An interface as its instance names it."""

    network_interface_id: str
    private_ip_address: AddressText | None = None
    groups: tuple[GroupIdentifier, ...] = ()


class InstanceState(Fact, frozen=True, kw_only=True):
    """Running, stopped…."""

    name: str = "running"


class Instance(Fact, frozen=True, kw_only=True):
    """`ec2.describe_instances`, inside `Reservations`."""

    instance_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    private_ip_address: AddressText | None = None
    public_dns_name: str | None = None
    public_ip_address: str | None = None
    private_dns_name: str | None = None
    platform: str | None = None
    platform_details: str | None = None
    network_interfaces: tuple[InstanceNetworkInterface, ...] = ()
    security_groups: tuple[GroupIdentifier, ...] = ()
    state: InstanceState = InstanceState()
    tags: tuple[Tag, ...] = ()


class Reservation(Fact, frozen=True, kw_only=True):
    """The envelope of instances."""

    instances: tuple[Instance, ...] = ()
    owner_id: str | None = None


class LambdaVpcConfig(Fact, frozen=True, kw_only=True):
    """Where a function's interfaces are."""

    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    vpc_id: str | None = None


class LambdaFunction(Fact, frozen=True, kw_only=True):
    """`lambda.list_functions`; environment values are never read."""

    function_name: str
    function_arn: str
    vpc_config: LambdaVpcConfig | None = None
    role: str | None = None

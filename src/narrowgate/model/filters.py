"""Security groups, network ACLs and prefix lists: what admits a packet (EC2 API names)."""

from typing import Literal

import msgspec

from narrowgate.model.fact import UNSET, CidrText, Fact, ProtocolText, Tag, UnsetType


class IpRange(Fact, frozen=True, kw_only=True):
    """An IPv4 range of a group's rule."""

    cidr_ip: CidrText
    description: str = ""


class Ipv6Range(Fact, frozen=True, kw_only=True):
    """An IPv6 range of a group's rule."""

    cidr_ipv6: CidrText
    description: str = ""


class UserIdGroupPair(Fact, frozen=True, kw_only=True):
    """A referenced group; over a peering with its account and connection (SG-05, PCX-10)."""

    group_id: str | None = None
    group_name: str | None = None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None
    description: str = ""


class PrefixListReference(Fact, frozen=True, kw_only=True):
    """A prefix list in a group's rule (SG-04)."""

    prefix_list_id: str
    description: str = ""


class IpPermission(Fact, frozen=True, kw_only=True):
    """One permission: protocol, ports, and every peer it is given to."""

    ip_protocol: ProtocolText
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    prefix_list_ids: tuple[PrefixListReference, ...] = ()
    user_id_group_pairs: tuple[UserIdGroupPair, ...] = ()


class SecurityGroup(Fact, frozen=True, kw_only=True):
    """`ec2.describe_security_groups`."""

    group_id: str
    group_name: str = ""
    description: str = ""
    vpc_id: str | None = None
    owner_id: str | None = None
    ip_permissions: tuple[IpPermission, ...] | UnsetType = UNSET
    ip_permissions_egress: tuple[IpPermission, ...] | UnsetType = UNSET
    tags: tuple[Tag, ...] = ()


class SecurityGroupVpcAssociation(Fact, frozen=True, kw_only=True):
    """`ec2.describe_security_group_vpc_associations`: a group used in a further VPC of the Region (SG-11)."""

    group_id: str
    vpc_id: str
    vpc_owner_id: str | None = None
    state: str = "associated"


class AclPortRange(Fact, frozen=True, kw_only=True):
    """Ports of an ACL entry, both ends included."""

    from_port: int | None = msgspec.field(default=None, name="From")
    to_port: int | None = msgspec.field(default=None, name="To")


class IcmpTypeCode(Fact, frozen=True, kw_only=True):
    """ICMP type and code of an ACL entry."""

    type: int | None = None
    code: int | None = None


class NetworkAclEntry(Fact, frozen=True, kw_only=True):
    """One entry; the lowest number that matches decides (ACL-02)."""

    rule_number: int
    protocol: ProtocolText
    rule_action: Literal["allow", "deny"]
    egress: bool
    cidr_block: CidrText | None = None
    ipv6_cidr_block: CidrText | None = None
    port_range: AclPortRange | None = None
    icmp_type_code: IcmpTypeCode | None = None


class NetworkAclAssociation(Fact, frozen=True, kw_only=True):
    """Which subnet an ACL guards."""

    subnet_id: str
    network_acl_association_id: str | None = None
    network_acl_id: str | None = None


class NetworkAcl(Fact, frozen=True, kw_only=True):
    """`ec2.describe_network_acls`."""

    network_acl_id: str
    vpc_id: str | None = None
    is_default: bool = False
    entries: tuple[NetworkAclEntry, ...] | UnsetType = UNSET
    associations: tuple[NetworkAclAssociation, ...] | UnsetType = UNSET
    owner_id: str | None = None
    tags: tuple[Tag, ...] = ()


class ManagedPrefixList(Fact, frozen=True, kw_only=True):
    """`ec2.describe_managed_prefix_lists`."""

    prefix_list_id: str
    prefix_list_name: str = ""
    address_family: str | None = None
    max_entries: int | None = None
    version: int | None = None
    state: str | None = None
    owner_id: str | None = None


class PrefixListEntry(Fact, frozen=True, kw_only=True):
    """An entry of a prefix list, current version."""

    cidr: CidrText
    description: str = ""


class ServicePrefixList(Fact, frozen=True, kw_only=True):
    """`ec2.describe_prefix_lists`: the lists of AWS services with their ranges."""

    prefix_list_id: str
    prefix_list_name: str = ""
    cidrs: tuple[str, ...] = ()

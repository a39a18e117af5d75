"""VPCs, subnets, DHCP options and prefix lists."""

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, picked


def vpc(given: Given) -> list[Resource]:
    """`aws_vpc` and `aws_default_vpc`, which exists already and has DNS host names (DNS-05)."""
    is_default = given.instance.type == "aws_default_vpc"
    cidr = given["cidr_block"]
    if cidr is None and given.configured("ipv4_ipam_pool_id"):
        cidr = Unknown("IPAM chooses the block")
    elif cidr is None:
        cidr = Unknown("the plan does not tell the VPC's block")
    hostnames, support = given["enable_dns_hostnames"], given["enable_dns_support"]
    found = given.tagged(
        "AWS::EC2::VPC",
        {
            "CidrBlock": cidr,
            "EnableDnsSupport": True if support is None else support,
            "EnableDnsHostnames": is_default if hostnames is None else hostnames,
        },
    )
    own = given["id"]
    if given["ipv6_cidr_block"]:
        v6 = {"VpcId": own, "Ipv6CidrBlock": given["ipv6_cidr_block"]}
        found.append(given.resource("AWS::EC2::VPCCidrBlock", v6, ".ipv6"))
    elif given["assign_generated_ipv6_cidr_block"]:
        v6 = {"VpcId": own, "AmazonProvidedIpv6CidrBlock": True}
        found.append(given.resource("AWS::EC2::VPCCidrBlock", v6, ".ipv6"))
    return found


def cidr_block(given: Given) -> list[Resource]:
    """`aws_vpc_ipv4_cidr_block_association` and its IPv6 twin."""
    properties = {
        "VpcId": given["vpc_id"],
        "CidrBlock": given["cidr_block"],
        "Ipv6CidrBlock": given["ipv6_cidr_block"],
        "Ipv4IpamPoolId": given["ipv4_ipam_pool_id"],
        "AmazonProvidedIpv6CidrBlock": given["assign_generated_ipv6_cidr_block"],
    }
    return [given.resource("AWS::EC2::VPCCidrBlock", properties)]


def subnet(given: Given) -> list[Resource]:
    """`aws_subnet` and `aws_default_subnet`."""
    return given.tagged(
        "AWS::EC2::Subnet",
        {
            "VpcId": given["vpc_id"],
            "CidrBlock": given["cidr_block"],
            "Ipv6CidrBlock": given["ipv6_cidr_block"] or None,
            "Ipv6Native": given["ipv6_native"],
            "AvailabilityZone": given["availability_zone"],
            "AvailabilityZoneId": given["availability_zone_id"],
            "MapPublicIpOnLaunch": given["map_public_ip_on_launch"],
        },
    )


def dhcp_options(given: Given) -> list[Resource]:
    """`aws_vpc_dhcp_options` (DNS-07)."""
    return given.tagged(
        "AWS::EC2::DHCPOptions",
        {
            "DomainName": given["domain_name"],
            "DomainNameServers": given["domain_name_servers"],
            "NtpServers": given["ntp_servers"],
        },
    )


def dhcp_options_association(given: Given) -> list[Resource]:
    """`aws_vpc_dhcp_options_association`."""
    properties = {"VpcId": given["vpc_id"], "DhcpOptionsId": given["dhcp_options_id"]}
    return [given.resource("AWS::EC2::VPCDHCPOptionsAssociation", properties)]


def prefix_list(given: Given) -> list[Resource]:
    """`aws_ec2_managed_prefix_list` with its entries, inline or of resources of their own (NET-08)."""
    blocks = given.blocks("entry")
    entries: object = blocks
    if isinstance(blocks, list):
        entries = [picked(each, Cidr="cidr") for each in blocks]
        entries += [
            {"Cidr": each["cidr"]} for each in given.parts("aws_ec2_managed_prefix_list_entry", "prefix_list_id")
        ]
    return given.tagged(
        "AWS::EC2::PrefixList",
        {
            "PrefixListName": given["name"],
            "AddressFamily": given["address_family"],
            "MaxEntries": given["max_entries"],
            "Entries": entries,
        },
    )


def nothing(given: Given) -> list[Resource]:
    """A piece that another resource's converter takes in, or what no packet, name or policy depends on."""
    return []

"""VPCs with all that EC2 makes with them, their blocks, subnets and DHCP options."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.attributes import default_id
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.values import flag, listed, tags, text
from narrowgate.sources.synthetic.filters import allow, any_protocol, deny
from narrowgate.sources.synthetic.names import hex_id

_INTERNET_RESOLVER = "rslvr-autodefined-rr-internet-resolver"


def vpc(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPC`, with main table, default ACL, default group and DHCP options (NET-01, ACL-01, SG-02)."""
    own = declared.own_id(resource)
    blocks, blocks_v6, gap = _blocks(declared, resource, properties)
    options = [
        declared.properties(each).get("DhcpOptionsId")
        for each in declared.users("AWS::EC2::VPCDHCPOptionsAssociation", "VpcId", own)
    ]
    element: dict[str, Any] = {
        "VpcId": own,
        "OwnerId": resource.account,
        "CidrBlock": gap or blocks[0],
        "CidrBlockAssociationSet": gap or [_associated("CidrBlock", block) for block in blocks],
        "Ipv6CidrBlockAssociationSet": [_associated("Ipv6CidrBlock", block) for block in blocks_v6],
        "DhcpOptionsId": options[-1] if options else _default_options(declared, resource),
        "InstanceTenancy": text(properties, "InstanceTenancy", defaults.VPC["InstanceTenancy"]),
        "IsDefault": False,
        "State": "available",
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_vpcs", element, own)
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        value = flag(properties, name, defaults.VPC[name])
        if isinstance(value, Unknown):
            declared.note(resource, name, value)
            continue
        declared.ledger.ask(
            declared.where(resource),
            "ec2.describe_vpc_attribute",
            f"{own}/{name}",
            {"VpcId": own, "Attribute": name},
            {"VpcId": own, name: {"Value": value}},
        )
    _made_with(declared, resource, own, with_v6=bool(blocks_v6))


def _blocks(
    declared: Declared, resource: Resource, properties: Properties
) -> tuple[list[str], list[str], Unknown | None]:
    """The IPv4 and IPv6 blocks of a VPC, and why not all IPv4 blocks are known."""
    v4: list[str] = []
    v6: list[str] = []
    gap: Unknown | None = None
    first = properties.get("CidrBlock", Unknown("IPAM chooses the block"))
    if isinstance(first, str):
        v4.append(first)
    else:
        gap = first if isinstance(first, Unknown) else Unknown("the block is no text")
    for each in declared.users("AWS::EC2::VPCCidrBlock", "VpcId", declared.own_id(resource)):
        found = declared.properties(each)
        block, block_v6 = found.get("CidrBlock"), found.get("Ipv6CidrBlock")
        if isinstance(block, str):
            v4.append(block)
        elif isinstance(block, Unknown) or "Ipv4IpamPoolId" in found:
            gap = gap or (block if isinstance(block, Unknown) else Unknown("IPAM chooses the block"))
        if isinstance(block_v6, str):
            v6.append(block_v6)
        elif block is None:
            declared.warn(each, "Amazon chooses the IPv6 block: addresses in it stay unknown")
    return v4, v6, gap


def _associated(field: str, block: str) -> dict[str, Any]:
    return {field: block, f"{field}State": {"State": "associated"}}


def _default_options(declared: Declared, resource: Resource) -> str:
    """The account's default DHCP options in a Region, which hand out the VPC's own resolver (DNS-07)."""
    own = hex_id("dopt", resource.account, resource.region, "default")
    if own not in declared.ledger.by_id:
        north = resource.region == "us-east-1"
        domain = "ec2.internal" if north else f"{resource.region}.compute.internal"
        values = {"domain-name": domain, "domain-name-servers": "AmazonProvidedDNS"}
        element = {
            "DhcpOptionsId": own,
            "OwnerId": resource.account,
            "DhcpConfigurations": [{"Key": key, "Values": [{"Value": each}]} for key, each in values.items()],
            "Tags": [],
        }
        declared.ledger.add(declared.where(resource), "ec2.describe_dhcp_options", element, own)
    return own


def _made_with(declared: Declared, resource: Resource, own: str, *, with_v6: bool) -> None:
    table, acl, group = (default_id(own, prefix) for prefix in ("rtb", "acl", "sg"))
    element: dict[str, Any] = {
        "RouteTableId": table,
        "VpcId": own,
        "OwnerId": resource.account,
        "Routes": local_routes(declared, own),
        "Associations": [{"Main": True, "RouteTableId": table, "AssociationState": {"State": "associated"}}],
        "PropagatingVgws": [],
        "Tags": [],
    }
    declared.add(resource, "ec2.describe_route_tables", element, table)
    entries = [entry for egress in (True, False) for entry in _open_entries(egress, with_v6=with_v6)]
    declared.add(
        resource,
        "ec2.describe_network_acls",
        {
            "NetworkAclId": acl,
            "VpcId": own,
            "OwnerId": resource.account,
            "IsDefault": True,
            "Entries": entries,
            "Associations": [],
            "Tags": [],
        },
        acl,
    )
    inside = any_protocol(group)
    inside["UserIdGroupPairs"][0]["UserId"] = resource.account
    declared.add(
        resource,
        "ec2.describe_security_groups",
        {
            "GroupId": group,
            "GroupName": "default",
            "Description": "default VPC security group",
            "VpcId": own,
            "OwnerId": resource.account,
            "IpPermissions": [inside],
            "IpPermissionsEgress": [any_protocol(defaults.EVERYTHING_OUT)],
            "Tags": [],
        },
        group,
    )
    declared.add(
        resource,
        "route53resolver.list_resolver_rule_associations",
        {
            "Id": f"rslvr-autodefined-assoc-{own}-internet-resolver",
            "ResolverRuleId": _INTERNET_RESOLVER,
            "Name": "System Rule Association",
            "VPCId": own,
            "Status": "COMPLETE",
        },
    )


def _open_entries(egress: bool, *, with_v6: bool) -> list[dict[str, Any]]:
    entries = [allow(100, "0.0.0.0/0", egress=egress)]
    entries += [allow(101, "::/0", egress=egress)] if with_v6 else []
    return [*entries, *last_entries(egress, with_v6=with_v6)]


def last_entries(egress: bool, *, with_v6: bool) -> list[dict[str, Any]]:
    """The entries that end every ACL: what nothing else took is denied (ACL-02)."""
    last = [deny(defaults.RULE_NUMBER_LAST, "0.0.0.0/0", egress=egress)]
    return [*last, deny(defaults.RULE_NUMBER_LAST + 1, "::/0", egress=egress)] if with_v6 else last


def local_routes(declared: Declared, vpc_id: str) -> list[dict[str, Any]]:
    """The routes that stand in every table of a VPC (NET-02); none where the VPC is not in the list."""
    fact = declared.ledger.by_id.get(vpc_id, {})
    made = {"GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
    return [
        *({"DestinationCidrBlock": each["CidrBlock"]} | made for each in fact.get("CidrBlockAssociationSet", ())),
        *(
            {"DestinationIpv6CidrBlock": each["Ipv6CidrBlock"]} | made
            for each in fact.get("Ipv6CidrBlockAssociationSet", ())
        ),
    ]


def subnet(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::Subnet`."""
    call = "ec2.describe_subnets"
    vpc_id = declared.needed(resource, "VpcId", call)
    if vpc_id is None:
        return
    own = declared.own_id(resource)
    blocks_v6 = [
        block
        for each in (
            properties,
            *map(declared.properties, declared.users("AWS::EC2::SubnetCidrBlock", "SubnetId", own)),
        )
        if isinstance(block := each.get("Ipv6CidrBlock"), str)
    ]
    element = {
        "SubnetId": own,
        "VpcId": vpc_id,
        "OwnerId": resource.account,
        "CidrBlock": properties.get("CidrBlock", Unknown("IPAM chooses the block")),
        "Ipv6CidrBlockAssociationSet": [_associated("Ipv6CidrBlock", block) for block in blocks_v6],
        "Ipv6Native": flag(properties, "Ipv6Native", defaults.SUBNET["Ipv6Native"]),
        "MapPublicIpOnLaunch": flag(properties, "MapPublicIpOnLaunch", defaults.SUBNET["MapPublicIpOnLaunch"]),
        "SubnetArn": f"arn:aws:ec2:{resource.region}:{resource.account}:subnet/{own}",
        "State": "available",
        "Tags": tags(properties),
    }
    if properties.get("Ipv6Native") in (True, "true"):
        del element["CidrBlock"]
    for field in ("AvailabilityZone", "AvailabilityZoneId"):
        if field in properties:  # Else AWS chooses, and nobody needs to be told so for each subnet.
            element[field] = properties[field]
    declared.add(resource, call, element, own)
    acl = default_id(vpc_id, "acl")
    if acl in declared.ledger.by_id:
        declared.ledger.by_id[acl]["Associations"].append({"NetworkAclId": acl, "SubnetId": own})


def dhcp_options(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::DHCPOptions` (DNS-07)."""
    configurations: Any = []
    for key, field in (
        ("domain-name", "DomainName"),
        ("domain-name-servers", "DomainNameServers"),
        ("ntp-servers", "NtpServers"),
    ):
        values = properties.get(field)
        if values is None:
            continue
        values = values if isinstance(values, list) else [values]
        gap = next((each for each in values if isinstance(each, Unknown)), None)
        if gap is not None:
            declared.note(resource, field, gap)
            configurations = gap
            break
        configurations.append({"Key": key, "Values": [{"Value": str(each)} for each in values]})
    element = {
        "DhcpOptionsId": declared.own_id(resource),
        "OwnerId": resource.account,
        "DhcpConfigurations": configurations,
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_dhcp_options", element, declared.own_id(resource))


def dhcp_options_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPCDHCPOptionsAssociation`: a VPC of the list has read it; one outside stays unknown."""
    if isinstance(properties.get("VpcId"), Unknown):
        for each in declared.of_type("AWS::EC2::VPC"):
            fact = declared.ledger.by_id.get(declared.own_id(each), {})
            fact.pop("DhcpOptionsId", None)
        declared.note(resource, "VpcId", properties["VpcId"])


def vpc_cidr_block(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPCCidrBlock`: the VPC has read it; where its VPC is unknown, each VPC's blocks are."""
    if isinstance(properties.get("VpcId"), Unknown):
        declared.note(resource, "VpcId", properties["VpcId"])
        for each in declared.of_type("AWS::EC2::VPC"):
            for field in ("CidrBlock", "CidrBlockAssociationSet"):
                declared.ledger.by_id.get(declared.own_id(each), {}).pop(field, None)


def prefix_list(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::PrefixList` with its entries (NET-08)."""
    own = declared.own_id(resource)
    element = {
        "PrefixListId": own,
        "PrefixListName": text(properties, "PrefixListName", ""),
        "AddressFamily": properties.get("AddressFamily"),
        "State": "create-complete",
        "OwnerId": resource.account,
    }
    declared.add(resource, "ec2.describe_managed_prefix_lists", element, own)
    entries = listed(properties, "Entries")
    call = "ec2.get_managed_prefix_list_entries"
    gap = entries if isinstance(entries, Unknown) else None
    rows = [] if isinstance(entries, Unknown) else entries
    for each in rows:
        found = each.get("Cidr") if isinstance(each, dict) else each
        if not isinstance(found, str):
            gap = found if isinstance(found, Unknown) else Unknown("an entry has no block")
    if gap is not None:
        declared.note(resource, "Entries", gap)
        declared.withhold(resource, call, gap.why, own)
        return
    body = {"Entries": [{"Cidr": each["Cidr"], "Description": ""} for each in rows]}
    declared.ask(resource, call, own, "PrefixListId", body)

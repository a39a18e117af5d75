"""VPCs, subnets, tables, routes, groups: the EC2 side of a design."""

from typing import Any

from narrowgate.model.address import parse_cidr
from narrowgate.model.resource import Resource
from narrowgate.sources.resources.building import Building
from narrowgate.sources.synthetic.filters import any_protocol

Properties = dict[str, Any]
Rule = dict[str, Any]


def vpc(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::VPC`, with the further ranges that the list gives it."""
    further = building.users("AWS::EC2::VPCCidrBlock", "VpcId", resource.logical_id)
    own = building.estate(resource).vpc(
        properties["CidrBlock"],
        resource.logical_id,
        secondary=[each.properties["CidrBlock"] for each in further],
        dns_support=properties["EnableDnsSupport"],
        dns_hostnames=properties["EnableDnsHostnames"],
    )
    return tagged(building, own, properties)


def tagged(building: Building, own_id: str, properties: Properties) -> str:
    """Give a resource its tags in place of the builder's; its id."""
    building.ledger.by_id[own_id]["Tags"] = properties.get("Tags", [])
    return own_id


def part_of_another(building: Building, resource: Resource, properties: Properties) -> str:
    """A resource that another one's handler has taken in."""
    return resource.logical_id


def subnet(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::Subnet`."""
    letter = properties["AvailabilityZone"].removeprefix(resource.region)
    own = building.estate(resource).subnet(
        properties["VpcId"], properties["CidrBlock"], letter, resource.logical_id
    )
    return tagged(building, own, properties)


def route_table(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::RouteTable`; local routes are made with it (NET-02)."""
    own = building.estate(resource).route_table(properties["VpcId"], resource.logical_id)
    return tagged(building, own, properties)


def route_table_association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::SubnetRouteTableAssociation`."""
    building.estate(resource).use_route_table(properties["SubnetId"], properties["RouteTableId"])
    return resource.logical_id


_TARGETS = ("VpcPeeringConnectionId", "TransitGatewayId", "GatewayId", "NatGatewayId", "NetworkInterfaceId")


def route(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::Route`."""
    target = next(properties[field] for field in _TARGETS if field in properties)
    building.estate(resource).route(properties["RouteTableId"], properties["DestinationCidrBlock"], target)
    return resource.logical_id


def peering(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::VPCPeeringConnection`: failed where ranges overlap, pending until another owner accepts."""
    estate = building.estate(resource)
    one, other = (building.ledger.by_id[properties[field]] for field in ("VpcId", "PeerVpcId"))
    blocks = [[parse_cidr(each["CidrBlock"]) for each in vpc["CidrBlockAssociationSet"]] for vpc in (one, other)]
    if any(a.overlaps(b) for a in blocks[0] for b in blocks[1]):
        state = "failed"  # PCX-04
    elif (properties["PeerOwnerId"], properties["PeerRegion"]) != (resource.account, resource.region):
        state = "pending-acceptance"  # PCX-02
    else:
        state = "active"
    own = estate.peering(properties["VpcId"], properties["PeerVpcId"], resource.logical_id, state=state)
    return tagged(building, own, properties)


def peering_accepter(building: Building, resource: Resource, properties: Properties) -> str:
    """The other owner's acceptance."""
    own = properties["VpcPeeringConnectionId"]
    if building.ledger.by_id[own]["Status"]["Code"] == "pending-acceptance":
        building.estate(resource).set_peering_state(own, "active")
    return resource.logical_id


def peering_options(building: Building, resource: Resource, properties: Properties) -> str:
    """The DNS option of one side (PEER-DNS-03)."""
    side = {properties["Side"].lower(): properties["AllowDnsResolutionFromRemoteVpc"]}
    building.estate(resource).set_peering_dns(properties["VpcPeeringConnectionId"], **side)
    return resource.logical_id


def security_group(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::SecurityGroup`; without a rule out it lets everything out (SG-02)."""
    egress = properties.get("SecurityGroupEgress")
    own = building.estate(resource).security_group(
        properties["VpcId"],
        resource.logical_id,
        ingress=permissions(properties.get("SecurityGroupIngress", [])),
        egress=permissions(egress) if egress else [any_protocol("0.0.0.0/0")],
        description=properties["GroupDescription"],
    )
    return tagged(building, own, properties)


def security_group_ingress(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::SecurityGroupIngress`: one more rule of a group."""
    group = building.ledger.by_id[properties["GroupId"]]
    group["IpPermissions"] = merged([*group["IpPermissions"], *permissions([properties])])
    return resource.logical_id


def permissions(rules: list[Rule]) -> list[Rule]:
    """CloudFormation's rules as EC2 lists them: one entry a protocol and port range, with all its peers."""
    return merged([_permission(rule) for rule in rules])


def _permission(rule: Rule) -> Rule:
    element: Rule = {"IpProtocol": str(rule["IpProtocol"])}
    if "FromPort" in rule:
        element |= {"FromPort": rule["FromPort"], "ToPort": rule["ToPort"]}
    element |= {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
    if "CidrIp" in rule:
        element["IpRanges"].append({"CidrIp": rule["CidrIp"]})
    if "CidrIpv6" in rule:
        element["Ipv6Ranges"].append({"CidrIpv6": rule["CidrIpv6"]})
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    if group:
        element["UserIdGroupPairs"].append({"GroupId": group})
    return element


def merged(entries: list[Rule]) -> list[Rule]:
    """Entries of the same protocol and ports joined, as EC2 keeps them."""
    found: dict[tuple[Any, ...], Rule] = {}
    for entry in entries:
        key = (entry["IpProtocol"], entry.get("FromPort"), entry.get("ToPort"))
        if key not in found:
            found[key] = entry
            continue
        for field in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"):
            found[key][field] += [each for each in entry[field] if each not in found[key][field]]
    return list(found.values())


def on_premises(building: Building, resource: Resource, properties: Properties) -> str:
    """A network outside AWS, judged as a VPC that is joined to the gateway's VPC alone.

    What a VPN or Direct Connect does with packets is what a peering does: it carries what both sides route, and
    nothing goes on from there (PCX-08). Such a network asks public DNS, as this VPC's own resolver does.
    """
    estate = building.estate(resource)
    first, *further = properties["CidrBlocks"]
    own = estate.vpc(first, resource.logical_id, secondary=further)
    estate.resource(own)["Tags"] = [{"Key": "Name", "Value": properties["Name"]}]
    link = estate.peering(own, properties["VpcId"], f"{resource.logical_id}-link")
    for number, block in enumerate(properties["CidrBlocks"]):
        estate.subnet(own, block, "a", f"{resource.logical_id}-{number}")
        for table in properties["RouteTableIds"]:
            estate.route(table, block, link)
    for block in estate.resource(properties["VpcId"])["CidrBlockAssociationSet"]:
        estate.route(estate.main_route_table(own), block["CidrBlock"], link)
    return own


def dhcp_options(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::DHCPOptions` (DNS-07)."""
    return building.estate(resource).dhcp_options(properties["DomainNameServers"])


def dhcp_options_association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::VPCDHCPOptionsAssociation`."""
    building.ledger.by_id[properties["VpcId"]]["DhcpOptionsId"] = properties["DhcpOptionsId"]
    return resource.logical_id


def instance(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::Instance`."""
    own = building.estate(resource).instance(
        properties["SubnetId"],
        resource.logical_id,
        properties["SecurityGroupIds"],
        address=properties.get("PrivateIpAddress"),
    )
    return tagged(building, own, properties)


def dns_server(building: Building, resource: Resource, properties: Properties) -> str:
    """A DNS server of one's own on an instance: where it sends queries stands in no AWS API (CUST-01)."""
    building.dns_servers.append(
        {
            "ip": properties["Address"],
            "vpc": properties["VpcId"],
            "forward": [{"domain": each["Domain"], "to": each["To"]} for each in properties["Forward"]],
        }
    )
    return resource.logical_id

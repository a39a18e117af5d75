"""What routes lead to: internet, NAT, VPN and egress-only gateways, and peerings."""

from typing import Any

from narrowgate.model.address import is_block, parse_cidr
from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.attributes import interface_id
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.hosts import add_interface
from narrowgate.sources.declared.values import flag, tags, text
from narrowgate.sources.synthetic.ledger import Where

_PEERINGS = "ec2.describe_vpc_peering_connections"


def internet_gateway(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::InternetGateway`; attached by a resource of its own."""
    own = declared.own_id(resource)
    element = {
        "InternetGatewayId": own,
        "Attachments": _attachments(declared, own, "InternetGatewayId"),
        "OwnerId": resource.account,
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_internet_gateways", element, own)


def _attachments(declared: Declared, own: str, field: str) -> list[dict[str, Any]]:
    found = []
    for each in declared.users("AWS::EC2::VPCGatewayAttachment", field, own):
        given = declared.properties(each)
        if isinstance(given.get("VpcId"), str):
            found.append({"State": "available", "VpcId": given["VpcId"]})
    return found


def gateway_attachment(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPCGatewayAttachment`: gateways of the list have read theirs; this speaks for all others."""
    for field, call, collection, key in (
        ("InternetGatewayId", "ec2.describe_internet_gateways", "Attachments", "InternetGatewayId"),
        ("VpnGatewayId", "ec2.describe_vpn_gateways", "VpcAttachments", "VpnGatewayId"),
    ):
        value = properties.get(field)
        if value is None:
            continue
        vpc_id = properties.get("VpcId")
        gap = next((each for each in (value, vpc_id) if isinstance(each, Unknown)), None)
        if gap is not None:
            declared.note(resource, field, gap)
            declared.withhold(resource, call, gap.why)
        elif declared.named(value) is None:
            element = {key: value, collection: [{"State": "available", "VpcId": vpc_id}]}
            declared.add(resource, call, element, str(value))


def egress_only_gateway(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::EgressOnlyInternetGateway`."""
    call, own = "ec2.describe_egress_only_internet_gateways", declared.own_id(resource)
    vpc_id = declared.needed(resource, "VpcId", call)
    if vpc_id:
        attachments = [{"State": "attached", "VpcId": vpc_id}]
        element = {"EgressOnlyInternetGatewayId": own, "Attachments": attachments, "Tags": tags(properties)}
        declared.add(resource, call, element, own)


def vpn_gateway(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPNGateway`."""
    own = declared.own_id(resource)
    element = {
        "VpnGatewayId": own,
        "State": "available",
        "VpcAttachments": _attachments(declared, own, "VpnGatewayId"),
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_vpn_gateways", element, own)


def vpn_connection(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPNConnection`."""
    own = declared.own_id(resource)
    element = {
        "VpnConnectionId": own,
        "VpnGatewayId": properties.get("VpnGatewayId"),
        "TransitGatewayId": properties.get("TransitGatewayId"),
        "State": "available",
    }
    declared.add(resource, "ec2.describe_vpn_connections", element, own)


def nat_gateway(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::NatGateway`; its public address is AWS's choice."""
    own = declared.own_id(resource)
    subnet = properties.get("SubnetId")
    address = add_interface(
        declared,
        resource,
        0,
        {
            "SubnetId": subnet,
            "Groups": [],
            "InterfaceType": "nat_gateway",
            "Description": f"Interface for NAT Gateway {own}",
            "RequesterManaged": True,
        },
        wanted=properties.get("PrivateIpAddress"),
    )
    fact = declared.ledger.by_id.get(subnet) if isinstance(subnet, str) else None
    element: dict[str, Any] = {
        "NatGatewayId": own,
        "SubnetId": subnet,
        "VpcId": fact.get("VpcId") if fact else properties.get("VpcId"),
        "State": "available",
        "ConnectivityType": text(properties, "ConnectivityType", "public"),
        "NatGatewayAddresses": [
            {"NetworkInterfaceId": interface_id(declared, resource, 0)}
            | ({"PrivateIp": address} if isinstance(address, str) else {})
        ],
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_nat_gateways", element, own)


def peering(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPCPeeringConnection`: failed where ranges overlap (PCX-04), else as accepted (PCX-02).

    CloudFormation accepts for the other owner where it may take the role `PeerRoleArn`, and where both VPCs have
    one owner. A source that does not says `AutoAccept: false`, and `Custom::VpcPeeringConnectionAccepter` where
    somebody accepts (IAC-01).
    """
    own = declared.own_id(resource)
    sides = []
    for vpc_id, owner, region in (
        (properties.get("VpcId"), resource.account, resource.region),
        (properties.get("PeerVpcId"), properties.get("PeerOwnerId"), properties.get("PeerRegion")),
    ):
        sides.append(_side(declared, resource, vpc_id, owner, region))
    state: Any = _peering_state(declared, resource, properties, sides)
    _set_options(declared, own, sides)
    element = {
        "VpcPeeringConnectionId": own,
        "RequesterVpcInfo": sides[0],
        "AccepterVpcInfo": sides[1],
        "Status": {"Code": state, "Message": ""},
        "Tags": tags(properties),
    }
    declared.add(resource, _PEERINGS, element, own)
    there = Where(str(sides[1].get("OwnerId")), str(sides[1].get("Region")))
    if there != declared.where(resource) and there in declared.ledger.sites:
        declared.ledger.add(there, _PEERINGS, {**declared.ledger.by_id[own], "Tags": []})


def _side(declared: Declared, resource: Resource, vpc_id: Any, owner: Any, region: Any) -> dict[str, Any]:
    known = declared.named(vpc_id)
    fact = declared.ledger.by_id.get(vpc_id, {}) if isinstance(vpc_id, str) else {}
    side: dict[str, Any] = {
        "VpcId": vpc_id,
        "OwnerId": known.account if known else (owner if owner is not None else resource.account),
        "Region": known.region if known else (region if region is not None else resource.region),
        "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": False},
    }
    if "CidrBlock" in fact:
        side["CidrBlock"] = fact["CidrBlock"]
        blocks = fact["CidrBlockAssociationSet"]
        side["CidrBlockSet"] = [{"CidrBlock": each["CidrBlock"]} for each in blocks]
        blocks_v6 = fact.get("Ipv6CidrBlockAssociationSet", ())
        if blocks_v6:
            side["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": each["Ipv6CidrBlock"]} for each in blocks_v6]
    return side


def _peering_state(
    declared: Declared, resource: Resource, properties: Properties, sides: list[dict[str, Any]]
) -> str | Unknown:
    blocks = [
        [parse_cidr(each["CidrBlock"]) for each in side.get("CidrBlockSet", ()) if is_block(each["CidrBlock"])]
        for side in sides
    ]
    if any(one.overlaps(other) for one in blocks[0] for other in blocks[1]):
        return "failed"
    own = declared.own_id(resource)
    if any(declared.users("Custom::VpcPeeringConnectionAccepter", "VpcPeeringConnectionId", own)):
        return "active"
    accepted = properties.get("AutoAccept")
    if isinstance(accepted, bool):
        # Terraform accepts only where it is told to, CloudFormation wherever it may (IAC-01).
        return "active" if accepted else "pending-acceptance"
    owner = sides[1].get("OwnerId")
    if isinstance(owner, Unknown) or isinstance(accepted, Unknown):
        return owner if isinstance(owner, Unknown) else accepted  # type: ignore[return-value]
    if owner == resource.account or "PeerRoleArn" in properties:
        return "active"
    return "pending-acceptance"


def _set_options(declared: Declared, own: str, sides: list[dict[str, Any]]) -> None:
    """The DNS option of each side (PEER-DNS-03): CloudFormation has no property for it, other sources do."""
    for each in declared.users("Custom::VpcPeeringConnectionOptions", "VpcPeeringConnectionId", own):
        given = declared.properties(each)
        side = sides[0] if str(given.get("Side", "")).lower() == "requester" else sides[1]
        side["PeeringOptions"] = {
            "AllowDnsResolutionFromRemoteVpc": flag(given, "AllowDnsResolutionFromRemoteVpc", False)
        }


def peering_accepter(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::VpcPeeringConnectionAccepter`: a peering of the list has read it."""
    own = properties.get("VpcPeeringConnectionId")
    if declared.named(own) is None:
        why = own.why if isinstance(own, Unknown) else f"{own} is not in the source"
        declared.warn(resource, f"the peering that it accepts is not known: {why}")

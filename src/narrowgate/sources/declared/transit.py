"""Transit gateways: attachments, route tables, associations, propagations, routes."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.hosts import add_interface
from narrowgate.sources.declared.values import flag, listed, tags
from narrowgate.sources.synthetic.ledger import Where
from narrowgate.sources.synthetic.names import hex_id

_VPC_ATTACHMENTS = "ec2.describe_transit_gateway_vpc_attachments"
_ATTACHMENTS = "ec2.describe_transit_gateway_attachments"
_PEERINGS = "ec2.describe_transit_gateway_peering_attachments"
_ROUTES = "ec2.search_transit_gateway_routes"
_ASSOCIATIONS = "ec2.get_transit_gateway_route_table_associations"
_PROPAGATIONS = "ec2.get_transit_gateway_route_table_propagations"
_TABLE = "TransitGatewayRouteTableId"
ATTACHMENT_TYPES = ("AWS::EC2::TransitGatewayVpcAttachment", "AWS::EC2::TransitGatewayAttachment")


def gateway(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGateway` with its default route table; accounts that it is shared with see it too."""
    own = declared.own_id(resource)
    options: dict[str, Any] = {
        name: properties.get(name, default) for name, default in defaults.TRANSIT_GATEWAY.items()
    }
    table = hex_id("tgw-rtb", own, "default")
    has_default = [options["DefaultRouteTableAssociation"], options["DefaultRouteTablePropagation"]]
    for field, value in zip(
        ("AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"), has_default, strict=True
    ):
        if value != "disable":
            options[field] = table
    element = {
        "TransitGatewayId": own,
        "OwnerId": resource.account,
        "State": "available",
        "Options": options,
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_transit_gateways", element, own)
    fact = declared.ledger.by_id[own]
    for account in _shared_with(declared, resource):
        there = Where(account, resource.region)
        if there in declared.ledger.sites and account != resource.account:
            declared.ledger.add(there, "ec2.describe_transit_gateways", {**fact, "Tags": []})
    if has_default != ["disable", "disable"]:
        _add_table(declared, resource, own, table, is_default=True)


def _shared_with(declared: Declared, resource: Resource) -> list[str]:
    arn = declared.attribute(resource.logical_id, "Arn")
    return [
        account
        for each in declared.of_type("AWS::RAM::ResourceShare")
        if arn in (declared.properties(each).get("ResourceArns") or ())
        for account in declared.properties(each).get("Principals") or ()
        if isinstance(account, str)
    ]


def route_table(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGatewayRouteTable`."""
    hub = declared.needed(resource, "TransitGatewayId", "ec2.describe_transit_gateway_route_tables")
    if hub:
        _add_table(declared, resource, hub, declared.own_id(resource), is_default=False)


def _add_table(declared: Declared, resource: Resource, hub: str, own: str, *, is_default: bool) -> None:
    element = {
        _TABLE: own,
        "TransitGatewayId": hub,
        "State": "available",
        "DefaultAssociationRouteTable": is_default,
        "DefaultPropagationRouteTable": is_default,
        "Tags": tags(declared.properties(resource)) if not is_default else [],
    }
    declared.add(resource, "ec2.describe_transit_gateway_route_tables", element, own)
    declared.ask(resource, _ASSOCIATIONS, own, _TABLE, {"Associations": []})
    declared.ask(resource, _PROPAGATIONS, own, _TABLE, {"TransitGatewayRouteTablePropagations": []})
    declared.ledger.ask(
        declared.where(resource),
        _ROUTES,
        own,
        {_TABLE: own, "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]},
        {"Routes": [], "AdditionalRoutesAvailable": False},
    )


def attachment(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGatewayVpcAttachment`: in the default table where the hub has one (TGW-04)."""
    hub = declared.needed(resource, "TransitGatewayId", _VPC_ATTACHMENTS)
    vpc_id = declared.needed(resource, "VpcId", _VPC_ATTACHMENTS)
    if hub is None or vpc_id is None:
        return
    own = declared.own_id(resource)
    subnets = listed(properties, "SubnetIds")
    given = properties.get("Options")
    options: Any = given
    if not isinstance(given, Unknown):
        options = dict(defaults.TRANSIT_GATEWAY_ATTACHMENT) | (given if isinstance(given, dict) else {})
    owner = declared.named(hub)
    state = _attachment_state(declared, resource, owner)
    element = {
        "TransitGatewayAttachmentId": own,
        "TransitGatewayId": hub,
        "VpcId": vpc_id,
        "VpcOwnerId": resource.account,
        "State": state,
        "SubnetIds": subnets,
        "Options": options,
        "Tags": tags(properties),
    }
    plain = {
        "TransitGatewayAttachmentId": own,
        "TransitGatewayId": hub,
        "TransitGatewayOwnerId": owner.account if owner else None,
        "ResourceOwnerId": resource.account,
        "ResourceType": "vpc",
        "ResourceId": vpc_id,
        "State": state,
        "Tags": tags(properties),
    }
    declared.add(resource, _VPC_ATTACHMENTS, element, own)
    declared.add(resource, _ATTACHMENTS, {key: value for key, value in plain.items() if value is not None})
    if owner is not None and declared.where(owner) != declared.where(resource):
        for call in (_VPC_ATTACHMENTS, _ATTACHMENTS):
            seen = declared.ledger.elements[(declared.where(resource), call)][-1]
            declared.ledger.add(declared.where(owner), call, {**seen})
    for position, subnet in enumerate(subnets if isinstance(subnets, list) else ()):
        made = {
            "SubnetId": subnet,
            "Groups": [],
            "InterfaceType": "transit_gateway",
            "Description": f"Network Interface for Transit Gateway Attachment {own}",
            "RequesterManaged": True,
        }
        add_interface(declared, resource, position, made)
    _default_tables(declared, hub, own, properties)


def _attachment_state(declared: Declared, resource: Resource, hub: Resource | None) -> str:
    """An attachment to another owner's gateway waits for its acceptance, unless that accepts all (TGW-04)."""
    if hub is None or hub.account == resource.account:
        return "available"
    if declared.property(hub, "AutoAcceptSharedAttachments") == "enable":
        return "available"
    kind = "Custom::TransitGatewayVpcAttachmentAccepter"
    is_accepted = any(declared.users(kind, "TransitGatewayAttachmentId", declared.own_id(resource)))
    return "available" if is_accepted else "pendingAcceptance"


def _default_tables(declared: Declared, hub: str, own: str, properties: Properties) -> None:
    options = declared.ledger.by_id.get(hub, {}).get("Options", {})
    table = options.get("AssociationDefaultRouteTableId")
    if properties.get("DefaultRouteTableAssociation") is False:
        table = None
    if table and not _has(declared, "AWS::EC2::TransitGatewayRouteTableAssociation", own):
        _associate(declared, own, table)
    table = options.get("PropagationDefaultRouteTableId")
    if table and properties.get("DefaultRouteTablePropagation") is not False:
        _propagate(declared, own, table)


def _has(declared: Declared, kind: str, attachment_id: str) -> bool:
    return any(declared.users(kind, "TransitGatewayAttachmentId", attachment_id))


def peering(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGatewayPeeringAttachment`; the other owner's acceptance stands in no template (TGW-09)."""
    hub = declared.needed(resource, "TransitGatewayId", _PEERINGS)
    if hub is None:
        return
    own = declared.own_id(resource)
    other = properties.get("PeerTransitGatewayId")
    accepted = any(
        declared.users("Custom::TransitGatewayPeeringAttachmentAccepter", "TransitGatewayAttachmentId", own)
    )
    element = {
        "TransitGatewayAttachmentId": own,
        "RequesterTgwInfo": {"TransitGatewayId": hub, "OwnerId": resource.account, "Region": resource.region},
        "AccepterTgwInfo": {
            "TransitGatewayId": other,
            "OwnerId": properties.get("PeerAccountId"),
            "Region": properties.get("PeerRegion"),
        },
        "State": "available" if accepted else "pendingAcceptance",
        "Tags": tags(properties),
    }
    declared.add(resource, _PEERINGS, element, own)
    far = declared.named(other)
    if far is not None and declared.where(far) != declared.where(resource):
        declared.ledger.add(declared.where(far), _PEERINGS, {**declared.ledger.by_id[own]})


def association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGatewayRouteTableAssociation`."""
    table, own = properties.get(_TABLE), properties.get("TransitGatewayAttachmentId")
    if _gap(declared, resource, table, own, _ASSOCIATIONS):
        return
    _associate(declared, str(own), str(table))
    for where in list(declared.ledger.sites):
        for element in declared.ledger.elements.get((where, _ATTACHMENTS), []):
            if element.get("TransitGatewayAttachmentId") == own:
                element["Association"] = {_TABLE: table, "State": "associated"}


def propagation(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGatewayRouteTablePropagation`."""
    table, own = properties.get(_TABLE), properties.get("TransitGatewayAttachmentId")
    if not _gap(declared, resource, table, own, _PROPAGATIONS):
        _propagate(declared, str(own), str(table))


def route(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::TransitGatewayRoute`: static, a blackhole where it says so."""
    table = properties.get(_TABLE)
    block, own = properties.get("DestinationCidrBlock"), properties.get("TransitGatewayAttachmentId")
    blackhole = flag(properties, "Blackhole", False)
    if _gap(declared, resource, table, block, _ROUTES):
        return
    entry: dict[str, Any] = {"DestinationCidrBlock": block, "Type": "static", "State": "active"}
    if isinstance(blackhole, Unknown):
        del entry["State"]
    elif blackhole:
        entry["State"] = "blackhole"
    elif isinstance(own, str):
        entry["TransitGatewayAttachments"] = [_attached(declared, own)]
    else:
        why = own.why if isinstance(own, Unknown) else "is not given"
        declared.warn(resource, f"`TransitGatewayAttachmentId` is not known: {why}")
        declared.withhold(resource, _ROUTES, why, str(table))
        return
    declared.ledger.answer(_ROUTES, str(table))["Routes"].append(entry)


def _gap(declared: Declared, resource: Resource, table: Any, other: Any, call: str) -> bool:
    """True where a table of the list does not learn what it needs; what it holds is then unknown."""
    gap = next((each for each in (table, other) if not isinstance(each, str)), None)
    if gap is None and declared.ledger.by_id.get(str(table)) is not None:
        return False
    why = gap.why if isinstance(gap, Unknown) else f"{table} is not in the source"
    declared.warn(resource, f"cannot be placed: {why}")
    if isinstance(table, str):
        declared.withhold(resource, call, why, table)
    elif isinstance(table, Unknown):
        for each in declared.ledger.elements.get(
            (declared.where(resource), "ec2.describe_transit_gateway_route_tables"), []
        ):
            declared.withhold(resource, call, why, each[_TABLE])
    return True


def _associate(declared: Declared, own: str, table: str) -> None:
    answer = declared.ledger.answer(_ASSOCIATIONS, table)["Associations"]
    answer.append(_attached(declared, own) | {"State": "associated"})


def _propagate(declared: Declared, own: str, table: str) -> None:
    answer = declared.ledger.answer(_PROPAGATIONS, table)["TransitGatewayRouteTablePropagations"]
    attached = _attached(declared, own)
    if any(each["TransitGatewayAttachmentId"] == own for each in answer):
        return
    answer.append(attached | {"State": "enabled"})
    vpc = declared.ledger.by_id.get(str(attached.get("ResourceId")), {})
    for field, collection in (
        ("CidrBlock", "CidrBlockAssociationSet"),
        ("Ipv6CidrBlock", "Ipv6CidrBlockAssociationSet"),
    ):
        for block in vpc.get(collection, ()):
            declared.ledger.answer(_ROUTES, table)["Routes"].append(
                {
                    "DestinationCidrBlock": block[field],
                    "TransitGatewayAttachments": [attached],
                    "Type": "propagated",
                    "State": "active",
                }
            )
    if "CidrBlockAssociationSet" not in vpc:
        owner = next(iter(declared.of_type("AWS::EC2::TransitGateway", *ATTACHMENT_TYPES)))
        declared.withhold(owner, _ROUTES, f"the blocks that {own} propagates are not known", table)


def _attached(declared: Declared, own: str) -> dict[str, Any]:
    element = declared.ledger.by_id.get(own, {})
    if "VpcId" in element:
        return {"TransitGatewayAttachmentId": own, "ResourceId": element["VpcId"], "ResourceType": "vpc"}
    if "AccepterTgwInfo" in element:
        other = element["AccepterTgwInfo"].get("TransitGatewayId")
        found = {"TransitGatewayAttachmentId": own, "ResourceId": other, "ResourceType": "peering"}
        return {key: value for key, value in found.items() if value is not None}
    return {"TransitGatewayAttachmentId": own}

"""Route tables, their routes and the subnets that use them."""

from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.attributes import default_id
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.filters import unread_list
from narrowgate.sources.declared.values import tags
from narrowgate.sources.declared.vpcs import local_routes

_TABLES = "ec2.describe_route_tables"
_DESTINATIONS = {
    "DestinationCidrBlock": "DestinationCidrBlock",
    "DestinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "DestinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS = {
    "VpcPeeringConnectionId": "VpcPeeringConnectionId",
    "TransitGatewayId": "TransitGatewayId",
    "GatewayId": "GatewayId",
    "VpcEndpointId": "GatewayId",
    "NatGatewayId": "NatGatewayId",
    "NetworkInterfaceId": "NetworkInterfaceId",
    "InstanceId": "InstanceId",
    "EgressOnlyInternetGatewayId": "EgressOnlyInternetGatewayId",
    "LocalGatewayId": "LocalGatewayId",
    "CarrierGatewayId": "CarrierGatewayId",
    "CoreNetworkArn": "CoreNetworkArn",
}


def route_table(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::RouteTable`, with the VPC's local routes (NET-02)."""
    vpc_id = declared.needed(resource, "VpcId", _TABLES)
    if vpc_id is None:
        return
    own = declared.own_id(resource)
    element = {
        "RouteTableId": own,
        "VpcId": vpc_id,
        "OwnerId": resource.account,
        "Routes": local_routes(declared, vpc_id),
        "Associations": [],
        "PropagatingVgws": [],
        "Tags": tags(properties),
    }
    declared.add(resource, _TABLES, element, own)


def route_table_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::SubnetRouteTableAssociation` (NET-01); an unknown subnet could be any of the table's VPC."""
    table, subnet = properties.get("RouteTableId"), properties.get("SubnetId")
    fact = declared.ledger.by_id.get(table) if isinstance(table, str) else None
    if not isinstance(subnet, str):
        declared.note(resource, "SubnetId", subnet if isinstance(subnet, Unknown) else Unknown("is not given"))
        if fact is not None:
            fact.pop("Associations", None)
        return
    if fact is None:
        # The subnet has a table that is not in the list, so it does not use the main one.
        vpc_id = declared.ledger.by_id.get(subnet, {}).get("VpcId")
        outside = table if isinstance(table, str) else f"unknown: RouteTableId of {resource.logical_id}"
        if isinstance(vpc_id, str):
            fact = {"RouteTableId": outside, "VpcId": vpc_id, "OwnerId": resource.account, "Associations": []}
            declared.add(resource, _TABLES, fact, outside)
            fact = declared.ledger.by_id[outside]
        else:
            declared.warn(resource, f"neither table {outside} nor subnet {subnet} is in the source")
            return
    if "Associations" in fact:
        fact["Associations"].append(
            {
                "Main": False,
                "RouteTableId": fact["RouteTableId"],
                "SubnetId": subnet,
                "AssociationState": {"State": "associated"},
            }
        )


def main_route_table(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::MainRouteTableAssociation`: another table becomes a VPC's main one (Terraform's resource)."""
    vpc_id, table = properties.get("VpcId"), properties.get("RouteTableId")
    if not isinstance(vpc_id, str) or not isinstance(table, str):
        gap = next((each for each in (vpc_id, table) if isinstance(each, Unknown)), Unknown("is not given"))
        declared.warn(resource, f"the VPC or its main table is not known: {gap.why}")
        declared.withhold(resource, _TABLES, gap.why)
        return
    old = declared.ledger.by_id.get(default_id(vpc_id, "rtb"), {})
    old["Associations"] = [each for each in old.get("Associations", []) if not each.get("Main")]
    fact = declared.ledger.by_id.get(table)
    if fact is None:
        declared.warn(resource, f"its table {table} is not in the source")
        fact = {"RouteTableId": table, "VpcId": vpc_id, "OwnerId": resource.account, "Associations": []}
        declared.add(resource, _TABLES, fact, table)
        fact = declared.ledger.by_id[table]
    fact.setdefault("Associations", []).append(
        {"Main": True, "RouteTableId": table, "AssociationState": {"State": "associated"}}
    )


def gateway_association(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::GatewayRouteTableAssociation`: a table that steers what a gateway brings in (NET-12)."""
    gateway = declared.needed(resource, "GatewayId", _TABLES)
    table = declared.needed(resource, "RouteTableId", _TABLES)
    fact = declared.ledger.by_id.get(table or "")
    if gateway and fact is not None and "Associations" in fact:
        fact["Associations"].append(
            {"Main": False, "GatewayId": gateway, "AssociationState": {"State": "associated"}}
        )


def propagation(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPNGatewayRoutePropagation`: what the gateway writes is known to nobody before it runs."""
    gateway = properties.get("VpnGatewayId")
    for table in properties.get("RouteTableIds") or ():
        fact = declared.ledger.by_id.get(table) if isinstance(table, str) else None
        if fact is not None and isinstance(gateway, str):
            fact["PropagatingVgws"].append({"GatewayId": gateway})
            learnt = unread_list(
                declared, resource, f"routes that {gateway} propagates", "the other side announces them"
            )
            fact["Routes"].append(
                {
                    "DestinationPrefixListId": learnt,
                    "GatewayId": gateway,
                    "Origin": "EnableVgwRoutePropagation",
                    "State": "active",
                }
            )


def route(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::Route`; an unknown destination could be any, an unknown target leads nobody knows where."""
    table = properties.get("RouteTableId")
    fact = declared.ledger.by_id.get(table) if isinstance(table, str) else None
    if isinstance(table, Unknown):
        declared.warn(resource, f"`RouteTableId` is not known: {table.why}; the routes of every table are")
        for each in declared.ledger.elements.get((declared.where(resource), _TABLES), []):
            each.pop("Routes", None)
        return
    if fact is None:
        declared.warn(resource, f"its table {table} is not in the source, so the table stays unknown")
        return
    if "Routes" not in fact:
        return
    entry = _destination(declared, resource, properties) | _target(declared, resource, properties)
    entry["Origin"] = "CreateRoute"
    fact["Routes"].append(entry)
    declared.mark_part(str(table), str(next(iter(entry.values()))), resource)


def _destination(declared: Declared, resource: Resource, properties: Properties) -> dict[str, Any]:
    for field, name in _DESTINATIONS.items():
        value = properties.get(field)
        if isinstance(value, str):
            return {name: value}
        if isinstance(value, Unknown):
            declared.note(resource, field, value)
            listed = unread_list(declared, resource, f"{field} of {resource.logical_id}", value.why)
            return {"DestinationPrefixListId": listed}
    listed = unread_list(declared, resource, f"destination of {resource.logical_id}", "no destination is given")
    return {"DestinationPrefixListId": listed}


def _target(declared: Declared, resource: Resource, properties: Properties) -> dict[str, Any]:
    for field, name in _TARGETS.items():
        value = properties.get(field)
        if isinstance(value, str):
            return {name: value, "State": _state(declared, value)}
        if isinstance(value, Unknown):
            declared.note(resource, field, value)
            return {}
    declared.warn(resource, "names no target that is understood")
    return {}


def _state(declared: Declared, target: str) -> str:
    """`blackhole` where the target is a peering that does not work (NET-05)."""
    fact = declared.ledger.by_id.get(target) if target.startswith("pcx-") else None
    status = fact.get("Status", {}).get("Code") if fact else None
    return "active" if status in (None, "active") else "blackhole"

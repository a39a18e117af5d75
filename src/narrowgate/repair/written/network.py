"""Routes, groups, ACL entries, peerings and VPC attributes as parts."""

from collections.abc import Iterator
from typing import Any

from narrowgate.engine.dns.dns_attributes import HOSTNAMES, SUPPORT
from narrowgate.model.fact import UnsetType
from narrowgate.model.filters import IpPermission, NetworkAcl, SecurityGroup
from narrowgate.model.resource import Ref
from narrowgate.model.routing import Route, RouteTable, VpcPeeringConnection
from narrowgate.repair.written.parts import Add, Drop, Part, Remark, Set

_ATTRIBUTES = {SUPPORT: "EnableDnsSupport", HOSTNAMES: "EnableDnsHostnames"}


def route_table(own: str, before: RouteTable | None, after: RouteTable | None) -> Iterator[Part]:
    """Routes that came, went, or lead elsewhere; one that only changed its state is written as it was."""
    old, new = (_routes(each) for each in (before, after))
    for key in old.keys() - new.keys():
        yield Drop(type="AWS::EC2::Route", near=own, properties={"RouteTableId": own, _field(key): key})
    for key, route in new.items():
        was = old.get(key)
        if was is None or _target(was) != _target(route):
            if was is not None:
                yield Drop(type="AWS::EC2::Route", near=own, properties={"RouteTableId": own, _field(key): key})
            target = {name: Ref(each) for name, each in _target(route).items()}
            properties = {"RouteTableId": Ref(own), _field(key): key, **target}
            yield Add(type="AWS::EC2::Route", near=own, properties=properties)


def _routes(table: RouteTable | None) -> dict[str, Route]:
    routes = table.routes if table is not None and isinstance(table.routes, tuple) else ()
    found = ((each.destination_cidr_block or each.destination_ipv6_cidr_block, each) for each in routes)
    return {key: each for key, each in found if key is not None and each.gateway_id != "local"}


def _field(block: str) -> str:
    return "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"


def _target(route: Route) -> dict[str, str]:
    named = {
        "VpcPeeringConnectionId": route.vpc_peering_connection_id,
        "TransitGatewayId": route.transit_gateway_id,
        "GatewayId": route.gateway_id,
    }
    return {name: each for name, each in named.items() if each}


def security_group(own: str, before: SecurityGroup | None, after: SecurityGroup | None) -> Iterator[Part]:
    """Rules that came and went; a group that was not there, with its rules."""
    if after is None:
        return
    if before is None:
        properties = {
            "GroupDescription": after.description or after.group_name,
            "VpcId": Ref(str(after.vpc_id)),
            "Tags": [{"Key": "Name", "Value": after.group_name}],
        }
        yield Add(type="AWS::EC2::SecurityGroup", near=str(after.vpc_id), properties=properties, own=own)
    for egress in (False, True):
        old, new = (_permissions(each, egress=egress) for each in (before, after))
        kind = f"AWS::EC2::SecurityGroup{'Egress' if egress else 'Ingress'}"
        near = own if before is not None else str(after.vpc_id)
        if any(each not in new for each in old):
            # What is narrowed is written anew: every rule of that direction goes.
            yield Drop(type=kind, near=own, properties={"GroupId": own})
            old = ()
        for each in new:
            if each not in old:
                yield from _rules(kind, own, near, each)


def _permissions(group: SecurityGroup | None, *, egress: bool) -> tuple[IpPermission, ...]:
    if group is None:
        return ()
    found = group.ip_permissions_egress if egress else group.ip_permissions
    return () if isinstance(found, UnsetType) else found


def _rules(kind: str, own: str, near: str, permission: IpPermission) -> Iterator[Add]:
    ports = {"FromPort": permission.from_port, "ToPort": permission.to_port}
    shared = {"GroupId": Ref(own), "IpProtocol": permission.ip_protocol}
    shared |= {name: each for name, each in ports.items() if each is not None}
    for range_ in permission.ip_ranges:
        yield Add(type=kind, near=near, properties={**shared, "CidrIp": range_.cidr_ip})
    for wide in permission.ipv6_ranges:
        yield Add(type=kind, near=near, properties={**shared, "CidrIpv6": wide.cidr_ipv6})


def network_acl(own: str, before: NetworkAcl | None, after: NetworkAcl | None) -> Iterator[Part]:
    """Entries that came."""
    old, new = (
        each.entries if each is not None and isinstance(each.entries, tuple) else () for each in (before, after)
    )
    for entry in new:
        if entry in old:
            continue
        properties: dict[str, Any] = {
            "NetworkAclId": Ref(own),
            "RuleNumber": entry.rule_number,
            "Protocol": int(entry.protocol),
            "RuleAction": entry.rule_action,
            "Egress": entry.egress,
        }
        if entry.ipv6_cidr_block:
            properties["Ipv6CidrBlock"] = entry.ipv6_cidr_block
        else:
            properties["CidrBlock"] = entry.cidr_block
        if entry.port_range is not None:
            properties["PortRange"] = {"From": entry.port_range.from_port, "To": entry.port_range.to_port}
        yield Add(type="AWS::EC2::NetworkAclEntry", near=own, properties=properties)


def vpc_attributes(own: str, before: dict[str, bool] | None, after: dict[str, bool] | None) -> Iterator[Part]:
    """DNS attributes that are switched."""
    for name, value in (after or {}).items():
        was = (before or {}).get(name)
        if was != value and name in _ATTRIBUTES:
            yield Set(resource=own, property=_ATTRIBUTES[name], before=was, after=value)


def peering(own: str, before: VpcPeeringConnection | None, after: VpcPeeringConnection | None) -> Iterator[Part]:
    """A request that is accepted."""
    if before is None or after is None or before.status.code == after.status.code:
        return
    sides = [(each.owner_id, each.region) for each in (after.requester_vpc_info, after.accepter_vpc_info)]
    if sides[0] == sides[1]:
        yield Set(resource=own, property="AutoAccept", before=False, after=True)
    elif after.accepter_vpc_info.vpc_id:
        yield Add(
            type="Custom::VpcPeeringConnectionAccepter",
            near=after.accepter_vpc_info.vpc_id,
            properties={"VpcPeeringConnectionId": Ref(own)},
        )
    else:
        yield Remark(resource=own, text="the owner of the other VPC accepts the request")

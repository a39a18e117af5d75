"""VPC endpoints of every type and endpoint services."""

import json
from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.attributes import interface_id
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.filters import unread_list
from narrowgate.sources.declared.hosts import add_interface, groups_of
from narrowgate.sources.declared.names import endpoint_entries
from narrowgate.sources.declared.values import flag, listed, tags, text
from narrowgate.sources.synthetic.names import hosted_zone_id

_WITH_POLICY = ("Interface", "Gateway")
_ENDPOINTS = "ec2.describe_vpc_endpoints"


def endpoint(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPCEndpoint`; it is a gateway endpoint where no type is given."""
    vpc_id = declared.needed(resource, "VpcId", _ENDPOINTS)
    if vpc_id is None:
        return
    own = declared.own_id(resource)
    kind = text(properties, "VpcEndpointType", defaults.ENDPOINT["VpcEndpointType"])
    subnets = listed(properties, "SubnetIds")
    element: dict[str, Any] = {
        "VpcEndpointId": own,
        "VpcEndpointType": kind,
        "VpcId": vpc_id,
        "ServiceName": properties.get("ServiceName", Unknown("is not given") if kind != "Resource" else ""),
        "State": "available",
        "PolicyDocument": policy_text(
            declared, resource, "PolicyDocument", defaults.FULL_ACCESS if kind in _WITH_POLICY else None
        ),
        "RouteTableIds": [],
        "SubnetIds": subnets,
        "Groups": [],
        "IpAddressType": text(properties, "IpAddressType", defaults.ENDPOINT["IpAddressType"]),
        "PrivateDnsEnabled": flag(properties, "PrivateDnsEnabled", defaults.ENDPOINT["PrivateDnsEnabled"]),
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "OwnerId": resource.account,
        "Tags": tags(properties),
    }
    if isinstance(properties.get("ServiceRegion"), str):
        element["ServiceRegion"] = properties["ServiceRegion"]
    if kind == "Gateway":
        _gateway(declared, resource, properties, element)
    else:
        _interfaces(declared, resource, properties, element)
    declared.add(resource, _ENDPOINTS, element, own)


def _gateway(declared: Declared, resource: Resource, properties: Properties, element: dict[str, Any]) -> None:
    """A gateway endpoint stands in route tables by its service's prefix list, which is not in any template."""
    own = element["VpcEndpointId"]
    tables = listed(properties, "RouteTableIds")
    element["RouteTableIds"] = tables
    for table in tables if isinstance(tables, list) else ():
        fact = declared.ledger.by_id.get(table) if isinstance(table, str) else None
        if fact is not None and "Routes" in fact:
            service = str(properties.get("ServiceName", "")).rpartition(".")[2]
            listed_service = unread_list(
                declared, resource, f"prefix list of {service} in {resource.region}", "AWS publishes its entries"
            )
            fact["Routes"].append(
                {
                    "DestinationPrefixListId": listed_service,
                    "GatewayId": own,
                    "Origin": "CreateRoute",
                    "State": "active",
                }
            )


def _interfaces(declared: Declared, resource: Resource, properties: Properties, element: dict[str, Any]) -> None:
    subnets, own, kind = element["SubnetIds"], element["VpcEndpointId"], element["VpcEndpointType"]
    groups: Any = []
    if kind != "GatewayLoadBalancer":
        groups = groups_of(declared, listed(properties, "SecurityGroupIds"), element["VpcId"])
    element["Groups"] = groups
    if isinstance(subnets, Unknown) or any(isinstance(each, Unknown) for each in subnets):
        gap = unknown_in(subnets) or Unknown("is not given")
        element["SubnetIds"] = element["NetworkInterfaceIds"] = gap
    else:
        element["NetworkInterfaceIds"] = [interface_id(declared, resource, at) for at in range(len(subnets))]
        for position, subnet in enumerate(subnets):
            made = {
                "SubnetId": subnet,
                "VpcId": element["VpcId"],
                "Groups": groups,
                "InterfaceType": "vpc_endpoint"
                if kind != "GatewayLoadBalancer"
                else "gateway_load_balancer_endpoint",
                "Description": f"VPC Endpoint Interface {own}",
                "RequesterManaged": True,
            }
            add_interface(declared, resource, position, made)
    options = properties.get("DnsOptions")
    if isinstance(options, (dict, Unknown)):
        element["DnsOptions"] = _dns_options(options)
    if kind == "Interface":
        element["DnsEntries"] = endpoint_entries(declared, resource)
    elif kind == "Resource":
        name = f"{own}.vpc-lattice-rsc.{resource.region}.on.aws"
        element["DnsEntries"] = [{"DnsName": name, "HostedZoneId": hosted_zone_id("lattice", resource.region)}]


def _dns_options(options: dict[str, Any] | Unknown) -> Any:
    if isinstance(options, Unknown):
        return options
    found = {"DnsRecordIpType": options.get("DnsRecordIpType")}
    only = options.get("PrivateDnsOnlyForInboundResolverEndpoint")
    if only is not None:
        found["PrivateDnsOnlyForInboundResolverEndpoint"] = (
            only if isinstance(only, Unknown) else str(only) in ("OnlyInboundResolver", "true", "True")
        )
    return {key: value for key, value in found.items() if value is not None}


def policy_text(declared: Declared, resource: Resource, field: str, default: str | None) -> Any:
    """A policy document as text; with any part of it unknown the whole is: a condition left out would open it."""
    document = declared.properties(resource).get(field)
    if document is None:
        return default
    gap = unknown_in(document)
    if gap is not None:
        return gap
    return document if isinstance(document, str) else json.dumps(document, default=str)


def endpoint_policy(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`Custom::VpcEndpointPolicy`: a policy that is set by a resource of its own (Terraform's)."""
    own = properties.get("VpcEndpointId")
    fact = declared.ledger.by_id.get(own) if isinstance(own, str) else None
    if fact is None:
        why = own.why if isinstance(own, Unknown) else f"{own} is not in the source"
        declared.warn(resource, f"its endpoint is not known: {why}")
        return
    document = policy_text(declared, resource, "PolicyDocument", defaults.FULL_ACCESS)
    if isinstance(document, Unknown):
        declared.note(resource, "PolicyDocument", document)
        fact.pop("PolicyDocument", None)
    else:
        fact["PolicyDocument"] = document


def endpoint_service(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::VPCEndpointService`."""
    own = declared.own_id(resource)
    element = {
        "ServiceId": own,
        "ServiceName": f"com.amazonaws.vpce.{resource.region}.{own}",
        "ServiceState": "Available",
        "AcceptanceRequired": flag(properties, "AcceptanceRequired", True),
        "NetworkLoadBalancerArns": listed(properties, "NetworkLoadBalancerArns"),
        "GatewayLoadBalancerArns": listed(properties, "GatewayLoadBalancerArns"),
        "Tags": tags(properties),
    }
    declared.add(resource, "ec2.describe_vpc_endpoint_service_configurations", element, own)

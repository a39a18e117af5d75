"""Interface endpoints of a design."""

import json
from typing import Any

from narrowgate.model.resource import Resource
from narrowgate.sources.resources.building import Building
from narrowgate.sources.resources.vpcs import tagged
from narrowgate.sources.synthetic.names import hosted_zone_id

Properties = dict[str, Any]


def endpoint(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::VPCEndpoint` of type Interface or Resource."""
    if properties["VpcEndpointType"] == "Resource":
        return _resource_endpoint(building, resource, properties)
    service = ".".join(properties["ServiceName"].split(".")[3:])
    own = building.estate(resource).interface_endpoint(
        properties["SubnetIds"],
        properties["SecurityGroupIds"],
        service=service,
        name=resource.logical_id,
        private_dns=properties["PrivateDnsEnabled"],
        policy=properties.get("PolicyDocument"),
    )
    return tagged(building, own, properties)


def _resource_endpoint(building: Building, resource: Resource, properties: Properties) -> str:
    """An endpoint for a resource of VPC Lattice: interfaces, and names that only public DNS knows (LAT-01)."""
    estate = building.estate(resource)
    own = building.ledger.new_id("vpce", estate.where, resource.logical_id)
    interfaces = [
        estate.managed_interface(
            subnet, properties["SecurityGroupIds"], "vpc_endpoint", f"VPC Endpoint Interface {own}"
        )
        for subnet in properties["SubnetIds"]
    ]
    name = f"{own}.vpc-lattice-rsc.{resource.region}.on.aws"
    element = {
        "VpcEndpointId": own,
        "VpcEndpointType": "Resource",
        "VpcId": properties["VpcId"],
        "ServiceName": "",
        "State": "available",
        "RouteTableIds": [],
        "SubnetIds": properties["SubnetIds"],
        "Groups": [{"GroupId": group, "GroupName": ""} for group in properties["SecurityGroupIds"]],
        "IpAddressType": "ipv4",
        "PrivateDnsEnabled": properties["PrivateDnsEnabled"],
        "RequesterManaged": False,
        "NetworkInterfaceIds": interfaces,
        "DnsEntries": [{"DnsName": name, "HostedZoneId": hosted_zone_id("lattice", resource.region)}],
        "ResourceConfigurationArn": properties["ResourceConfigurationArn"],
        "Tags": properties.get("Tags", []),
        "OwnerId": resource.account,
    }
    building.ledger.add(estate.where, "ec2.describe_vpc_endpoints", element, own)
    return own


def lattice(building: Building, resource: Resource, properties: Properties) -> str:
    """A part of VPC Lattice: no call that narrowgate reads lists it, so what passes through it stays unknown."""
    estate = building.estate(resource)
    prefix, kind = {
        "AWS::VpcLattice::ResourceGateway": ("rgw", "resourcegateway"),
        "AWS::VpcLattice::ResourceConfiguration": ("rcfg", "resourceconfiguration"),
    }[resource.type]
    own = building.ledger.new_id(prefix, estate.where, resource.logical_id)
    building.ledger.by_id[own] = {"Arn": estate.arn("vpc-lattice", f"{kind}/{own}")}
    return own


def endpoint_policy(building: Building, resource: Resource, properties: Properties) -> str:
    """The endpoint's policy, set once the APIs that it names are there."""
    fact = building.ledger.by_id[properties["VpcEndpointId"]]
    fact["PolicyDocument"] = json.dumps(properties["PolicyDocument"], indent=2)
    return resource.logical_id

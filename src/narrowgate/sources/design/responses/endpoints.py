"""Interface endpoints of a design."""

import json
from typing import Any

from narrowgate.model.resource import Resource
from narrowgate.sources.design.responses.building import Building
from narrowgate.sources.design.responses.vpcs import tagged

Properties = dict[str, Any]


def endpoint(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::VPCEndpoint` of type Interface."""
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


def endpoint_policy(building: Building, resource: Resource, properties: Properties) -> str:
    """The endpoint's policy, set once the APIs that it names are there."""
    fact = building.ledger.by_id[properties["VpcEndpointId"]]
    fact["PolicyDocument"] = json.dumps(properties["PolicyDocument"], indent=2)
    return resource.logical_id

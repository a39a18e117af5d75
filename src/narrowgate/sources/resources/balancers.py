"""Load balancers of a design."""

from typing import Any

from narrowgate.model.resource import Resource
from narrowgate.sources.resources.building import Building

Properties = dict[str, Any]


def load_balancer(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::ElasticLoadBalancingV2::LoadBalancer`, with the listener and targets that the list gives it."""
    listener = next(
        building.users("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", resource.logical_id)
    )
    action = listener.properties["DefaultActions"][0]
    group = building.resources[action["TargetGroupArn"].logical_id]
    certificates = listener.properties.get("Certificates", ())
    return building.estate(resource).load_balancer(
        properties["Name"],
        properties["Subnets"],
        properties["SecurityGroups"],
        kind=properties["Type"],
        targets=[building.resolved(each["Id"]) for each in group.properties["Targets"]],
        certificate=building.resolved(certificates[0]["CertificateArn"]) if certificates else None,
    )

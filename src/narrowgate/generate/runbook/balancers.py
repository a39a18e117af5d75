"""Commands for load balancers and VPC Lattice."""

from collections.abc import Mapping

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.dns import call
from narrowgate.generate.runbook.network import asked, capture, own
from narrowgate.generate.runbook.shell import Document, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import Join, Resource


def load_balancer(plan: Plan, resource: Resource) -> Work:
    """An internal balancer."""
    properties, it = resource.properties, own(resource)
    made = call(
        resource,
        "elbv2",
        "create-load-balancer",
        ("--name", properties["Name"]),
        ("--type", properties["Type"]),
        ("--scheme", properties["Scheme"]),
        ("--subnets", properties["Subnets"]),
        ("--security-groups", properties["SecurityGroups"]),
    )
    attributes = [f"Key={each['Key']},Value={each['Value']}" for each in properties["LoadBalancerAttributes"]]
    shown = call(resource, "elbv2", "describe-load-balancers", ("--load-balancer-arns", it))
    return Work(
        commands=(
            capture(made, variable(resource.logical_id), "LoadBalancers[0].LoadBalancerArn"),
            call(
                resource,
                "elbv2",
                "modify-load-balancer-attributes",
                ("--load-balancer-arn", it),
                ("--attributes", attributes),
            ),
        ),
        check=Check(asked(shown, "LoadBalancers[0].State.Code"), "active"),
        undo=(call(resource, "elbv2", "delete-load-balancer", ("--load-balancer-arn", it)),),
        console="EC2 > Load balancers > Create load balancer",
    )


def target_group(plan: Plan, resource: Resource) -> Work:
    """The endpoint's addresses as targets."""
    properties, it = resource.properties, own(resource)
    made = call(
        resource,
        "elbv2",
        "create-target-group",
        ("--name", properties["Name"]),
        ("--target-type", properties["TargetType"]),
        ("--protocol", properties["Protocol"]),
        ("--port", properties["Port"]),
        ("--vpc-id", properties["VpcId"]),
        ("--health-check-path", properties["HealthCheckPath"]),
        ("--matcher", f"HttpCode={properties['Matcher']['HttpCode']}"),
    )
    targets = [Join(("Id=", each["Id"], f",Port={each['Port']}")) for each in properties["Targets"]]
    shown = call(resource, "elbv2", "describe-target-health", ("--target-group-arn", it))
    return Work(
        commands=(
            capture(made, variable(resource.logical_id), "TargetGroups[0].TargetGroupArn"),
            call(resource, "elbv2", "register-targets", ("--target-group-arn", it), ("--targets", targets)),
        ),
        check=Check(
            asked(shown, "TargetHealthDescriptions[].TargetHealth.State"),
            "`unused` until the listener is there, then `healthy` for each",
        ),
        undo=(call(resource, "elbv2", "delete-target-group", ("--target-group-arn", it)),),
        console="EC2 > Target groups > Create target group > IP addresses",
    )


def listener(plan: Plan, resource: Resource) -> Work:
    """The listener that ends TLS."""
    properties = resource.properties
    first, *further = [each["CertificateArn"] for each in properties["Certificates"]]
    target = properties["DefaultActions"][0]["TargetGroupArn"]
    made = call(
        resource,
        "elbv2",
        "create-listener",
        ("--load-balancer-arn", properties["LoadBalancerArn"]),
        ("--protocol", properties["Protocol"]),
        ("--port", properties["Port"]),
        ("--ssl-policy", properties["SslPolicy"]),
        ("--certificates", Join(("CertificateArn=", first))),
        ("--default-actions", Join(("Type=forward,TargetGroupArn=", target))),
    )
    more = [
        call(
            resource,
            "elbv2",
            "add-listener-certificates",
            ("--listener-arn", own(resource)),
            ("--certificates", Join(("CertificateArn=", each))),
        )
        for each in further
    ]
    return Work(
        commands=(capture(made, variable(resource.logical_id), "Listeners[0].ListenerArn"), *more),
        undo=(call(resource, "elbv2", "delete-listener", ("--listener-arn", own(resource))),),
        console="EC2 > Load balancers > (balancer) > Listeners > Add listener",
    )


def resource_gateway(plan: Plan, resource: Resource) -> Work:
    """A resource gateway (LAT-01)."""
    properties = resource.properties
    made = call(
        resource,
        "vpc-lattice",
        "create-resource-gateway",
        ("--name", properties["Name"]),
        ("--vpc-identifier", properties["VpcIdentifier"]),
        ("--subnet-ids", properties["SubnetIds"]),
        ("--security-group-ids", properties["SecurityGroupIds"]),
    )
    undo = call(
        resource, "vpc-lattice", "delete-resource-gateway", ("--resource-gateway-identifier", own(resource))
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "id"),),
        undo=(undo,),
        console="VPC > Resource gateways > Create",
    )


def resource_configuration(plan: Plan, resource: Resource) -> Work:
    """What others may connect to."""
    properties = resource.properties
    dns = properties["ResourceConfigurationDefinition"]["DnsResource"]
    file = variable(resource.logical_id).lower().removesuffix("_id")
    definition = {"dnsResource": {"domainName": dns["DomainName"], "ipAddressType": dns["IpAddressType"]}}
    made = call(
        resource,
        "vpc-lattice",
        "create-resource-configuration",
        ("--name", properties["Name"]),
        ("--type", properties["ResourceConfigurationType"]),
        ("--resource-gateway-identifier", properties["ResourceGatewayId"]),
        ("--protocol", properties["ProtocolType"]),
        ("--port-ranges", properties["PortRanges"]),
        ("--resource-configuration-definition", Document(f"{file}.json", definition)),
    )
    undo = call(
        resource,
        "vpc-lattice",
        "delete-resource-configuration",
        ("--resource-configuration-identifier", own(resource)),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "id"),),
        undo=(undo,),
        console="VPC > Resource configurations > Create",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": load_balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": target_group,
    "AWS::ElasticLoadBalancingV2::Listener": listener,
    "AWS::VpcLattice::ResourceGateway": resource_gateway,
    "AWS::VpcLattice::ResourceConfiguration": resource_configuration,
}
"""What makes each type."""

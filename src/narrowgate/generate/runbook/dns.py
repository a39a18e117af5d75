"""Commands for zones, records, Resolver endpoints, rules, Profiles and DNS servers."""

from collections.abc import Mapping
from typing import Any

from narrowgate.generate.dns_server import set_up_script
from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.network import asked, capture, ec2, own, tagged
from narrowgate.generate.runbook.shell import Command, Document, Stamped, Text, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import Join, Ref, Resource


def call(resource: Resource, service: str, operation: str, *options: tuple[str, Any]) -> Command:
    """A command of any service in a resource's Region."""
    return Command(service=service, operation=operation, region=resource.region, options=options)


def hosted_zone(plan: Plan, resource: Resource) -> Work:
    """A private zone; further VPCs are associated one by one."""
    properties, it = resource.properties, own(resource)
    vpcs = [Join((f"VPCRegion={each['VPCRegion']},VPCId=", each["VPCId"])) for each in properties["VPCs"]]
    made = call(
        resource,
        "route53",
        "create-hosted-zone",
        ("--name", properties["Name"]),
        ("--vpc", vpcs[0]),
        ("--hosted-zone-config", f"PrivateZone=true,Comment={_words(resource)}"),
        ("--caller-reference", Stamped(f"narrowgate-{plan.design.name}-{resource.logical_id}")),
    )
    further = [
        call(resource, "route53", "associate-vpc-with-hosted-zone", ("--hosted-zone-id", it), ("--vpc", each))
        for each in vpcs[1:]
    ]
    shown = call(resource, "route53", "get-hosted-zone", ("--id", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "HostedZone.Id"), *further),
        check=Check(asked(shown, "length(VPCs)"), str(len(vpcs))),
        undo=(call(resource, "route53", "delete-hosted-zone", ("--id", it)),),
        console="Route 53 > Hosted zones > Create hosted zone > Private hosted zone",
    )


def _words(resource: Resource) -> str:
    return resource.logical_id


def record_set(plan: Plan, resource: Resource) -> Work:
    """A record."""
    properties = resource.properties
    record: dict[str, Any] = {"Name": properties["Name"], "Type": properties["Type"]}
    alias = properties.get("AliasTarget")
    if alias is None:
        values = [{"Value": each} for each in properties["ResourceRecords"]]
        record |= {"TTL": properties["TTL"], "ResourceRecords": values}
    else:
        record["AliasTarget"] = dict(alias)
    file = variable(resource.logical_id).lower().removesuffix("_id")

    def change(action: str) -> Command:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        return call(
            resource,
            "route53",
            "change-resource-record-sets",
            ("--hosted-zone-id", properties["HostedZoneId"]),
            ("--change-batch", Document(f"{file}-{action.lower()}.json", batch)),
        )

    shown = call(
        resource, "route53", "list-resource-record-sets", ("--hosted-zone-id", properties["HostedZoneId"])
    )
    query = f"length(ResourceRecordSets[?Type==`{properties['Type']}`])"
    return Work(
        commands=(change("UPSERT"),),
        check=Check(asked(shown, query), "1"),
        undo=(change("DELETE"),),
        console="Route 53 > Hosted zones > (zone) > Create record > Alias",
    )


def resolver_endpoint(plan: Plan, resource: Resource) -> Work:
    """A Resolver endpoint at chosen addresses, so that rules and groups can name them (IN-02)."""
    properties, it = resource.properties, own(resource)
    places = [Join(("SubnetId=", each["SubnetId"], f",Ip={each['Ip']}")) for each in properties["IpAddresses"]]
    made = call(
        resource,
        "route53resolver",
        "create-resolver-endpoint",
        ("--creator-request-id", Stamped(f"narrowgate-{plan.design.name}-{resource.logical_id}")),
        ("--name", properties["Name"]),
        ("--direction", properties["Direction"]),
        ("--security-group-ids", properties["SecurityGroupIds"]),
        ("--ip-addresses", places),
    )
    shown = call(resource, "route53resolver", "get-resolver-endpoint", ("--resolver-endpoint-id", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "ResolverEndpoint.Id"),),
        check=Check(asked(shown, "ResolverEndpoint.Status"), "OPERATIONAL"),
        undo=(call(resource, "route53resolver", "delete-resolver-endpoint", ("--resolver-endpoint-id", it)),),
        console=f"Route 53 > Resolver > {properties['Direction'].capitalize()} endpoints > Create",
        note="`CREATING` lasts a few minutes: ask again before you go on.",
    )


def resolver_rule(plan: Plan, resource: Resource) -> Work:
    """A forwarding rule: for the name and everything below it (RSLV-02)."""
    properties, it = resource.properties, own(resource)
    targets = [f"Ip={each['Ip']},Port={each['Port']}" for each in properties.get("TargetIps", ())]
    made = call(
        resource,
        "route53resolver",
        "create-resolver-rule",
        ("--creator-request-id", Stamped(f"narrowgate-{plan.design.name}-{resource.logical_id}")),
        ("--name", properties["Name"]),
        ("--rule-type", properties["RuleType"]),
        ("--domain-name", properties["DomainName"]),
        ("--resolver-endpoint-id", properties["ResolverEndpointId"]),
        ("--target-ips", targets),
    )
    shown = call(resource, "route53resolver", "get-resolver-rule", ("--resolver-rule-id", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "ResolverRule.Id"),),
        check=Check(asked(shown, "ResolverRule.Status"), "COMPLETE"),
        undo=(call(resource, "route53resolver", "delete-resolver-rule", ("--resolver-rule-id", it)),),
        console="Route 53 > Resolver > Rules > Create rule",
    )


def resolver_rule_association(plan: Plan, resource: Resource) -> Work:
    """The rule in a VPC."""
    properties = resource.properties
    place = (("--resolver-rule-id", properties["ResolverRuleId"]), ("--vpc-id", properties["VPCId"]))
    made = call(resource, "route53resolver", "associate-resolver-rule", *place)
    shown = call(
        resource,
        "route53resolver",
        "get-resolver-rule-association",
        ("--resolver-rule-association-id", own(resource)),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "ResolverRuleAssociation.Id"),),
        check=Check(asked(shown, "ResolverRuleAssociation.Status"), "COMPLETE"),
        undo=(call(resource, "route53resolver", "disassociate-resolver-rule", *place),),
        console="Route 53 > Resolver > Rules > (rule) > Associate VPC",
    )


def profile(plan: Plan, resource: Resource) -> Work:
    """A Profile."""
    made = call(
        resource,
        "route53profiles",
        "create-profile",
        ("--name", resource.properties["Name"]),
        ("--client-token", Stamped(f"narrowgate-{plan.design.name}-{resource.logical_id}")),
    )
    it = own(resource)
    shown = call(resource, "route53profiles", "get-profile", ("--profile-id", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "Profile.Id"),),
        check=Check(asked(shown, "Profile.Status"), "COMPLETE"),
        undo=(call(resource, "route53profiles", "delete-profile", ("--profile-id", it)),),
        console="Route 53 > Profiles > Create profile",
    )


def profile_association(plan: Plan, resource: Resource) -> Work:
    """The Profile in a VPC."""
    properties = resource.properties
    place = (("--profile-id", properties["ProfileId"]), ("--resource-id", properties["ResourceId"]))
    made = call(resource, "route53profiles", "associate-profile", *place, ("--name", properties["Name"]))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "ProfileAssociation.Id"),),
        undo=(call(resource, "route53profiles", "disassociate-profile", *place),),
        console="Route 53 > Profiles > (profile) > VPCs > Associate",
    )


def profile_resource(plan: Plan, resource: Resource) -> Work:
    """What the Profile carries."""
    properties = resource.properties
    place = (("--profile-id", properties["ProfileId"]), ("--resource-arn", properties["ResourceArn"]))
    made = call(
        resource, "route53profiles", "associate-resource-to-profile", *place, ("--name", properties["Name"])
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "ProfileResourceAssociation.Id"),),
        undo=(call(resource, "route53profiles", "disassociate-resource-from-profile", *place),),
        console="Route 53 > Profiles > (profile) > Hosted zones > Associate",
    )


def instance(plan: Plan, resource: Resource) -> Work:
    """A DNS server of one's own, with its start script."""
    properties, it = resource.properties, own(resource)
    server = next(
        each
        for each in plan.made
        if each.type == "Custom::DnsServer" and each.properties["InstanceId"] == Ref(resource.logical_id)
    )
    file = variable(resource.logical_id).lower().removesuffix("_id")
    image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    made = ec2(
        resource,
        "run-instances",
        ("--image-id", image),
        ("--instance-type", properties["InstanceType"]),
        ("--subnet-id", properties["SubnetId"]),
        ("--private-ip-address", properties["PrivateIpAddress"]),
        ("--security-group-ids", properties["SecurityGroupIds"]),
        ("--metadata-options", "HttpTokens=required"),
        ("--user-data", Text(f"{file}.sh", set_up_script(server))),
        *tagged(resource, plan, "instance"),
    )
    shown = ec2(resource, "describe-instances", ("--instance-ids", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "Instances[0].InstanceId"),),
        check=Check(asked(shown, "Reservations[0].Instances[0].State.Name"), "running"),
        undo=(ec2(resource, "terminate-instances", ("--instance-ids", it)),),
        console="EC2 > Instances > Launch instances",
        note="Its subnet needs a way to the package repositories of Amazon Linux.",
    )


def attribute(resource: Resource, name: str) -> Command | str:
    """What fetches an attribute of a resource that is there: a command, or a line of shell.

    Raises:
        KeyError: no way is known.
    """
    it, kind = own(resource), resource.type
    target = variable(resource.logical_id, name)
    if kind == "AWS::EC2::VPCEndpoint" and name.startswith("DnsEntries.0."):
        shown = ec2(resource, "describe-vpc-endpoints", ("--vpc-endpoint-ids", it))
        return capture(shown, target, f"VpcEndpoints[0].DnsEntries[0].{name.rpartition('.')[2]}")
    if kind == "AWS::EC2::VPCEndpoint":
        found = Join(("Name=description,Values=VPC Endpoint Interface ", it))
        shown = ec2(resource, "describe-network-interfaces", ("--filters", found))
        at = name.split(".")[1]
        return capture(shown, target, f"sort(NetworkInterfaces[].PrivateIpAddress)[{at}]")
    if kind == "AWS::Route53::HostedZone":
        return f'{target}="arn:aws:route53:::hostedzone/${{{variable(resource.logical_id)}##*/}}"'
    service, operation, flag, query = _ATTRIBUTES[kind, name]
    return capture(call(resource, service, operation, (flag, it)), target, query)


_ATTRIBUTES = {
    ("AWS::Route53Resolver::ResolverRule", "Arn"): (
        "route53resolver",
        "get-resolver-rule",
        "--resolver-rule-id",
        "ResolverRule.Arn",
    ),
    ("AWS::Route53Profiles::Profile", "Arn"): ("route53profiles", "get-profile", "--profile-id", "Profile.Arn"),
    ("AWS::EC2::TransitGateway", "Arn"): (
        "ec2",
        "describe-transit-gateways",
        "--transit-gateway-ids",
        "TransitGateways[0].TransitGatewayArn",
    ),
    ("AWS::VpcLattice::ResourceConfiguration", "Arn"): (
        "vpc-lattice",
        "get-resource-configuration",
        "--resource-configuration-identifier",
        "arn",
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName"): (
        "elbv2",
        "describe-load-balancers",
        "--load-balancer-arns",
        "LoadBalancers[0].DNSName",
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "CanonicalHostedZoneID"): (
        "elbv2",
        "describe-load-balancers",
        "--load-balancer-arns",
        "LoadBalancers[0].CanonicalHostedZoneId",
    ),
    ("AWS::ApiGateway::RestApi", "RootResourceId"): (
        "apigateway",
        "get-resources",
        "--rest-api-id",
        "items[?path==`/`].id",
    ),
}

WRITERS: Mapping[str, Writer] = {
    "AWS::Route53::HostedZone": hosted_zone,
    "AWS::Route53::RecordSet": record_set,
    "AWS::Route53Resolver::ResolverEndpoint": resolver_endpoint,
    "AWS::Route53Resolver::ResolverRule": resolver_rule,
    "AWS::Route53Resolver::ResolverRuleAssociation": resolver_rule_association,
    "AWS::Route53Profiles::Profile": profile,
    "AWS::Route53Profiles::ProfileAssociation": profile_association,
    "AWS::Route53Profiles::ProfileResourceAssociation": profile_resource,
    "AWS::EC2::Instance": instance,
}
"""What makes each type."""

"""What a design says is there already, made in the embedded AWS by plain calls: a deployment then finds it.

Only what designs can say is known here (`_MAKERS`); anything else is an error with its type, never left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.model.resource import GetAtt, Join, Ref, Resource

Connect = Callable[[str, str, str], Any]
"""A client for an account, a Region and a service."""
Properties = dict[str, Any]


class Existing:
    """Makes resources in the order of their references, and remembers ids and attributes."""

    def __init__(self, connect: Connect) -> None:
        """`connect` gives clients of the embedded AWS."""
        self._connect = connect
        self.ids: dict[str, str] = {}
        self.attributes: dict[tuple[str, str], str] = {}

    def make(self, resources: Iterable[Resource]) -> None:
        """Make what is there already.

        Raises:
            InputError: a kind of resource that the embedded AWS cannot have.
        """
        waiting = {each.logical_id: each for each in resources}
        while waiting:
            ready = [each for each in waiting.values() if not _needs(each) & set(waiting)]
            if not ready:
                raise InputError("the existing resources refer to each other in a circle: " + ", ".join(waiting))
            for resource in ready:
                self._make(resource)
                del waiting[resource.logical_id]

    def _make(self, resource: Resource) -> None:
        maker = _MAKERS.get(resource.type)
        if maker is None:
            raise InputError(
                f"`{resource.logical_id}` cannot stand in the embedded AWS ({resource.type})",
                help="deploy to an account, or leave it out of the design",
            )
        properties = self.resolve(resource.properties)
        self.ids[resource.logical_id] = maker(self, resource, properties) or resource.logical_id

    def client(self, resource: Resource, service: str) -> Any:
        """The client of a resource's account and Region."""
        return self._connect(resource.account, resource.region, service)

    def image(self, account: str, region: str) -> str:
        """An image to start instances of; nothing runs on them here."""
        client = self._connect(account, region, "ec2")
        return str(client.register_image(Name="narrowgate", Architecture="x86_64")["ImageId"])

    def resolve(self, value: Any) -> Any:
        """A property with ids and attributes in the place of references."""
        match value:
            case Ref(logical_id=own):
                return self.ids[own]
            case GetAtt(logical_id=own, attribute=attribute):
                return self.attributes[own, attribute]
            case Join(parts=parts):
                return "".join(str(self.resolve(part)) for part in parts)
            case dict():
                return {key: self.resolve(each) for key, each in value.items()}
            case list() | tuple():
                return [self.resolve(each) for each in value]
            case _:
                # A design need not tell its account: then it is the account that deploys.
                return getattr(value, "account", value)


def _needs(resource: Resource) -> set[str]:
    return _names(resource.properties) | set(resource.depends_on)


def _names(value: Any) -> set[str]:
    match value:
        case Ref(logical_id=own) | GetAtt(logical_id=own):
            return {own}
        case Join(parts=parts):
            return {name for part in parts for name in _names(part)}
        case dict():
            return {name for each in value.values() for name in _names(each)}
        case list() | tuple():
            return {name for each in value for name in _names(each)}
        case _:
            return set()


def _tags(kind: str, properties: Properties) -> Properties:
    tags = properties.get("Tags")
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def _vpc(made: Existing, resource: Resource, properties: Properties) -> str:
    client = made.client(resource, "ec2")
    vpc_id = str(client.create_vpc(CidrBlock=properties["CidrBlock"], **_tags("vpc", properties))["Vpc"]["VpcId"])
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        client.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": properties.get(attribute, False)}})
    return vpc_id


def _range(made: Existing, resource: Resource, properties: Properties) -> None:
    made.client(resource, "ec2").associate_vpc_cidr_block(
        VpcId=properties["VpcId"], CidrBlock=properties["CidrBlock"]
    )


def _subnet(made: Existing, resource: Resource, properties: Properties) -> str:
    wanted = {name: properties[name] for name in ("VpcId", "CidrBlock", "AvailabilityZone")}
    answer = made.client(resource, "ec2").create_subnet(**wanted, **_tags("subnet", properties))
    return str(answer["Subnet"]["SubnetId"])


def _route_table(made: Existing, resource: Resource, properties: Properties) -> str:
    answer = made.client(resource, "ec2").create_route_table(
        VpcId=properties["VpcId"], **_tags("route-table", properties)
    )
    return str(answer["RouteTable"]["RouteTableId"])


def _table_of_subnet(made: Existing, resource: Resource, properties: Properties) -> str:
    return str(made.client(resource, "ec2").associate_route_table(**properties)["AssociationId"])


def _peering(made: Existing, resource: Resource, properties: Properties) -> str:
    asked = {name: properties[name] for name in ("VpcId", "PeerVpcId", "PeerOwnerId", "PeerRegion")}
    answer = made.client(resource, "ec2").create_vpc_peering_connection(
        **asked, **_tags("vpc-peering-connection", properties)
    )
    peering_id = str(answer["VpcPeeringConnection"]["VpcPeeringConnectionId"])
    accepter = made._connect(asked["PeerOwnerId"], asked["PeerRegion"], "ec2")
    accepter.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    return peering_id


def _peering_option(made: Existing, resource: Resource, properties: Properties) -> None:
    side = f"{properties['Side']}PeeringConnectionOptions"
    made.client(resource, "ec2").modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=properties["VpcPeeringConnectionId"],
        **{side: {"AllowDnsResolutionFromRemoteVpc": True}},
    )


def _route(made: Existing, resource: Resource, properties: Properties) -> None:
    made.client(resource, "ec2").create_route(**properties)


def _security_group(made: Existing, resource: Resource, properties: Properties) -> str:
    client = made.client(resource, "ec2")
    group_id = str(
        client.create_security_group(
            GroupName=resource.logical_id,
            Description=properties["GroupDescription"],
            VpcId=properties["VpcId"],
            **_tags("security-group", properties),
        )["GroupId"]
    )
    rules = [
        {
            "IpProtocol": rule["IpProtocol"],
            "FromPort": rule["FromPort"],
            "ToPort": rule["ToPort"],
            "IpRanges": [{"CidrIp": rule["CidrIp"]}],
        }
        for rule in properties.get("SecurityGroupIngress", [])
    ]
    if rules:
        client.authorize_security_group_ingress(GroupId=group_id, IpPermissions=rules)
    return group_id


def _endpoint(made: Existing, resource: Resource, properties: Properties) -> str:
    policy = properties.get("PolicyDocument")
    wanted = {name: value for name, value in properties.items() if name not in {"PolicyDocument", "Tags"}}
    if policy is not None:
        wanted["PolicyDocument"] = json.dumps(policy)
    answer = made.client(resource, "ec2").create_vpc_endpoint(**wanted, **_tags("vpc-endpoint", properties))
    endpoint = answer["VpcEndpoint"]
    for number, entry in enumerate(endpoint.get("DnsEntries", ())):
        made.attributes[resource.logical_id, f"DnsEntries.{number}.DnsName"] = entry["DnsName"]
        made.attributes[resource.logical_id, f"DnsEntries.{number}.HostedZoneId"] = entry["HostedZoneId"]
    return str(endpoint["VpcEndpointId"])


def _zone(made: Existing, resource: Resource, properties: Properties) -> str:
    client = made.client(resource, "route53")
    first, *others = ({"VPCId": each["VPCId"], "VPCRegion": each["VPCRegion"]} for each in properties["VPCs"])
    zone = client.create_hosted_zone(Name=properties["Name"], VPC=first, CallerReference=resource.logical_id)
    for vpc in others:
        client.associate_vpc_with_hosted_zone(HostedZoneId=zone["HostedZone"]["Id"], VPC=vpc)
    return str(zone["HostedZone"]["Id"]).removeprefix("/hostedzone/")


def _record(made: Existing, resource: Resource, properties: Properties) -> None:
    record = {
        "Name": properties["Name"],
        "Type": properties["Type"],
        "TTL": int(properties["TTL"]),
        "ResourceRecords": [{"Value": value} for value in properties["ResourceRecords"]],
    }
    made.client(resource, "route53").change_resource_record_sets(
        HostedZoneId=properties["HostedZoneId"],
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )


def _rest_api(made: Existing, resource: Resource, properties: Properties) -> str:
    configuration = properties["EndpointConfiguration"]
    endpoints = configuration.get("VpcEndpointIds")
    policy = properties.get("Policy")
    answer = made.client(resource, "apigateway").create_rest_api(
        name=properties["Name"],
        endpointConfiguration={
            "types": configuration["Types"],
            **({"vpcEndpointIds": endpoints} if endpoints else {}),
        },
        **({"policy": json.dumps(policy)} if policy else {}),
    )
    made.attributes[resource.logical_id, "RootResourceId"] = answer["rootResourceId"]
    return str(answer["id"])


def _api_resource(made: Existing, resource: Resource, properties: Properties) -> str:
    answer = made.client(resource, "apigateway").create_resource(
        restApiId=properties["RestApiId"], parentId=properties["ParentId"], pathPart=properties["PathPart"]
    )
    return str(answer["id"])


def _method(made: Existing, resource: Resource, properties: Properties) -> None:
    client = made.client(resource, "apigateway")
    own = {
        "restApiId": properties["RestApiId"],
        "resourceId": properties["ResourceId"],
        "httpMethod": properties["HttpMethod"],
    }
    client.put_method(**own, authorizationType=properties["AuthorizationType"])
    client.put_integration(**own, type="MOCK", requestTemplates=properties["Integration"]["RequestTemplates"])


def _deployment(made: Existing, resource: Resource, properties: Properties) -> str:
    return str(made.client(resource, "apigateway").create_deployment(restApiId=properties["RestApiId"])["id"])


def _stage(made: Existing, resource: Resource, properties: Properties) -> str:
    made.client(resource, "apigateway").create_stage(
        restApiId=properties["RestApiId"],
        stageName=properties["StageName"],
        deploymentId=properties["DeploymentId"],
    )
    return str(properties["StageName"])


_MAKERS: Mapping[str, Callable[[Existing, Resource, Properties], str | None]] = {
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCCidrBlock": _range,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::RouteTable": _route_table,
    "AWS::EC2::SubnetRouteTableAssociation": _table_of_subnet,
    "AWS::EC2::VPCPeeringConnection": _peering,
    "Custom::VpcPeeringConnectionOptions": _peering_option,
    "AWS::EC2::Route": _route,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::Route53::HostedZone": _zone,
    "AWS::Route53::RecordSet": _record,
    "AWS::ApiGateway::RestApi": _rest_api,
    "AWS::ApiGateway::Resource": _api_resource,
    "AWS::ApiGateway::Method": _method,
    "AWS::ApiGateway::Deployment": _deployment,
    "AWS::ApiGateway::Stage": _stage,
}

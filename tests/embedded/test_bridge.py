"""Each defect of moto that the bridge names: there in moto alone, gone in the embedded AWS."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from narrowgate.deploy.embedded.bridge import DEFECTS
from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.sources.live.asking import ask
from narrowgate.sources.live.calls import BY_NAME

ACCOUNT, OTHER_ACCOUNT, REGION = "111122223333", "444455556666", "us-east-1"
ABSENT = (
    "ec2.describe_security_group_vpc_associations",
    "route53resolver.list_firewall_configs",
    "route53resolver.list_firewall_rule_groups",
    "route53resolver.list_firewall_rule_group_associations",
    "route53resolver.list_firewall_domain_lists",
)


class Aws:
    """Clients of one server."""

    def __init__(self, url: str, keys: tuple[str, str, str | None] = ("x", "x", None)):
        self._url = url
        self._session = boto3.Session(*keys, region_name=REGION)
        self._clients: dict[str, object] = {}

    def __getattr__(self, service: str):
        name = service.replace("_", "-")
        if name not in self._clients:
            config = Config(retries={"mode": "standard", "max_attempts": 1})
            self._clients[name] = self._session.client(name, endpoint_url=self._url, config=config)
        return self._clients[name]

    def elsewhere(self) -> "Aws":
        """The same server, by a role of another account."""
        role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/narrowgate"
        given = self.sts.assume_role(RoleArn=role, RoleSessionName="narrowgate")["Credentials"]
        return Aws(self._url, (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]))

    def network(self) -> tuple[str, str, str]:
        """A VPC with DNS, a subnet and a group."""
        vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        zone = f"{REGION}a"
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        group = self.ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
        return vpc, subnet, group

    def endpoint(self, **more):
        vpc, subnet, group = self.network()
        made = self.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=vpc,
            ServiceName=f"com.amazonaws.{REGION}.execute-api",
            SubnetIds=[subnet],
            SecurityGroupIds=[group],
            **more,
        )["VpcEndpoint"]
        return made, group

    def described(self, endpoint):
        return self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]


@pytest.fixture(scope="module")
def embedded():
    with EmbeddedAws(ACCOUNT) as aws:
        yield Aws(aws.url)


@pytest.fixture(scope="module")
def moto_alone():
    script = (
        "from moto.moto_server.werkzeug_app import DomainDispatcherApplication as D, create_backend_app;"
        "from werkzeug.serving import make_server;"
        "s = make_server('127.0.0.1', 0, D(create_backend_app), threaded=True);"
        "print(s.port, flush=True); s.serve_forever()"
    )
    command = [sys.executable, "-c", script]
    told = {**os.environ, "MOTO_ACCOUNT_ID": ACCOUNT}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=told
    ) as process:
        yield Aws(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        process.terminate()


def endpoint_interfaces(aws):
    made, group = aws.endpoint(PrivateDnsEnabled=True)
    (interface,) = aws.ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    names = [each["DnsName"] for each in made["DnsEntries"]]
    return (
        interface["PrivateIpAddress"].startswith("10.9.1.")
        and [each["GroupId"] for each in interface["Groups"]] == [group]
        and names[0].endswith(f".execute-api.{REGION}.vpce.amazonaws.com")
        and f"-{REGION}a." in names[1]
        and "Version" not in json.loads(made["PolicyDocument"])
        and names[2:] == [f"execute-api.{REGION}.amazonaws.com", f"*.execute-api.{REGION}.amazonaws.com"]
    )


def endpoint_modified(aws):
    made, _ = aws.endpoint(PrivateDnsEnabled=True)
    aws.ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], PrivateDnsEnabled=False)
    changed = aws.described(made)
    return changed["PrivateDnsEnabled"] is False and not any(
        each["DnsName"].startswith("*.") for each in changed["DnsEntries"]
    )


def assumed_roles(aws):
    return aws.elsewhere().sts.get_caller_identity()["Account"] == OTHER_ACCOUNT


def a_peering(aws, accepter, owner):
    vpc, _, _ = aws.network()
    aws.ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.19.0.0/16")
    theirs = accepter.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    tags = [{"ResourceType": "vpc-peering-connection", "Tags": [{"Key": "Name", "Value": "ours"}]}]
    asked = {"VpcId": vpc, "PeerVpcId": theirs, "PeerOwnerId": owner, "TagSpecifications": tags}
    return aws.ec2.create_vpc_peering_connection(**asked)["VpcPeeringConnection"]["VpcPeeringConnectionId"]


def seen_peering(aws, own):
    (seen,) = aws.ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[own])["VpcPeeringConnections"]
    return seen


def peering_tags(aws):
    other = aws.elsewhere()
    own = a_peering(aws, other, OTHER_ACCOUNT)
    return (seen_peering(aws, own)["Tags"], seen_peering(other, own).get("Tags", [])) == (
        [{"Key": "Name", "Value": "ours"}],
        [],
    )


def peering_ranges(aws):
    told = seen_peering(aws, a_peering(aws, aws, ACCOUNT))["RequesterVpcInfo"]
    return [each["CidrBlock"] for each in told["CidrBlockSet"]] == ["10.9.0.0/16", "10.19.0.0/16"]


def flow_log_group(aws):
    vpc, _, _ = aws.network()
    name = f"/flow/{vpc}"
    aws.logs.create_log_group(logGroupName=name)
    (made,) = aws.ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestination=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}",
        DeliverLogsPermissionArn=f"arn:aws:iam::{ACCOUNT}:role/flow",
    )["FlowLogIds"]
    (told,) = aws.ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"]
    return (told["DeliverLogsStatus"], told["LogGroupName"]) == ("SUCCESS", name)


def a_hub(aws, default="disable"):
    """A gateway, an attachment with a name, and a route table."""
    vpc, subnet, _ = aws.network()
    options = {"DefaultRouteTableAssociation": default, "DefaultRouteTablePropagation": default}
    gateway = aws.ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"]
    tags = [{"ResourceType": "transit-gateway-attachment", "Tags": [{"Key": "Name", "Value": "hub"}]}]
    attachment = aws.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet], TagSpecifications=tags
    )["TransitGatewayVpcAttachment"]
    table = aws.ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    return gateway, attachment, table["TransitGatewayRouteTableId"]


def tables_of(aws, gateway):
    wanted = [{"Name": "transit-gateway-id", "Values": [gateway]}]
    found = aws.ec2.describe_transit_gateway_route_tables(Filters=wanted)["TransitGatewayRouteTables"]
    return [each["TransitGatewayRouteTableId"] for each in found]


def association_of(aws, attachment):
    own = [attachment["TransitGatewayAttachmentId"]]
    (told,) = aws.ec2.describe_transit_gateway_attachments(TransitGatewayAttachmentIds=own)[
        "TransitGatewayAttachments"
    ]
    return told.get("Association", {}).get("TransitGatewayRouteTableId")


def transit_default_tables(aws):
    gateway, attachment, table = a_hub(aws)
    before = association_of(aws, attachment)
    own = {"TransitGatewayAttachmentId": attachment["TransitGatewayAttachmentId"]}
    aws.ec2.associate_transit_gateway_route_table(TransitGatewayRouteTableId=table, **own)
    wanted = [{"Name": "vpc-id", "Values": [attachment["VpcId"]]}]
    interfaces = aws.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    by_default, by_itself, other = a_hub(aws, "enable")
    first = next(each for each in tables_of(aws, by_default) if each != other)
    learnt = aws.ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=first)
    return (
        (tables_of(aws, gateway), before, association_of(aws, attachment)) == ([table], None, table)
        and [(each["InterfaceType"], each["Groups"]) for each in interfaces] == [("transit_gateway", [])]
        and association_of(aws, by_itself) == first
        and len(learnt["TransitGatewayRouteTablePropagations"]) == 1
    )


def transit_attachment_tags(aws):
    _, attachment, _ = a_hub(aws)
    own = [attachment["TransitGatewayAttachmentId"]]
    (told,) = aws.ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=own)[
        "TransitGatewayVpcAttachments"
    ]
    return told.get("Tags") == [{"Key": "Name", "Value": "hub"}]


def transit_routes(aws):
    _, attachment, table = a_hub(aws)
    place = {
        "TransitGatewayRouteTableId": table,
        "TransitGatewayAttachmentId": attachment["TransitGatewayAttachmentId"],
    }
    aws.ec2.enable_transit_gateway_route_table_propagation(**place)
    aws.ec2.create_transit_gateway_route(**place, DestinationCidrBlock="10.99.0.0/16")
    states = [{"Name": "state", "Values": ["active", "blackhole"]}]
    found = aws.ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=states, MaxResults=5)
    return [
        (
            each["DestinationCidrBlock"],
            each["Type"],
            [to["ResourceId"] for to in each["TransitGatewayAttachments"]],
        )
        for each in found["Routes"]
    ] == [("10.9.0.0/16", "propagated", [attachment["VpcId"]]), ("10.99.0.0/16", "static", [attachment["VpcId"]])]


def transit_peerings(aws):
    a_hub(aws)
    return aws.ec2.describe_transit_gateway_peering_attachments()["TransitGatewayPeeringAttachments"] == []


def an_instance(aws, **more):
    _, subnet, _ = aws.network()
    image = aws.ec2.register_image(Name=f"i{time.monotonic_ns()}", Architecture="x86_64")["ImageId"]
    own = {"ImageId": image, "SubnetId": subnet, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    return aws.ec2.run_instances(**own, **more)["Instances"][0]["InstanceId"]


def root_volume(aws):
    root = [{"DeviceName": "/dev/sda1", "Ebs": {"Encrypted": True}}]
    return an_instance(aws, BlockDeviceMappings=root).startswith("i-")


def instance_groups(aws):
    _, subnet, group = aws.network()
    image = aws.ec2.register_image(Name=f"i{time.monotonic_ns()}", Architecture="x86_64")["ImageId"]
    nic = [{"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group]}]
    made = aws.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=nic)["Instances"][0]
    return [each["GroupId"] for each in made["SecurityGroups"]] == [group]


def dhcp_options_tags(aws):
    tags = [{"Key": "Name", "Value": "own"}]
    made = aws.ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["10.9.1.53"]}],
        TagSpecifications=[{"ResourceType": "dhcp-options", "Tags": tags}],
    )["DhcpOptions"]
    return made.get("Tags") == tags


def monitoring(aws):
    own = an_instance(aws)
    aws.ec2.monitor_instances(InstanceIds=[own])
    (told,) = aws.ec2.describe_instances(InstanceIds=[own])["Reservations"][0]["Instances"]
    return told["Monitoring"]["State"] == "enabled"


def dhcp_options(aws):
    vpc, _, _ = aws.network()
    own = aws.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["DhcpOptionsId"]
    listed = {each["DhcpOptionsId"]: each for each in aws.ec2.describe_dhcp_options()["DhcpOptions"]}
    servers = [each for each in listed[own]["DhcpConfigurations"] if each["Key"] == "domain-name-servers"]
    aws.ec2.delete_vpc(VpcId=aws.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"])
    still = {each["DhcpOptionsId"] for each in aws.ec2.describe_dhcp_options()["DhcpOptions"]}
    told = listed[own].get("OwnerId") == ACCOUNT
    return told and servers[0]["Values"] == [{"Value": "AmazonProvidedDNS"}] and own in still


def default_group(aws):
    vpc, _, _ = aws.network()
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = aws.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    rules = [
        (each["IpProtocol"], [one["GroupId"] for one in each["UserIdGroupPairs"]])
        for each in group["IpPermissions"]
    ]
    return rules == [("-1", [group["GroupId"]])]


def vpc_deleted(aws):
    vpc = aws.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    aws.ec2.delete_vpc(VpcId=vpc)
    return vpc not in {each["VpcId"] for each in aws.ec2.describe_network_acls()["NetworkAcls"]}


def record_forms(aws):
    vpc, _, _ = aws.network()
    own = {"Name": f"c{time.monotonic_ns()}.example", "CallerReference": vpc}
    config = {"PrivateZone": True, "Comment": ""}
    zone = aws.route53.create_hosted_zone(**own, VPC={"VPCId": vpc, "VPCRegion": REGION}, HostedZoneConfig=config)[
        "HostedZone"
    ]["Id"]
    target = {"HostedZoneId": "Z7HUB22UULQXV", "DNSName": "vpce-1.example.com", "EvaluateTargetHealth": False}
    record = {"Name": own["Name"], "Type": "A", "AliasTarget": target}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    aws.route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=change)
    told = {
        each["Type"]: each
        for each in aws.route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    }
    soa = told["SOA"]["ResourceRecords"][0]["Value"]
    return told["A"]["AliasTarget"]["DNSName"] == "vpce-1.example.com." and "{" not in soa


def internet_rule(aws):
    vpc, _, _ = aws.network()
    rules = aws.route53resolver.list_resolver_rules()["ResolverRules"]
    pages = aws.route53resolver.get_paginator("list_resolver_rule_associations").paginate()
    associated = {each["VPCId"] for page in pages for each in page["ResolverRuleAssociations"]}
    return rules[0]["Name"] == "Internet Resolver" and vpc in associated


def private_zone(aws):
    vpc, _, _ = aws.network()
    zone = aws.route53.create_hosted_zone(
        Name=f"a{time.monotonic_ns()}.example", VPC={"VPCId": vpc, "VPCRegion": REGION}, CallerReference=vpc
    )
    told = aws.route53.get_hosted_zone(Id=zone["HostedZone"]["Id"])
    return told["HostedZone"]["Config"]["PrivateZone"] and [each["VPCId"] for each in told["VPCs"]] == [vpc]


def zone_associated_twice(aws):
    vpc, _, _ = aws.network()
    own = {"VPCId": vpc, "VPCRegion": REGION}
    zone_id = aws.route53.create_hosted_zone(
        Name=f"b{time.monotonic_ns()}.example",
        VPC=own,
        CallerReference=vpc,
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )["HostedZone"]["Id"]
    aws.route53.associate_vpc_with_hosted_zone(HostedZoneId=zone_id, VPC=own)
    return len(aws.route53.get_hosted_zone(Id=zone_id)["VPCs"]) == 1


def resolver_tags(aws):
    config = aws.route53resolver.create_resolver_query_log_config(
        Name=f"q{time.monotonic_ns()}",
        DestinationArn="arn:aws:s3:::logs",
        CreatorRequestId=str(time.monotonic_ns()),
    )["ResolverQueryLogConfig"]
    try:
        return aws.route53resolver.list_tags_for_resource(ResourceArn=config["Arn"])["Tags"] == []
    except ClientError:
        return False


def query_logs_removed(aws):
    vpc, _, _ = aws.network()
    own = aws.route53resolver.create_resolver_query_log_config(
        Name=f"r{time.monotonic_ns()}",
        DestinationArn="arn:aws:s3:::logs",
        CreatorRequestId=str(time.monotonic_ns()),
    )["ResolverQueryLogConfig"]["Id"]
    aws.route53resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=own, ResourceId=vpc)
    aws.route53resolver.disassociate_resolver_query_log_config(ResolverQueryLogConfigId=own, ResourceId=vpc)
    aws.route53resolver.delete_resolver_query_log_config(ResolverQueryLogConfigId=own)
    left = aws.route53resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"]
    return own not in {each["Id"] for each in left}


def a_resolver_endpoint(aws):
    _, subnet, group = aws.network()
    return aws.route53resolver.create_resolver_endpoint(
        CreatorRequestId=str(time.monotonic_ns()),
        SecurityGroupIds=[group],
        Direction="INBOUND",
        IpAddresses=[{"SubnetId": subnet, "Ip": "10.9.1.53"}, {"SubnetId": subnet, "Ip": "10.9.1.54"}],
        Name="in",
        Protocols=["Do53", "DoH"],
    )["ResolverEndpoint"]


def resolver_interfaces(aws):
    made = a_resolver_endpoint(aws)
    wanted = [{"Name": "vpc-id", "Values": [made["HostVPCId"]]}]
    found = aws.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    return [(each["Status"], each["RequesterManaged"]) for each in found] == [("in-use", True)] * 2


def resolver_protocols(aws):
    made = a_resolver_endpoint(aws)
    told = aws.route53resolver.get_resolver_endpoint(ResolverEndpointId=made["Id"])["ResolverEndpoint"]
    return told.get("Protocols") == ["Do53", "DoH"] and told.get("ResolverEndpointType") == "IPV4"


def an_api(aws, policy):
    api = aws.apigateway.create_rest_api(
        name="a", endpointConfiguration={"types": ["PRIVATE"]}, policy=json.dumps(policy)
    )
    own = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    aws.apigateway.put_method(**own, authorizationType="AWS_IAM")
    aws.apigateway.put_integration(**own, type="MOCK", requestTemplates={"application/json": "{}"})
    deployment = aws.apigateway.create_deployment(restApiId=api["id"])
    aws.apigateway.create_stage(restApiId=api["id"], stageName="prod", deploymentId=deployment["id"])
    return api


def policy_of(resource):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


POLICY = policy_of("execute-api:/prod/GET/")


def as_kept(api):
    """The policy with the API's own ARN in it."""
    return policy_of(f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api['id']}/prod/GET/")


def policy_escaped(aws):
    api = an_api(aws, POLICY)
    told = aws.apigateway.get_rest_api(restApiId=api["id"])
    kind = told["endpointConfiguration"].get("ipAddressType")
    return (told["policy"], kind) == (json.dumps(as_kept(api)).replace('"', '\\"'), "dualstack")


def a_private_domain(aws):
    return aws.apigateway.create_domain_name(
        domainName=f"d{time.monotonic_ns()}.example.com",
        certificateArn=f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/c",
        endpointConfiguration={"types": ["PRIVATE"]},
        policy=json.dumps(policy_of("execute-api:/*")),
    )


def private_domains(aws):
    made = a_private_domain(aws)
    path = f"/domainnames/{made['domainName']}+{made['domainNameId']}"
    told = {each["domainName"]: each for each in aws.apigateway.get_domain_names()["items"]}[made["domainName"]]
    return (told["domainNameArn"], json.loads(told["policy"])) == (
        f"arn:aws:apigateway:{REGION}:{ACCOUNT}:{path}",
        policy_of("execute-api:/*"),
    )


def access_associations(aws):
    domain = a_private_domain(aws)["domainNameArn"]
    own = {"accessAssociationSource": "vpce-1", "accessAssociationSourceType": "VPCE"}
    made = aws.apigateway.create_domain_name_access_association(domainNameArn=domain, **own)
    arn = made["domainNameAccessAssociationArn"]
    kept = aws.apigateway.get_domain_name_access_associations()["items"]
    aws.apigateway.get_tags(resourceArn=arn)
    aws.apigateway.delete_domain_name_access_association(domainNameAccessAssociationArn=arn)
    gone = aws.apigateway.get_domain_name_access_associations()["items"]
    return [each["domainNameArn"] for each in kept if each["domainNameAccessAssociationArn"] == arn] == [
        domain
    ] and arn not in {each["domainNameAccessAssociationArn"] for each in gone}


def profiles(aws):
    client = aws.route53profiles
    own = client.create_profile(
        Name="p", ClientToken=str(time.monotonic_ns()), Tags=[{"Key": "Name", "Value": "p"}]
    )["Profile"]
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint/vpce-1"
    client.associate_profile(ProfileId=own["Id"], ResourceId="vpc-1", Name="a")
    client.associate_resource_to_profile(ProfileId=own["Id"], ResourceArn=arn, Name="r")
    vpcs = client.list_profile_associations(ProfileId=own["Id"])["ProfileAssociations"]
    carried = client.list_profile_resource_associations(ProfileId=own["Id"])["ProfileResourceAssociations"]
    tags = client.list_tags_for_resource(ResourceArn=own["Arn"])["Tags"]
    client.disassociate_resource_from_profile(ProfileId=own["Id"], ResourceArn=arn)
    client.disassociate_profile(ProfileId=own["Id"], ResourceId="vpc-1")
    client.delete_profile(ProfileId=own["Id"])
    return (
        ([each["ResourceId"] for each in vpcs], [each["ResourceType"] for each in carried], tags)
        == (["vpc-1"], ["VPC_ENDPOINT"], {"Name": "p"})
        and own["Id"] not in {each["Id"] for each in client.list_profiles()["ProfileSummaries"]}
        and client.list_profile_associations(ProfileId=own["Id"])["ProfileAssociations"] == []
    )


def balancer_interfaces(aws):
    vpc, first, group = aws.network()
    second = aws.ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.2.0/24", AvailabilityZone=f"{REGION}b")["Subnet"]
    name = f"b{time.monotonic_ns()}"
    subnets = [first, second["SubnetId"]]
    aws.elbv2.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[group], Scheme="internal")
    wanted = [{"Name": "vpc-id", "Values": [vpc]}]
    found = aws.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
    told = {(each["SubnetId"], each["Groups"][0]["GroupId"], each["Description"][:8]) for each in found}
    return told == {(subnet, group, "ELB app/") for subnet in subnets}


def certificate_names(aws):
    made = aws.acm.request_certificate(DomainName="orders.example.com", ValidationMethod="DNS")["CertificateArn"]
    told = {each["CertificateArn"]: each for each in aws.acm.list_certificates()["CertificateSummaryList"]}
    return told[made].get("SubjectAlternativeNameSummaries") == ["orders.example.com"]


def stage_export(aws):
    api = an_api(aws, POLICY)
    change = {"op": "replace", "path": "/policy", "value": json.dumps({**POLICY, "Id": "saved, not deployed"})}
    aws.apigateway.update_rest_api(restApiId=api["id"], patchOperations=[change])
    answer = ask(
        lambda: aws.apigateway,
        BY_NAME["apigateway.get_export"],
        {
            "restApiId": api["id"],
            "stageName": "prod",
            "exportType": "oas30",
            "parameters": {"extensions": "apigateway"},
            "accepts": "application/json",
        },
    )
    document = json.loads(answer.response["body"])
    method = document["paths"]["/"].get("get", {})
    return document.get("x-amazon-apigateway-policy") == as_kept(api) and method["x-amazon-apigateway-auth"] == {
        "type": "AWS_IAM"
    }


def absent_calls(aws):
    found = [ask(lambda name=name: getattr(aws, name.split(".")[0]), BY_NAME[name], {}) for name in ABSENT]
    return [each.failure for each in found] == [None] * len(ABSENT)


MENDED = {
    name.replace("_", "-"): function
    for name, function in list(globals().items())
    if callable(function) and name.replace("_", "-") in {defect.name for defect in DEFECTS}
}


def test_every_defect_has_its_test():
    assert set(MENDED) == {defect.name for defect in DEFECTS}


@pytest.mark.parametrize("name", sorted(MENDED))
def test_the_embedded_aws_does_as_aws_does(name, embedded):
    assert MENDED[name](embedded)


@pytest.mark.parametrize("name", sorted(MENDED))
def test_moto_alone_still_does_not(name, moto_alone):
    """When this fails, moto has mended it: take the defect out of the bridge."""
    with contextlib.suppress(ClientError, ResponseParserError, KeyError, IndexError):
        assert not MENDED[name](moto_alone)


def test_the_defects_are_documented_in_their_own_words():
    page = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text()
    for defect in DEFECTS:
        assert f"| `{defect.name}` | {defect.moto} | {defect.aws} |" in page


def test_it_does_not_outlive_the_process_that_started_it():
    script = (
        "import os, signal; from narrowgate.deploy.embedded.start import EmbeddedAws;"
        "a = EmbeddedAws('111122223333'); a.__enter__();"
        "print(a._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid = int(done.stdout)
    for _ in range(50):
        if _is_gone(pid):
            return
        time.sleep(0.1)
    pytest.fail("it is still there")


def _is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_nothing_of_the_caller_s_own_aws_is_passed_on(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    environment = EmbeddedAws(ACCOUNT).environment(REGION)
    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment

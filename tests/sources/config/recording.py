"""An estate as AWS Config would have recorded it: the fields of its published schemas, and no others.

The inverse of what the source does, written apart from it: which fields AWS Config keeps is read off AWS's schemas
of configuration items, not off the reader.
"""

import gzip
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from narrowgate.sources.snapshot import Response
from narrowgate.sources.synthetic.estate import Estate

CAPTURED = "2026-11-19T04:00:00.000Z"
RECORDER = "AWS::Config::ConfigurationRecorder"
Record = dict[str, Any]


def lower(value: Any, *without: str) -> Any:
    """AWS's answer with keys that start in lower case, as the Java SDK's objects are written."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: lower(each) for key, each in value.items() if key not in without}
    return [lower(each) for each in value] if isinstance(value, list) else value


def _enumerated(value: Record, *without: str) -> Record:
    """The same with the state as the SDK's enumerations are written."""
    return {**lower(value, *without), "state": {"value": value.get("State", "available")}}


def _group(value: Record) -> Record:
    """IPv4 ranges twice: as objects, and as bare text as they were before descriptions existed."""
    content = lower(value)
    for name in ("ipPermissions", "ipPermissionsEgress"):
        for permission in content.get(name, ()):
            ranges = permission.pop("ipRanges", [])
            permission |= {"ipv4Ranges": ranges, "ipRanges": [each["cidrIp"] for each in ranges]}
    return content


def _api(value: Record) -> Record:
    kept = {key: value[key] for key in ("id", "name", "apiKeySource") if key in value}
    return {**kept, "endpointConfiguration": {"types": value["endpointConfiguration"]["types"]}}


def _rule(value: Record) -> Record:
    kept = {
        key: value[key] for key in ("Arn", "DomainName", "Name", "ResolverEndpointId", "RuleType") if key in value
    }
    targets = [{"Ip": each["Ip"], "Port": str(each.get("Port", 53))} for each in value.get("TargetIps", ())]
    return {**kept, "ResolverRuleId": value["Id"], "TargetIps": targets}


def _association(value: Record) -> Record:
    kept = {key: value[key] for key in ("Name", "ResolverRuleId", "VPCId") if key in value}
    return {**kept, "ResolverRuleAssociationId": value["Id"]}


def _options(value: Record) -> Record:
    names = {"domain-name-servers": "DomainNameServers", "ntp-servers": "NtpServers"}
    content: Record = {"DhcpOptionsId": value["DhcpOptionsId"]}
    for option in value.get("DhcpConfigurations", ()):
        values = [each["Value"] for each in option["Values"]]
        if option["Key"] == "domain-name":
            content["DomainName"] = values[0]
        elif option["Key"] in names:
            content[names[option["Key"]]] = values
    return content


# Call -> resource type, the key of its elements, the field of an element that is its id, and the configuration.
TYPES: dict[str, tuple[str, str, str, Callable[[Record], Record]]] = {
    "ec2.describe_vpcs": ("AWS::EC2::VPC", "Vpcs", "VpcId", _enumerated),
    "ec2.describe_subnets": ("AWS::EC2::Subnet", "Subnets", "SubnetId", _enumerated),
    "ec2.describe_route_tables": ("AWS::EC2::RouteTable", "RouteTables", "RouteTableId", lower),
    "ec2.describe_network_acls": ("AWS::EC2::NetworkAcl", "NetworkAcls", "NetworkAclId", lower),
    "ec2.describe_security_groups": ("AWS::EC2::SecurityGroup", "SecurityGroups", "GroupId", _group),
    "ec2.describe_network_interfaces": (
        "AWS::EC2::NetworkInterface",
        "NetworkInterfaces",
        "NetworkInterfaceId",
        lower,
    ),
    "ec2.describe_dhcp_options": ("AWS::EC2::DHCPOptions", "DhcpOptions", "DhcpOptionsId", _options),
    "ec2.describe_vpc_endpoints": (
        "AWS::EC2::VPCEndpoint",
        "VpcEndpoints",
        "VpcEndpointId",
        lambda value: _enumerated(value, "PolicyDocument"),
    ),
    "ec2.describe_vpc_peering_connections": (
        "AWS::EC2::VPCPeeringConnection",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        lower,
    ),
    "ec2.describe_internet_gateways": (
        "AWS::EC2::InternetGateway",
        "InternetGateways",
        "InternetGatewayId",
        lower,
    ),
    "route53resolver.list_resolver_rules": ("AWS::Route53Resolver::ResolverRule", "ResolverRules", "Id", _rule),
    "route53resolver.list_resolver_rule_associations": (
        "AWS::Route53Resolver::ResolverRuleAssociation",
        "ResolverRuleAssociations",
        "Id",
        _association,
    ),
    "apigateway.get_rest_apis": ("AWS::ApiGateway::RestApi", "items", "id", _api),
}


def items_of(responses: Iterable[Response]) -> list[Record]:
    """The configuration items of an estate, as S3 files hold them."""
    found: list[Record] = []
    for response in responses:
        if response.operation == "ec2.describe_instances":
            instances = [
                each for reservation in response.body["Reservations"] for each in reservation["Instances"]
            ]
            found += [item(response, "AWS::EC2::Instance", each["InstanceId"], lower(each)) for each in instances]
        elif response.operation in TYPES:
            kind, key, identity, configuration = TYPES[response.operation]
            elements = response.body[key]
            found += [item(response, kind, each[identity], configuration(each)) for each in elements]
    return found


def item(response: Response, kind: str, resource_id: str, configuration: Record) -> Record:
    return {
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": CAPTURED,
        "configurationItemStatus": "OK",
        "configurationStateId": 1,
        "awsAccountId": response.account,
        "awsRegion": response.region,
        "resourceType": kind,
        "resourceId": resource_id,
        "ARN": f"arn:aws:config-test:{response.region}:{response.account}:{resource_id}",
        "configuration": configuration,
        "supplementaryConfiguration": {},
        "tags": {},
        "relationships": [],
        "relatedEvents": [],
    }


def recorder(account: str, region: str, **group: Any) -> Record:
    """AWS Config's item about itself: by default, it records all that it can."""
    settings = group or {"AllSupported": True}
    content = {"Id": "default", "Name": "default", "Recording": True, "RecordingGroup": settings}
    return item(Response(account=account, region=region, operation="", body=None), RECORDER, "default", content)


def snapshot_files(items: Iterable[Record]) -> dict[str, Record]:
    """The snapshot files that AWS Config delivers: one an account and Region."""
    files: dict[str, Record] = {}
    for each in items:
        name = f"{each['awsAccountId']}_Config_{each['awsRegion']}_ConfigSnapshot_20261119T040000Z_1.json.gz"
        head = {"fileVersion": "1.0", "configSnapshotId": "4e3c1a52-0000-4000-8000-000000000000"}
        files.setdefault(name, {**head, "configurationItems": []})["configurationItems"].append(each)
    return files


def write_config(items: Iterable[Record], folder: Path) -> Path:
    """Write them as AWS Config delivers them: packed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in snapshot_files(items).items():
        (folder / name).write_bytes(gzip.compress(json.dumps(content).encode()))
    return folder


def recorded_estate(estate: Estate) -> list[Record]:
    """All items of an estate, and those of its recorders, which record all that they can."""
    items = items_of(estate.responses())
    scopes = sorted({(each["awsAccountId"], each["awsRegion"]) for each in items})
    return [*items, *(recorder(account, region) for account, region in scopes)]


def aggregated(items: Iterable[Record]) -> Record:
    """The same as one page of an aggregator's answer: JSON inside strings, tags as a list."""
    fields = {"awsAccountId": "accountId", "ARN": "arn"}
    results = [{fields.get(key, key): value for key, value in each.items()} for each in items]
    names = [{"Name": name} for name in ("accountId", "awsRegion", "resourceType", "resourceId", "configuration")]
    return {
        "Results": [json.dumps({**each, "tags": []}) for each in results],
        "QueryInfo": {"SelectFields": names},
    }

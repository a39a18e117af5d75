"""Logs of what an option makes: flow logs, Resolver query logs, API logs, with retention and a key (OPS-01 to 05).

They are no part of how consumers reach an API, so options leave them out and `compare` does not count them: what
is generated has them, and so has a design that is read as a snapshot.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from narrowgate.model.design import Design
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.options.parts.alarms import add_alarms
from narrowgate.options.parts.firewall import add_web_acl
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.resource_list import Because, Place, ResourceList, Text, tags

ACCESS_FORMAT = (
    '{"requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId",'
    '"ip":"$context.identity.sourceIp","vpcId":"$context.identity.vpcId","vpceId":"$context.identity.vpceId",'
    '"requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","path":"$context.path",'
    '"status":"$context.status","error":"$context.error.message","errorType":"$context.error.responseType",'
    '"responseLength":"$context.responseLength"}'
)
"""What an access log line holds: who, by which endpoint, what, and which error (OPS-03)."""

FLOW_FORMAT = (
    "${version} ${vpc-id} ${subnet-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${pkt-srcaddr} ${pkt-dstaddr} ${tcp-flags} "
    "${flow-direction}"
)
"""What a flow record holds: also the packet's own addresses and its direction (OPS-01)."""

_WRITE_FLOWS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams")


def with_logs(design: Design, resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """An option's resources with their logs and alarms, as far as the design wants them."""
    if not design.logs.enabled:
        return tuple(resources)
    found = ResourceList()
    found.extend(resources)
    for place in dict.fromkeys(Place(each.account, each.region) for each in resources if not each.exists):
        here = [each for each in resources if (each.account, each.region) == (place.account, place.region)]
        logs = _Logs(design, found, place)
        logs.networks(here)
        logs.apis(here)
        if design.logs.alarms:
            add_alarms(design, found, place, here)
    if design.logs.waf:
        add_web_acl(found, resources)
    return _staged(found.all(), design)


class _Logs:
    """The logs of one account and Region."""

    def __init__(self, design: Design, found: ResourceList, place: Place) -> None:
        self._design = design
        self._found = found
        self._place = place
        names = {number: name for name, number in design.accounts}
        self._words = (place.region, names.get(place.account, ""))

    def _key(self) -> GetAtt:
        """A key that CloudWatch Logs may use for the log groups here, and nothing else (OPS-05)."""
        region, account = self._place.region, self._place.account
        name = logical_id("logs-key", *self._words)
        root = Join(("arn:aws:iam::", account, ":root"))
        groups = Join((f"arn:aws:logs:{region}:", account, ":log-group:*"))
        statements: list[dict[str, Any]] = [
            {
                "Sid": "OwnedByTheAccount",
                "Effect": "Allow",
                "Principal": {"AWS": root},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "UsedByCloudWatchLogs",
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                "Action": [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                ],
                "Resource": "*",
                "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            },
        ]
        self._found.add(
            name,
            "AWS::KMS::Key",
            self._place,
            {
                "Description": f"{self._design.name} logs",
                "EnableKeyRotation": True,
                "PendingWindowInDays": 30,
                "KeyPolicy": {"Version": "2012-10-17", "Statement": statements},
                "Tags": tags(f"{self._design.name}-logs"),
            },
            Because("encrypts the log groups", "OPS-05"),
        )
        return GetAtt(name, "Arn")

    def _group(self, name: str, path: Text, why: str) -> Join:
        """A log group with retention and key; its ARN."""
        own = self._found.add(
            name,
            "AWS::Logs::LogGroup",
            self._place,
            {
                "LogGroupName": path,
                "RetentionInDays": self._design.logs.retention_days,
                "KmsKeyId": self._key(),
                "Tags": tags(name),
            },
            Because(why, "OPS-03"),
        )
        return Join((f"arn:aws:logs:{self._place.region}:", self._place.account, ":log-group:", own))

    def _role(self, name: str, service: str, rest: dict[str, Any], because: Because) -> GetAtt:
        trust: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if "Policies" in rest:
            trust["Condition"] = {"StringEquals": {"aws:SourceAccount": self._place.account}}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        self._found.add(
            name, "AWS::IAM::Role", self._place, {"AssumeRolePolicyDocument": document, **rest}, because
        )
        return GetAtt(name, "Arn")

    def networks(self, here: Sequence[Resource]) -> None:
        """Flow logs and query logs of each VPC: packets and names leave no trace in API logs (OPS-01, OPS-02)."""
        vpcs = [each for each in here if each.type == "AWS::EC2::VPC"]
        if not vpcs:
            return
        design = self._design.name
        queries = logical_id("query-log", *self._words)
        destination = self._group(
            logical_id("query-log-group", *self._words),
            f"/{design}/{self._place.region}/dns-queries",
            "DNS queries of the VPCs",
        )
        self._found.add(
            queries,
            "AWS::Route53Resolver::ResolverQueryLoggingConfig",
            self._place,
            {"Name": f"{design}-queries", "DestinationArn": destination},
            Because("logs what hosts resolve; only what no cache answers", "OPS-02"),
        )
        for vpc in vpcs:
            name = vpc.logical_id.removesuffix("Vpc")
            group = self._group(
                logical_id(name, "flow-log-group"), f"/{design}/{name.lower()}/flow", f"flow records of {name}"
            )
            writes = {"Effect": "Allow", "Action": list(_WRITE_FLOWS), "Resource": [Join((*group.parts, ":*"))]}
            policy = {
                "PolicyName": "write-flow-logs",
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [writes]},
            }
            arn = self._role(
                logical_id(name, "flow-log-role"),
                "vpc-flow-logs.amazonaws.com",
                {"Policies": [policy]},
                Because("writes flow records to their group", "OPS-01"),
            )
            self._found.add(
                logical_id(name, "flow-log"),
                "AWS::EC2::FlowLog",
                self._place,
                {
                    "ResourceId": Ref(vpc.logical_id),
                    "ResourceType": "VPC",
                    "TrafficType": "ALL",
                    "LogDestinationType": "cloud-watch-logs",
                    "LogDestination": group,
                    "DeliverLogsPermissionArn": arn,
                    "LogFormat": FLOW_FORMAT,
                    "MaxAggregationInterval": 600,
                    "Tags": tags(f"{design}-{name.lower()}"),
                },
                Because("packets that a group, an ACL or a missing route drops leave no other trace", "OPS-01"),
            )
            self._found.add(
                logical_id(queries, "of", name),
                "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
                self._place,
                {"ResolverQueryLogConfigId": Ref(queries), "ResourceId": Ref(vpc.logical_id)},
                Because("queries of its hosts", "OPS-02"),
            )

    def apis(self, here: Sequence[Resource]) -> None:
        """Access and execution logs of each new stage, and the role that a whole account and Region shares."""
        stages = [each for each in here if each.type == "AWS::ApiGateway::Stage" and not each.exists]
        if not stages:
            return
        managed = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        arn = self._role(
            logical_id("api-log-role", *self._words),
            "apigateway.amazonaws.com",
            {"ManagedPolicyArns": [managed]},
            Because("API Gateway writes logs by it", "OPS-03"),
        )
        self._found.add(
            account_name(self._design, self._place),
            "AWS::ApiGateway::Account",
            self._place,
            {"CloudWatchRoleArn": arn},
            Because("one setting for all APIs of the account and Region: it takes the place of another", "OPS-03"),
        )
        for stage in stages:
            api = stage.properties["RestApiId"]
            name = api.logical_id.removesuffix("Api")
            self._group(
                logical_id(name, "access-log-group"), f"/{self._design.name}/{name.lower()}/access", "calls"
            )
            self._group(
                logical_id(name, "execution-log-group"),
                Join(("API-Gateway-Execution-Logs_", api, f"/{stage.properties['StageName']}")),
                "errors within API Gateway; made before it would make the group itself, without retention",
            )


def account_name(design: Design, place: Place) -> str:
    """The logical id of an account's API Gateway settings."""
    names = {number: name for name, number in design.accounts}
    return logical_id("api-gateway-account", place.region, names.get(place.account, ""))


def _staged(resources: Sequence[Resource], design: Design) -> tuple[Resource, ...]:
    """The same resources with the stages' log settings."""
    return tuple(
        _with_settings(each, design) if each.type == "AWS::ApiGateway::Stage" and not each.exists else each
        for each in resources
    )


def _with_settings(stage: Resource, design: Design) -> Resource:
    name = stage.properties["RestApiId"].logical_id.removesuffix("Api")
    place = Place(stage.account, stage.region)
    group = Ref(logical_id(name, "access-log-group"))
    arn = Join((f"arn:aws:logs:{place.region}:", place.account, ":log-group:", group))
    settings = {
        "HttpMethod": "*",
        "ResourcePath": "/*",
        "LoggingLevel": "ERROR",
        "MetricsEnabled": True,
        "DataTraceEnabled": False,
    }
    return msgspec.structs.replace(
        stage,
        properties={
            **stage.properties,
            "AccessLogSetting": {"DestinationArn": arn, "Format": ACCESS_FORMAT},
            "MethodSettings": [settings],
        },
        depends_on=(
            *stage.depends_on,
            account_name(design, place),
            logical_id(name, "execution-log-group"),
        ),
    )

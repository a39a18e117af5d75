"""Logs, alarms, keys and roles of a design: what audits look for."""

from typing import Any

from narrowgate.model.resource import Resource
from narrowgate.sources.resources.building import Building
from narrowgate.sources.synthetic.ledger import Where
from narrowgate.sources.synthetic.names import hex_id

Properties = dict[str, Any]


def key(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::KMS::Key`: no call that narrowgate reads lists it; groups name its ARN."""
    own = hex_id("key", resource.account, resource.region, resource.logical_id).removeprefix("key-")
    building.ledger.by_id[own] = {"Arn": building.estate(resource).arn("kms", f"key/{own}")}
    return own


def role(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::IAM::Role`: nothing that a call meets."""
    building.ledger.by_id[resource.logical_id] = {
        "Arn": f"arn:aws:iam::{resource.account}:role/{resource.logical_id}"
    }
    return resource.logical_id


def log_group(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Logs::LogGroup`."""
    name = str(properties["LogGroupName"])
    arn = building.estate(resource).arn("logs", f"log-group:{name}:*")
    element = {"logGroupName": name, "arn": arn, "logGroupArn": arn.removesuffix(":*")}
    if "RetentionInDays" in properties:
        element["retentionInDays"] = properties["RetentionInDays"]
    if "KmsKeyId" in properties:
        element["kmsKeyId"] = properties["KmsKeyId"]
    building.ledger.add(_where(resource), "logs.describe_log_groups", element, arn)
    building.ledger.by_id[name] = element
    return name


def flow_log(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::EC2::FlowLog` to CloudWatch Logs or a bucket."""
    own = building.ledger.new_id("fl", _where(resource), resource.logical_id)
    destination = str(properties.get("LogDestination", ""))
    element = {
        "FlowLogId": own,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": properties["ResourceId"],
        "TrafficType": properties.get("TrafficType", "ALL"),
        "LogDestinationType": properties.get("LogDestinationType", "cloud-watch-logs"),
        "LogDestination": destination,
        "LogGroupName": properties.get("LogGroupName") or destination.partition(":log-group:")[2],
        "DeliverLogsStatus": "SUCCESS",
        "Tags": properties.get("Tags", []),
    }
    building.ledger.add(_where(resource), "ec2.describe_flow_logs", element, own)
    return own


def query_log_config(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53Resolver::ResolverQueryLoggingConfig`."""
    own = building.ledger.new_id("rqlc", _where(resource), resource.logical_id)
    element = {
        "Id": own,
        "Arn": building.estate(resource).arn("route53resolver", f"resolver-query-log-config/{own}"),
        "Name": properties["Name"],
        "DestinationArn": properties["DestinationArn"],
        "Status": "CREATED",
    }
    building.ledger.add(_where(resource), "route53resolver.list_resolver_query_log_configs", element, own)
    return own


def query_log_association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation`."""
    element = {
        "Id": hex_id("rqlca", resource.logical_id),
        "ResolverQueryLogConfigId": properties["ResolverQueryLogConfigId"],
        "ResourceId": properties["ResourceId"],
        "Status": "ACTIVE",
    }
    call = "route53resolver.list_resolver_query_log_config_associations"
    building.ledger.add(_where(resource), call, element)
    return resource.logical_id


def alarm(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::CloudWatch::Alarm` on one metric."""
    name = str(properties["AlarmName"])
    arn = building.estate(resource).arn("cloudwatch", f"alarm:{name}")
    kept = (
        "Namespace",
        "MetricName",
        "Dimensions",
        "Threshold",
        "ComparisonOperator",
        "Period",
        "EvaluationPeriods",
    )
    element = {
        "AlarmName": name,
        "AlarmArn": arn,
        "ActionsEnabled": properties.get("ActionsEnabled", True),
        "AlarmActions": properties.get("AlarmActions", []),
        **{field: properties[field] for field in kept if field in properties},
    }
    building.ledger.add(_where(resource), "cloudwatch.describe_alarms", element, arn)
    return name


def account(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::ApiGateway::Account`: the role by which API Gateway logs."""
    body = building.ledger.single.get((_where(resource), "apigateway.get_account"))
    if body is not None:
        body["cloudwatchRoleArn"] = properties["CloudWatchRoleArn"]
    return resource.logical_id


def web_acl(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::WAFv2::WebACL`: what its rules do is not modelled; a stage that has one says so."""
    arn = building.estate(resource).arn("wafv2", f"regional/webacl/{properties['Name']}/{resource.logical_id}")
    building.ledger.by_id[resource.logical_id] = {"Arn": arn}
    return resource.logical_id


def web_acl_association(building: Building, resource: Resource, properties: Properties) -> str:
    """`AWS::WAFv2::WebACLAssociation` of a stage."""
    _, _, rest = str(properties["ResourceArn"]).partition("/restapis/")
    api, _, stage = rest.partition("/stages/")
    for each in building.ledger.answer("apigateway.get_stages", api)["item"]:
        if each["stageName"] == stage:
            each["webAclArn"] = properties["WebACLArn"]
    return resource.logical_id


def stage_settings(building: Building, properties: Properties) -> None:
    """What a stage logs and measures, as `get_stages` tells it."""
    stages = building.ledger.answer("apigateway.get_stages", properties["RestApiId"])["item"]
    stage = next(each for each in stages if each["stageName"] == properties["StageName"])
    access = properties.get("AccessLogSetting")
    if access is not None:
        stage["accessLogSettings"] = {"destinationArn": access["DestinationArn"], "format": access["Format"]}
    for setting in properties.get("MethodSettings", ()):
        path = f"{str(setting['ResourcePath']).lstrip('/').replace('/', '~1') or '~1'}/{setting['HttpMethod']}"
        stage["methodSettings"][path] = {
            "loggingLevel": setting.get("LoggingLevel", "OFF"),
            "metricsEnabled": setting.get("MetricsEnabled", False),
            "dataTraceEnabled": setting.get("DataTraceEnabled", False),
        }
    if properties.get("TracingEnabled"):
        stage["tracingEnabled"] = True


def _where(resource: Resource) -> Where:
    return Where(resource.account, resource.region)

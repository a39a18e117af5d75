"""Flow logs, log groups and alarms: what an operator would see."""

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.values import listed, number, text


def flow_log(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::EC2::FlowLog` (OPS-01)."""
    own = declared.own_id(resource)
    element = {
        "FlowLogId": own,
        "ResourceId": properties.get("ResourceId"),
        "FlowLogStatus": "ACTIVE",
        "TrafficType": properties.get("TrafficType", "ALL"),
        "LogDestinationType": text(properties, "LogDestinationType", "cloud-watch-logs"),
        "LogDestination": properties.get("LogDestination"),
        "LogGroupName": properties.get("LogGroupName"),
    }
    declared.add(resource, "ec2.describe_flow_logs", element, own)


def log_group(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::Logs::LogGroup` (OPS-01)."""
    name = text(properties, "LogGroupName", resource.logical_id)
    if isinstance(name, Unknown):
        declared.needed(resource, "LogGroupName", "logs.describe_log_groups")
        return
    arn = f"arn:aws:logs:{resource.region}:{resource.account}:log-group:{name}:*"
    element = {
        "logGroupName": name,
        "arn": arn,
        "retentionInDays": number(properties.get("RetentionInDays")),
        "kmsKeyId": properties.get("KmsKeyId"),
    }
    declared.add(resource, "logs.describe_log_groups", element, arn)


def alarm(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::CloudWatch::Alarm` (OPS-04)."""
    name = text(properties, "AlarmName", resource.logical_id)
    if isinstance(name, Unknown):
        declared.needed(resource, "AlarmName", "cloudwatch.describe_alarms")
        return
    arn = f"arn:aws:cloudwatch:{resource.region}:{resource.account}:alarm:{name}"
    element = {
        "AlarmName": name,
        "AlarmArn": arn,
        "Namespace": properties.get("Namespace"),
        "MetricName": properties.get("MetricName"),
        "Dimensions": listed(properties, "Dimensions"),
        "AlarmActions": listed(properties, "AlarmActions"),
    }
    declared.add(resource, "cloudwatch.describe_alarms", element, arn)

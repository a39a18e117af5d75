"""Flow logs, log groups and alarms: nothing that a packet meets, but what audits look for."""

from narrowgate.model.resource import Resource
from narrowgate.sources.terraform.convert.given import Given


def flow_log(given: Given) -> list[Resource]:
    """`aws_flow_log`."""
    resource, kind = next(
        (
            (given[name], word)
            for name, word in (("vpc_id", "VPC"), ("subnet_id", "Subnet"), ("eni_id", "NetworkInterface"))
            if given.configured(name)
        ),
        (given["transit_gateway_id"], "TransitGateway"),
    )
    return given.tagged(
        "AWS::EC2::FlowLog",
        {
            "ResourceId": resource,
            "ResourceType": kind,
            "TrafficType": given["traffic_type"],
            "LogDestination": given["log_destination"],
            "LogDestinationType": given["log_destination_type"] or "cloud-watch-logs",
        },
    )


def log_group(given: Given) -> list[Resource]:
    """`aws_cloudwatch_log_group`."""
    return given.tagged(
        "AWS::Logs::LogGroup",
        {
            "LogGroupName": given["name"],
            "RetentionInDays": given["retention_in_days"] or None,
            "KmsKeyId": given["kms_key_id"],
        },
    )


def alarm(given: Given) -> list[Resource]:
    """`aws_cloudwatch_metric_alarm`."""
    return given.tagged(
        "AWS::CloudWatch::Alarm",
        {
            "AlarmName": given["alarm_name"],
            "Namespace": given["namespace"],
            "MetricName": given["metric_name"],
            "Dimensions": [{"Name": name, "Value": value} for name, value in (given["dimensions"] or {}).items()]
            if isinstance(given["dimensions"], dict)
            else None,
            "AlarmActions": given["alarm_actions"],
        },
    )

"""Log groups, keys, roles, flow and query logs, alarms and web ACLs in Terraform."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.generate.names import snake
from narrowgate.generate.terraform.hcl import Json, Raw
from narrowgate.generate.terraform.made import Kind, Made, Nested, name_tags, picked
from narrowgate.generate.terraform.network import simple
from narrowgate.model.resource import Resource

_NAME_PREFIX = 37


def key(resource: Resource) -> Iterator[Made]:
    """A key with its policy."""
    properties = resource.properties
    yield Made(
        kind="aws_kms_key",
        key=snake(resource.logical_id),
        arguments={
            "description": properties["Description"],
            "enable_key_rotation": properties["EnableKeyRotation"],
            "deletion_window_in_days": properties["PendingWindowInDays"],
            "policy": Json(properties["KeyPolicy"]),
            **name_tags(properties),
        },
        source=resource,
    )


def role(resource: Resource) -> Iterator[Made]:
    """A role, its own policies, and those of AWS."""
    properties, own = resource.properties, snake(resource.logical_id)
    yield Made(
        kind="aws_iam_role",
        key=own,
        arguments={
            "name_prefix": f"{own[:_NAME_PREFIX]}-",
            "assume_role_policy": Json(properties["AssumeRolePolicyDocument"]),
        },
        source=resource,
    )
    for policy in properties.get("Policies", ()):
        yield Made(
            kind="aws_iam_role_policy",
            key=own,
            arguments={
                "role": Raw(f'aws_iam_role.this["{own}"].id'),
                "name": policy["PolicyName"],
                "policy": Json(policy["PolicyDocument"]),
            },
            source=resource,
        )
    for arn in properties.get("ManagedPolicyArns", ()):
        yield Made(
            kind="aws_iam_role_policy_attachment",
            key=own,
            arguments={"role": Raw(f'aws_iam_role.this["{own}"].name'), "policy_arn": arn},
            source=resource,
        )


def alarm(resource: Resource) -> Iterator[Made]:
    """An alarm on one metric."""
    properties = resource.properties
    yield Made(
        kind="aws_cloudwatch_metric_alarm",
        key=snake(resource.logical_id),
        arguments={
            **picked(
                properties,
                (
                    ("alarm_name", "AlarmName"),
                    ("alarm_description", "AlarmDescription"),
                    ("namespace", "Namespace"),
                    ("metric_name", "MetricName"),
                    ("statistic", "Statistic"),
                    ("extended_statistic", "ExtendedStatistic"),
                    ("period", "Period"),
                    ("evaluation_periods", "EvaluationPeriods"),
                    ("threshold", "Threshold"),
                    ("comparison_operator", "ComparisonOperator"),
                    ("treat_missing_data", "TreatMissingData"),
                    ("alarm_actions", "AlarmActions"),
                ),
            ),
            "dimensions": {each["Name"]: each["Value"] for each in properties["Dimensions"]},
        },
        source=resource,
    )


def account(resource: Resource) -> Iterator[Made]:
    """The account's setting: one for all its APIs in the Region."""
    yield Made(
        kind="aws_api_gateway_account",
        key=snake(resource.logical_id),
        arguments={"cloudwatch_role_arn": resource.properties["CloudWatchRoleArn"]},
        source=resource,
        after=("aws_iam_role_policy_attachment.this",),
    )


def web_acl(resource: Resource) -> Iterator[Made]:
    """A web ACL of managed rule groups."""
    properties = resource.properties
    rules = tuple(_rule(each) for each in properties["Rules"])
    yield Made(
        kind="aws_wafv2_web_acl",
        key=snake(resource.logical_id),
        arguments={
            "name": properties["Name"],
            "scope": properties["Scope"],
            "default_action": Nested(({"allow": Nested(({},))},)),
            "rule": Nested(rules),
            "visibility_config": Nested((_visible(properties["VisibilityConfig"]),)),
        },
        source=resource,
    )


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    group = rule["Statement"]["ManagedRuleGroupStatement"]
    managed = Nested(({"vendor_name": group["VendorName"], "name": group["Name"]},))
    return {
        "name": rule["Name"],
        "priority": rule["Priority"],
        "override_action": Nested(({"none": Nested(({},))},)),
        "statement": Nested(({"managed_rule_group_statement": managed},)),
        "visibility_config": Nested((_visible(rule["VisibilityConfig"]),)),
    }


def _visible(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sampled_requests_enabled": config["SampledRequestsEnabled"],
        "cloudwatch_metrics_enabled": config["CloudWatchMetricsEnabled"],
        "metric_name": config["MetricName"],
    }


KINDS: Mapping[str, Kind] = {
    "AWS::KMS::Key": Kind(terraform="aws_kms_key", write=key),
    "AWS::IAM::Role": Kind(terraform="aws_iam_role", write=role),
    "AWS::Logs::LogGroup": simple(
        "aws_cloudwatch_log_group",
        ("name", "LogGroupName"),
        ("retention_in_days", "RetentionInDays"),
        ("kms_key_id", "KmsKeyId"),
        ref="name",
    ),
    "AWS::EC2::FlowLog": simple(
        "aws_flow_log",
        ("vpc_id", "ResourceId"),
        ("traffic_type", "TrafficType"),
        ("log_destination_type", "LogDestinationType"),
        ("log_destination", "LogDestination"),
        ("iam_role_arn", "DeliverLogsPermissionArn"),
        ("log_format", "LogFormat"),
        ("max_aggregation_interval", "MaxAggregationInterval"),
    ),
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": simple(
        "aws_route53_resolver_query_log_config", ("name", "Name"), ("destination_arn", "DestinationArn")
    ),
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": simple(
        "aws_route53_resolver_query_log_config_association",
        ("resolver_query_log_config_id", "ResolverQueryLogConfigId"),
        ("resource_id", "ResourceId"),
    ),
    "AWS::CloudWatch::Alarm": Kind(terraform="aws_cloudwatch_metric_alarm", write=alarm),
    "AWS::ApiGateway::Account": Kind(terraform="aws_api_gateway_account", write=account),
    "AWS::WAFv2::WebACL": Kind(terraform="aws_wafv2_web_acl", write=web_acl),
    "AWS::WAFv2::WebACLAssociation": simple(
        "aws_wafv2_web_acl_association", ("resource_arn", "ResourceArn"), ("web_acl_arn", "WebACLArn")
    ),
}
"""What each type becomes."""

"""Commands for keys, log groups, roles, flow and query logs, alarms and web ACLs."""

from collections.abc import Mapping

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.dns import call
from narrowgate.generate.runbook.network import asked, capture, ec2, own, tagged
from narrowgate.generate.runbook.shell import Document, Stamped, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import GetAtt, Resource


def _file(resource: Resource) -> str:
    return variable(resource.logical_id).lower().removesuffix("_id")


def key(plan: Plan, resource: Resource) -> Work:
    """A key whose policy lets CloudWatch Logs use it for log groups here (OPS-05)."""
    properties = resource.properties
    arn = variable(resource.logical_id, "Arn")
    made = call(
        resource,
        "kms",
        "create-key",
        ("--description", properties["Description"]),
        ("--policy", Document(f"{_file(resource)}-policy.json", properties["KeyPolicy"])),
    )
    it = _arn(resource)
    rotate = call(resource, "kms", "enable-key-rotation", ("--key-id", it))
    shown = call(resource, "kms", "get-key-rotation-status", ("--key-id", it))
    days = str(properties["PendingWindowInDays"])
    undo = call(resource, "kms", "schedule-key-deletion", ("--key-id", it), ("--pending-window-in-days", days))
    return Work(
        commands=(capture(made, arn, "KeyMetadata.Arn"), rotate),
        check=Check(asked(shown, "KeyRotationEnabled"), "True"),
        undo=(undo,),
        console="Key Management Service > Customer managed keys > Create key",
    )


def _arn(resource: Resource) -> GetAtt:
    return GetAtt(resource.logical_id, "Arn")


def log_group(plan: Plan, resource: Resource) -> Work:
    """A log group with key and retention."""
    properties = resource.properties
    name = properties["LogGroupName"]
    made = call(
        resource,
        "logs",
        "create-log-group",
        ("--log-group-name", name),
        ("--kms-key-id", properties["KmsKeyId"]),
    )
    kept = call(
        resource,
        "logs",
        "put-retention-policy",
        ("--log-group-name", name),
        ("--retention-in-days", str(properties["RetentionInDays"])),
    )
    shown = call(resource, "logs", "describe-log-groups", ("--log-group-name-prefix", name))
    return Work(
        commands=(made, kept),
        sets=((variable(resource.logical_id), name),),
        check=Check(asked(shown, "logGroups[0].retentionInDays"), str(properties["RetentionInDays"])),
        undo=(call(resource, "logs", "delete-log-group", ("--log-group-name", name)),),
        console="CloudWatch > Log groups > Create log group",
    )


def role(plan: Plan, resource: Resource) -> Work:
    """A role, its own policies, and those of AWS."""
    properties = resource.properties
    named = ("--role-name", f"{plan.design.name}-{resource.logical_id}"[:64])
    trust = Document(f"{_file(resource)}-trust.json", properties["AssumeRolePolicyDocument"])
    made = call(resource, "iam", "create-role", named, ("--assume-role-policy-document", trust))
    commands, undo = [capture(made, variable(resource.logical_id, "Arn"), "Role.Arn")], []
    for policy in properties.get("Policies", ()):
        document = Document(f"{_file(resource)}-policy.json", policy["PolicyDocument"])
        inline = ("--policy-name", policy["PolicyName"])
        commands.append(call(resource, "iam", "put-role-policy", named, inline, ("--policy-document", document)))
        undo.append(call(resource, "iam", "delete-role-policy", named, inline))
    for arn in properties.get("ManagedPolicyArns", ()):
        commands.append(call(resource, "iam", "attach-role-policy", named, ("--policy-arn", arn)))
        undo.append(call(resource, "iam", "detach-role-policy", named, ("--policy-arn", arn)))
    undo.append(call(resource, "iam", "delete-role", named))
    return Work(commands=tuple(commands), undo=tuple(undo), console="IAM > Roles > Create role > AWS service")


def flow_log(plan: Plan, resource: Resource) -> Work:
    """A flow log of a VPC; it cannot be changed later, only made anew."""
    properties, it = resource.properties, own(resource)
    made = ec2(
        resource,
        "create-flow-logs",
        ("--resource-type", properties["ResourceType"]),
        ("--resource-ids", properties["ResourceId"]),
        ("--traffic-type", properties["TrafficType"]),
        ("--log-destination-type", properties["LogDestinationType"]),
        ("--log-destination", properties["LogDestination"]),
        ("--deliver-logs-permission-arn", properties["DeliverLogsPermissionArn"]),
        ("--log-format", properties["LogFormat"]),
        ("--max-aggregation-interval", str(properties["MaxAggregationInterval"])),
        *tagged(resource, plan, "vpc-flow-log"),
    )
    shown = ec2(resource, "describe-flow-logs", ("--flow-log-ids", it))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "FlowLogIds[0]"),),
        check=Check(asked(shown, "FlowLogs[0].FlowLogStatus"), "ACTIVE"),
        undo=(ec2(resource, "delete-flow-logs", ("--flow-log-ids", it)),),
        console="VPC > Your VPCs > (VPC) > Flow logs > Create flow log",
    )


def query_log_config(plan: Plan, resource: Resource) -> Work:
    """Where DNS queries are logged."""
    properties, it = resource.properties, own(resource)
    made = call(
        resource,
        "route53resolver",
        "create-resolver-query-log-config",
        ("--name", properties["Name"]),
        ("--destination-arn", properties["DestinationArn"]),
        ("--creator-request-id", Stamped(f"narrowgate-{plan.design.name}-{resource.logical_id}")),
    )
    named = ("--resolver-query-log-config-id", it)
    shown = call(resource, "route53resolver", "get-resolver-query-log-config", named)
    return Work(
        commands=(capture(made, variable(resource.logical_id), "ResolverQueryLogConfig.Id"),),
        check=Check(asked(shown, "ResolverQueryLogConfig.Status"), "CREATED"),
        undo=(call(resource, "route53resolver", "delete-resolver-query-log-config", named),),
        console="Route 53 > Resolver > Query logging > Configure query logging",
    )


def query_log_association(plan: Plan, resource: Resource) -> Work:
    """A VPC whose queries are logged."""
    properties = resource.properties
    place = (
        ("--resolver-query-log-config-id", properties["ResolverQueryLogConfigId"]),
        ("--resource-id", properties["ResourceId"]),
    )
    return Work(
        commands=(call(resource, "route53resolver", "associate-resolver-query-log-config", *place),),
        undo=(call(resource, "route53resolver", "disassociate-resolver-query-log-config", *place),),
        console="Route 53 > Resolver > Query logging > (configuration) > Add VPC",
    )


def alarm(plan: Plan, resource: Resource) -> Work:
    """An alarm."""
    properties = resource.properties
    kept = {name: value for name, value in properties.items() if name != "AlarmActions" or value}
    name = ("--alarm-names", properties["AlarmName"])
    shown = call(resource, "cloudwatch", "describe-alarms", name)
    made = call(
        resource, "cloudwatch", "put-metric-alarm", ("--cli-input-json", Document(f"{_file(resource)}.json", kept))
    )
    return Work(
        commands=(made,),
        check=Check(asked(shown, "MetricAlarms[0].StateValue"), "`INSUFFICIENT_DATA` first, then `OK`"),
        undo=(call(resource, "cloudwatch", "delete-alarms", name),),
        console="CloudWatch > Alarms > Create alarm",
    )


def account(plan: Plan, resource: Resource) -> Work:
    """The account's setting for API Gateway's logs."""
    arn = resource.properties["CloudWatchRoleArn"]
    patch = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    return Work(
        commands=(
            call(
                resource,
                "apigateway",
                "update-account",
                ("--patch-operations", Document(f"{_file(resource)}.json", patch)),
            ),
        ),
        check=Check(
            asked(call(resource, "apigateway", "get-account"), "cloudwatchRoleArn"), "the ARN of the role above"
        ),
        console="API Gateway > Settings > Logging > Edit",
        note="One setting for all APIs of the account and Region: if the check prints a role before you begin, "
        "leave that one and skip this step.",
    )


def web_acl(plan: Plan, resource: Resource) -> Work:
    """A web ACL of managed rules."""
    properties = resource.properties
    rules = Document(f"{_file(resource)}-rules.json", properties["Rules"])
    made = call(
        resource,
        "wafv2",
        "create-web-acl",
        ("--name", properties["Name"]),
        ("--scope", properties["Scope"]),
        ("--default-action", "Allow={}"),
        ("--visibility-config", Document(f"{_file(resource)}-metrics.json", properties["VisibilityConfig"])),
        ("--rules", rules),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id, "Arn"), "Summary.ARN"),),
        console="WAF & Shield > Web ACLs > Create web ACL",
        note="Undoing: detach it from the stage, then delete it in the console.",
    )


def web_acl_association(plan: Plan, resource: Resource) -> Work:
    """The web ACL on the stage."""
    properties = resource.properties
    where = ("--resource-arn", properties["ResourceArn"])
    shown = call(resource, "wafv2", "get-web-acl-for-resource", where)
    return Work(
        commands=(
            call(resource, "wafv2", "associate-web-acl", ("--web-acl-arn", properties["WebACLArn"]), where),
        ),
        check=Check(asked(shown, "WebACL.Name"), "the name above"),
        undo=(call(resource, "wafv2", "disassociate-web-acl", where),),
        console="API Gateway > (API) > Stages > (stage) > Edit > Web ACL",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::KMS::Key": key,
    "AWS::Logs::LogGroup": log_group,
    "AWS::IAM::Role": role,
    "AWS::EC2::FlowLog": flow_log,
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": query_log_config,
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": query_log_association,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::ApiGateway::Account": account,
    "AWS::WAFv2::WebACL": web_acl,
    "AWS::WAFv2::WebACLAssociation": web_acl_association,
}
"""What makes each type."""

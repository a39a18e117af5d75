"""Which names public DNS is known to have, or not to have, without asking it."""

import re

_REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
_REGIONAL_SERVICE = re.compile(rf"(?P<service>[a-z0-9.-]+)\.{_REGION}\.amazonaws\.com")

_SERVICES = frozenset(
    ["access-analyzer", "acm", "acm-pca", "airflow.api", "api.ecr", "api.sagemaker", "apigateway", "appconfig", "application-autoscaling", "appmesh", "apprunner", "appsync", "athena", "autoscaling", "backup", "batch", "bedrock", "bedrock-agent", "bedrock-agent-runtime", "bedrock-runtime", "cloudcontrolapi", "cloudformation", "cloudhsmv2", "cloudtrail", "codebuild", "codecommit", "codedeploy", "codepipeline", "cognito-identity", "cognito-idp", "comprehend", "config", "connect", "datasync", "dms", "ds", "dynamodb", "ebs", "ec2", "ecs", "ecs-a", "ecs-t", "eks", "elasticache", "elasticbeanstalk", "elasticfilesystem", "elasticloadbalancing", "elasticmapreduce", "email", "email-smtp", "es", "events", "firehose", "fsx", "glue", "guardduty", "iot.data", "kafka", "kinesis", "kinesisanalytics", "kms", "lambda", "license-manager", "logs", "mediaconnect", "memory-db", "monitoring", "mq", "network-firewall", "organizations", "oidc", "personalize", "pipes", "polly", "qldb", "ram", "rds", "rds-data", "redshift", "redshift-data", "rekognition", "route53resolver", "runtime.sagemaker", "s3", "scheduler", "secretsmanager", "securityhub", "servicecatalog", "servicediscovery", "sns", "sqs", "ssm", "ssm-contacts", "ssm-incidents", "ssmmessages", "ec2messages", "states", "storagegateway", "sts", "swf", "sync-states", "synthetics", "textract", "timestream.query", "transcribe", "transfer", "translate", "wafv2", "workspaces", "xray"]
)
"""Service prefixes of AWS's public Regional endpoints, as `{prefix}.{region}.amazonaws.com`."""

# RFC 6761, 6762 (with its appendix G), 8375; ICANN set `internal` aside for private use and delegates none of these.
_NEVER_PUBLIC = frozenset(
    ["corp", "example", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "mail", "onion", "private", "test"]
)


def is_never_public(name: str) -> bool:
    """True for names below domains that the public root does not have and will not have."""
    labels = name.split(".")
    return labels[-1] in _NEVER_PUBLIC or ".".join(labels[-2:]) in _NEVER_PUBLIC


def is_service_name(name: str) -> bool:
    """True for the public Regional name of an AWS service."""
    found = _REGIONAL_SERVICE.fullmatch(name)
    return found is not None and found["service"] in _SERVICES

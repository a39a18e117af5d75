"""Which names public DNS is known to have, or not to have, without asking it."""

import re

_REGIONAL_SERVICE = re.compile(r"(?P<service>[a-z0-9.-]+)\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com")

_SERVICE_WORDS = """
access-analyzer acm acm-pca airflow.api api.ecr api.sagemaker apigateway appconfig application-autoscaling
appmesh apprunner appsync athena autoscaling backup batch bedrock bedrock-agent bedrock-agent-runtime
bedrock-runtime cloudcontrolapi cloudformation cloudhsmv2 cloudtrail codebuild codecommit codedeploy
codepipeline cognito-identity cognito-idp comprehend config connect datasync dms ds dynamodb ebs ec2
ec2messages ecs ecs-a ecs-t eks elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing
elasticmapreduce email email-smtp es events firehose fsx glue guardduty kafka kinesis kinesisanalytics kms
lambda license-manager logs mediaconnect memory-db monitoring mq network-firewall oidc organizations
personalize pipes polly ram rds rds-data redshift redshift-data rekognition route53resolver runtime.sagemaker
s3 scheduler secretsmanager securityhub servicecatalog servicediscovery sns sqs ssm ssm-contacts
ssm-incidents ssmmessages states storagegateway sts swf sync-states synthetics textract transcribe transfer
translate wafv2 workspaces xray
"""
_SERVICES = frozenset(_SERVICE_WORDS.split())
"""Service prefixes of AWS's public Regional endpoints, as `{prefix}.{region}.amazonaws.com`."""

# RFC 6761, 6762 (with its appendix G), 8375; ICANN set `internal` aside for private use. None is delegated.
_UNDELEGATED_WORDS = """
corp example home home.arpa internal intranet invalid lan local localdomain localhost mail onion private test
"""
_UNDELEGATED = frozenset(_UNDELEGATED_WORDS.split())


def is_never_public(name: str) -> bool:
    """True for names below domains that the public root does not have and will not have."""
    labels = name.split(".")
    return labels[-1] in _UNDELEGATED or ".".join(labels[-2:]) in _UNDELEGATED


def is_service_name(name: str) -> bool:
    """True for the public Regional name of an AWS service."""
    found = _REGIONAL_SERVICE.fullmatch(name)
    return found is not None and found["service"] in _SERVICES

"""Calls about APIs and what stands before and beside them. A new call is one line here."""

from narrowgate.model import apigateway, loadbalancing, logs
from narrowgate.sources.snapshot.operation import Operation, per_account, per_parent

API_OPERATIONS = (
    per_account("apigateway.get_rest_apis", "items", apigateway.RestApi, "rest_apis", "id"),
    per_account("apigateway.get_domain_names", "items", apigateway.DomainName, "domain_names"),
    per_account(
        "apigateway.get_domain_name_access_associations",
        "items",
        apigateway.DomainNameAccessAssociation,
        "domain_name_access_associations",
    ),
    per_account("apigateway.get_vpc_links", "items", apigateway.VpcLink, "vpc_links", "id"),
    Operation(name="apigateway.get_account", key=None, fact=apigateway.ApiGatewayAccount, into=""),
    per_parent("apigateway.get_resources", "items", apigateway.Resource, "api_resources", "restApiId"),
    per_parent("apigateway.get_stages", "item", apigateway.Stage, "api_stages", "restApiId"),
    per_parent("apigateway.get_deployments", "items", apigateway.Deployment, "api_deployments", "restApiId"),
    per_parent("apigateway.get_authorizers", "items", apigateway.Authorizer, "api_authorizers", "restApiId"),
    per_parent(
        "apigateway.get_base_path_mappings",
        "items",
        apigateway.BasePathMapping,
        "base_path_mappings",
        "domainName",
    ),
    Operation(name="apigateway.get_export", key=None, fact=None, into="", parent="restApiId"),
    per_account(
        "elbv2.describe_load_balancers",
        "LoadBalancers",
        loadbalancing.LoadBalancer,
        "load_balancers",
        "load_balancer_arn",
    ),
    per_account(
        "elbv2.describe_target_groups",
        "TargetGroups",
        loadbalancing.TargetGroup,
        "target_groups",
        "target_group_arn",
    ),
    per_parent(
        "elbv2.describe_listeners",
        "Listeners",
        loadbalancing.Listener,
        "listeners",
        "LoadBalancerArn",
        "load_balancer_arn",
    ),
    per_parent(
        "elbv2.describe_target_health",
        "TargetHealthDescriptions",
        loadbalancing.TargetHealthDescription,
        "target_health",
        "TargetGroupArn",
    ),
    per_account(
        "acm.list_certificates",
        "CertificateSummaryList",
        loadbalancing.Certificate,
        "certificates",
        "certificate_arn",
    ),
    per_account("logs.describe_log_groups", "logGroups", logs.LogGroup, "log_groups", "arn"),
    per_account("cloudwatch.describe_alarms", "MetricAlarms", logs.MetricAlarm, "metric_alarms", "alarm_arn"),
)

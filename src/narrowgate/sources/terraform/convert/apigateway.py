"""REST APIs with their resources, methods and stages, and custom domain names."""

from typing import Any

import msgspec

from narrowgate.model.resource import GetAtt, Ref, Resource, Unknown
from narrowgate.sources.terraform.convert.given import Given, picked
from narrowgate.sources.terraform.policies import policy_value


def rest_api(given: Given) -> list[Resource]:
    """`aws_api_gateway_rest_api`; a policy of its own wins over the argument, and that over the body's."""
    endpoints = given.blocks("endpoint_configuration")
    configuration: Any = endpoints if isinstance(endpoints, Unknown) else None
    if isinstance(endpoints, list) and endpoints:
        configuration = picked(
            endpoints[0], Types="types", VpcEndpointIds="vpc_endpoint_ids", IpAddressType="ip_address_type"
        )
    policy, written = given.policy(), {}
    for each in given.parts("aws_api_gateway_rest_api_policy", "rest_api_id"):
        policy, written = each.policy(), {"Policy": each.origin}
    policy = given.doubt("aws_api_gateway_rest_api_policy", "rest_api_id") or policy
    made = given.tagged(
        "AWS::ApiGateway::RestApi",
        {
            "Name": given["name"],
            "EndpointConfiguration": configuration,
            "Policy": policy,
            "Body": policy_value(given["body"]),
            "DisableExecuteApiEndpoint": given["disable_execute_api_endpoint"],
        },
    )
    return [msgspec.structs.replace(each, written=written) for each in made]


def resource(given: Given) -> list[Resource]:
    """`aws_api_gateway_resource`."""
    properties = {
        "RestApiId": given["rest_api_id"],
        "ParentId": given["parent_id"],
        "PathPart": given["path_part"],
    }
    return [given.resource("AWS::ApiGateway::Resource", properties)]


def method(given: Given) -> list[Resource]:
    """`aws_api_gateway_method`."""
    properties = {
        "RestApiId": given["rest_api_id"],
        "ResourceId": given["resource_id"],
        "HttpMethod": given["http_method"],
        "AuthorizationType": given["authorization"],
        "AuthorizerId": given["authorizer_id"],
        "ApiKeyRequired": given["api_key_required"],
    }
    return [given.resource("AWS::ApiGateway::Method", properties)]


def authorizer(given: Given) -> list[Resource]:
    """`aws_api_gateway_authorizer`."""
    properties = {
        "RestApiId": given["rest_api_id"],
        "Name": given["name"],
        "Type": given["type"] or "TOKEN",
        "IdentitySource": given["identity_source"],
    }
    return [given.resource("AWS::ApiGateway::Authorizer", properties)]


def deployment(given: Given) -> list[Resource]:
    """`aws_api_gateway_deployment`."""
    properties = {"RestApiId": given["rest_api_id"], "StageName": given["stage_name"] or None}
    return [given.resource("AWS::ApiGateway::Deployment", properties)]


def stage(given: Given) -> list[Resource]:
    """`aws_api_gateway_stage` with its method settings; its variables are not read."""
    api, name = given["rest_api_id"], given["stage_name"]
    settings = [
        {
            "ResourcePath": "/" + str(each["method_path"]).rpartition("/")[0],
            "HttpMethod": str(each["method_path"]).rpartition("/")[2],
            **picked(
                each.block("settings"),
                CachingEnabled="caching_enabled",
                LoggingLevel="logging_level",
                MetricsEnabled="metrics_enabled",
                DataTraceEnabled="data_trace_enabled",
                ThrottlingBurstLimit="throttling_burst_limit",
                ThrottlingRateLimit="throttling_rate_limit",
            ),
        }
        for each in given.others("aws_api_gateway_method_settings", rest_api_id=api, stage_name=name)
    ]
    log = given.block("access_log_settings")
    return given.tagged(
        "AWS::ApiGateway::Stage",
        {
            "RestApiId": api,
            "StageName": name,
            "DeploymentId": given["deployment_id"],
            "CacheClusterEnabled": given["cache_cluster_enabled"],
            "TracingEnabled": given["xray_tracing_enabled"],
            "MethodSettings": settings or None,
            "AccessLogSetting": picked(log, DestinationArn="destination_arn", Format="format") or None,
        },
    )


def domain_name(given: Given) -> list[Resource]:
    """`aws_api_gateway_domain_name`: a private one has a policy, and is told apart by its id (AGW-08)."""
    endpoints = given.block("endpoint_configuration")
    types = endpoints.get("types") or ["EDGE"]
    is_private = types == ["PRIVATE"]
    properties = {
        "DomainName": given["domain_name"],
        "EndpointConfiguration": {"Types": types},
        "CertificateArn": given["certificate_arn"],
        "SecurityPolicy": given["security_policy"],
    }
    if is_private:
        properties["Policy"] = given.policy()
        return given.tagged("AWS::ApiGateway::DomainNameV2", properties)
    properties["RegionalCertificateArn"] = given["regional_certificate_arn"]
    return given.tagged("AWS::ApiGateway::DomainName", properties)


def base_path_mapping(given: Given) -> list[Resource]:
    """`aws_api_gateway_base_path_mapping`; one of a private domain name names its id."""
    properties = {"RestApiId": given["api_id"], "Stage": given["stage_name"], "BasePath": given["base_path"]}
    own = given["domain_name_id"]
    if own is None:
        return [
            given.resource("AWS::ApiGateway::BasePathMapping", {**properties, "DomainName": given["domain_name"]})
        ]
    arn: Any = own
    if isinstance(own, GetAtt):
        arn = Ref(own.logical_id)
    elif isinstance(own, str):
        arn = given.domain_arn(own)
    return [given.resource("AWS::ApiGateway::BasePathMappingV2", {**properties, "DomainNameArn": arn})]


def access_association(given: Given) -> list[Resource]:
    """`aws_api_gateway_domain_name_access_association`."""
    properties = {
        "DomainNameArn": given["domain_name_arn"],
        "AccessAssociationSource": given["access_association_source"],
        "AccessAssociationSourceType": given["access_association_source_type"] or "VPCE",
    }
    return [given.resource("AWS::ApiGateway::DomainNameAccessAssociation", properties)]


def web_acl_association(given: Given) -> list[Resource]:
    """`aws_wafv2_web_acl_association`."""
    properties = {"ResourceArn": given["resource_arn"], "WebACLArn": given["web_acl_arn"]}
    return [given.resource("AWS::WAFv2::WebACLAssociation", properties)]


def vpc_link(given: Given) -> list[Resource]:
    """`aws_api_gateway_vpc_link`: a private integration, not a way in (AGW-02)."""
    properties = {"Name": given["name"], "TargetArns": given["target_arns"]}
    return [given.resource("AWS::ApiGateway::VpcLink", properties)]


def account(given: Given) -> list[Resource]:
    """`aws_api_gateway_account` (OBS-01)."""
    properties = {"CloudWatchRoleArn": given["cloudwatch_role_arn"]}
    return [given.resource("AWS::ApiGateway::Account", properties)]


def certificate(given: Given) -> list[Resource]:
    """`aws_acm_certificate`."""
    names = given["subject_alternative_names"]
    properties = {"DomainName": given["domain_name"], "SubjectAlternativeNames": names}
    return given.tagged("AWS::CertificateManager::Certificate", properties)

"""REST APIs, stages, methods, custom domain names (API Gateway's names, whose keys start in lower case)."""

import msgspec

from narrowgate.model.fact import UNSET, LowerFact, UnsetType


class EndpointConfiguration(LowerFact, frozen=True, kw_only=True):
    """PRIVATE, REGIONAL or EDGE, and the endpoints with an alias name (AGW-06)."""

    types: tuple[str, ...] = ()
    vpc_endpoint_ids: tuple[str, ...] = ()
    ip_address_type: str | None = None


class RestApi(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_rest_apis`; `policy` is JSON in a string, often escaped once more."""

    id: str
    name: str = ""
    endpoint_configuration: EndpointConfiguration | UnsetType = UNSET
    policy: str | UnsetType | None = UNSET
    disable_execute_api_endpoint: bool = False
    security_policy: str | None = None
    endpoint_access_mode: str | None = None
    api_status: str | None = None
    api_key_source: str | None = None
    tags: dict[str, str] = msgspec.field(default_factory=dict)


class Method(LowerFact, frozen=True, kw_only=True):
    """A method inside `apigateway.get_resources(embed=methods)`."""

    http_method: str | None = None
    authorization_type: str | UnsetType = UNSET
    authorizer_id: str | None = None
    api_key_required: bool = False


class Resource(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_resources`."""

    id: str
    path: str | None = None
    path_part: str | None = None
    parent_id: str | None = None
    resource_methods: dict[str, Method] | UnsetType = UNSET


class AccessLogSettings(LowerFact, frozen=True, kw_only=True):
    """Where a stage writes its access log."""

    format: str | None = None
    destination_arn: str | None = None


class MethodSetting(LowerFact, frozen=True, kw_only=True):
    """Execution logs, metrics and limits of a stage's methods, by `{path}/{method}` or `*/*` (OBS-01)."""

    logging_level: str | None = None
    metrics_enabled: bool = False
    data_trace_enabled: bool = False
    throttling_rate_limit: float | None = None
    throttling_burst_limit: int | None = None


class Stage(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_stages`; stage variables are never read."""

    stage_name: str
    deployment_id: str | None = None
    access_log_settings: AccessLogSettings | None = None
    web_acl_arn: str | None = None
    cache_cluster_enabled: bool = False
    tracing_enabled: bool = False
    method_settings: dict[str, MethodSetting] = msgspec.field(default_factory=dict)
    client_certificate_id: str | None = None


class MethodSummary(LowerFact, frozen=True, kw_only=True):
    """A deployed method as a deployment summarises it."""

    authorization_type: str | None = None
    api_key_required: bool = False


class Deployment(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_deployments`."""

    id: str
    created_date: str | float | int | None = None
    description: str | None = None
    api_summary: dict[str, dict[str, MethodSummary]] | None = None


class DomainEndpointConfiguration(LowerFact, frozen=True, kw_only=True):
    """Endpoint type of a custom domain name."""

    types: tuple[str, ...] = ()
    ip_address_type: str | None = None


class DomainName(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_domain_names` (AGW-08)."""

    domain_name: str
    domain_name_id: str | None = None
    domain_name_arn: str | None = None
    domain_name_status: str | None = None
    endpoint_configuration: DomainEndpointConfiguration = DomainEndpointConfiguration()
    certificate_arn: str | None = None
    regional_certificate_arn: str | None = None
    regional_domain_name: str | None = None
    distribution_domain_name: str | None = None
    policy: str | UnsetType | None = UNSET
    management_policy: str | None = None
    security_policy: str | None = None
    endpoint_access_mode: str | None = None
    routing_mode: str | None = None


class DomainNameAccessAssociation(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_domain_name_access_associations`."""

    domain_name_arn: str
    access_association_source: str
    access_association_source_type: str = "VPCE"
    domain_name_access_association_arn: str | None = None


class BasePathMapping(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_base_path_mappings`; `(none)` is the empty base path."""

    base_path: str = "(none)"
    rest_api_id: str | None = None
    stage: str | None = None


class Authorizer(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_authorizers`."""

    id: str
    name: str = ""
    type: str | None = None
    identity_source: str | None = None
    authorizer_result_ttl_in_seconds: int | None = None


class VpcLink(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_vpc_links`: a private *integration*, not a way in (AGW-02)."""

    id: str
    name: str = ""
    target_arns: tuple[str, ...] = ()
    status: str | None = None


class ApiGatewayAccount(LowerFact, frozen=True, kw_only=True):
    """`apigateway.get_account` (OBS-01)."""

    cloudwatch_role_arn: str | None = None

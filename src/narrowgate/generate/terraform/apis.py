"""REST APIs in Terraform."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.engine.policy.resources import SHORT_FORM
from narrowgate.generate.names import snake
from narrowgate.generate.plan import AccountId
from narrowgate.generate.terraform.hcl import Json, Raw
from narrowgate.generate.terraform.made import Kind, Made, Nested, PolicyOf, picked, present
from narrowgate.model.resource import GetAtt, Join, Ref, Resource


def rest_api(resource: Resource) -> Iterator[Made]:
    """An API and its policy, which is in place before anything is deployed (IAC-03)."""
    properties = resource.properties
    configuration = properties["EndpointConfiguration"]
    block = {"types": configuration["Types"], **present(vpc_endpoint_ids=configuration.get("VpcEndpointIds"))}
    yield Made(
        kind="aws_api_gateway_rest_api",
        key=snake(resource.logical_id),
        arguments={
            "name": properties["Name"],
            "endpoint_configuration": Nested((block,)),
        },
        lifecycle={"create_before_destroy": True},
        source=resource,
    )
    if "Policy" in properties:
        yield _policy(resource, Ref(resource.logical_id))


def _policy(resource: Resource, api: Ref) -> Made:
    """An API's policy, beside it: only there can it name the API by its ARN.

    AWS keeps no short form: Terraform would find a policy that it wrote so changed at each plan (POL-16).
    """
    own: tuple[Any, ...] = (f"arn:aws:execute-api:{resource.region}:", AccountId(resource.account), ":", api)
    return Made(
        kind="aws_api_gateway_rest_api_policy",
        key=snake(resource.logical_id),
        arguments={"rest_api_id": api, "policy": Json(_long(resource.properties["Policy"], own))},
        source=resource,
    )


def _long(value: Any, own: tuple[Any, ...]) -> Any:
    match value:
        case str() if value.startswith(SHORT_FORM):
            return Join((*own, value.removeprefix(SHORT_FORM.rstrip("/"))))
        case dict():
            return {key: _long(each, own) for key, each in value.items()}
        case list() | tuple():
            return [_long(each, own) for each in value]
        case _:
            return value


def resource_label(resource: Resource, by_id: Mapping[str, Resource]) -> str:
    """Paths of one depth are one block: a block cannot name itself."""
    depth, at = 1, resource.properties["ParentId"]
    while not isinstance(at, GetAtt):
        depth, at = depth + 1, by_id[at.logical_id].properties["ParentId"]
    return f"depth_{depth}"


def path_resource(resource: Resource) -> Iterator[Made]:
    """A step of a path."""
    properties = resource.properties
    yield Made(
        kind="aws_api_gateway_resource",
        key=snake(resource.logical_id),
        arguments={
            "rest_api_id": properties["RestApiId"],
            "parent_id": properties["ParentId"],
            "path_part": properties["PathPart"],
        },
        source=resource,
    )


def method(resource: Resource) -> Iterator[Made]:
    """A method, what it calls, and what it answers."""
    properties, key = resource.properties, snake(resource.logical_id)
    place = {
        "rest_api_id": properties["RestApiId"],
        "resource_id": properties["ResourceId"],
        "http_method": properties["HttpMethod"],
    }
    authorization = picked(properties, (("authorization", "AuthorizationType"), ("authorizer_id", "AuthorizerId")))
    yield Made(kind="aws_api_gateway_method", key=key, arguments=place | authorization, source=resource)
    integration = properties["Integration"]
    yield Made(
        kind="aws_api_gateway_integration",
        key=key,
        arguments=_same_place("aws_api_gateway_method", key)
        | picked(
            integration,
            (
                ("type", "Type"),
                ("integration_http_method", "IntegrationHttpMethod"),
                ("uri", "Uri"),
                ("connection_type", "ConnectionType"),
                ("connection_id", "ConnectionId"),
                ("request_templates", "RequestTemplates"),
            ),
        ),
        source=resource,
    )
    for answer in properties.get("MethodResponses", ()):
        yield Made(
            kind="aws_api_gateway_method_response",
            key=key,
            arguments=_same_place("aws_api_gateway_method", key) | {"status_code": answer["StatusCode"]},
            source=resource,
        )
    for answer in integration.get("IntegrationResponses", ()):
        yield Made(
            kind="aws_api_gateway_integration_response",
            key=key,
            arguments=_same_place("aws_api_gateway_method_response", key)
            | {"status_code": Raw(f'aws_api_gateway_method_response.this["{key}"].status_code')}
            | picked(answer, (("response_templates", "ResponseTemplates"),)),
            after=("aws_api_gateway_integration.this",),
            source=resource,
        )


def _same_place(block: str, key: str) -> dict[str, Any]:
    """The method that another block's instance of the same key is about."""
    return {name: Raw(f'{block}.this["{key}"].{name}') for name in ("rest_api_id", "resource_id", "http_method")}


def deployment(resource: Resource) -> Iterator[Made]:
    """A deployment that is made anew when the policy or a method changes (IAC-03, POL-03).

    Its key leaves the hash of the logical id out: Terraform follows the content by `triggers`. These name what is
    written, not whole objects: arguments that are left out turn from null to empty when Terraform reads them back,
    and each second plan would deploy anew.
    """
    own = resource.properties["RestApiId"]
    api = f'aws_api_gateway_rest_api.this["{snake(own.logical_id)}"]'
    content = Raw(
        f"sha1(jsonencode([{api}.endpoint_configuration, "
        "[for each in aws_api_gateway_method.this : [each.id, each.authorization, "
        'coalesce(each.authorizer_id, "none"), each.api_key_required]], '
        "[for each in aws_api_gateway_integration.this : [each.id, each.type, "
        'coalesce(each.uri, "none"), merge(each.request_templates, {})]]]))'
    )
    yield Made(
        kind="aws_api_gateway_deployment",
        key=deployment_key(resource),
        arguments={"rest_api_id": own, "triggers": {"content": content, "policy": PolicyOf(own.logical_id)}},
        lifecycle={"create_before_destroy": True},
        source=resource,
    )


def deployment_key(resource: Resource) -> str:
    """`orders_deployment`, whatever it deploys."""
    return snake(resource.logical_id[:-8])


def stage(resource: Resource) -> Iterator[Made]:
    """A stage, and how its methods log."""
    properties, key = resource.properties, snake(resource.logical_id)
    access = properties.get("AccessLogSetting")
    logs = {"destination_arn": access["DestinationArn"], "format": access["Format"]} if access else None
    yield Made(
        kind="aws_api_gateway_stage",
        key=key,
        arguments={
            "rest_api_id": properties["RestApiId"],
            "deployment_id": properties["DeploymentId"],
            "stage_name": properties["StageName"],
            **present(xray_tracing_enabled=properties.get("TracingEnabled")),
            **({"access_log_settings": Nested((logs,))} if logs else {}),
        },
        source=resource,
    )
    for setting in properties.get("MethodSettings", ()):
        values = picked(
            setting,
            (
                ("logging_level", "LoggingLevel"),
                ("metrics_enabled", "MetricsEnabled"),
                ("data_trace_enabled", "DataTraceEnabled"),
            ),
        )
        yield Made(
            kind="aws_api_gateway_method_settings",
            key=key,
            arguments={
                "rest_api_id": properties["RestApiId"],
                "stage_name": Raw(f'aws_api_gateway_stage.this["{key}"].stage_name'),
                "method_path": "*/*",
                "settings": Nested((values,)),
            },
            source=resource,
        )


def rest_api_update(resource: Resource) -> Iterator[Made]:
    """An existing API: its policy, and a deployment by command, for its stage is somebody else's (POL-03)."""
    properties, key = resource.properties, snake(resource.logical_id)
    own = properties["RestApiId"]
    policy = Raw(f'aws_api_gateway_rest_api_policy.this["{key}"].policy')
    yield _policy(resource, own)
    yield Made(
        kind="terraform_data",
        key=key,
        arguments={
            "triggers_replace": [policy, *properties["VpcEndpointIds"]],
            "input": {
                "region": resource.region,
                "rest_api_id": own,
                "stage_name": properties["StageName"],
                "vpc_endpoint_ids": properties["VpcEndpointIds"],
            },
        },
        source=resource,
    )


def authorizer(resource: Resource) -> Iterator[Made]:
    """An authorizer; which function or user pool it asks is a variable."""
    properties = resource.properties
    is_pool = properties["Type"] == "COGNITO_USER_POOLS"
    own = Raw(f"var.{snake(resource.logical_id)}_arn")
    yield Made(
        kind="aws_api_gateway_authorizer",
        key=snake(resource.logical_id),
        arguments={
            **picked(
                properties,
                (
                    ("rest_api_id", "RestApiId"),
                    ("name", "Name"),
                    ("type", "Type"),
                    ("identity_source", "IdentitySource"),
                ),
            ),
            **({"provider_arns": [own]} if is_pool else {"authorizer_uri": own}),
        },
        source=resource,
    )


KINDS: Mapping[str, Kind] = {
    "AWS::ApiGateway::RestApi": Kind(terraform="aws_api_gateway_rest_api", write=rest_api),
    "AWS::ApiGateway::Resource": Kind(terraform="aws_api_gateway_resource", write=path_resource),
    "AWS::ApiGateway::Method": Kind(terraform="aws_api_gateway_method", write=method),
    "AWS::ApiGateway::Authorizer": Kind(terraform="aws_api_gateway_authorizer", write=authorizer),
    "AWS::ApiGateway::Deployment": Kind(terraform="aws_api_gateway_deployment", write=deployment),
    "AWS::ApiGateway::Stage": Kind(terraform="aws_api_gateway_stage", write=stage, ref="stage_name"),
    "Custom::RestApiUpdate": Kind(terraform="aws_api_gateway_rest_api_policy", write=rest_api_update),
}
"""What each type becomes."""

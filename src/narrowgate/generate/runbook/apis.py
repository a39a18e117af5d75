"""Commands for REST APIs, their names, certificates, balancers and VPC Lattice."""

from collections.abc import Mapping
from typing import Any

from narrowgate.generate.plan import Plan
from narrowgate.generate.requests import REQUESTS
from narrowgate.generate.runbook.dns import call
from narrowgate.generate.runbook.network import asked, capture, own
from narrowgate.generate.runbook.shell import Command, Document, command_of, variable
from narrowgate.generate.runbook.step import Check, Work, Writer
from narrowgate.model.resource import GetAtt, Resource

Options = tuple[tuple[str, Any], ...]


def gateway(resource: Resource, operation: str, *options: tuple[str, Any]) -> Command:
    """An `aws apigateway` command."""
    return call(resource, "apigateway", operation, *options)


def rest_api(plan: Plan, resource: Resource) -> Work:
    """An API with its policy in place from the start (IAC-03)."""
    properties, it = resource.properties, own(resource)
    configuration = properties["EndpointConfiguration"]
    document = {"types": configuration["Types"]}
    if "VpcEndpointIds" in configuration:
        document["vpcEndpointIds"] = configuration["VpcEndpointIds"]
    name = variable(resource.logical_id)
    file = name.lower().removesuffix("_id")
    policy: Options = ()
    if "Policy" in properties:
        policy = (("--policy", Document(f"{file}-policy.json", properties["Policy"])),)
    made = gateway(
        resource,
        "create-rest-api",
        ("--name", properties["Name"]),
        ("--endpoint-configuration", Document(f"{file}-endpoint.json", document)),
        *policy,
        *_tags(plan),
    )
    shown = gateway(resource, "get-rest-api", ("--rest-api-id", it))
    return Work(
        commands=(capture(made, name, "id"),),
        check=Check(asked(shown, "endpointConfiguration.types"), ", ".join(configuration["Types"])),
        undo=(gateway(resource, "delete-rest-api", ("--rest-api-id", it)),),
        console="API Gateway > APIs > Create API > REST API Private > Build",
    )


def _tags(plan: Plan) -> Options:
    tags = ",".join(f"{key}={value}" for key, value in plan.design.tags)
    return (("--tags", tags),) if tags else ()


def path_resource(plan: Plan, resource: Resource) -> Work:
    """A step of a path."""
    properties = resource.properties
    made = gateway(
        resource,
        "create-resource",
        ("--rest-api-id", properties["RestApiId"]),
        ("--parent-id", properties["ParentId"]),
        ("--path-part", properties["PathPart"]),
    )
    return Work(
        commands=(capture(made, variable(resource.logical_id), "id"),),
        console="API Gateway > (API) > Resources > Create resource",
    )


def method(plan: Plan, resource: Resource) -> Work:
    """A method, what it calls, and what it answers."""
    properties = resource.properties
    place: Options = (
        ("--rest-api-id", properties["RestApiId"]),
        ("--resource-id", properties["ResourceId"]),
        ("--http-method", properties["HttpMethod"]),
    )
    authorizer: Options = ()
    if "AuthorizerId" in properties:
        authorizer = (("--authorizer-id", properties["AuthorizerId"]),)
    integration = properties["Integration"]
    file = variable(resource.logical_id).lower().removesuffix("_id")
    commands = [
        gateway(
            resource, "put-method", *place, ("--authorization-type", properties["AuthorizationType"]), *authorizer
        )
    ]
    options: list[tuple[str, Any]] = [("--type", integration["Type"])]
    if "Uri" in integration:
        options += [("--uri", integration["Uri"]), ("--integration-http-method", "POST")]
    if "RequestTemplates" in integration:
        options.append(("--request-templates", Document(f"{file}-request.json", integration["RequestTemplates"])))
    commands.append(gateway(resource, "put-integration", *place, *options))
    for answer in properties.get("MethodResponses", ()):
        status = ("--status-code", answer["StatusCode"])
        commands.append(gateway(resource, "put-method-response", *place, status))
    for answer in integration.get("IntegrationResponses", ()):
        status = ("--status-code", answer["StatusCode"])
        templates: Options = ()
        if "ResponseTemplates" in answer:
            document = Document(f"{file}-response.json", answer["ResponseTemplates"])
            templates = (("--response-templates", document),)
        commands.append(gateway(resource, "put-integration-response", *place, status, *templates))
    return Work(commands=tuple(commands), console="API Gateway > (API) > Resources > (resource) > Create method")


def authorizer(plan: Plan, resource: Resource) -> Work:
    """An authorizer; you name the function or user pool."""
    properties = resource.properties
    is_pool = properties["Type"] == "COGNITO_USER_POOLS"
    asked_arn = GetAtt(resource.logical_id, "Arn")
    made = gateway(
        resource,
        "create-authorizer",
        ("--rest-api-id", properties["RestApiId"]),
        ("--name", properties["Name"]),
        ("--type", properties["Type"]),
        ("--identity-source", properties["IdentitySource"]),
        ("--provider-arns" if is_pool else "--authorizer-uri", asked_arn),
    )
    what = "user pool" if is_pool else "function's invocation"
    return Work(
        commands=(capture(made, variable(resource.logical_id), "id"),),
        console="API Gateway > (API) > Authorizers > Create authorizer",
        note=f"Set `{variable(resource.logical_id, 'Arn')}` to the ARN of the {what} first.",
    )


def deployment(plan: Plan, resource: Resource) -> Work:
    """A deployment: what was changed since counts from here on (POL-03)."""
    api = resource.properties["RestApiId"]
    made = gateway(resource, "create-deployment", ("--rest-api-id", api))
    return Work(
        commands=(capture(made, variable(resource.logical_id), "id"),),
        console="API Gateway > (API) > Resources > Deploy API",
    )


def stage(plan: Plan, resource: Resource) -> Work:
    """A stage, and what it logs."""
    properties = resource.properties
    place: Options = (("--rest-api-id", properties["RestApiId"]), ("--stage-name", properties["StageName"]))
    tracing = (("--tracing-enabled", None),) if properties.get("TracingEnabled") else ()
    commands = [
        gateway(
            resource,
            "create-stage",
            *place,
            ("--deployment-id", properties["DeploymentId"]),
            *tracing,
            *_tags(plan),
        )
    ]
    patches = _patches(properties)
    if patches:
        file = variable(resource.logical_id).lower().removesuffix("_id")
        commands.append(
            gateway(
                resource, "update-stage", *place, ("--patch-operations", Document(f"{file}-logs.json", patches))
            )
        )
    shown = gateway(resource, "get-stage", *place)
    return Work(
        commands=tuple(commands),
        check=Check(asked(shown, "stageName"), properties["StageName"]),
        undo=(gateway(resource, "delete-stage", *place),),
        console="API Gateway > (API) > Stages > Create stage",
    )


def _patches(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    access = properties.get("AccessLogSetting")
    if access is not None:
        found.append(_patch("/accessLogSettings/destinationArn", access["DestinationArn"]))
        found.append(_patch("/accessLogSettings/format", access["Format"]))
    for setting in properties.get("MethodSettings", ()):
        paths = (
            ("LoggingLevel", "/*/*/logging/loglevel"),
            ("MetricsEnabled", "/*/*/metrics/enabled"),
            ("DataTraceEnabled", "/*/*/logging/dataTrace"),
        )
        for name, path in paths:
            if name in setting:
                value = setting[name]
                found.append(_patch(path, str(value).lower() if isinstance(value, bool) else value))
    return found


def _patch(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def rest_api_update(plan: Plan, resource: Resource) -> Work:
    """An existing API: policy, associated endpoints, and a deployment for both to count (POL-03)."""
    file = f"{variable(resource.logical_id).lower().removesuffix('_id')}.json"
    shown = gateway(resource, "get-rest-api", ("--rest-api-id", resource.properties["RestApiId"]))
    return Work(
        commands=tuple(command_of(each, resource.region, file) for each in REQUESTS[resource.type](resource)),
        check=Check(asked(shown, "policy"), "the policy above, with escaped quotes"),
        console="API Gateway > (API) > Resource policy > Edit; then Resources > Deploy API",
        note="Keep the policy that the API has now: undoing is putting it back and deploying again.",
    )


WRITERS: Mapping[str, Writer] = {
    "AWS::ApiGateway::RestApi": rest_api,
    "AWS::ApiGateway::Resource": path_resource,
    "AWS::ApiGateway::Method": method,
    "AWS::ApiGateway::Authorizer": authorizer,
    "AWS::ApiGateway::Deployment": deployment,
    "AWS::ApiGateway::Stage": stage,
    "Custom::RestApiUpdate": rest_api_update,
}
"""What makes each type."""

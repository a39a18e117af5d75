"""REST APIs with resources, methods, policy, deployment and stage, in the order API Gateway needs (IAC-03)."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from narrowgate.model.design import Api, Design
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.policies import Door, api_ref, resource_policy
from narrowgate.options.parts.resource_list import Because, Place, ResourceList, Text

_AUTHORIZERS = {"CUSTOM": "TOKEN", "COGNITO_USER_POOLS": "COGNITO_USER_POOLS"}
_ANSWER = {
    "StatusCode": "200",
    "ResponseTemplates": {"application/json": json.dumps({"message": "it works: replace this mock integration"})},
}


def api_resources(
    design: Design,
    doors: Mapping[str, Sequence[Door]],
    associated: Mapping[str, Sequence[Text]] | None = None,
) -> tuple[Resource, ...]:
    """Every API of a design, each admitting its doors.

    Args:
        design: the design.
        doors: by API, the endpoints that its policy names and for whom.
        associated: by API, the endpoints that get an alias name with it (AGW-06).
    """
    found = ResourceList()
    for api in design.apis:
        if api.is_private:
            _private(found, api, doors.get(api.name, ()), (associated or {}).get(api.name, ()))
        else:
            _public(found.as_existing(), api)
    return found.all()


def _private(found: ResourceList, api: Api, doors: Sequence[Door], associated: Sequence[Text]) -> None:
    policy = resource_policy(api, doors) if doors or api.policy else None
    if api.id is None:
        _build(found, api, policy, associated)
        return
    _build(found.as_existing(), api, None, ())
    if policy is not None:
        found.add(
            logical_id(api.name, "api", "update"),
            "Custom::RestApiUpdate",
            Place(api.account, api.region),
            {
                "RestApiId": api_ref(api),
                "Policy": policy,
                "VpcEndpointIds": list(associated),
                "StageName": api.stage,
            },
            Because(f"`{api.name}` admits the endpoint, and is deployed again for that to count", "POL-03"),
        )


def _public(found: ResourceList, api: Api) -> None:
    """A public API that consumers use beside: it is there, and must go on working."""
    _build(found, api, None, ())


def _build(found: ResourceList, api: Api, policy: dict[str, Any] | None, associated: Sequence[Text]) -> None:
    place = Place(api.account, api.region)
    configuration: dict[str, Any] = {"Types": [api.endpoint_type]}
    if associated:
        configuration["VpcEndpointIds"] = list(associated)
    properties: dict[str, Any] = {"Name": api.name, "EndpointConfiguration": configuration}
    if policy is not None:
        properties["Policy"] = policy
    because = Because(f"the API `{api.name}`", "AGW-01")
    own = found.add(api_ref(api).logical_id, "AWS::ApiGateway::RestApi", place, properties, because, own_id=api.id)
    methods = _methods(found, api, own)
    if api.is_private and policy is None and api.id is None:
        return  # AWS deploys no private API without a policy (POL-02).
    _deploy(found, api, methods, msgspec.json.encode([properties, [str(each) for each in api.routes]]))


def _methods(found: ResourceList, api: Api, own: Ref) -> list[str]:
    place = Place(api.account, api.region)
    authorizer = _authorizer(found, api, own)
    names = []
    for route in api.routes:
        resource: Text = _resource(found, api, own, route.path)
        properties: dict[str, Any] = {
            "RestApiId": own,
            "ResourceId": resource,
            "HttpMethod": route.method,
            "AuthorizationType": api.authorization,
            "Integration": {
                "Type": "MOCK",
                "RequestTemplates": {"application/json": json.dumps({"statusCode": 200})},
                "IntegrationResponses": [_ANSWER],
            },
            "MethodResponses": [{"StatusCode": "200"}],
        }
        if authorizer is not None:
            properties["AuthorizerId"] = authorizer
        name = logical_id(api.name, "method", route.method.lower(), route.path or "root")
        found.add(name, "AWS::ApiGateway::Method", place, properties, Because(f"`{route}` of `{api.name}`"))
        names.append(name)
    return names


def _authorizer(found: ResourceList, api: Api, own: Ref) -> Ref | None:
    kind = _AUTHORIZERS.get(api.authorization)
    if kind is None:
        return None
    return found.add(
        logical_id(api.name, "authorizer"),
        "AWS::ApiGateway::Authorizer",
        Place(api.account, api.region),
        {
            "RestApiId": own,
            "Name": f"{api.name}-authorizer",
            "Type": kind,
            "IdentitySource": "method.request.header.Authorization",
        },
        Because(f"who may call `{api.name}`, beside its policy", "POL-29"),
    )


def _resource(found: ResourceList, api: Api, own: Ref, path: str) -> Text:
    """The resource of a path; API Gateway has one for every step of it."""
    from narrowgate.model.resource import GetAtt

    parent: Text = GetAtt(own.logical_id, "RootResourceId")
    walked = ""
    for part in path.strip("/").split("/"):
        if not part:
            return parent
        walked += f"/{part}"
        parent = found.add(
            logical_id(api.name, "resource", walked),
            "AWS::ApiGateway::Resource",
            Place(api.account, api.region),
            {"RestApiId": own, "ParentId": parent, "PathPart": part},
            Because(f"the path {walked} of `{api.name}`"),
        )
    return parent


def _deploy(found: ResourceList, api: Api, methods: Sequence[str], content: bytes) -> None:
    """A deployment whose name follows its content: a changed policy makes a new one (IAC-03, POL-03)."""
    place, own = Place(api.account, api.region), api_ref(api)
    digest = sha256(content).hexdigest()[:8]
    deployment = found.add(
        logical_id(api.name, "deployment", digest),
        "AWS::ApiGateway::Deployment",
        place,
        {"RestApiId": own},
        Because(f"what `{api.name}` runs; it changes with the policy", "IAC-03"),
    )
    found.order(deployment.logical_id, after=methods)
    found.add(
        logical_id(api.name, "stage"),
        "AWS::ApiGateway::Stage",
        place,
        {"RestApiId": own, "DeploymentId": deployment, "StageName": api.stage},
        Because(f"the stage `{api.stage}` of `{api.name}`"),
    )

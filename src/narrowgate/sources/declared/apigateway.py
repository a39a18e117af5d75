"""REST APIs: their methods, policy, deployments and stages."""

import json
from collections.abc import Iterator
from typing import Any

from narrowgate.model.estate_facts import Call
from narrowgate.model.resource import GetAtt, Ref, Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.attributes import root_resource_id
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.openapi import Body, Method, read_body
from narrowgate.sources.declared.values import flag, listed, text, texts
from narrowgate.sources.synthetic.names import CREATED, api_gateway_id

_APIS = "apigateway.get_rest_apis"
_RESOURCES = "apigateway.get_resources"


def rest_api(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ApiGateway::RestApi` with the methods, authorizers and stages that the list gives it."""
    own = declared.own_id(resource)
    body = _body(declared, resource, properties)
    methods = _methods(declared, resource, body)
    policy = saved_policy(declared, resource, own, properties.get("Policy", body.policy if body else None))
    element: dict[str, Any] = {
        "id": own,
        "name": text(properties, "Name", resource.logical_id),
        "apiKeySource": text(properties, "ApiKeySourceType", "HEADER"),
        "endpointConfiguration": _configuration(properties, body),
        "disableExecuteApiEndpoint": flag(properties, "DisableExecuteApiEndpoint", False),
        "rootResourceId": root_resource_id(own),
        "tags": {},
    }
    if isinstance(policy, str):
        element["policy"] = json.dumps(policy)[1:-1]
    declared.add(resource, _APIS, element, own)
    if isinstance(policy, Unknown):
        _policy_gap(declared, resource, own, policy)
    parameter = {"restApiId": own}
    where = declared.where(resource)
    if isinstance(methods, Unknown):
        declared.note(resource, "its resources and methods", methods)
        declared.withhold(resource, _RESOURCES, methods.why, own)
    else:
        tree = _tree(own, methods)
        declared.ledger.ask(where, _RESOURCES, own, parameter | {"embed": ["methods"]}, {"items": tree})
    _stages(declared, resource, methods, policy)
    authorizers = [
        {
            "id": declared.own_id(each),
            "name": text(declared.properties(each), "Name", each.logical_id),
            "type": declared.properties(each).get("Type"),
        }
        for each in declared.users("AWS::ApiGateway::Authorizer", "RestApiId", own)
    ]
    known = [declared.known_only(resource, each) for each in authorizers]
    declared.ledger.ask(where, "apigateway.get_authorizers", own, parameter, {"items": known})


def _policy_gap(declared: Declared, resource: Resource, own: str, gap: Unknown) -> None:
    declared.note(resource, "Policy", gap)
    declared.untold[Call(resource.account, resource.region, "RestApi.policy", own)] = gap.why


def _configuration(properties: Properties, body: Body | None) -> Any:
    given = properties.get("EndpointConfiguration")
    if isinstance(given, Unknown):
        return given
    given = given if isinstance(given, dict) else {}
    kinds = texts(given, "Types")
    if isinstance(kinds, Unknown):
        return kinds
    found: dict[str, Any] = {"types": kinds or [defaults.REST_API_TYPE]}
    ids = texts(given, "VpcEndpointIds")
    if isinstance(ids, Unknown):
        return ids
    ids = ids or list(body.endpoints if body else ())
    return found | ({"vpcEndpointIds": ids} if ids else {})


def saved_policy(declared: Declared, resource: Resource, own: str, document: Any) -> str | Unknown | None:
    """A resource policy as it is saved: short resources become ARNs of the API (POL-16); as text."""
    gap = unknown_in(document)
    if gap is not None or document is None or document == "":
        return gap
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return str(document)
    if not isinstance(document, dict) or "Statement" not in document:
        return json.dumps(document, default=str)
    statements = document["Statement"]
    whole = [
        each for each in (statements if isinstance(statements, list) else [statements]) if isinstance(each, dict)
    ]
    expanded = declared.estate(resource)._expanded(document | {"Statement": whole}, own)
    return json.dumps(expanded, separators=(",", ":"), default=str)


def _body(declared: Declared, resource: Resource, properties: Properties) -> Body | None:
    if "BodyS3Location" in properties:
        gap = Unknown("the API's definition stands in S3")
        return Body(methods=gap, policy=gap)
    return read_body(properties["Body"]) if properties.get("Body") is not None else None


def _methods(declared: Declared, resource: Resource, body: Body | None) -> tuple[Method, ...] | Unknown:
    own = declared.own_id(resource)
    if body is not None and isinstance(body.methods, Unknown):
        return body.methods
    found: list[Method] = list(body.methods) if body is not None and not isinstance(body.methods, Unknown) else []
    for each in declared.maybe_users("AWS::ApiGateway::Method", "RestApiId"):
        why = declared.properties(each)["RestApiId"].why
        return Unknown(f"the API of method {each.logical_id}: {why}")
    for each in declared.users("AWS::ApiGateway::Method", "RestApiId", own):
        method = _method(declared, own, each, declared.properties(each))
        if isinstance(method, Unknown):
            return method
        found.append(method)
    return tuple(found)


def _method(declared: Declared, own: str, resource: Resource, given: Properties) -> Method | Unknown:
    path = _path(declared, own, resource.properties.get("ResourceId"), set())
    verb = given.get("HttpMethod")
    gap = next((each for each in (path, verb) if isinstance(each, Unknown)), None)
    if gap is not None:
        return gap
    kind = given.get("AuthorizationType", defaults.METHOD["AuthorizationType"])
    authorizer = given.get("AuthorizerId")
    return Method(
        path=str(path),
        verb=str(verb).upper(),
        kind=kind if isinstance(kind, Unknown) else str(kind).upper(),
        needs_key=flag(given, "ApiKeyRequired", defaults.METHOD["ApiKeyRequired"]),
        authorizer_id=authorizer if isinstance(authorizer, str) else None,
    )


def _path(declared: Declared, own: str, value: Any, seen: set[str]) -> str | Unknown:
    """The path of a resource, from its own part up to the root."""
    if isinstance(value, GetAtt) and value.attribute == "RootResourceId":
        return "/"
    if isinstance(value, (Ref, GetAtt)):
        each = declared.resources.get(value.logical_id)
        if each is None or each.type != "AWS::ApiGateway::Resource" or value.logical_id in seen:
            return Unknown(f"resource `{value.logical_id}` is not in the list")
        part = declared.property(each, "PathPart")
        above = _path(declared, own, each.properties.get("ParentId"), seen | {value.logical_id})
        gap = next((one for one in (part, above) if isinstance(one, Unknown)), None)
        return gap or f"{str(above).rstrip('/')}/{part}"
    if value == root_resource_id(own):
        return "/"
    named = declared.named(value)
    if named is not None and named.type == "AWS::ApiGateway::Resource":
        return _path(declared, own, Ref(named.logical_id), seen)
    return value if isinstance(value, Unknown) else Unknown(f"resource `{value}` is not in the list")


def _tree(own: str, methods: tuple[Method, ...]) -> list[dict[str, Any]]:
    """The resource tree: API Gateway has a resource for every step of a path."""
    tree: dict[str, dict[str, Any]] = {"/": {"id": root_resource_id(own), "path": "/"}}
    for each in methods:
        parts = [part for part in each.path.split("/") if part]
        for depth, part in enumerate(parts):
            path, parent = "/" + "/".join(parts[: depth + 1]), "/" + "/".join(parts[:depth])
            tree.setdefault(
                path,
                {
                    "id": api_gateway_id(6, own, path),
                    "parentId": tree[parent]["id"],
                    "pathPart": part,
                    "path": path,
                },
            )
        place = tree["/" + "/".join(parts)].setdefault("resourceMethods", {})
        entry: dict[str, Any] = {"httpMethod": each.verb}
        if isinstance(each.kind, str):
            entry["authorizationType"] = each.kind
        if isinstance(each.needs_key, bool):
            entry["apiKeyRequired"] = each.needs_key
        if each.authorizer_id:
            entry["authorizerId"] = each.authorizer_id
        place[each.verb] = entry
    return list(tree.values())


def _stages(
    declared: Declared, resource: Resource, methods: tuple[Method, ...] | Unknown, policy: str | Unknown | None
) -> None:
    """The stages of an API; each runs what the list says, as nothing was deployed before it (POL-03)."""
    own, where = declared.own_id(resource), declared.where(resource)
    stages: list[dict[str, Any]] = []
    gap: Unknown | None = None
    kinds = ("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment")
    for each in (one for kind in kinds for one in declared.maybe_users(kind, "RestApiId")):
        gap = declared.properties(each)["RestApiId"]
    for each in (one for kind in kinds for one in declared.users(kind, "RestApiId", own)):
        given = declared.properties(each)
        name = given.get("StageName")
        if isinstance(name, Unknown):
            gap = name
            declared.note(each, "StageName", name)
        elif name is not None:
            stages.append(_stage(declared, each, given, str(name)))
    if gap is not None:
        declared.withhold(resource, "apigateway.get_stages", gap.why, own)
    else:
        declared.ledger.ask(where, "apigateway.get_stages", own, {"restApiId": own}, {"item": stages})
    items = [{"id": each["deploymentId"], "createdDate": CREATED} for each in stages]
    declared.ledger.ask(where, "apigateway.get_deployments", own, {"restApiId": own}, {"items": items})
    if not isinstance(methods, Unknown):
        for stage in stages:
            export_stage(declared, resource, str(stage["stageName"]), methods, policy)


def _stage(declared: Declared, resource: Resource, given: Properties, name: str) -> dict[str, Any]:
    deployment = given.get("DeploymentId")
    if resource.type == "AWS::ApiGateway::Deployment":
        deployment = declared.own_id(resource)
    stage: dict[str, Any] = {
        "stageName": name,
        "deploymentId": deployment if isinstance(deployment, str) else api_gateway_id(6, resource.logical_id),
        "cacheClusterEnabled": False,
        "tracingEnabled": flag(given, "TracingEnabled", False),
    }
    logs = given.get("AccessLogSetting")
    if isinstance(logs, dict):
        destination = logs.get("DestinationArn")
        # The destination's name matters to nobody here; that there is one does (OBS-01).
        stage["accessLogSettings"] = {
            "destinationArn": destination if isinstance(destination, str) else "known only after creation",
            **({"format": logs["Format"]} if isinstance(logs.get("Format"), str) else {}),
        }
    settings = given.get("MethodSettings")
    if isinstance(settings, list):
        stage["methodSettings"] = dict(_method_settings(settings))
    for each in declared.of_type("AWS::WAFv2::WebACLAssociation"):
        target = each.properties.get("ResourceArn")
        if resource.logical_id in repr(target) or f"/stages/{name}" in str(declared.resolved(target)):
            stage["webAclArn"] = str(declared.ids.get(each.logical_id))
    return declared.known_only(resource, stage)


def _method_settings(settings: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """By `{path}/{method}`, the path's slashes escaped as API Gateway does (OBS-01)."""
    fields = {
        "LoggingLevel": "loggingLevel",
        "MetricsEnabled": "metricsEnabled",
        "DataTraceEnabled": "dataTraceEnabled",
        "ThrottlingRateLimit": "throttlingRateLimit",
        "ThrottlingBurstLimit": "throttlingBurstLimit",
    }
    for each in settings:
        if not isinstance(each, dict):
            continue
        path = str(each.get("ResourcePath", "/*")).removeprefix("/").replace("/", "~1") or "~1"
        found = {
            name: each[field]
            for field, name in fields.items()
            if not isinstance(each.get(field), (Unknown, type(None)))
        }
        yield f"{path}/{each.get('HttpMethod', '*')}", found


def export_stage(
    declared: Declared,
    resource: Resource,
    stage: str,
    methods: tuple[Method, ...],
    policy: str | Unknown | None,
) -> None:
    """The stage's export with the API Gateway extensions: what it runs."""
    own = declared.own_id(resource)
    paths: dict[str, Any] = {}
    for each in methods:
        name = "x-amazon-apigateway-any-method" if each.verb == "ANY" else each.verb.lower()
        auth = {"type": each.kind} if isinstance(each.kind, str) else {}
        paths.setdefault(each.path, {})[name] = {"x-amazon-apigateway-auth": auth}
    document: dict[str, Any] = {"openapi": "3.0.1", "paths": paths}
    if isinstance(policy, str):
        try:
            document["x-amazon-apigateway-policy"] = json.loads(policy)
        except ValueError:
            document["x-amazon-apigateway-policy"] = policy
    declared.ledger.ask(
        declared.where(resource),
        "apigateway.get_export",
        f"{own}/{stage}",
        {"restApiId": own, "stageName": stage, "exportType": "oas30", "parameters": {"extensions": "apigateway"}},
        {"body": json.dumps(document)},
    )


def part_of_api(declared: Declared, resource: Resource, properties: Properties) -> None:
    """A method, resource, stage or deployment: its API has read it; one of an API outside the list changes it."""
    api = properties.get("RestApiId")
    if isinstance(api, Unknown):
        declared.note(resource, "RestApiId", api)
    elif api is not None and declared.named(api) is None:
        declared.warn(resource, f"its API {api} is not in the source, so the API stays unknown")


def vpc_link(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ApiGateway::VpcLink`: a private integration, no way in (AGW-02)."""
    element = {
        "id": declared.own_id(resource),
        "name": text(properties, "Name", ""),
        "targetArns": listed(properties, "TargetArns"),
        "status": "AVAILABLE",
    }
    declared.add(resource, "apigateway.get_vpc_links", element, declared.own_id(resource))


def account(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ApiGateway::Account` (OBS-01)."""
    role = properties.get("CloudWatchRoleArn")
    if role is not None:
        known = role if isinstance(role, str) else "known only after creation"
        declared.ledger.single[(declared.where(resource), "apigateway.get_account")] = {"cloudwatchRoleArn": known}

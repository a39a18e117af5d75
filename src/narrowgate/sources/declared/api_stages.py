"""Stages of REST APIs: what each runs, how it logs, and its export."""

import json
from collections.abc import Iterator
from typing import Any

from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.openapi import Method
from narrowgate.sources.declared.values import flag
from narrowgate.sources.synthetic.names import CREATED, api_gateway_id


def answer_stages(
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
            _export_stage(declared, resource, str(stage["stageName"]), methods, policy)


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


def _export_stage(
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

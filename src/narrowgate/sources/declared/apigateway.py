"""REST APIs: their methods, policy, deployments and stages."""

import json
from typing import Any

from narrowgate.model.estate_facts import Call
from narrowgate.model.resource import Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.api_methods import methods_of, resource_tree
from narrowgate.sources.declared.api_stages import answer_stages
from narrowgate.sources.declared.attributes import root_resource_id
from narrowgate.sources.declared.estate import Declared, Properties, unknown_in
from narrowgate.sources.declared.openapi import Body, read_body
from narrowgate.sources.declared.values import flag, listed, text, texts

_APIS = "apigateway.get_rest_apis"
_RESOURCES = "apigateway.get_resources"


def rest_api(declared: Declared, resource: Resource, properties: Properties) -> None:
    """`AWS::ApiGateway::RestApi` with the methods, authorizers and stages that the list gives it."""
    own = declared.own_id(resource)
    body = _body(declared, resource, properties)
    methods = methods_of(declared, resource, body)
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
        tree = resource_tree(own, methods)
        declared.ledger.ask(where, _RESOURCES, own, parameter | {"embed": ["methods"]}, {"items": tree})
    answer_stages(declared, resource, methods, policy)
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
    expanded = declared.estate(resource).saved_form(document | {"Statement": whole}, own)
    return json.dumps(expanded, separators=(",", ":"), default=str)


def _body(declared: Declared, resource: Resource, properties: Properties) -> Body | None:
    if "BodyS3Location" in properties:
        gap = Unknown("the API's definition stands in S3")
        return Body(methods=gap, policy=gap)
    return read_body(properties["Body"]) if properties.get("Body") is not None else None


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

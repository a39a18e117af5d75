"""Methods of REST APIs, and the tree of resources that API Gateway has for them."""

from typing import Any

from narrowgate.model.resource import GetAtt, Ref, Resource, Unknown
from narrowgate.sources.declared import defaults
from narrowgate.sources.declared.attributes import root_resource_id
from narrowgate.sources.declared.estate import Declared, Properties
from narrowgate.sources.declared.openapi import Body, Method
from narrowgate.sources.declared.values import flag
from narrowgate.sources.synthetic.names import api_gateway_id


def methods_of(declared: Declared, resource: Resource, body: Body | None) -> tuple[Method, ...] | Unknown:
    """The methods of an API, of its definition and of the list; `Unknown` where nobody can tell all of them."""
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


def resource_tree(own: str, methods: tuple[Method, ...]) -> list[dict[str, Any]]:
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

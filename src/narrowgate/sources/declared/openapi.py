"""The `Body` of a REST API: an OpenAPI document with API Gateway's extensions, as a tree of methods."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from narrowgate.model.resource import Unknown
from narrowgate.sources.declared.estate import unknown_in

_VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_ANY = "x-amazon-apigateway-any-method"
_KINDS = {"awsSigv4": "AWS_IAM", "custom": "CUSTOM", "cognito_user_pools": "COGNITO_USER_POOLS"}


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """A method of an API; `kind` and `needs_key` are `Unknown` where nobody can tell."""

    path: str
    verb: str
    kind: str | Unknown = "NONE"
    needs_key: bool | Unknown = False
    authorizer_id: str | None = None


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What a body tells about an API."""

    methods: tuple[Method, ...] | Unknown
    policy: Any = None
    endpoints: tuple[str, ...] = ()


def read_body(body: Any) -> Body:
    """Read a body, given as a tree or as JSON text."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return Body(methods=Unknown("the body is YAML or no OpenAPI document"), policy=Unknown("in the body"))
    if isinstance(body, Unknown) or not isinstance(body, dict):
        gap = body if isinstance(body, Unknown) else Unknown("the body is no OpenAPI document")
        return Body(methods=gap, policy=gap)
    configuration = body.get("x-amazon-apigateway-endpoint-configuration")
    endpoints = configuration.get("vpcEndpointIds", ()) if isinstance(configuration, dict) else ()
    return Body(
        methods=_methods(body),
        policy=body.get("x-amazon-apigateway-policy"),
        endpoints=tuple(each for each in endpoints if isinstance(each, str)),
    )


def _methods(body: dict[str, Any]) -> tuple[Method, ...] | Unknown:
    paths = body.get("paths", {})
    if not isinstance(paths, dict):
        return paths if isinstance(paths, Unknown) else Unknown("the body has no paths")
    found: list[Method] = []
    for path, item in paths.items():
        if not isinstance(item, dict):
            return item if isinstance(item, Unknown) else Unknown(f"path {path} is not understood")
        found += _of_path(body, str(path), item)
    return tuple(found)


def _of_path(body: dict[str, Any], path: str, item: dict[str, Any]) -> Iterator[Method]:
    for name, operation in item.items():
        if name.lower() not in _VERBS and name != _ANY:
            continue
        verb = "ANY" if name == _ANY else name.upper()
        known = operation if isinstance(operation, dict) else {}
        own = known.get("x-amazon-apigateway-auth")
        if isinstance(own, dict) and isinstance(own.get("type"), str):
            yield Method(path=path, verb=verb, kind=own["type"].upper())
            continue
        security = known.get("security", body.get("security", []))
        gap = unknown_in(security) or (operation if isinstance(operation, Unknown) else None)
        if gap is not None:
            yield Method(path=path, verb=verb, kind=gap, needs_key=gap)
        else:
            yield _secured(body, path, verb, security)


def _secured(body: dict[str, Any], path: str, verb: str, security: Any) -> Method:
    components = body.get("components")
    schemes = components.get("securitySchemes", {}) if isinstance(components, dict) else {}
    schemes = body.get("securityDefinitions") or schemes
    kind: str | Unknown = "NONE"
    needs_key, authorizer = False, None
    for requirement in security if isinstance(security, list) else ():
        for name in requirement if isinstance(requirement, dict) else ():
            scheme = schemes.get(name) if isinstance(schemes, dict) else None
            if not isinstance(scheme, dict):
                return Method(path=path, verb=verb, kind=Unknown(f"security scheme {name} is not known"))
            auth = scheme.get("x-amazon-apigateway-authtype")
            if isinstance(auth, Unknown):
                kind = auth
            elif auth in _KINDS or "x-amazon-apigateway-authorizer" in scheme:
                kind = _KINDS.get(str(auth), "CUSTOM")
                authorizer = name if kind != "AWS_IAM" else None
            elif str(scheme.get("name", "")).lower() == "x-api-key":
                needs_key = True
    return Method(path=path, verb=verb, kind=kind, needs_key=needs_key, authorizer_id=authorizer)

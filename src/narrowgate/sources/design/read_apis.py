"""APIs of a design, and routes as people write them."""

import difflib
import json
import re

from narrowgate.model.design import Api, Route
from narrowgate.model.domain import parse_query_name
from narrowgate.model.errors import InputError
from narrowgate.sources.design.fields import API, API_TYPES, AUTHORIZATIONS, METHODS, PROTOCOLS
from narrowgate.sources.design.openapi import routes_of_openapi
from narrowgate.sources.design.regions import read_region
from narrowgate.sources.design.scope import Scope
from narrowgate.sources.design.text import Value

_API_ID = re.compile(r"[a-z0-9]{10}")
_STAGE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_SEGMENT = re.compile(r"[A-Za-z0-9._:-]+|\{[A-Za-z0-9._-]+\+?\}")


def read_api(name: str, value: Value, scope: Scope) -> Api:
    """One API.

    Raises:
        InputError: wrong fields, no route, or what API Gateway cannot be.
    """
    fields = value.fields(API)
    kind = API_TYPES[fields["type"].choice(API_TYPES) if "type" in fields else "private"]
    _refuse_other_protocols(fields, kind)
    vpc = scope.vpcs[scope.reference(fields["vpc"], "VPC", scope.vpcs)] if "vpc" in fields else None
    domain = _custom_domain(fields.get("custom_domain"))
    if "certificate" in fields and domain is None:
        fields["certificate"].fail("a certificate without `custom_domain`")
    return Api(
        name=name,
        vpc=vpc.name if vpc else None,
        account=scope.account_of(fields["account"])
        if "account" in fields
        else vpc.account
        if vpc
        else scope.account,
        region=read_region(fields["region"]) if "region" in fields else vpc.region if vpc else scope.region,
        routes=_routes(value, fields, scope),
        endpoint_type=kind,
        id=_api_id(fields.get("id")),
        stage=_stage(value, fields),
        authorization=AUTHORIZATIONS[
            fields["authorization"].choice(AUTHORIZATIONS) if "authorization" in fields else "none"
        ],
        custom_domain=domain,
        certificate=fields["certificate"].text() if "certificate" in fields else None,
        policy=_policy(fields.get("policy")),
        where=value.named_at,
        policy_where=fields["policy"].named_at if "policy" in fields else None,
    )


def read_route(value: Value) -> Route:
    """A route such as `GET /orders/{id}`; a path alone means every method."""
    text = value.text()
    method, _, path = text.partition(" ")
    if not path and method.startswith("/"):
        method, path = "ANY", method
    method, path = method.upper(), path.strip()
    if method not in METHODS:
        value.fail(f"`{text[:60]}` is no route", "`GET /orders`; the method is one of " + ", ".join(METHODS))
    if not path.startswith("/") or not all(_SEGMENT.fullmatch(part) for part in path.split("/") if part):
        value.fail(f"`{path[:60]}` is no path of an API", "`/orders/{id}`, `/{proxy+}`")
    return Route(method=method, path=path if path == "/" else path.rstrip("/"))


def _routes(value: Value, fields: dict[str, Value], scope: Scope) -> tuple[Route, ...]:
    if "routes" in fields and "openapi" in fields:
        fields["openapi"].fail("both `routes` and `openapi`", "one of the two")
    if "openapi" in fields:
        source = fields["openapi"]
        try:
            routes = routes_of_openapi(scope.read_beside(source.text()), source.text())
        except InputError as error:
            source.fail(f"{error.where}: {error.message}" if error.where else error.message, error.help)
        return routes
    routes = tuple(read_route(each) for each in (fields["routes"].items() if "routes" in fields else ()))
    if not routes:
        value.fail(f"`{value.label}` has no routes", "`routes: [GET /orders]`, or `openapi: FILE`")
    if len(set(routes)) != len(routes):
        fields["routes"].fail("a route stands here twice")
    return routes


def _refuse_other_protocols(fields: dict[str, Value], kind: str) -> None:
    if "protocol" not in fields:
        return
    protocol = fields["protocol"].choice(PROTOCOLS)
    if protocol != "rest" and kind == "PRIVATE":
        name = {"http": "an HTTP API", "websocket": "a WebSocket API"}[protocol]
        fields["protocol"].fail(
            f"{name} cannot be private: only REST APIs can (AGW-02)", "`protocol: rest`, or `type: regional`"
        )


def _stage(value: Value, fields: dict[str, Value]) -> str:
    if "stage" not in fields:
        if "id" in fields:
            value.fail(f"`{value.label}.stage` is missing", "an existing API's stage has to be named")
        return "prod"
    stage = fields["stage"].text()
    if not _STAGE.fullmatch(stage):
        fields["stage"].fail(f"`{stage[:60]}` is no stage name", "letters, digits, hyphens and underscores")
    if "stages" in fields:
        known = [each.text() for each in fields["stages"].items()]
        if stage not in known:
            near = difflib.get_close_matches(stage, known, n=1, cutoff=0.6)
            way_out = f"did you mean `{near[0]}`?" if near else f"it has {', '.join(known)}"
            fields["stage"].fail(
                f"`{value.label.rpartition('.')[2]}` has no stage `{stage}`: calls would answer 403 (ERR-01)",
                way_out,
            )
    return stage


def _api_id(value: Value | None) -> str | None:
    if value is None:
        return None
    text = value.text()
    if not _API_ID.fullmatch(text):
        value.fail(f"`{text[:40]}` is no API id", "ten lower-case letters and digits")
    return text


def _custom_domain(value: Value | None) -> str | None:
    if value is None:
        return None
    text = value.text()
    try:
        name = parse_query_name(text)
    except InputError as error:
        value.fail(error.message)
    if name.startswith("*."):
        value.fail("a private custom domain name cannot be a wildcard (AGW-08)", "its certificate can")
    if "." not in name or name.endswith(".amazonaws.com"):
        value.fail(f"`{name[:60]}` cannot be a custom domain name", "a name of a domain of your own")
    return name


def _policy(value: Value | None) -> str | None:
    if value is None:
        return None
    if not value.is_mapping:
        value.fail("a policy is a mapping with `Version` and `Statement`")
    return json.dumps(value.plain())

"""The event that a Lambda proxy integration gives a function, and the reply that it may come back with."""

import base64
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from narrowgate.lab.https.exchange import Reply
from narrowgate.lab.https.gateway import Admitted
from narrowgate.lab.https.policy import role_of
from narrowgate.model.privatelink import VpcEndpoint

_SPELLED = {"host": "Host", "user-agent": "User-Agent"}
"""Headers whose names look the same in an event however the client wrote them; HTTP/2 has small letters alone."""
_REPLY_FIELDS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})


class MalformedReplyError(ValueError):
    """A function's return value that API Gateway does not take."""


def proxy_event(call: Admitted) -> dict[str, Any]:
    """The event of a REST API's Lambda proxy integration, for a call that came by an endpoint."""
    request, target = call.request, call.target
    fields = (*((_SPELLED.get(name.lower(), name), value) for name, value in request.fields), *_added(call))
    query = parse_qsl(request.query, keep_blank_values=True)
    body, is_base64 = _body(request.body)
    return {
        "resource": call.method.resource,
        # Below the stage for the API's own names; what a custom domain name maps stays in the path.
        "path": target.path if target.domain is None else request.path,
        "httpMethod": request.method,
        "headers": dict(fields) or None,
        "multiValueHeaders": _gathered(fields),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _gathered(query),
        "pathParameters": dict(call.method.parameters) or None,
        "stageVariables": None,
        "requestContext": _context(call),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def reply_of(result: Any) -> Reply:
    """What a function returned as a reply.

    Raises:
        MalformedReplyError: it is not of the form that API Gateway asks for.
    """
    if not isinstance(result, dict) or not set(result) <= _REPLY_FIELDS:
        raise MalformedReplyError("not an object of statusCode, headers, multiValueHeaders, body, isBase64Encoded")
    status = result.get("statusCode")
    if isinstance(status, str) and status.isdecimal():
        status = int(status)
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise MalformedReplyError(f"statusCode is {status!r}")
    body = result.get("body")
    if body is not None and not isinstance(body, str):
        raise MalformedReplyError(f"body is {type(body).__name__} and not a string")
    if not isinstance(result.get("isBase64Encoded", False), bool):
        raise MalformedReplyError("isBase64Encoded is neither true nor false")
    content = (body or "").encode()
    if result.get("isBase64Encoded"):
        try:
            content = base64.b64decode(content, validate=True)
        except ValueError:
            raise MalformedReplyError("body is not Base64, and isBase64Encoded says that it is") from None
    return Reply(status=status, body=content, headers=tuple(_headers(result)))


def _headers(result: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Both kinds of headers; a name in both has the several values. JSON is the type unless one is told."""
    single, many = result.get("headers") or {}, result.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(many, dict):
        raise MalformedReplyError("headers are not an object")
    found: list[tuple[str, Any]] = [(name, each) for name, values in many.items() for each in _list(values)]
    named = {name.lower() for name, _ in found}
    found += [(name, value) for name, value in single.items() if name.lower() not in named]
    if not any(name.lower() == "content-type" for name, _ in found):
        yield "Content-Type", "application/json"
    for name, value in found:
        if not isinstance(value, str | int | float | bool) or not _is_plain(f"{name}{value}"):
            raise MalformedReplyError(f"the header {name} has no value that can be sent")
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _list(values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise MalformedReplyError("multiValueHeaders has a value that is no list")
    return values


def _is_plain(text: str) -> bool:
    return text.isprintable() and text.isascii()


def _context(call: Admitted) -> dict[str, Any]:
    request = call.request
    host = request.headers.get("host", "")
    now = time.time()
    return {
        "resourceId": call.method.resource_id,
        "resourcePath": call.method.resource,
        "httpMethod": request.method,
        "extendedRequestId": request.extended_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "path": request.path,
        "accountId": call.account,
        "protocol": "HTTP/1.1",  # LIM-03: whatever the client speaks
        "stage": call.target.stage,
        "domainPrefix": host.partition(".")[0],
        "requestTimeEpoch": int(now * 1000),
        "requestId": request.request_id,
        "identity": _identity(call),
        "domainName": host,
        "apiId": call.target.api.id,
    }


def _identity(call: Admitted) -> dict[str, str | None]:
    """Who called: the address is the client's own, private as it is (KEY-03, OBS-02)."""
    principal = call.verified.principal if call.method.authorization == "AWS_IAM" else None
    account = principal.split(":")[4] if principal else None
    key = call.request.headers.get("x-api-key") if call.method.needs_key else None
    return {
        "cognitoIdentityPoolId": None,
        "cognitoIdentityId": None,
        "cognitoAuthenticationType": None,
        "cognitoAuthenticationProvider": None,
        **({} if call.endpoint is None else _endpoint(call.endpoint)),
        "apiKey": key,
        "accountId": account,
        "caller": role_of(principal) if principal else None,
        "user": role_of(principal) if principal else None,
        "userArn": principal,
        "accessKey": call.verified.access_key if principal else None,
        "sourceIp": call.request.client,
        "userAgent": call.request.headers.get("user-agent"),
    }


def _endpoint(endpoint: VpcEndpoint) -> dict[str, str | None]:
    return {"vpcId": endpoint.vpc_id, "vpceId": endpoint.vpc_endpoint_id}


def _added(call: Admitted) -> Iterable[tuple[str, str]]:
    """What an endpoint and API Gateway add to the headers that came."""
    yield "X-Amzn-Trace-Id", call.request.trace_id
    yield "X-Forwarded-For", call.request.client
    if call.endpoint is None:
        yield from (("X-Forwarded-Port", "443"), ("X-Forwarded-Proto", "https"))
        return
    yield "x-amzn-vpc-id", call.endpoint.vpc_id
    yield "x-amzn-vpce-id", call.endpoint.vpc_endpoint_id
    yield "x-amzn-vpce-config", "1"


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]] | None:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found or None


def _body(body: bytes) -> tuple[str | None, bool]:
    """Text as it is; what no text can be is told in Base64."""
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True

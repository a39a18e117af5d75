"""API Gateway at one endpoint as an ASGI application: reads a call, has it judged and answered, and logs it."""

import base64
import json
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from narrowgate.lab.beliefs import LARGEST_PAYLOAD
from narrowgate.lab.https.exchange import Reply, Request
from narrowgate.lab.https.gateway import Admitted, Gateway

AccessLog = Callable[[dict[str, object]], None]
Behind = Callable[[Admitted], Awaitable[Reply]]
"""What answers a call that was admitted."""
_Receive = Callable[[], Awaitable[Any]]
_Send = Callable[[Any], Awaitable[None]]


Application = Callable[..., Awaitable[None]]
"""An ASGI application."""


def application(gateway: Gateway, behind: Behind, log: AccessLog) -> Application:
    """The application of an endpoint."""

    async def app(scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = _request(scope, await _body(receive))
        judged = gateway.admit(request)
        reply = await behind(judged) if isinstance(judged, Admitted) else judged
        log(_record(gateway, request, reply))
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in _headers(request, reply)]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else reply.body})

    return app


async def another_service(scope: dict[str, Any], receive: _Receive, send: _Send) -> None:
    """An endpoint of another service than API Gateway: listens, and has nothing to say to calls of an API."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    await _body(receive)
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _live(receive: _Receive, send: _Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: _Receive) -> bytes:
    """A call's body; of one that is too large as much as shows that it is."""
    body = b""
    while True:
        message = await receive()
        if len(body) <= LARGEST_PAYLOAD:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _request(scope: dict[str, Any], body: bytes) -> Request:
    fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    joined: dict[str, str] = {}
    for name, value in fields:
        known = joined.get(name.lower())
        joined[name.lower()] = value if known is None else f"{known},{value}"
    trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode().partition("?")[0],
        query=scope["query_string"].decode(),
        headers=joined,
        fields=fields,
        body=body,
        client=scope["client"][0],
        request_id=str(uuid.uuid4()),
        extended_id=base64.urlsafe_b64encode(secrets.token_bytes(11)).decode(),
        trace_id=joined.get("x-amzn-trace-id", trace),
    )


def _headers(request: Request, reply: Reply) -> Iterable[tuple[str, str]]:
    """The reply's own headers and API Gateway's; what belongs to no API has no id of API Gateway's own."""
    yield "x-amzn-RequestId", request.request_id
    if reply.error is not None:
        yield "x-amzn-ErrorType", reply.error
    if reply.api is not None:
        yield "x-amz-apigw-id", request.extended_id
        if reply.error is None:
            yield "X-Amzn-Trace-Id", request.trace_id
    yield "Content-Length", str(len(reply.body))
    yield from ((name, value) for name, value in reply.headers if name.lower() != "content-length")


def _record(gateway: Gateway, request: Request, reply: Reply) -> dict[str, object]:
    """A line of an access log; a request that names no API is in the log of none (ERR-01)."""
    return {
        "requestId": request.request_id,
        "extendedRequestId": request.extended_id,
        "apiId": reply.api,
        "stage": reply.stage,
        "httpMethod": request.method,
        "path": request.path,
        "domainName": request.headers.get("host"),
        "status": reply.status,
        "responseLength": len(reply.body),
        "vpceId": gateway.endpoint.vpc_endpoint_id if gateway.endpoint is not None else None,
        "vpcId": gateway.endpoint.vpc_id if gateway.endpoint is not None else None,
        "sourceIp": request.client,
        "userArn": reply.principal,
        "errorResponseType": reply.error,
        "errorMessage": _message(reply) if reply.error is not None else None,
        "reason": reply.reason,
    }


def _message(reply: Reply) -> str | None:
    told: dict[str, str] = json.loads(reply.body)
    return told.get("message") or told.get("Message")

"""HTTP and HTTP_PROXY integrations with a web server of this machine, by a connection that the relay hands in."""

import asyncio
import http.client
import socket
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

import msgspec

from narrowgate.lab.beliefs import LARGEST_PAYLOAD
from narrowgate.lab.https.exchange import Reply, refuse
from narrowgate.lab.https.gateway import Admitted
from narrowgate.lab.integrations.mapping import HTTP_PROXY, Integration
from narrowgate.lab.integrations.relay import Relay

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "trailer", "transfer-encoding", "upgrade"}
)
_REMAPPED = frozenset(
    {"authorization", "connection", "content-length", "date", "host", "server", "user-agent", "www-authenticate"}
)
"""What API Gateway keeps for itself in a reply: a backend's own comes as `x-amzn-Remapped-…`."""


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


async def call_backend(call: Admitted, integration: Integration, relay: Relay, seconds: float) -> Reply:
    """The backend's answer as API Gateway passes it on.

    Raises:
        TimeoutError: it took longer than that.
    """
    authority = integration.authority
    if authority is None:
        raise ValueError(f"{integration.text} calls no web server")
    try:
        link = await asyncio.to_thread(relay.connect, authority)
    except OSError as error:
        return refuse(504, "Network error communicating with endpoint", "InternalServerErrorException", str(error))
    # The thread below waits in the socket: closing it is what ends the wait of one that is given up.
    with link:
        link.settimeout(seconds)
        asked = asyncio.to_thread(_exchange, link, _sent(call, integration))
        try:
            status, fields, body = await asyncio.wait_for(asked, seconds)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, TimeoutError):
                raise
            return refuse(502, "Internal server error", "InternalServerErrorException", str(error))
        finally:
            _shut(link)
    if integration.kind == HTTP_PROXY:
        return Reply(status=status, body=body, headers=tuple(passed_on(fields)))
    # Without mappings of its own, HTTP answers with its default integration response, whatever the backend says.
    return Reply(status=200, body=body)


def _shut(link: socket.socket) -> None:
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _sent(call: Admitted, integration: Integration) -> _Sent:
    request = call.request
    parts = urlsplit(integration.target)
    path = parts.path or "/"
    for name, value in call.method.parameters.items():
        path = path.replace(f"{{{name}+}}", quote(value)).replace(f"{{{name}}}", quote(value))
    api = call.target.api.id
    own = [("Host", parts.netloc), ("X-Amzn-Apigateway-Api-Id", api), ("X-Amzn-Trace-Id", request.trace_id)]
    if integration.kind == HTTP_PROXY:
        query = "&".join(each for each in (parts.query, request.query) if each)
        kept = [pair for pair in request.fields if pair[0].lower() not in _HOP_BY_HOP | {"host", "content-length"}]
        headers = [*kept, ("X-Forwarded-For", request.client), *own]
    else:
        # What no mapping passes on stays behind: the query, and every header but the content's type.
        query = parts.query
        headers = [("Accept", "application/json"), ("User-Agent", f"AmazonAPIGateway_{api}"), *own]
        if request.body:
            headers.append(("Content-Type", request.headers.get("content-type", "application/json")))
    return _Sent(
        method=request.method,
        path=path + (f"?{query}" if query else ""),
        headers=tuple(headers),
        body=request.body,
    )


def _exchange(link: socket.socket, sent: _Sent) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection("backend")
    connection.sock = link
    connection.putrequest(sent.method, sent.path, skip_host=True, skip_accept_encoding=True)
    for name, value in sent.headers:
        connection.putheader(name, value)
    connection.putheader("Connection", "close")
    if sent.body or sent.method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(sent.body)))
    connection.endheaders(sent.body or None)
    response = connection.getresponse()
    body = response.read(LARGEST_PAYLOAD + 1)
    if len(body) > LARGEST_PAYLOAD:
        raise http.client.HTTPException("the answer is larger than API Gateway takes")
    return response.status, response.getheaders(), body


def passed_on(fields: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """A backend's headers as the client gets them."""
    for name, value in fields:
        if name.lower() in _REMAPPED:
            yield f"x-amzn-Remapped-{name}", value
        elif name.lower() not in _HOP_BY_HOP:
            yield name, value

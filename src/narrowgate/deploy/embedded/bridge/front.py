"""Calls answered in front of moto's own application, so that nothing of moto is touched."""

import io
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from narrowgate.deploy.embedded.bridge.accounts import account_of

_SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_LARGEST_BODY = 65536


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, of which service, and by whom."""

    service: str
    account: str
    region: str
    method: str
    path: str
    operation: str
    """`Service.Operation` of services that name it in a header; else empty."""
    environ: dict[str, Any]

    def body(self) -> bytes:
        """What was sent; whoever answers after us can read it again."""
        size = int(self.environ.get("CONTENT_LENGTH") or 0)
        if not 0 < size <= _LARGEST_BODY:
            return b""
        sent: bytes = self.environ["wsgi.input"].read(size)
        self.environ["wsgi.input"] = io.BytesIO(sent)
        return sent


class Reply(msgspec.Struct, frozen=True):
    """An answer."""

    body: bytes
    kind: str = "application/json"
    status: str = "200 OK"


Answer = Callable[[Call], Reply | None]
"""The answer to a call; None where moto answers."""


def reply_json(value: Any, status: str = "200 OK") -> Reply:
    """A JSON document."""
    return Reply(json.dumps(value).encode(), status=status)


def answers_first(answer: Answer) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What takes the place of moto's application: asks `answer` first."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(application: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            found = answer(_call(environ))
            if found is None:
                answered: Iterable[bytes] = original(application, environ, start_response)
                return answered
            start_response(found.status, [("Content-Type", found.kind), ("Content-Length", str(len(found.body)))])
            return [found.body]

        return call

    return make


def _call(environ: dict[str, Any]) -> Call:
    signed = _SIGNED.search(environ.get("HTTP_AUTHORIZATION", ""))
    return Call(
        service=signed["service"] if signed else "",
        account=account_of(signed["key"] if signed else ""),
        region=signed["region"] if signed else "",
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        operation=environ.get("HTTP_X_AMZ_TARGET", ""),
        environ=environ,
    )

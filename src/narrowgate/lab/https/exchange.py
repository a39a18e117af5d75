"""What comes to an endpoint and what goes back: requests, replies, API Gateway's own refusals (section ERR)."""

import json
from collections.abc import Mapping

import msgspec

from narrowgate.lab.https.policy import Asked


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived at an endpoint, and from which address."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    """By name in lower case, several values joined."""
    fields: tuple[tuple[str, str], ...] = ()
    """The headers as they came, each one."""
    body: bytes = b""
    client: str = ""
    request_id: str = ""
    extended_id: str = ""
    trace_id: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back; `reason` is for the log alone, as AWS tells nobody."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    error: str | None = None
    api: str | None = None
    stage: str | None = None
    reason: str = ""
    principal: str | None = None


class Refusal(Exception):
    """API Gateway's own answer, given before any integration is asked."""

    def __init__(
        self, status: int, message: str, error: str | None, reason: str = "", *, key: str = "message"
    ) -> None:
        """Say it in AWS's words; `reason` is for the log."""
        super().__init__(reason)
        self.reply = refuse(status, message, error, reason, key=key)


def refuse(status: int, message: str, error: str | None, reason: str = "", *, key: str = "message") -> Reply:
    """A reply of API Gateway's own: one message, and the type of the error in a header."""
    body = json.dumps({key: message}, separators=(",", ":")).encode()
    return Reply(status=status, body=body, error=error, reason=reason)


def forbidden(reason: str) -> Refusal:
    """ERR-01: nothing tells the caller why, and no log of an API tells either."""
    return Refusal(403, "Forbidden", "ForbiddenException", reason)


def missing_token(reason: str) -> Refusal:
    """ERR-05: an unsigned call of a method that wants a signature, or a method that is not there."""
    return Refusal(403, "Missing Authentication Token", "MissingAuthenticationTokenException", reason)


def unauthorized(reason: str) -> Refusal:
    """ERR-07: an authorizer finds nobody to ask about."""
    return Refusal(401, "Unauthorized", "UnauthorizedException", reason)


def too_long(reason: str) -> Refusal:
    """ERR-15: a URL or a method's ARN that no API takes."""
    return Refusal(414, "Request URI too long", None, reason)


def denied(asked: Asked, *, explicit: bool, reason: str) -> Refusal:
    """ERR-02 to ERR-04."""
    who = asked.principal or "anonymous"
    parts = asked.resource.split(":")
    account = f"********{parts[4][-4:]}"
    shown = ":".join((*parts[:4], account, *parts[5:]))
    text = f"User: {who} is not authorized to perform: execute-api:Invoke on resource: {shown}"
    tail = " with an explicit deny" if explicit else ""
    return Refusal(403, text + tail, "AccessDeniedException", reason, key="Message")

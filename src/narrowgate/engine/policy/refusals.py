"""What the client sees when API Gateway refuses: status, `x-amzn-ErrorType` and body (ERR-01 to ERR-08).

The one place for AWS's wording. API Gateway shows only the last four digits of the owner's account in the ARN.
"""

import json
import re
from typing import Final

from msgspec import UNSET

from narrowgate.engine.policy.decision_tables import Cause, Scenario
from narrowgate.engine.policy.request import AuthorizeRequest
from narrowgate.model.policy import Decision, HttpRefusal, Layer

_FORBIDDEN: Final = HttpRefusal(
    status=403, error_type="ForbiddenException", body='{"message":"Forbidden"}', rule="ERR-01"
)
_MISSING_TOKEN: Final = HttpRefusal(
    status=403,
    error_type="MissingAuthenticationTokenException",
    body='{"message":"Missing Authentication Token"}',
    rule="ERR-05",
)
_UNAUTHORIZED: Final = HttpRefusal(
    status=401, error_type="UnauthorizedException", body='{"message":"Unauthorized"}', rule="ERR-07"
)
_BAD_SIGNATURE: Final = HttpRefusal(
    status=403,
    error_type="InvalidSignatureException",
    body=json.dumps(
        {
            "message": "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        },
        separators=(",", ":"),
    ),
    rule="ERR-08",
)
_BEARER: Final = HttpRefusal(
    status=403,
    error_type="IncompleteSignatureException",
    body='{"message":"Invalid key=value pair (missing equal-sign) in Authorization header."}',
    rule="ERR-08",
)
_ACCOUNT: Final = re.compile(r"^(arn:[^:]*:[^:]*:[^:]*:)\d{8}(\d{4}:)")


def refusal_of(
    request: AuthorizeRequest, scenario: Scenario, decision: Decision, causes: tuple[Cause, ...]
) -> HttpRefusal:
    """The response to a call that the causes refuse."""
    layer, reason = causes[-1]
    match layer:
        case Layer.ROUTING | Layer.API_KEY:
            return _FORBIDDEN
        case Layer.COGNITO_AUTHORIZER:
            return _UNAUTHORIZED
        case Layer.SIGNATURE:
            return _signature(scenario, reason)
        case Layer.LAMBDA_AUTHORIZER:
            return _UNAUTHORIZED if reason == "token_missing" else _authorizer(decision)
        case _:
            return _not_authorized(request, scenario, decision, layer)


def _signature(scenario: Scenario, reason: str) -> HttpRefusal:
    if reason == "invalid_signature":
        return _BAD_SIGNATURE
    return _BEARER if scenario.header == "other" else _MISSING_TOKEN


def _authorizer(decision: Decision) -> HttpRefusal:
    text = "User is not authorized to access this resource" + _suffix(decision)
    return _denied(text, "ERR-06")


def _not_authorized(
    request: AuthorizeRequest, scenario: Scenario, decision: Decision, layer: Layer
) -> HttpRefusal:
    """A policy refused: the message names the caller whom that policy saw."""
    signed = scenario.header == "sigv4_valid"
    if layer is not Layer.ENDPOINT_POLICY:
        signed = signed and scenario.authorization_type == "AWS_IAM"
    principal = request.principal
    known = principal is not None and principal is not UNSET
    rule = "ERR-04" if signed else "ERR-03" if decision is Decision.EXPLICIT_DENY else "ERR-02"
    if signed and not known:
        return _denied(None, rule)
    user = principal.arn if signed and principal is not None and principal is not UNSET else "anonymous"
    resource = request.resource
    if layer is Layer.DOMAIN_POLICY and request.domain is not None:
        resource = request.domain.arn
    text = f"User: {user} is not authorized to perform: {request.action} on resource: {masked(resource)}"
    return _denied(text + _suffix(decision), rule)


def _suffix(decision: Decision) -> str:
    return " with an explicit deny" if decision is Decision.EXPLICIT_DENY else ""


def _denied(text: str | None, rule: str) -> HttpRefusal:
    body = None if text is None else json.dumps({"Message": text}, separators=(",", ":"), ensure_ascii=False)
    return HttpRefusal(status=403, error_type="AccessDeniedException", body=body, rule=rule)


def masked(arn: str) -> str:
    """An ARN with all but the last four digits of its account hidden."""
    return _ACCOUNT.sub(r"\1********\2", arn)


def agreed(refusals: list[HttpRefusal]) -> HttpRefusal | None:
    """What all possible responses have in common; None where they differ in status or type."""
    first = refusals[0]
    if all(other == first for other in refusals):
        return first
    if all((other.status, other.error_type) == (first.status, first.error_type) for other in refusals):
        return HttpRefusal(status=first.status, error_type=first.error_type, body=None, rule=first.rule)
    return None

"""What a method's authorizer makes of a call, as far as the request alone settles it (POL-29, POL-30, ERR-07)."""

from urllib.parse import parse_qs, urlsplit

from narrowgate.engine.http.deployed_methods import DeployedMethod
from narrowgate.engine.http.url import HttpRequest
from narrowgate.engine.policy.request import AuthorizerResult
from narrowgate.model.apigateway import Authorizer, RestApi
from narrowgate.model.fact import UNSET, UnsetType
from narrowgate.model.snapshot import Snapshot

_HEADER = "method.request.header."
_QUERY = "method.request.querystring."


def authorizer_result(
    snapshot: Snapshot, api: RestApi, request: HttpRequest, method: DeployedMethod
) -> AuthorizerResult | UnsetType:
    """The result that follows from what the caller leaves out; UNSET where a function or a user pool decides.

    A call without the identity that the authorizer is told to look for is refused before anybody is asked.
    """
    authorizer = _find(snapshot, api, method)
    if method.authorization_type == "COGNITO_USER_POOLS":
        source = (authorizer.identity_source if authorizer else None) or f"{_HEADER}Authorization"
        return "invalid_token" if _lacks(source, request) else UNSET
    if method.authorization_type != "CUSTOM" or authorizer is None or not _insists(authorizer):
        return UNSET
    sources = (authorizer.identity_source or "").split(",")
    return "unauthenticated" if any(_lacks(each.strip(), request) for each in sources) else UNSET


def _find(snapshot: Snapshot, api: RestApi, method: DeployedMethod) -> Authorizer | None:
    authorizers = snapshot.facts.api_authorizers.get(api.id, ())
    return next((each for each in authorizers if each.id == method.authorizer_id), None)


def _insists(authorizer: Authorizer) -> bool:
    """Whether a missing identity is refused: always by `TOKEN`, by `REQUEST` only where results are cached."""
    if authorizer.type == "TOKEN":
        return True
    return authorizer.type == "REQUEST" and bool(authorizer.authorizer_result_ttl_in_seconds)


def _lacks(source: str, request: HttpRequest) -> bool:
    """Whether the request lacks an identity source; sources that it does not carry are not its fault."""
    if source.startswith(_HEADER):
        return not request.header(source.removeprefix(_HEADER).lower())
    if source.startswith(_QUERY):
        return source.removeprefix(_QUERY) not in parse_qs(urlsplit(request.url).query)
    return False

"""What an authorizer looks for in a call before anybody is asked; without it the answer is 401 (POL-29, 30)."""

from urllib.parse import parse_qs

from narrowgate.lab.https.exchange import Request
from narrowgate.lab.https.methods import Found
from narrowgate.model.snapshot import Snapshot

_HEADER, _QUERY = "method.request.header.", "method.request.querystring."


def lacks_identity(snapshot: Snapshot, api_id: str, method: Found, request: Request) -> bool:
    """Whether a call has none of what the method's authorizer is told to look for, so that nobody is asked.

    A `REQUEST` authorizer insists only where its results are kept, for then they are kept by that identity.
    """
    authorizers = snapshot.facts.api_authorizers.get(api_id, ())
    authorizer = next((each for each in authorizers if each.id == method.authorizer), None)
    if authorizer is None:
        return method.authorization == "COGNITO_USER_POOLS" and not request.headers.get("authorization")
    if authorizer.type == "REQUEST" and not authorizer.authorizer_result_ttl_in_seconds:
        return False
    sources = (authorizer.identity_source or f"{_HEADER}Authorization").split(",")
    return any(_is_missing(each.strip(), request) for each in sources)


def _is_missing(source: str, request: Request) -> bool:
    if source.startswith(_HEADER):
        return not request.headers.get(source.removeprefix(_HEADER).lower())
    return source.startswith(_QUERY) and source.removeprefix(_QUERY) not in parse_qs(request.query)

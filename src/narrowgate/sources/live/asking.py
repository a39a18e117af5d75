"""One call with all its pages: what AWS answers, joined into one response, or why it did not."""

import datetime
import time
from collections.abc import Callable
from typing import Any

import msgspec

from narrowgate.sources.live.failures import Failure, failure_of
from narrowgate.sources.live.live_call import LiveCall, Parameters
from narrowgate.sources.live.secret import without_secrets

_OF_PAGES = frozenset(
    {"ResponseMetadata", "NextToken", "nextToken", "NextMarker", "Marker", "position", "IsTruncated", "MaxItems"}
    | {"NextRecordName", "NextRecordType", "NextRecordIdentifier", "Truncated", "MaxResults"}
)
_MOST_PAGES = 100_000


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back of one call: a response, or a failure."""

    parameters: Parameters
    response: dict[str, Any] | None = None
    failure: Failure | None = None
    at: str = ""
    """When it was asked, ISO 8601 in UTC."""
    seconds: float = 0.0
    requests: int = 0
    """How many requests were sent: pages and retries."""
    withheld: int = 0
    """How many values were taken out because they may be secret."""


def ask(connect: Callable[[], Any], call: LiveCall, parameters: Parameters) -> Answer:
    """Ask one call to its last page, through the client that `connect` gives.

    Refusals and failures come back as an answer, an older boto3 that lacks the service or the call among them;
    only our own defects raise.
    """
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    started = time.monotonic()
    try:
        client = connect()
        if not hasattr(client, call.operation):
            failure = Failure("UnknownOperation", "the boto3 that is installed does not know this call")
            return Answer(parameters=parameters, failure=failure, at=at)
        response, requests = _all_pages(client, call, parameters)
    except Exception as error:
        told = failure_of(error)
        if told is None:
            raise
        return Answer(
            parameters=parameters, failure=told, at=at, seconds=_since(started), requests=_attempts(error)
        )
    try:
        kept, withheld = without_secrets(call.name, response)
    except ValueError:
        failure = Failure("UnreadableAnswer", "an answer of a shape in which nothing tells what may be kept")
        return Answer(parameters=parameters, failure=failure, at=at, seconds=_since(started), requests=requests)
    return Answer(
        parameters=parameters,
        response=kept,
        at=at,
        seconds=_since(started),
        requests=requests,
        withheld=withheld,
    )


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _attempts(error: Exception) -> int:
    answer = getattr(error, "response", None)
    metadata = answer.get("ResponseMetadata", {}) if isinstance(answer, dict) else {}
    return 1 + int(metadata.get("RetryAttempts", 0))


def _all_pages(client: Any, call: LiveCall, parameters: Parameters) -> tuple[dict[str, Any], int]:
    joined: dict[str, Any] = {}
    requests = 0
    for page in _pages(client, call, parameters):
        requests += 1 + int(page.get("ResponseMetadata", {}).get("RetryAttempts", 0))
        if set(page) == {"ResponseMetadata"} and "html" in _content_type(page):
            # A proxy's page with status 200: botocore reads it as an answer without elements.
            raise OSError("no answer of AWS but a page of HTML, as proxies send")
        for key, value in page.items():
            if key in _OF_PAGES:
                continue
            if isinstance(value, list) and isinstance(joined.get(key), list):
                joined[key] = [*joined[key], *value]
            else:
                # What is no list speaks of the last page: `AdditionalRoutesAvailable` above all.
                joined[key] = value.read().decode() if hasattr(value, "read") else value
    return joined, requests


def _content_type(page: dict[str, Any]) -> str:
    return str(page["ResponseMetadata"].get("HTTPHeaders", {}).get("content-type", ""))


def _pages(client: Any, call: LiveCall, parameters: Parameters) -> Any:
    if client.can_paginate(call.operation):
        paginator = client.get_paginator(call.operation)
        size = _page_size(client, call, paginator)
        config = {"PageSize": size} if size else {}
        yield from paginator.paginate(**parameters, PaginationConfig=config)
        return
    send = getattr(client, call.operation)
    sent = {**parameters, **call.page}
    for _ in range(_MOST_PAGES):
        page = send(**sent)
        yield page
        if call.token is None or not page.get(call.token[1]):
            return
        sent = {**sent, call.token[0]: page[call.token[1]]}


def _page_size(client: Any, call: LiveCall, paginator: Any) -> int | None:
    """The table's, else the largest that the service's model allows: fewer requests, and never a refused size."""
    if call.page:
        return int(next(iter(call.page.values())))
    limit = paginator._limit_key
    if not limit:
        return None
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])
    largest = operation.input_shape.members[limit].metadata.get("max")
    return int(largest) if largest else None

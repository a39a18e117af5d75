"""Decode the JSON of an authorize request."""

import difflib
import re
from typing import Any, Final, get_args

from msgspec import UNSET

from narrowgate.engine.policy.document import describe, shorten
from narrowgate.engine.policy.json_text import JsonText, parse_json
from narrowgate.engine.policy.request import (
    AUTHORIZATION_HEADERS,
    AUTHORIZATION_TYPES,
    AUTHORIZER_RESULTS,
    SCHEMA,
    Api,
    ApiKey,
    AuthorizeRequest,
    method_arn,
)
from narrowgate.engine.policy.request_caller import ACCOUNT, domain, principal
from narrowgate.engine.policy.request_policies import policies, unknown_policies
from narrowgate.engine.policy.request_values import RequestText

MAX_LENGTH: Final = 4_194_304

PARTITIONS: Final = (
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
)
_FIELDS: Final = (
    "schema",
    "api",
    "stage",
    "method",
    "path",
    "resource",
    "action",
    "authorization_type",
    "authorization_header",
    "principal",
    "authorizer_result",
    "api_key",
    "context",
    "absent",
    "domain",
    "policies",
    "unknown_policies",
)
_API_FIELDS: Final = ("id", "account", "region", "org_id", "partition")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_METHOD: Final = re.compile(r"[A-Z]{3,20}")
_STAGE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}|\$default")
_API_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def decode_request(data: bytes | str, *, where: str = "request") -> AuthorizeRequest:
    """Decode and check an authorize request.

    Raises:
        InputError: it breaks the contract, with file and line of the place.
    """
    return _request(RequestText(parse_json(data, where, max_length=MAX_LENGTH)))


def request_from(tree: object, *, where: str = "request") -> AuthorizeRequest:
    """Check an authorize request that was already decoded (a member of a larger document).

    Raises:
        InputError: it breaks the contract, with a JSON pointer to the place.
    """
    return _request(RequestText(JsonText(tree, where)))


def _request(read: RequestText) -> AuthorizeRequest:
    tree = read.tree
    _schema(read, tree)
    read.known(tree, _FIELDS, ())
    for name in ("api", "stage", "method", "path"):
        if name not in tree:
            read.fail(f"the request has no `{name}`")
    api = _api(read, read.json_object(tree["api"], ("api",)))
    request = AuthorizeRequest(
        api=api,
        stage=read.matching(("stage",), _STAGE, "a stage's name"),
        method=_method(read),
        path=_path(read),
        action=_action(read),
        authorization_type=read.choice("authorization_type", AUTHORIZATION_TYPES),
        authorization_header=read.choice("authorization_header", AUTHORIZATION_HEADERS),
        principal=principal(read),
        authorizer_result=_authorizer_result(read),
        api_key=read.choice("api_key", get_args(ApiKey), "not_required"),
        context=_context(read),
        absent=_absent(read),
        domain=domain(read),
        policies=policies(read),
        unknown_policies=unknown_policies(read),
    )
    _agreement(read, request)
    return request


def _schema(read: RequestText, tree: dict[str, Any]) -> None:
    schema = tree.get("schema")
    if schema is None:
        read.fail("the request has no `schema`", help=f'add `"schema": "{SCHEMA}"`')
    if schema != SCHEMA:
        read.fail(f"unknown schema `{shorten(schema)}`", ("schema",), f"this version reads `{SCHEMA}`")


def _api(read: RequestText, tree: dict[str, Any]) -> Api:
    read.known(tree, _API_FIELDS, ("api",))
    for name in ("id", "account", "region"):
        if name not in tree:
            read.fail(f"`api` has no `{name}`", ("api",))
    partition = read.text(tree.get("partition", "aws"), ("api", "partition"))
    if partition not in PARTITIONS:
        near = difflib.get_close_matches(partition, PARTITIONS, n=1, cutoff=0.5)
        read.fail(
            f"unknown partition `{shorten(partition)}`",
            ("api", "partition"),
            f"did you mean `{near[0]}`?" if near else "",
        )
    return Api(
        id=read.matching(("api", "id"), _API_ID, "an API id"),
        account=read.matching(("api", "account"), ACCOUNT, "an account id of 12 digits"),
        region=read.matching(("api", "region"), _REGION, "a Region's name"),
        partition=partition,
        org_id=read.optional_text(tree, "org_id", ("api",)),
    )


def _method(read: RequestText) -> str:
    text = read.text(read.tree["method"], ("method",))
    if not _METHOD.fullmatch(text):
        help = f"did you mean `{text.upper()}`?" if _METHOD.fullmatch(text.upper()) else ""
        read.fail(f"`{shorten(text)}` is not an HTTP method", ("method",), help)
    return text


def _path(read: RequestText) -> str:
    text = read.text(read.tree["path"], ("path",))
    if text and not text.startswith("/"):
        read.fail(f"the path `{shorten(text)}` does not start with `/`", ("path",), f"write `/{shorten(text)}`")
    if "?" in text:
        read.fail("a path has no query string; policies never see it", ("path",), "leave out what follows `?`")
    return text or "/"


def _action(read: RequestText) -> str:
    text = read.text(read.tree.get("action", "execute-api:Invoke"), ("action",))
    if not re.fullmatch(r"[^:*?\s]+:[^:*?\s]+", text):
        read.fail(f"`{shorten(text)}` is not an action", ("action",), "write it as `execute-api:Invoke`")
    return text


def _authorizer_result(read: RequestText) -> Any:
    """Looked at only for the two types that have one; each type has results of its own."""
    every = tuple(result for results in AUTHORIZER_RESULTS.values() for result in results)
    result = read.choice("authorizer_result", every)
    own = AUTHORIZER_RESULTS.get(str(read.tree.get("authorization_type")))
    if own is not None and result is not UNSET and result not in own:
        read.fail(
            f"`{result}` is no result of a method of type `{read.tree['authorization_type']}`",
            ("authorizer_result",),
            "one of " + ", ".join(f"`{item}`" for item in own),
        )
    return result


def _context(read: RequestText) -> dict[str, tuple[str, ...]]:
    tree = read.json_object(read.tree.get("context", {}), ("context",))
    seen: dict[str, str] = {}
    for name in tree:
        if name.lower() in seen:
            read.fail(
                f"the key `{shorten(name)}` stands twice in `context`",
                ("context", name),
                f"key names are compared without case: `{seen[name.lower()]}` is the same key",
            )
        seen[name.lower()] = name
    return {name: read.texts(value, ("context", name)) for name, value in tree.items()}


def _absent(read: RequestText) -> frozenset[str]:
    names = read.tree.get("absent", [])
    if not isinstance(names, list):
        read.fail(f"`absent` is a list of keys, this is {describe(names)}", ("absent",))
    given = {name.lower() for name in read.json_object(read.tree.get("context", {}), ("context",))}
    for number, name in enumerate(names):
        if read.text(name, ("absent", number)).lower() in given:
            read.fail(f"the key `{shorten(name)}` stands in `context` and in `absent`", ("absent", number))
    return frozenset(names)


def _agreement(read: RequestText, request: AuthorizeRequest) -> None:
    if "resource" not in read.tree:
        return
    given = read.text(read.tree["resource"], ("resource",))
    built = method_arn(request.api, request.stage, request.method, request.path)
    if given != built:
        read.fail(
            f"`resource` is `{shorten(given)}`, the other fields say `{shorten(built)}`",
            ("resource",),
            "leave `resource` out, or mend the field that differs",
        )

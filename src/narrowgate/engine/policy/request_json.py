"""Decode the JSON of an authorize request, and add the policies that the command line takes from files."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, get_args

import msgspec
from msgspec import UNSET

from narrowgate.engine.policy.callers import Principal, parse_principal_arn
from narrowgate.engine.policy.document import compile_tree, describe, shorten
from narrowgate.engine.policy.json_text import JsonText, Pointer, parse_json
from narrowgate.engine.policy.request import (
    AUTHORIZATION_HEADERS,
    AUTHORIZATION_TYPES,
    AUTHORIZER_RESULTS,
    SCHEMA,
    Api,
    ApiKey,
    AuthorizeRequest,
    Domain,
    Policies,
    UnreadLayer,
    method_arn,
)
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.model.errors import InputError

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
_POLICY_FIELDS: Final = {
    "resource_policy": PolicyKind.RESOURCE,
    "deployed_resource_policy": PolicyKind.RESOURCE,
    "endpoint_policy": PolicyKind.ENDPOINT,
    "domain_policy": PolicyKind.DOMAIN,
    "identity_policies": PolicyKind.IDENTITY,
    "scp": PolicyKind.SCP,
    "permissions_boundary": PolicyKind.PERMISSIONS_BOUNDARY,
    "session_policies": PolicyKind.SESSION,
}
_UNREAD_NAMES: Final = {"identity_policies": "identity_policy", "session_policies": "session_policy"}
_LAYER_OF_FIELD: Final = {**{name: name for name in _POLICY_FIELDS}, **_UNREAD_NAMES}
_API_FIELDS: Final = ("id", "account", "region", "org_id", "partition")
_DOMAIN_FIELDS: Final = ("arn", "host", "base_path", "access_association")
_ACCOUNT: Final = re.compile(r"\d{12}")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}")
_METHOD: Final = re.compile(r"[A-Z]{3,20}")
_STAGE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}|\$default")
_API_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def decode_request(data: bytes | str, *, where: str = "request") -> AuthorizeRequest:
    """Decode and check an authorize request.

    Raises:
        InputError: it breaks the contract, with file and line of the place.
    """
    return _Decoder(parse_json(data, where, max_length=MAX_LENGTH)).request()


def request_from(tree: object, *, where: str = "request") -> AuthorizeRequest:
    """Check an authorize request that was already decoded (a member of a larger document).

    Raises:
        InputError: it breaks the contract, with a JSON pointer to the place.
    """
    return _Decoder(JsonText(tree, where)).request()


def with_policy_options(
    request: AuthorizeRequest,
    *,
    resource_policy: Policy | None = None,
    endpoint_policy: Policy | None = None,
    identity_policies: Sequence[Policy] = (),
    place: Callable[[Pointer], str] = lambda _: "",
) -> AuthorizeRequest:
    """The request with documents that were given beside it; `place` says where in the request a pointer leads.

    Raises:
        InputError: a layer stands in the request too, or the request calls it unread.
    """
    given: dict[str, Any] = {}
    if resource_policy is not None:
        given["resource_policy"] = resource_policy
    if endpoint_policy is not None:
        given["endpoint_policy"] = endpoint_policy
    if identity_policies:
        given["identity_policies"] = tuple(identity_policies)
    for name in given:
        option = "--" + _LAYER_OF_FIELD[name].replace("_", "-")
        if getattr(request.policies, name):
            raise InputError(
                f"`{name}` is given by `{option}` and by the request",
                where=place(("policies", name)),
                help="give the layer in one way",
            )
        if _LAYER_OF_FIELD[name] in request.unknown_policies:
            raise InputError(
                f"`{name}` is given by `{option}`, and the request lists it in `unknown_policies`",
                where=place(("unknown_policies",)),
                help="give the layer in one way",
            )
    if not given:
        return request
    return msgspec.structs.replace(request, policies=msgspec.structs.replace(request.policies, **given))


class _Decoder:
    """Reads one request; every refusal names its place."""

    def __init__(self, document: JsonText) -> None:
        self._document = document
        self._fail = document.fail
        self._tree: dict[str, Any] = {}

    def request(self) -> AuthorizeRequest:
        tree = self._object(self._document.tree, ())
        self._tree = tree
        self._schema(tree)
        self._known(tree, _FIELDS, ())
        for name in ("api", "stage", "method", "path"):
            if name not in tree:
                self._fail(f"the request has no `{name}`")
        api = self._api(self._object(tree["api"], ("api",)))
        request = AuthorizeRequest(
            api=api,
            stage=self._matching(("stage",), _STAGE, "a stage's name"),
            method=self._method(),
            path=self._path(),
            action=self._action(),
            authorization_type=self._choice("authorization_type", AUTHORIZATION_TYPES),
            authorization_header=self._choice("authorization_header", AUTHORIZATION_HEADERS),
            principal=self._principal(),
            authorizer_result=self._authorizer_result(),
            api_key=self._choice("api_key", get_args(ApiKey), "not_required"),
            context=self._context(),
            absent=self._absent(),
            domain=self._domain(),
            policies=self._policies(),
            unknown_policies=self._unknown_policies(),
        )
        self._agreement(request)
        return request

    def _schema(self, tree: dict[str, Any]) -> None:
        schema = tree.get("schema")
        if schema is None:
            self._fail("the request has no `schema`", help=f'add `"schema": "{SCHEMA}"`')
        if schema != SCHEMA:
            self._fail(f"unknown schema `{shorten(schema)}`", ("schema",), f"this version reads `{SCHEMA}`")

    # --- values of a kind

    def _object(self, value: Any, place: Pointer) -> dict[str, Any]:
        if not isinstance(value, dict):
            name = f"`{place[-1]}`" if place else "a request"
            self._fail(f"{name} is a JSON object, this is {describe(value)}", place)
        return value

    def _known(self, tree: dict[str, Any], names: Iterable[str], place: Pointer) -> None:
        for name in tree:
            if name not in names:
                near = difflib.get_close_matches(name, list(names), n=1, cutoff=0.6)
                help = f"did you mean `{near[0]}`?" if near else ""
                if name.lower() in ("rcp", "resource_control_policies"):
                    help = "resource control policies do not cover API Gateway (ORG-02)"
                self._fail(f"unknown field `{shorten(name)}`", (*place, name), help)

    def _text(self, value: Any, place: Pointer) -> str:
        if not isinstance(value, str):
            self._fail(f"`{place[-1]}` is text, this is {describe(value)}", place)
        return value

    def _at(self, place: Pointer) -> Any:
        value: Any = self._tree
        for step in place:
            value = value[step]
        return value

    def _matching(self, place: Pointer, pattern: re.Pattern[str], what: str) -> str:
        text = self._text(self._at(place), place)
        if not pattern.fullmatch(text):
            self._fail(f"`{shorten(text)}` is not {what}", place)
        return text

    def _choice(self, name: str, choices: Sequence[str], default: Any = UNSET) -> Any:
        if name not in self._tree:
            return default
        value = self._text(self._tree[name], (name,))
        if value not in choices:
            near = difflib.get_close_matches(value, choices, n=1, cutoff=0.5)
            hint = f"did you mean `{near[0]}`?" if near else "one of " + ", ".join(f"`{item}`" for item in choices)
            self._fail(f"`{name}` cannot be `{shorten(value)}`", (name,), hint)
        return value

    def _maybe_text(self, tree: dict[str, Any], name: str, place: Pointer) -> Any:
        """Text, None for JSON null, UNSET where the field is left out."""
        if name not in tree:
            return UNSET
        return None if tree[name] is None else self._text(tree[name], (*place, name))

    # --- fields

    def _api(self, tree: dict[str, Any]) -> Api:
        self._known(tree, _API_FIELDS, ("api",))
        for name in ("id", "account", "region"):
            if name not in tree:
                self._fail(f"`api` has no `{name}`", ("api",))
        partition = self._text(tree.get("partition", "aws"), ("api", "partition"))
        if partition not in PARTITIONS:
            near = difflib.get_close_matches(partition, PARTITIONS, n=1, cutoff=0.5)
            self._fail(
                f"unknown partition `{shorten(partition)}`",
                ("api", "partition"),
                f"did you mean `{near[0]}`?" if near else "",
            )
        return Api(
            id=self._matching(("api", "id"), _API_ID, "an API id"),
            account=self._matching(("api", "account"), _ACCOUNT, "an account id of 12 digits"),
            region=self._matching(("api", "region"), _REGION, "a Region's name"),
            partition=partition,
            org_id=self._maybe_text(tree, "org_id", ("api",)),
        )

    def _method(self) -> str:
        text = self._text(self._tree["method"], ("method",))
        if not _METHOD.fullmatch(text):
            help = f"did you mean `{text.upper()}`?" if _METHOD.fullmatch(text.upper()) else ""
            self._fail(f"`{shorten(text)}` is not an HTTP method", ("method",), help)
        return text

    def _path(self) -> str:
        text = self._text(self._tree["path"], ("path",))
        if text and not text.startswith("/"):
            self._fail(
                f"the path `{shorten(text)}` does not start with `/`", ("path",), f"write `/{shorten(text)}`"
            )
        if "?" in text:
            self._fail(
                "a path has no query string; policies never see it", ("path",), "leave out what follows `?`"
            )
        return text or "/"

    def _action(self) -> str:
        text = self._text(self._tree.get("action", "execute-api:Invoke"), ("action",))
        if not re.fullmatch(r"[^:*?\s]+:[^:*?\s]+", text):
            self._fail(f"`{shorten(text)}` is not an action", ("action",), "write it as `execute-api:Invoke`")
        return text

    def _principal(self) -> Any:
        if "principal" not in self._tree:
            return None if self._tree.get("authorization_header") in ("none", "other") else UNSET
        if self._tree["principal"] is None:
            return None
        tree = self._object(self._tree["principal"], ("principal",))
        at: Pointer = ("principal",)
        if "arn" not in tree:
            self._fail("`principal` has no `arn`", at)
        arn = self._text(tree["arn"], ("principal", "arn"))
        parsed = parse_principal_arn(arn)
        if parsed is None:
            self._fail(f"`{shorten(arn)}` is not the ARN of a principal", ("principal", "arn"))
        account = self._text(tree.get("account", parsed.account), ("principal", "account"))
        if not _ACCOUNT.fullmatch(account):
            self._fail(f"`{shorten(account)}` is not an account id of 12 digits", ("principal", "account"))
        if parsed.account and parsed.account != account:
            self._fail(
                f"the principal's account is `{account}`, its ARN names `{shorten(parsed.account)}`",
                ("principal", "account"),
            )
        return Principal(
            arn=arn,
            account=account,
            org_id=self._maybe_text(tree, "org_id", at),
            org_paths=self._org_paths(tree),
            tags=self._tags(tree),
            userid=self._maybe_text(tree, "userid", at),
            username=self._maybe_text(tree, "username", at),
            role_arn=self._maybe_text(tree, "role_arn", at) or UNSET,
        )

    def _org_paths(self, tree: dict[str, Any]) -> Any:
        if "org_paths" not in tree:
            return UNSET
        if tree["org_paths"] is None:
            return None
        return self._values(tree["org_paths"], ("principal", "org_paths"))

    def _tags(self, tree: dict[str, Any]) -> Any:
        if tree.get("tags") is None:
            return {} if "tags" in tree else UNSET
        place: Pointer = ("principal", "tags")
        tags = self._object(tree["tags"], place)
        return {name: self._text(value, (*place, name)) for name, value in tags.items()}

    def _authorizer_result(self) -> Any:
        """Looked at only for the two types that have one; each type has results of its own."""
        every = tuple(result for results in AUTHORIZER_RESULTS.values() for result in results)
        result = self._choice("authorizer_result", every)
        own = AUTHORIZER_RESULTS.get(str(self._tree.get("authorization_type")))
        if own is not None and result is not UNSET and result not in own:
            self._fail(
                f"`{result}` is no result of a method of type `{self._tree['authorization_type']}`",
                ("authorizer_result",),
                "one of " + ", ".join(f"`{item}`" for item in own),
            )
        return result

    def _values(self, value: Any, place: Pointer) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items):
            if not isinstance(item, str):
                at = (*place, number) if isinstance(value, list) else place
                self._fail(f"`{place[-1]}` is text or a list of texts, this is {describe(item)}", at)
        return tuple(items)

    def _context(self) -> dict[str, tuple[str, ...]]:
        tree = self._object(self._tree.get("context", {}), ("context",))
        seen: dict[str, str] = {}
        for name in tree:
            if name.lower() in seen:
                self._fail(
                    f"the key `{shorten(name)}` stands twice in `context`",
                    ("context", name),
                    f"key names are compared without case: `{seen[name.lower()]}` is the same key",
                )
            seen[name.lower()] = name
        return {name: self._values(value, ("context", name)) for name, value in tree.items()}

    def _absent(self) -> frozenset[str]:
        names = self._tree.get("absent", [])
        if not isinstance(names, list):
            self._fail(f"`absent` is a list of keys, this is {describe(names)}", ("absent",))
        given = {name.lower() for name in self._object(self._tree.get("context", {}), ("context",))}
        for number, name in enumerate(names):
            if self._text(name, ("absent", number)).lower() in given:
                self._fail(f"the key `{shorten(name)}` stands in `context` and in `absent`", ("absent", number))
        return frozenset(names)

    def _domain(self) -> Domain | None:
        if self._tree.get("domain") is None:
            return None
        at: Pointer = ("domain",)
        tree = self._object(self._tree["domain"], at)
        self._known(tree, _DOMAIN_FIELDS, at)
        if "arn" not in tree:
            self._fail("`domain` has no `arn`", at)
        arn = self._text(tree["arn"], ("domain", "arn"))
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or not parts[5].startswith("/domainnames/"):
            self._fail(
                f"`{shorten(arn)}` is not the ARN of a domain name",
                ("domain", "arn"),
                "it looks like `arn:aws:execute-api:us-east-1:111122223333:/domainnames/api.example.com+a1b2c3`",
            )
        parts[2] = "execute-api"  # policies name the domain in this namespace, whatever API returned it (POL-31)
        return Domain(
            arn=":".join(parts),
            host=self._text(tree.get("host") or "", ("domain", "host")),
            base_path=self._text(tree.get("base_path") or "", ("domain", "base_path")),
            access_association=self._association(tree),
        )

    def _association(self, tree: dict[str, Any]) -> Any:
        value = tree.get("access_association", "unknown")
        if value == "unknown":
            return UNSET
        if not isinstance(value, bool):
            self._fail(
                f'`access_association` is true, false or "unknown", this is {describe(value)}',
                ("domain", "access_association"),
            )
        return value

    # --- policies

    def _policies(self) -> Policies:
        tree = self._object(self._tree.get("policies", {}), ("policies",))
        self._known(tree, tuple(_POLICY_FIELDS), ("policies",))
        found: dict[str, Any] = {}
        for name, value in tree.items():
            if value is not None:
                found[name] = self._layer(name)(value, ("policies", name), _POLICY_FIELDS[name])
        return Policies(**found)

    def _layer(self, name: str) -> Callable[[Any, Pointer, PolicyKind], Any]:
        if name == "scp":
            return self._levels
        return self._list_of_policies if name.endswith("policies") else self._policy

    def _policy(self, _value: Any, place: Pointer, kind: PolicyKind) -> Policy:
        return compile_tree(self._document, place, kind)

    def _list_of_policies(self, value: Any, place: Pointer, kind: PolicyKind) -> tuple[Policy, ...]:
        if not isinstance(value, list):
            self._fail(f"`{place[-1]}` is a list of policies, this is {describe(value)}", place)
        return tuple(self._policy(item, (*place, number), kind) for number, item in enumerate(value))

    def _levels(self, value: Any, place: Pointer, kind: PolicyKind) -> tuple[tuple[Policy, ...], ...]:
        if not isinstance(value, list):
            self._fail(
                f"`scp` is a list with one element per level of the organization, this is {describe(value)}", place
            )
        return tuple(
            self._list_of_policies(level, (*place, number), kind)
            if isinstance(level, list)
            else (self._policy(level, (*place, number), kind),)
            for number, level in enumerate(value)
        )

    def _unknown_policies(self) -> frozenset[UnreadLayer]:
        names = self._tree.get("unknown_policies", [])
        if not isinstance(names, list):
            self._fail(f"`unknown_policies` is a list of layers, this is {describe(names)}", ("unknown_policies",))
        layers: list[UnreadLayer] = []
        known: tuple[UnreadLayer, ...] = get_args(UnreadLayer)
        given = self._object(self._tree.get("policies", {}), ("policies",))
        for number, item in enumerate(names):
            place: Pointer = ("unknown_policies", number)
            name = _UNREAD_NAMES.get(self._text(item, place), item)
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
                self._fail(f"unknown layer `{shorten(name)}`", place, f"did you mean `{near[0]}`?" if near else "")
            if any(_LAYER_OF_FIELD[field] == name and value is not None for field, value in given.items()):
                self._fail(f"`{name}` stands in `policies` and in `unknown_policies`", place)
            layers.append(name)
        return frozenset(layers)

    def _agreement(self, request: AuthorizeRequest) -> None:
        if "resource" not in self._tree:
            return
        given = self._text(self._tree["resource"], ("resource",))
        built = method_arn(request.api, request.stage, request.method, request.path)
        if given != built:
            self._fail(
                f"`resource` is `{shorten(given)}`, the other fields say `{shorten(built)}`",
                ("resource",),
                "leave `resource` out, or mend the field that differs",
            )

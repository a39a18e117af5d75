"""The policies in the JSON of an authorize request, and those that the command line takes from files."""

import difflib
from collections.abc import Callable, Sequence
from typing import Any, Final, get_args

import msgspec

from narrowgate.engine.policy.document import compile_tree, describe, shorten
from narrowgate.engine.policy.json_text import Pointer
from narrowgate.engine.policy.request import (
    AuthorizeRequest,
    Policies,
    UnreadLayer,
)
from narrowgate.engine.policy.request_values import RequestText
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.model.errors import InputError

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


def policies(read: RequestText) -> Policies:
    """The documents that the request carries, compiled."""
    tree = read.json_object(read.tree.get("policies", {}), ("policies",))
    read.known(tree, tuple(_POLICY_FIELDS), ("policies",))
    found: dict[str, Any] = {}
    for name, value in tree.items():
        if value is not None:
            found[name] = _layer(read, value, ("policies", name), _POLICY_FIELDS[name])
    return Policies(**found)


def _layer(read: RequestText, value: Any, place: Pointer, kind: PolicyKind) -> Any:
    """One policy, a list of policies, or one list for each level of the organization."""
    if kind is PolicyKind.SCP:
        return _levels(read, value, place, kind)
    if kind in (PolicyKind.IDENTITY, PolicyKind.SESSION):
        return _list_of_policies(read, value, place, kind)
    return compile_tree(read.document, place, kind)


def _list_of_policies(read: RequestText, value: Any, place: Pointer, kind: PolicyKind) -> tuple[Policy, ...]:
    if not isinstance(value, list):
        read.fail(f"`{place[-1]}` is a list of policies, this is {describe(value)}", place)
    return tuple(compile_tree(read.document, (*place, number), kind) for number, item in enumerate(value))


def _levels(read: RequestText, value: Any, place: Pointer, kind: PolicyKind) -> tuple[tuple[Policy, ...], ...]:
    if not isinstance(value, list):
        read.fail(
            f"`scp` is a list with one element per level of the organization, this is {describe(value)}", place
        )
    return tuple(
        _list_of_policies(read, level, (*place, number), kind)
        if isinstance(level, list)
        else (compile_tree(read.document, (*place, number), kind),)
        for number, level in enumerate(value)
    )


def unknown_policies(read: RequestText) -> frozenset[UnreadLayer]:
    """The layers of which a document exists or may exist that nobody could read."""
    names = read.tree.get("unknown_policies", [])
    if not isinstance(names, list):
        read.fail(f"`unknown_policies` is a list of layers, this is {describe(names)}", ("unknown_policies",))
    layers: list[UnreadLayer] = []
    known: tuple[UnreadLayer, ...] = get_args(UnreadLayer)
    given = read.json_object(read.tree.get("policies", {}), ("policies",))
    for number, item in enumerate(names):
        place: Pointer = ("unknown_policies", number)
        name = _UNREAD_NAMES.get(read.text(item, place), item)
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            read.fail(f"unknown layer `{shorten(name)}`", place, f"did you mean `{near[0]}`?" if near else "")
        if any(_LAYER_OF_FIELD[field] == name and value is not None for field, value in given.items()):
            read.fail(f"`{name}` stands in `policies` and in `unknown_policies`", place)
        layers.append(name)
    return frozenset(layers)

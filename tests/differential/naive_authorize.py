"""A second judge of whole calls, written from the rule book's reference procedure and tables A and B alone.

It knows effects only, never a policy document: each layer is one word (`allow`, `silent`, `deny`), everything is
known, and the tables stand here as tables. It shares no code with the engine.
"""

from typing import Any, NamedTuple

TABLE_A = {
    ("allow", "allow"): "allowed",
    ("allow", "silent"): "allowed",
    ("allow", "deny"): "explicit_deny",
    ("silent", "allow"): "allowed",
    ("silent", "silent"): "implicit_deny",
    ("silent", "deny"): "explicit_deny",
    ("deny", "allow"): "explicit_deny",
    ("deny", "silent"): "explicit_deny",
    ("deny", "deny"): "explicit_deny",
}
"""POL-26: IAM policy or authorizer, resource policy."""

TABLE_B = {
    ("allow", "allow"): "allowed",
    ("allow", "silent"): "implicit_deny",
    ("silent", "allow"): "implicit_deny",
    ("silent", "silent"): "implicit_deny",
    ("allow", "deny"): "explicit_deny",
    ("silent", "deny"): "explicit_deny",
    ("deny", "allow"): "explicit_deny",
    ("deny", "silent"): "explicit_deny",
    ("deny", "deny"): "explicit_deny",
}
"""POL-27: IAM policy, resource policy."""


class Effects(NamedTuple):
    """One call: who asks how, and what each layer says; `none` where a layer does not exist."""

    kind: str
    header: str
    other_account: bool
    endpoint: str
    domain: str
    """`none`: called by a default name; `unassociated`: the endpoint has no access association."""
    resource: str
    """Also `allow_role` and `allow_account`: an allow that names the caller's role or account only."""
    identity: str
    boundary: str
    session: str
    scp: tuple[str, ...]
    authorizer: str
    api_key: str


Told = tuple[str, frozenset[tuple[str, str]], tuple[int, str] | None, bool | None]
"""Decision, deciding layers each with `matched`, `missing` or a reason; status and error type; authorizer."""

_FORBIDDEN = (403, "ForbiddenException")
_DENIED = (403, "AccessDeniedException")


def judge(call: Effects) -> Told:
    """What the reference procedure makes of a call."""
    decision, layers, http = _decide(call)
    invoked = None
    if call.kind == "CUSTOM":
        first = next(iter(layers))[0] if decision != "allowed" else ""
        early = decision != "allowed" and first in ("endpoint_policy", "domain_policy", "routing", "signature")
        denied = decision == "explicit_deny" and first == "resource_policy"
        invoked = not early and not denied and call.authorizer != "unauthenticated"
    return decision, frozenset(layers), http, invoked


def _decide(call: Effects) -> tuple[str, set[tuple[str, str]], Any]:
    if call.endpoint != "none":
        if call.header == "sigv4_invalid":
            return "implicit_deny", {("signature", "invalid_signature")}, (403, "InvalidSignatureException")
        if call.endpoint != "allow":
            return *_refused("endpoint_policy", call.endpoint), _DENIED
    if call.domain == "unassociated":
        return "implicit_deny", {("routing", "no_access_association")}, _FORBIDDEN
    if call.domain in ("deny", "silent"):
        return *_refused("domain_policy", call.domain), _DENIED
    decided = {"NONE": _none, "AWS_IAM": _iam, "CUSTOM": _custom, "COGNITO_USER_POOLS": _cognito}[call.kind](call)
    if decided[0] == "allowed" and call.api_key in ("missing", "invalid"):
        return "implicit_deny", {("api_key", f"api_key_{call.api_key}")}, _FORBIDDEN
    return decided


def _refused(layer: str, effect: str) -> tuple[str, set[tuple[str, str]]]:
    if effect == "deny":
        return "explicit_deny", {(layer, "matched")}
    return "implicit_deny", {(layer, "missing")}


def _anonymous(resource: str) -> str:
    """A role or an account names no anonymous caller (POL-24)."""
    return "silent" if resource in ("allow_role", "allow_account", "none") else resource


def _none(call: Effects) -> tuple[str, set[tuple[str, str]], Any]:
    effect = _anonymous(call.resource)
    if effect == "allow":
        return "allowed", {("resource_policy", "matched")}, None
    return *_refused("resource_policy", effect), _DENIED


def _cognito(call: Effects) -> tuple[str, set[tuple[str, str]], Any]:
    if call.authorizer == "invalid_token":
        return "implicit_deny", {("cognito_authorizer", "token_invalid")}, (401, "UnauthorizedException")
    return _none(call)


def _custom(call: Effects) -> tuple[str, set[tuple[str, str]], Any]:
    effect = _anonymous(call.resource)
    if effect == "deny":
        return "explicit_deny", {("resource_policy", "matched")}, _DENIED
    if call.authorizer == "unauthenticated":
        return "implicit_deny", {("lambda_authorizer", "token_missing")}, (401, "UnauthorizedException")
    result = TABLE_A[call.authorizer, effect]
    if result == "explicit_deny":
        return result, {("lambda_authorizer", "deny")}, _DENIED
    if result == "implicit_deny":
        return result, {("resource_policy", "missing"), ("lambda_authorizer", "missing")}, _DENIED
    allowing = {("resource_policy", "matched")} if effect == "allow" else set()
    return result, allowing | ({("lambda_authorizer", "allow")} if call.authorizer == "allow" else set()), None


def _iam(call: Effects) -> tuple[str, set[tuple[str, str]], Any]:
    if call.header == "sigv4_invalid":
        return "implicit_deny", {("signature", "invalid_signature")}, (403, "InvalidSignatureException")
    if call.header == "none":
        return "implicit_deny", {("signature", "unsigned")}, (403, "MissingAuthenticationTokenException")
    if call.header == "other":
        return "implicit_deny", {("signature", "unsigned")}, (403, "IncompleteSignatureException")
    sides = {
        "identity_policy": call.identity,
        "permissions_boundary": call.boundary,
        "session_policy": call.session,
        "scp": "deny" if "deny" in call.scp else "silent" if "silent" in call.scp else "allow",
        "resource_policy": call.resource,
    }
    denies = {(layer, "matched") for layer, effect in sides.items() if effect == "deny"}
    if denies:
        return "explicit_deny", denies, _DENIED
    bounds = {layer: sides[layer] != "silent" for layer in ("permissions_boundary", "session_policy", "scp")}
    iam = "allow" if call.identity == "allow" and all(bounds.values()) else "silent"
    return (*_tables(call, bounds, iam),)


def _tables(call: Effects, bounds: dict[str, bool], iam: str) -> tuple[str, set[tuple[str, str]], Any]:
    missing = {(layer, "missing") for layer, passes in bounds.items() if not passes}
    own = missing | ({("identity_policy", "missing")} if call.identity != "allow" else set())
    names_caller = call.resource.startswith("allow")
    if call.other_account:
        if TABLE_B[iam, "allow" if names_caller else "silent"] == "allowed":
            return "allowed", {("identity_policy", "matched"), ("resource_policy", "matched")}, None
        return "implicit_deny", own | (set() if names_caller else {("resource_policy", "missing")}), _DENIED
    # ORG-03: an allow to the role stays inside boundary and session policy, one to the account only delegates.
    stands = call.resource == "allow" or (
        call.resource == "allow_role" and bounds["permissions_boundary"] and bounds["session_policy"]
    )
    if TABLE_A[iam, "allow" if stands else "silent"] == "allowed" and bounds["scp"]:
        # An account's allow counts beside the identity policy that it delegates to (POL-25).
        allowing = {("resource_policy", "matched")} if stands or call.resource == "allow_account" else set()
        return "allowed", allowing | ({("identity_policy", "matched")} if iam == "allow" else set()), None
    if call.resource == "allow" or own == {("scp", "missing")}:
        return "implicit_deny", {("scp", "missing")}, _DENIED  # nothing else was needed
    if call.resource == "allow_role":
        return "implicit_deny", missing, _DENIED
    other_way = set() if call.resource == "allow_account" else {("resource_policy", "missing")}
    return "implicit_deny", own | other_way, _DENIED

"""The plain two-valued procedure: authorization tables A and B, step by step."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final, NamedTuple

from narrowgate.engine.policy.statements import (
    ALLOW,
    ALLOW_ROLE,
    ANY_ALLOW,
    DENY,
    MATCHED,
    SILENT,
)
from narrowgate.model.policy import Decision, Layer

NO_ALLOW: Final = "no_matching_allow"
Cause = tuple[Layer, str]
"""A layer, and in one word why it counts."""

STEP_ENDPOINT, STEP_DOMAIN, STEP_BEFORE, STEP_JOINT, STEP_KEY, STEP_DONE = range(1, 7)

LAYERS: Final[Mapping[str, Layer]] = {
    "endpoint": Layer.ENDPOINT_POLICY,
    "domain": Layer.DOMAIN_POLICY,
    "resource": Layer.RESOURCE_POLICY,
    "identity": Layer.IDENTITY_POLICY,
    "boundary": Layer.PERMISSIONS_BOUNDARY,
    "session": Layer.SESSION_POLICY,
    "scp": Layer.SCP,
}
IAM_ONLY: Final = ("identity", "boundary", "session", "scp")


class Scenario(NamedTuple):
    """The facts of one call as sets of possible effects, for one authorization type and one kind of header."""

    authorization_type: str
    header: str
    header_given: bool
    same_account: bool
    endpoint: int
    """Effects of the endpoint policy; `ALLOW` where AWS's default, full access, stands."""
    custom_endpoint: tuple[bool, ...]
    """Whether a custom endpoint policy exists: one value, or both where nobody read it."""
    association: tuple[bool, ...]
    domain: int
    resource: int
    identity: int
    boundary: int
    session: int
    scp: int
    authorizer: tuple[str, ...]
    api_key: str


class Refusal(NamedTuple):
    """One step that refuses: every layer that makes it do so, and why."""

    step: int
    decision: Decision
    causes: tuple[Cause, ...]


class Outcome(NamedTuple):
    """One combination of effects, decided."""

    decision: Decision
    causes: tuple[Cause, ...]
    step: int
    refusals: tuple[Refusal, ...]
    invoked: bool | None


class Effects(NamedTuple):
    """One effect of every layer: a combination that may be the true one."""

    endpoint: int
    custom_endpoint: bool
    association: bool
    domain: int
    resource: int
    identity: int
    boundary: int
    session: int
    scp: int
    authorizer: str
    serves_bad_signature: bool


def decide(scenario: Scenario, effects: Effects) -> Outcome:
    """The reference procedure for one combination of effects."""
    refusals = [refusal for refusal in _steps(scenario, effects) if refusal is not None]
    invoked = None
    if scenario.authorization_type == "CUSTOM":
        before = any(refusal.step < STEP_JOINT for refusal in refusals)
        invoked = not before and effects.authorizer != "unauthenticated"
    if refusals:
        first = refusals[0]
        return Outcome(first.decision, first.causes, first.step, tuple(refusals), invoked)
    return Outcome(Decision.ALLOWED, _allowing(scenario, effects), STEP_DONE, (), invoked)


def _steps(scenario: Scenario, effects: Effects) -> Iterator[Refusal | None]:
    """Every step in its order; None where it lets the call through."""
    yield _endpoint_step(scenario, effects)
    if not effects.association:
        yield Refusal(STEP_DOMAIN, Decision.IMPLICIT_DENY, ((Layer.ROUTING, "no_access_association"),))
    yield _policy_step(STEP_DOMAIN, Layer.DOMAIN_POLICY, effects.domain)
    match scenario.authorization_type:
        case "AWS_IAM":
            signature = _signature(scenario.header)
            yield signature
            if signature is None:
                yield _iam_step(scenario, effects)
        case "CUSTOM":
            if effects.resource == DENY:
                yield Refusal(STEP_BEFORE, Decision.EXPLICIT_DENY, ((Layer.RESOURCE_POLICY, MATCHED),))
            yield _lambda_step(effects)
        case "COGNITO_USER_POOLS":
            if effects.authorizer == "invalid_token":
                yield Refusal(STEP_BEFORE, Decision.IMPLICIT_DENY, ((Layer.COGNITO_AUTHORIZER, "token_invalid"),))
            yield _policy_step(STEP_JOINT, Layer.RESOURCE_POLICY, effects.resource)  # POL-30
        case _:
            yield _policy_step(STEP_JOINT, Layer.RESOURCE_POLICY, effects.resource)  # POL-04
    if scenario.api_key in ("missing", "invalid"):  # POL-32
        yield Refusal(STEP_KEY, Decision.IMPLICIT_DENY, ((Layer.API_KEY, f"api_key_{scenario.api_key}"),))


def _endpoint_step(scenario: Scenario, effects: Effects) -> Refusal | None:
    if scenario.header == "sigv4_invalid" and (effects.custom_endpoint or not effects.serves_bad_signature):
        return Refusal(STEP_ENDPOINT, Decision.IMPLICIT_DENY, ((Layer.SIGNATURE, "invalid_signature"),))
    return _policy_step(STEP_ENDPOINT, Layer.ENDPOINT_POLICY, effects.endpoint)


def _policy_step(step: int, layer: Layer, effect: int) -> Refusal | None:
    """A policy that must allow by itself."""
    if effect == DENY:
        return Refusal(step, Decision.EXPLICIT_DENY, ((layer, MATCHED),))
    if effect == SILENT:
        return Refusal(step, Decision.IMPLICIT_DENY, ((layer, NO_ALLOW),))
    return None


def _signature(header: str) -> Refusal | None:
    """POL-28: without a valid signature no policy is consulted; a bearer token is no signature."""
    if header == "sigv4_valid":
        return None
    reason = "invalid_signature" if header == "sigv4_invalid" else "unsigned"
    return Refusal(STEP_BEFORE, Decision.IMPLICIT_DENY, ((Layer.SIGNATURE, reason),))


def _lambda_step(effects: Effects) -> Refusal | None:
    """Phase 2 of POL-29: the authorizer's result with the resource policy by table A (POL-26)."""
    match effects.authorizer:
        case "unauthenticated":
            return Refusal(STEP_JOINT, Decision.IMPLICIT_DENY, ((Layer.LAMBDA_AUTHORIZER, "token_missing"),))
        case "deny":
            return Refusal(STEP_JOINT, Decision.EXPLICIT_DENY, ((Layer.LAMBDA_AUTHORIZER, "authorizer_deny"),))
        case "silent" if effects.resource == SILENT:
            missing = ((Layer.RESOURCE_POLICY, NO_ALLOW), (Layer.LAMBDA_AUTHORIZER, "authorizer_silent"))
            return Refusal(STEP_JOINT, Decision.IMPLICIT_DENY, missing)
    return None


def _iam_step(scenario: Scenario, effects: Effects) -> Refusal | None:
    """The joint step of AWS_IAM: any deny is final, then table A or B."""
    sides = {field: getattr(effects, field) for field in ("resource", *IAM_ONLY)}
    denying = tuple((LAYERS[field], MATCHED) for field, effect in sides.items() if effect == DENY)
    if denying:
        return Refusal(STEP_JOINT, Decision.EXPLICIT_DENY, denying)
    if _iam_allows(scenario.same_account, sides):
        return None
    missing = tuple((LAYERS[field], NO_ALLOW) for field in _missing(scenario.same_account, sides))
    return Refusal(STEP_JOINT, Decision.IMPLICIT_DENY, missing)


def _identity_allows(sides: Mapping[str, int]) -> bool:
    """ORG-03: the identity side is the intersection of its policies."""
    return all(sides[field] == ALLOW for field in IAM_ONLY)


def _iam_allows(same_account: bool, sides: Mapping[str, int]) -> bool:
    if not same_account:  # table B (POL-27)
        return bool(sides["resource"] & ANY_ALLOW) and _identity_allows(sides)
    # Table A (POL-26). A service control policy bounds even what a resource policy grants (ORG-01).
    if sides["scp"] != ALLOW:
        return False
    if _identity_allows(sides) or sides["resource"] == ALLOW:
        return True
    if sides["resource"] == ALLOW_ROLE:  # ORG-03: the role, not the session, is named
        return sides["boundary"] == ALLOW and sides["session"] == ALLOW
    return False  # an allow that names the account delegates only (POL-25)


def _missing(same_account: bool, sides: Mapping[str, int]) -> tuple[str, ...]:
    """The layers in which an allow is missing: all that stand in some smallest set that would have sufficed."""
    silent = [field for field, effect in sides.items() if effect == SILENT]
    sufficient = [
        set(chosen)
        for size in range(1, len(silent) + 1)
        for chosen in combinations(silent, size)
        if _iam_allows(same_account, {**sides, **dict.fromkeys(chosen, ALLOW)})
    ]
    smallest = [fields for fields in sufficient if not any(other < fields for other in sufficient)]
    needed = set().union(*smallest)
    return tuple(field for field in sides if field in needed)


def _allowing(scenario: Scenario, effects: Effects) -> tuple[Cause, ...]:
    """The layers whose allow fulfils the need for one in table A or B; others only let through."""
    causes: list[tuple[Layer, str]] = []
    if effects.resource & ANY_ALLOW:
        causes.append((Layer.RESOURCE_POLICY, MATCHED))
    if scenario.authorization_type == "CUSTOM" and effects.authorizer == "allow":
        causes.append((Layer.LAMBDA_AUTHORIZER, "authorizer_allow"))
    if scenario.authorization_type == "AWS_IAM":
        sides = {field: getattr(effects, field) for field in ("resource", *IAM_ONLY)}
        if _identity_allows(sides):
            causes.append((Layer.IDENTITY_POLICY, MATCHED))
    return tuple(causes)

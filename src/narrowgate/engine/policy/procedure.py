"""The order in which API Gateway decides, and authorization tables A and B, over sets of possible effects.

Every layer contributes the set of effects that it may still have. All combinations are decided, each by the plain
two-valued procedure, and the answer is what they agree on: no rule for "unknown" stands anywhere else. Decisions
depend on these sets alone, so they are remembered.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations, product
from typing import Final, NamedTuple

from narrowgate.engine.policy.statements import (
    ALLOW,
    ALLOW_ACCOUNT,
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


class Resolution(NamedTuple):
    """What all combinations of all scenarios agree on."""

    decision: Decision
    causes: tuple[Cause, ...]
    possible: tuple[Decision, ...]
    blocking: tuple[Cause, ...]
    open_layers: tuple[str, ...]
    """For `unknown`: the parts whose openness can change the decision, by field name of `Scenario`."""
    invoked: bool | None


STEP_ENDPOINT, STEP_DOMAIN, STEP_BEFORE, STEP_JOINT, STEP_KEY, STEP_DONE = range(1, 7)

_LAYERS: Final[Mapping[str, Layer]] = {
    "endpoint": Layer.ENDPOINT_POLICY,
    "domain": Layer.DOMAIN_POLICY,
    "resource": Layer.RESOURCE_POLICY,
    "identity": Layer.IDENTITY_POLICY,
    "boundary": Layer.PERMISSIONS_BOUNDARY,
    "session": Layer.SESSION_POLICY,
    "scp": Layer.SCP,
}
_IAM_ONLY: Final = ("identity", "boundary", "session", "scp")
_EFFECTS: Final = (ALLOW, ALLOW_ROLE, ALLOW_ACCOUNT, SILENT, DENY)


class _Effects(NamedTuple):
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


@lru_cache(maxsize=65536)
def resolve(scenarios: tuple[Scenario, ...]) -> Resolution:
    """The decision that the possible effects lead to, and what settles it or leaves it open."""
    tables = [_outcomes(scenario) for scenario in scenarios]
    outcomes = [outcome for table in tables for outcome in table.values()]
    decisions = {outcome.decision for outcome in outcomes}
    possible = tuple(decision for decision in Decision if decision in decisions)
    blocking = _in_all([[cause for refusal in o.refusals for cause in refusal.causes] for o in outcomes])
    invoked = {outcome.invoked for outcome in outcomes}
    invoked_value = invoked.pop() if len(invoked) == 1 else None
    if len(decisions) == 1:
        decision, causes = possible[0], _agreed_causes(outcomes)
    else:
        decision, causes = _certain_deny(scenarios, outcomes, decisions)
    open_layers = _open_layers(scenarios, tables) if decision is Decision.UNKNOWN else ()
    return Resolution(decision, causes, possible, blocking, open_layers, invoked_value)


def _certain_deny(
    scenarios: tuple[Scenario, ...], outcomes: list[Outcome], decisions: set[Decision]
) -> tuple[Decision, tuple[Cause, ...]]:
    """A deny that matches for certain decides whatever else is open; else nobody knows."""
    if Decision.ALLOWED in decisions:
        return Decision.UNKNOWN, ()
    certain = {
        layer
        for field, layer in _LAYERS.items()
        if all(
            getattr(scenario, field) == DENY
            and (field not in _IAM_ONLY or scenario.authorization_type == "AWS_IAM")
            for scenario in scenarios
        )
    }
    if all(s.authorization_type == "CUSTOM" and s.authorizer == ("deny",) for s in scenarios):
        certain.add(Layer.LAMBDA_AUTHORIZER)
    refusals = sorted(
        (refusal for outcome in outcomes for refusal in outcome.refusals[:1]), key=lambda refusal: refusal.step
    )
    for refusal in refusals:
        if refusal.decision is Decision.EXPLICIT_DENY:
            causes = tuple(cause for cause in refusal.causes if cause[0] in certain)
            if causes:
                return Decision.EXPLICIT_DENY, causes
    return Decision.UNKNOWN, ()


def _agreed_causes(outcomes: list[Outcome]) -> tuple[Cause, ...]:
    """The causes that hold in every combination.

    Combinations may refuse at different steps; the call that gets furthest is refused by what is certain.
    """
    last = max(outcome.step for outcome in outcomes)
    furthest = [outcome.causes for outcome in outcomes if outcome.step == last]
    return _in_all(furthest) or tuple(dict.fromkeys(cause for causes in furthest for cause in causes))


def _in_all(
    lists: list[list[tuple[Layer, str]]] | list[tuple[Cause, ...]],
) -> tuple[Cause, ...]:
    first, *others = lists
    return tuple(dict.fromkeys(cause for cause in first if all(cause in other for other in others)))


def _open_layers(scenarios: tuple[Scenario, ...], tables: list[dict[_Effects, Outcome]]) -> tuple[str, ...]:
    """The parts that are open and that alone can change the decision; all open ones where only several can."""
    relevant: set[str] = set()
    fields = _Effects._fields
    for table in tables:
        for position, field in enumerate(fields):
            seen: dict[tuple[object, ...], Decision] = {}
            for effects, outcome in table.items():
                others = effects[:position] + effects[position + 1 :]
                if seen.setdefault(others, outcome.decision) is not outcome.decision:
                    relevant.add(field)
                    break
    if len(scenarios) > 1:
        relevant |= _open_scenario_facts(scenarios, tables)
    if not relevant:
        relevant = {
            field
            for table in tables
            for position, field in enumerate(fields)
            if len({effects[position] for effects in table}) > 1
        }
    return tuple(field for field in (*Scenario._fields, "serves_bad_signature") if field in relevant)


def _open_scenario_facts(scenarios: tuple[Scenario, ...], tables: list[dict[_Effects, Outcome]]) -> set[str]:
    """Which of type, header and account differ between scenarios that decide differently."""
    decided = [frozenset(outcome.decision for outcome in table.values()) for table in tables]
    relevant: set[str] = set()
    for one, other in combinations(range(len(scenarios)), 2):
        if decided[one] != decided[other]:
            relevant |= {
                field
                for field in ("authorization_type", "header", "same_account")
                if getattr(scenarios[one], field) != getattr(scenarios[other], field)
            }
    return relevant


def _outcomes(scenario: Scenario) -> dict[_Effects, Outcome]:
    return {effects: _decide(scenario, effects) for effects in _combinations(scenario)}


def _combinations(scenario: Scenario) -> Iterator[_Effects]:
    iam = scenario.authorization_type == "AWS_IAM"
    consulted = iam and scenario.header == "sigv4_valid"
    # With AWS's default endpoint policy, what becomes of a malformed signature on a method that asks for none
    # is not documented (VPE-03). That matters only to callers who are known to send one.
    undocumented = scenario.header == "sigv4_invalid" and not iam and scenario.header_given
    choices = (
        _bits(scenario.endpoint),
        scenario.custom_endpoint,
        scenario.association,
        _bits(scenario.domain),
        _bits(scenario.resource),
        *(_bits(getattr(scenario, field)) if consulted else (SILENT,) for field in _IAM_ONLY),
        scenario.authorizer,
        (True, False) if undocumented else (True,),
    )
    # The choices stand in the order of the fields; a product of them has no more precise type.
    every = map(_Effects._make, product(*choices))
    # AWS's default endpoint policy allows (VPE-01): where nobody read the policy, only a custom one may refuse.
    return (each for each in every if each.custom_endpoint or each.endpoint == ALLOW)


def _bits(mask: int) -> tuple[int, ...]:
    return tuple(effect for effect in _EFFECTS if mask & effect)


def _decide(scenario: Scenario, effects: _Effects) -> Outcome:
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


def _steps(scenario: Scenario, effects: _Effects) -> Iterator[Refusal | None]:
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


def _endpoint_step(scenario: Scenario, effects: _Effects) -> Refusal | None:
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


def _lambda_step(effects: _Effects) -> Refusal | None:
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


def _iam_step(scenario: Scenario, effects: _Effects) -> Refusal | None:
    """The joint step of AWS_IAM: any deny is final, then table A or B."""
    sides = {field: getattr(effects, field) for field in ("resource", *_IAM_ONLY)}
    denying = tuple((_LAYERS[field], MATCHED) for field, effect in sides.items() if effect == DENY)
    if denying:
        return Refusal(STEP_JOINT, Decision.EXPLICIT_DENY, denying)
    if _iam_allows(scenario.same_account, sides):
        return None
    missing = tuple((_LAYERS[field], NO_ALLOW) for field in _missing(scenario.same_account, sides))
    return Refusal(STEP_JOINT, Decision.IMPLICIT_DENY, missing)


def _identity_allows(sides: Mapping[str, int]) -> bool:
    """ORG-03: the identity side is the intersection of its policies."""
    return all(sides[field] == ALLOW for field in _IAM_ONLY)


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


def _allowing(scenario: Scenario, effects: _Effects) -> tuple[Cause, ...]:
    """The layers whose allow fulfils the need for one in table A or B; others only let through."""
    causes: list[tuple[Layer, str]] = []
    if effects.resource & ANY_ALLOW:
        causes.append((Layer.RESOURCE_POLICY, MATCHED))
    if scenario.authorization_type == "CUSTOM" and effects.authorizer == "allow":
        causes.append((Layer.LAMBDA_AUTHORIZER, "authorizer_allow"))
    if scenario.authorization_type == "AWS_IAM":
        sides = {field: getattr(effects, field) for field in ("resource", *_IAM_ONLY)}
        if _identity_allows(sides):
            causes.append((Layer.IDENTITY_POLICY, MATCHED))
    return tuple(causes)


def union(masks: list[int]) -> int:
    """Effects of several documents of which one allow suffices (identity policies, policies of one SCP level)."""
    if DENY in masks:
        return DENY
    result = 0
    for mask in masks:
        result |= mask & (ANY_ALLOW | DENY)
    if all(mask & SILENT for mask in masks):
        result |= SILENT
    return result


def intersection(masks: list[int]) -> int:
    """Effects of several levels that must all allow (service control policies)."""
    if DENY in masks:
        return DENY
    result = 0
    for mask in masks:
        result |= mask & (SILENT | DENY)
    if all(mask & ANY_ALLOW for mask in masks):
        result |= ALLOW
    return result

"""The order in which API Gateway decides, and authorization tables A and B, over sets of possible effects.

Every layer contributes the set of effects that it may still have. All combinations are decided, each by the plain
two-valued procedure, and the answer is what they agree on: no rule for "unknown" stands anywhere else. Decisions
depend on these sets alone, so they are remembered.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product
from typing import Final, NamedTuple

from narrowgate.engine.policy.decision_tables import IAM_ONLY, LAYERS, Cause, Effects, Outcome, Scenario, decide
from narrowgate.engine.policy.statements import (
    ALLOW,
    ALLOW_ACCOUNT,
    ALLOW_ROLE,
    ANY_ALLOW,
    DENY,
    SILENT,
)
from narrowgate.model.policy import Decision, Layer


class Resolution(NamedTuple):
    """What all combinations of all scenarios agree on."""

    decision: Decision
    causes: tuple[Cause, ...]
    possible: tuple[Decision, ...]
    blocking: tuple[Cause, ...]
    open_layers: tuple[str, ...]
    """For `unknown`: the parts whose openness can change the decision, by field name of `Scenario`."""
    invoked: bool | None


_EFFECTS: Final = (ALLOW, ALLOW_ROLE, ALLOW_ACCOUNT, SILENT, DENY)


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
        for field, layer in LAYERS.items()
        if all(
            getattr(scenario, field) == DENY
            and (field not in IAM_ONLY or scenario.authorization_type == "AWS_IAM")
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


def _open_layers(scenarios: tuple[Scenario, ...], tables: list[dict[Effects, Outcome]]) -> tuple[str, ...]:
    """The parts that are open and that alone can change the decision; all open ones where only several can."""
    relevant: set[str] = set()
    fields = Effects._fields
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


def _open_scenario_facts(scenarios: tuple[Scenario, ...], tables: list[dict[Effects, Outcome]]) -> set[str]:
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


def _outcomes(scenario: Scenario) -> dict[Effects, Outcome]:
    return {effects: decide(scenario, effects) for effects in _combinations(scenario)}


def _combinations(scenario: Scenario) -> Iterator[Effects]:
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
        *(_bits(getattr(scenario, field)) if consulted else (SILENT,) for field in IAM_ONLY),
        scenario.authorizer,
        (True, False) if undocumented else (True,),
    )
    # The choices stand in the order of the fields; a product of them has no more precise type.
    every = map(Effects._make, product(*choices))
    # AWS's default endpoint policy allows (VPE-01): where nobody read the policy, only a custom one may refuse.
    return (each for each in every if each.custom_endpoint or each.endpoint == ALLOW)


def _bits(mask: int) -> tuple[int, ...]:
    return tuple(effect for effect in _EFFECTS if mask & effect)


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

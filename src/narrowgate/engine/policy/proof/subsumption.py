"""Inclusion that can be read off the documents: each allow stands in a wider one, no deny of the wide side is new.

Sound and far from complete, but cheap, and indifferent to what the constructs mean: whatever a policy variable
stands for, equal values stand for the same. It settles large policies that differ little, before any search.
"""

from collections.abc import Sequence
from typing import Final

from narrowgate.engine.policy.callers import ArnKind, parse_principal_arn
from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.glob import compile_glob
from narrowgate.engine.policy.principals import PrincipalSet
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.resources import ResourcePattern, expand_short_form
from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement

_RUN: Final = "\ue000"
_ONE: Final = "\ue001"


def is_subsumed(narrow: Sequence[Policy], wide: Sequence[Policy], api: Api | None) -> bool:
    """Whether the documents alone show that the wide side admits whatever the narrow side admits."""
    denies = [(policy, statement) for policy in narrow for statement in policy.statements if statement.is_deny]
    return all(_covers(policy, narrow, denies, api) for policy in wide)


def _covers(
    policy: Policy, narrow: Sequence[Policy], denies: Sequence[tuple[Policy, Statement]], api: Api | None
) -> bool:
    """Whether one wide policy admits whatever some narrow policy allows and none denies."""
    for statement in policy.statements:
        if statement.is_deny and not any(
            _alike(policy, other) and _inside(statement, deny, api) for other, deny in denies
        ):
            return False
    allows = [statement for statement in policy.statements if not statement.is_deny]
    return any(
        _alike(policy, other)
        and all(
            any(_inside(statement, allow, api) for allow in allows)
            for statement in other.statements
            if not statement.is_deny
        )
        for other in narrow
    )


def _alike(one: Policy, other: Policy) -> bool:
    """Whether two policies see the same caller and read resources alike."""
    return (one.kind is PolicyKind.ENDPOINT) is (other.kind is PolicyKind.ENDPOINT) and one.kind is other.kind


def _inside(inner: Statement, outer: Statement, api: Api | None) -> bool:
    """Whether the outer statement applies wherever the inner one does."""
    return (
        _principals_inside(inner, outer)
        and (inner.actions.negated, sorted(inner.actions.values))
        == (outer.actions.negated, sorted(outer.actions.values))
        and _resources_inside(inner, outer, api)
        and all(any(_condition_inside(own, asked) for own in inner.conditions) for asked in outer.conditions)
    )


def _principals_inside(inner: Statement, outer: Statement) -> bool:
    if outer.principals is None:
        return inner.principals is None
    if outer.principals.anyone and not outer.not_principal:
        return True
    if inner.principals is None or inner.not_principal is not outer.not_principal:
        return False
    named = _values(outer.principals)
    if inner.not_principal:
        # More exceptions spare no more: an account beside others of it may spare only those (POL-25).
        return _values(inner.principals) == named
    return all(each in named or _owner(each) in named for each in _values(inner.principals))


def _owner(named: tuple[str, str]) -> tuple[str, str]:
    """The account that a principal belongs to, which names it too (POL-25)."""
    kind, value = named
    parsed = parse_principal_arn(value) if kind == "AWS" else None
    if parsed is None or parsed.kind not in (ArnKind.USER, ArnKind.ROLE, ArnKind.SESSION):
        return named
    return kind, parsed.account


def _values(principals: PrincipalSet | None) -> frozenset[tuple[str, str]]:
    element = principals.element if principals is not None else "*"
    if isinstance(element, str):
        return frozenset({("AWS", element)})
    return frozenset((kind, value) for kind, values in element.items() for value in values)


def _resources_inside(inner: Statement, outer: Statement, api: Api | None) -> bool:
    if inner.resources.negated is not outer.resources.negated:
        return False
    small, large = (inner, outer) if not inner.resources.negated else (outer, inner)
    return all(
        any(_pattern_inside(one, other, api) for other in large.resources.patterns)
        for one in small.resources.patterns
    )


def _pattern_inside(inner: ResourcePattern, outer: ResourcePattern, api: Api | None) -> bool:
    """Whether a pattern matches whatever another does: its stars take the other's wildcards as they stand."""
    one, other = _text(inner, api), _text(outer, api)
    if (one, inner.variables) == (other, outer.variables) or other == "*":
        return True
    if any(mark in one + other for mark in ("${", "?")) or (inner.is_short is not outer.is_short and api is None):
        return False
    first, second = one.split(":", 5), other.split(":", 5)
    if len(first) != len(second):
        return False
    return all(
        compile_glob(wide).matches(small.replace("*", _RUN).replace("?", _ONE))
        for small, wide in zip(first, second, strict=True)
    )


def _text(pattern: ResourcePattern, api: Api | None) -> str:
    return expand_short_form(pattern.text, api.arn) if pattern.is_short and api is not None else pattern.text


def _condition_inside(inner: Condition, outer: Condition) -> bool:
    """Whether a condition holds wherever another does: the same test with as many values or more."""
    if (inner.name.written, inner.lowered, inner.variables) != (
        outer.name.written,
        outer.lowered,
        outer.variables,
    ):
        return False
    if set(inner.wanted) == set(outer.wanted):
        return True
    modelled = inner.name.operator
    if modelled is None:
        return False
    small, large = (outer, inner) if modelled.negated else (inner, outer)
    return set(small.wanted) <= set(large.wanted)

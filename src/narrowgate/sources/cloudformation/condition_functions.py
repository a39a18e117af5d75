"""Functions that decide: conditions, and what hangs on them."""

from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.model.resource import Unknown
from narrowgate.sources.cloudformation.scope import Scope, text_of
from narrowgate.sources.declared.estate import unknown_in


def _if(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 3:
        return Unknown("`Fn::If` takes a condition and two values")
    holds = scope.condition(str(argument[0]))
    if isinstance(holds, bool):
        return scope.evaluated(argument[1 if holds else 2])
    one, other = scope.evaluated(argument[1]), scope.evaluated(argument[2])
    return one if one == other else holds


def _equals(argument: Any, scope: Scope) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return Unknown("`Fn::Equals` takes two values")
    one, other = (scope.evaluated(each) for each in argument)
    gap = unknown_in([one, other])
    if gap is not None:
        return gap
    texts = [text_of(each) for each in (one, other)]
    if all(isinstance(each, str) for each in texts):
        return texts[0] == texts[1]
    return one == other


def _not(argument: Any, scope: Scope) -> Any:
    values = [truth(each, scope) for each in (argument if isinstance(argument, list) else [argument])]
    if len(values) != 1:
        return Unknown("`Fn::Not` takes one condition")
    return values[0] if isinstance(values[0], Unknown) else not values[0]


def _and(argument: Any, scope: Scope) -> Any:
    values = [truth(each, scope) for each in argument] if isinstance(argument, list) else []
    if any(each is False for each in values):
        return False
    return next((each for each in values if isinstance(each, Unknown)), True)


def _or(argument: Any, scope: Scope) -> Any:
    values = [truth(each, scope) for each in argument] if isinstance(argument, list) else []
    if any(each is True for each in values):
        return True
    return next((each for each in values if isinstance(each, Unknown)), False)


def truth(value: Any, scope: Scope) -> bool | Unknown:
    """A condition's value."""
    if isinstance(value, dict) and len(value) == 1 and "Condition" in value:
        return scope.condition(str(value["Condition"]))
    result = scope.evaluated(value)
    if isinstance(result, (bool, Unknown)):
        return result
    return Unknown("a condition is neither true nor false") if text_of(result) is None else str(result) == "true"


def _condition(argument: Any, scope: Scope) -> Any:
    """`Condition: Name`, as a function inside conditions; elsewhere a key like any other."""
    if isinstance(argument, str):
        return scope.condition(argument)
    # A policy statement's `Condition` block.
    return {"Condition": scope.evaluated(argument)}


CONDITION_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Condition": _condition,
}

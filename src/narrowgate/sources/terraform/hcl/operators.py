"""Terraform's operators between two known values."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from narrowgate.sources.terraform.hcl.functions import NotComputed

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
_ARITHMETIC = frozenset("+-*/%")


def operated(symbol: str, left: Any, right: Any) -> Any:
    """What an operator makes of two values.

    Raises:
        NotComputed: the values are not of a kind that it takes.
    """
    if symbol in _ARITHMETIC and not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        # Python would join two texts, and repeat one.
        raise NotComputed(f"`{symbol}` between values that are no numbers")
    try:
        return _OPERATORS[symbol](left, right)
    except (TypeError, ArithmeticError):
        raise NotComputed(f"`{symbol}` cannot be computed") from None

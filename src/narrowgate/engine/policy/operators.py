"""IAM's condition operators: their names, and how one value of the request compares with the policy's values.

A matcher says whether one value equals, matches or lies inside *any* of the policy's values (POL-07); negation
and quantifiers are the condition's business (`conditions.py`).
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final

import msgspec

from narrowgate.engine.policy.arns import ArnGlob
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.glob import Glob, Token, tokenize
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES
from narrowgate.engine.policy.scalars import (
    Network,
    read_address,
    read_bool,
    read_bytes,
    read_date,
    read_network,
    read_number,
)
from narrowgate.engine.policy.variables import MISFIT, MissingVariable, Template, as_text

Matcher = Callable[[str, Context], int]
"""Compares one value of the request with all of the policy's: no, unknown, yes or `MISFIT`."""


class Family(Enum):
    """What an operator compares."""

    STRING = "string"
    NUMERIC = "number"
    DATE = "date"
    BOOL = "boolean"
    BINARY = "base64 text"
    IP = "IP address or CIDR"
    ARN = "ARN"
    NULL = "null"


class Operator(msgspec.Struct, frozen=True):
    """An operator of IAM without its set prefix and `IfExists`."""

    name: str
    family: Family
    negated: bool = False
    wildcards: bool = False
    ignore_case: bool = False
    compare: str = "eq"


OPERATORS: Final = {
    item.name.lower(): item
    for item in (
        Operator("StringEquals", Family.STRING),
        Operator("StringNotEquals", Family.STRING, negated=True),
        Operator("StringEqualsIgnoreCase", Family.STRING, ignore_case=True),
        Operator("StringNotEqualsIgnoreCase", Family.STRING, negated=True, ignore_case=True),
        Operator("StringLike", Family.STRING, wildcards=True),
        Operator("StringNotLike", Family.STRING, negated=True, wildcards=True),
        Operator("NumericEquals", Family.NUMERIC),
        Operator("NumericNotEquals", Family.NUMERIC, negated=True),
        Operator("NumericLessThan", Family.NUMERIC, compare="lt"),
        Operator("NumericLessThanEquals", Family.NUMERIC, compare="le"),
        Operator("NumericGreaterThan", Family.NUMERIC, compare="gt"),
        Operator("NumericGreaterThanEquals", Family.NUMERIC, compare="ge"),
        Operator("DateEquals", Family.DATE),
        Operator("DateNotEquals", Family.DATE, negated=True),
        Operator("DateLessThan", Family.DATE, compare="lt"),
        Operator("DateLessThanEquals", Family.DATE, compare="le"),
        Operator("DateGreaterThan", Family.DATE, compare="gt"),
        Operator("DateGreaterThanEquals", Family.DATE, compare="ge"),
        Operator("Bool", Family.BOOL),
        Operator("BinaryEquals", Family.BINARY),
        Operator("IpAddress", Family.IP),
        Operator("NotIpAddress", Family.IP, negated=True),
        Operator("ArnEquals", Family.ARN, wildcards=True),
        Operator("ArnLike", Family.ARN, wildcards=True),
        Operator("ArnNotEquals", Family.ARN, negated=True, wildcards=True),
        Operator("ArnNotLike", Family.ARN, negated=True, wildcards=True),
        Operator("Null", Family.NULL),
    )
}
"""Every operator that is modelled, by name in lower case. `ArnEquals` and `ArnLike` behave alike in IAM."""

_READERS: Final[dict[Family, Callable[[str], object | None]]] = {
    Family.NUMERIC: read_number,
    Family.DATE: read_date,
    Family.BOOL: read_bool,
    Family.BINARY: read_bytes,
    Family.IP: read_network,
    Family.NULL: read_bool,
}


class OperatorName(msgspec.Struct, frozen=True):
    """An operator as a policy writes it, taken apart; `operator` is None for one that is not modelled."""

    written: str
    operator: Operator | None
    quantifier: str = ""
    """`forallvalues`, `foranyvalue`, or empty."""
    if_exists: bool = False


@lru_cache(maxsize=1024)
def parse_operator(written: str) -> OperatorName:
    """Take a condition operator apart; a combination that IAM does not have is not modelled."""
    quantifier, colon, base = written.lower().rpartition(":")
    if_exists = base.endswith("ifexists")
    found = OPERATORS.get(base.removesuffix("ifexists") if if_exists else base)
    if colon and quantifier not in ("forallvalues", "foranyvalue"):
        found = None
    if found is not None and found.family is Family.NULL and (if_exists or colon):
        found = None
    return OperatorName(written, found, quantifier, if_exists)


def misfit_value(op: Operator, values: tuple[str, ...]) -> int | None:
    """The place of the first policy value that the operator cannot read; None if all are fine.

    Variables stand in values of string and ARN operators only, so elsewhere `${…}` is no value either.
    """
    reader = _READERS.get(op.family)
    if reader is None:
        return None
    return next((place for place, value in enumerate(values) if reader(value) is None), None)


def build_matcher(op: Operator, values: tuple[str, ...], *, variables: bool) -> Matcher:
    """The matcher of an operator for the policy's values, all of which `misfit_value` found readable."""
    match op.family:
        case Family.STRING | Family.ARN:
            return _text_matcher(op, values, variables)
        case Family.NUMERIC:
            return _ordered_matcher(op, values, read_number)
        case Family.DATE:
            return _ordered_matcher(op, values, read_date)
        case Family.IP:
            return _network_matcher(values)
        case Family.BINARY:
            return _equal_matcher(values, read_bytes)
        case Family.BOOL | Family.NULL:
            return _equal_matcher(values, read_bool)


def _text_matcher(op: Operator, values: tuple[str, ...], variables: bool) -> Matcher:
    fixed: list[tuple[Token, ...]] = []
    templates: list[Template] = []
    for value in values:
        if variables and "${" in value:
            template = Template(value, wildcards=op.wildcards)
            if not template.is_constant:
                templates.append(template)
                continue
            tokens = template.constant()
        else:
            tokens = tokenize_for(op, value)
        fixed.append(tokens)
    constant = _constant_text_matcher(op, fixed)
    if not templates:
        return constant
    return _with_templates(op, constant, tuple(templates))


def tokenize_for(op: Operator, value: str) -> tuple[Token, ...]:
    """A constant value as tokens; wildcards are literal under operators without them (POL-14)."""
    return tokenize(value) if op.wildcards else (value,)


def _constant_text_matcher(op: Operator, fixed: list[tuple[Token, ...]]) -> Matcher:
    if op.family is Family.ARN:
        return _arn_matcher(fixed)
    if op.wildcards:
        globs = tuple(Glob(tokens) for tokens in fixed)
        return lambda value, _: YES if any(glob.matches(value) for glob in globs) else NO
    texts = frozenset(as_text(tokens) for tokens in fixed)
    if op.ignore_case:
        lowered = frozenset(text.lower() for text in texts)
        return lambda value, _: YES if value.lower() in lowered else NO
    return lambda value, _: YES if value in texts else NO


def _with_templates(op: Operator, constant: Matcher, templates: tuple[Template, ...]) -> Matcher:
    def match(value: str, context: Context) -> int:
        best = constant(value, context)
        for template in templates:
            if best == YES:
                return YES
            try:
                filled = template.fill(context)
            except MissingVariable as missing:
                outcome = missing.outcome
            else:
                outcome = _constant_text_matcher(op, [filled])(value, context)
            best = worst_of(best, outcome)
        return best

    return match


def worst_of(first: int, second: int) -> int:
    """OR of two comparisons: yes, else unknown, else `MISFIT`, else no."""
    for outcome in (YES, UNKNOWN, MISFIT):
        if outcome in (first, second):
            return outcome
    return NO


def _arn_matcher(fixed: list[tuple[Token, ...]]) -> Matcher:
    globs = tuple(ArnGlob(tokens) for tokens in fixed)

    def match(value: str, _: Context) -> int:
        best = NO
        for glob in globs:
            best = worst_of(best, glob.matches(value))
            if best == YES:
                break
        return best

    return match


def _ordered_matcher(op: Operator, values: tuple[str, ...], reader: Callable[[str], Decimal | None]) -> Matcher:
    compare: Callable[[Decimal, Decimal], bool] = getattr(operator, op.compare)
    wanted = tuple(number for number in map(reader, values) if number is not None)

    def match(value: str, _: Context) -> int:
        found = reader(value)
        if found is None:
            return MISFIT
        return YES if any(compare(found, number) for number in wanted) else NO

    return match


def _network_matcher(values: tuple[str, ...]) -> Matcher:
    wanted: tuple[Network, ...] = tuple(network for network in map(read_network, values) if network)

    def match(value: str, _: Context) -> int:
        found = read_address(value)
        if found is None:
            return MISFIT
        version, number = found
        for family, first, last in wanted:
            if family == version and first <= number <= last:
                return YES
        return NO

    return match


def _equal_matcher(values: tuple[str, ...], reader: Callable[[str], object | None]) -> Matcher:
    wanted = tuple(reader(value) for value in values)

    def match(value: str, _: Context) -> int:
        found = reader(value)
        if found is None:
            return MISFIT
        return YES if found in wanted else NO

    return match

"""Checks of a statement's conditions: keys that never exist, operators that do not fit, tests that never hold."""

import difflib
import ipaddress
from collections.abc import Iterator

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.keys import CONDITION_KEYS, ConditionKey, KeyType, Supply, condition_key
from narrowgate.engine.policy.operators import OPERATORS, Family
from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement
from narrowgate.engine.policy.validation.finding import finding, pointer
from narrowgate.model.policy import PolicyFinding, Severity

_FITTING = {
    KeyType.STRING: {Family.STRING, Family.ARN, Family.NULL},
    KeyType.ARN: {Family.ARN, Family.STRING, Family.NULL},
    KeyType.IP: {Family.IP, Family.NULL},
    KeyType.BOOL: {Family.BOOL, Family.STRING, Family.NULL},
    KeyType.NUMERIC: {Family.NUMERIC, Family.NULL},
    KeyType.DATE: {Family.DATE, Family.NUMERIC, Family.NULL},
    KeyType.BINARY: {Family.BINARY, Family.NULL},
}


def check_conditions(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    """Every condition by itself, then what two of them say about one key."""
    for condition in statement.conditions:
        place = pointer(policy, statement, "Condition", condition.name.written, condition.key)
        known = condition_key(condition.key)
        yield from _operator(condition, place)
        yield from _key(condition, known, place)
        if known is not None:
            yield from _supply(policy, statement, condition, known, place)
            yield from _fit(condition, known, place)
        yield from _wildcards(statement, condition, place)
        yield from _sets(statement, condition, known, place)
        yield from _addresses(condition, place)
    yield from _address_alone(policy, statement)
    yield from _contradictions(policy, statement)


def _operator(condition: Condition, place: str) -> Iterator[PolicyFinding]:
    if condition.name.operator is not None:
        return
    names = [each.name for each in OPERATORS.values()]
    near = difflib.get_close_matches(condition.name.written, names, n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    text = f"`{condition.name.written}` is no condition operator of IAM.{hint}"
    yield finding(Severity.ERROR, "UNKNOWN_OPERATOR", "POL-08", place, text)


def _key(condition: Condition, known: ConditionKey | None, place: str) -> Iterator[PolicyFinding]:
    if known is not None:
        return
    near = difflib.get_close_matches(condition.key, [each.name for each in CONDITION_KEYS], n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    text = f"`{condition.key}` is no key that execute-api is known to supply.{hint}"
    yield finding(Severity.WARNING, "UNKNOWN_KEY", "KEY-06", place, text)


def _supply(
    policy: Policy, statement: Statement, condition: Condition, known: ConditionKey, place: str
) -> Iterator[PolicyFinding]:
    """Keys that a private call does not have, or that only some calls have (POL-10, POL-11)."""
    operator = condition.name.operator
    if known.supply is Supply.NEVER:
        better = "aws:VpcSourceIp" if condition.lowered == "aws:sourceip" else "aws:SourceVpce or aws:SourceVpc"
        instead = f" Use {better}."
        holds = condition.name.if_exists or (operator is not None and operator.negated)
        if not holds:
            text = f"`{known.name}` is never supplied on private calls, so the statement never applies.{instead}"
        elif statement.is_deny:
            text = f"`{known.name}` is never supplied on private calls, so this Deny refuses everybody.{instead}"
        else:
            text = f"`{known.name}` is never supplied on private calls, so this test always holds.{instead}"
        yield finding(Severity.ERROR, "KEY_NEVER_SUPPLIED", known.rule, place, text)
    elif known.supply is Supply.SIGNED and policy.kind in (
        PolicyKind.RESOURCE,
        PolicyKind.DOMAIN,
        PolicyKind.ENDPOINT,
    ):
        if condition.name.if_exists and not statement.is_deny:
            text = f"Unsigned callers have no `{known.name}`, and IfExists lets them in."
            yield finding(Severity.SECURITY_WARNING, "IF_EXISTS_ADMITS_UNSIGNED", "POL-11", place, text)
        elif not statement.is_deny:
            text = f"Only signed callers of AWS_IAM methods have `{known.name}`; for all others this never holds."
            yield finding(Severity.SUGGESTION, "KEY_NEEDS_IAM", "KEY-05", place, text)
        elif operator is not None and operator.negated and not condition.name.if_exists:
            text = f"Unsigned callers have no `{known.name}`, so this Deny refuses all of them."
            yield finding(Severity.WARNING, "DENY_REFUSES_UNSIGNED", "KEY-05", place, text)


def _fit(condition: Condition, known: ConditionKey, place: str) -> Iterator[PolicyFinding]:
    operator = condition.name.operator
    if operator is None or operator.family in _FITTING[known.type]:
        return
    text = f"`{known.name}` is of the type {known.type}; {operator.name} compares a {operator.family.value}."
    yield finding(Severity.WARNING, "OPERATOR_DOES_NOT_FIT", "POL-08", place, text)


def _wildcards(statement: Statement, condition: Condition, place: str) -> Iterator[PolicyFinding]:
    operator = condition.name.operator
    if operator is None or operator.family is not Family.STRING or operator.wildcards:
        return
    literal = [value for value in condition.wanted if "*" in value or "?" in value]
    if not literal or len(literal) < len(condition.wanted):
        return
    like = operator.name.replace("Equals", "Like").replace("IgnoreCase", "")
    effect = "refuses everybody" if operator.negated and statement.is_deny else "compares them as plain text"
    severity = Severity.ERROR if operator.negated and statement.is_deny else Severity.WARNING
    text = f"{operator.name} knows no wildcards and {effect}; use {like}."
    yield finding(severity, "LITERAL_WILDCARD", "POL-14", place, text)


def _sets(
    statement: Statement, condition: Condition, known: ConditionKey | None, place: str
) -> Iterator[PolicyFinding]:
    quantifier = condition.name.quantifier
    if not quantifier:
        return
    if quantifier == "forallvalues" and not statement.is_deny:
        text = "ForAllValues holds when the key is absent, so this Allow admits callers without it."
        yield finding(Severity.SECURITY_WARNING, "FOR_ALL_VALUES_IN_ALLOW", "POL-13", place, text)
    elif known is not None and not known.multivalued:
        text = f"`{known.name}` has one value; set operators are for keys with several."
        yield finding(Severity.WARNING, "SET_OPERATOR_ON_SINGLE_VALUE", "POL-13", place, text)


def _addresses(condition: Condition, place: str) -> Iterator[PolicyFinding]:
    operator = condition.name.operator
    if operator is None or operator.family is not Family.IP:
        return
    families: set[int] = set()
    for value in condition.wanted:
        try:
            parsed = ipaddress.ip_interface(value)
        except ValueError:
            continue
        families.add(parsed.version)
        if "/" in value and parsed.ip != parsed.network.network_address:
            text = f"`{value}` has host bits; AWS reads it as {parsed.network}."
            yield finding(Severity.SUGGESTION, "HOST_BITS", "POL-09", place, text)
    if families == {4}:
        text = "Only IPv4 ranges are listed; an endpoint with IPv6 needs IPv6 ranges too."
        yield finding(Severity.SUGGESTION, "NO_IPV6_RANGES", "LIM-05", place, text)


def _address_alone(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    """Private addresses are not unique: alone they admit any VPC that uses the range (KEY-03)."""
    keys = {condition.lowered for condition in statement.conditions}
    if policy.kind is PolicyKind.RESOURCE and not statement.is_deny and keys == {"aws:vpcsourceip"}:
        text = "aws:VpcSourceIp alone admits every network that uses these addresses; add aws:SourceVpce."
        place = pointer(policy, statement, "Condition")
        yield finding(Severity.SECURITY_WARNING, "ADDRESS_ALONE", "KEY-03", place, text)


def _contradictions(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    """Two tests of one key that no value passes."""
    wanted: dict[str, set[str]] = {}
    refused: dict[str, set[str]] = {}
    for condition in statement.conditions:
        operator = condition.name.operator
        if (
            operator is None
            or operator.name not in ("StringEquals", "StringNotEquals")
            or condition.name.quantifier
        ):
            continue
        if operator.negated:
            refused.setdefault(condition.lowered, set()).update(condition.wanted)
        elif condition.lowered in wanted:
            wanted[condition.lowered] &= set(condition.wanted)
        else:
            wanted[condition.lowered] = set(condition.wanted)
    for key, values in wanted.items():
        if not values - refused.get(key, set()):
            text = f"No value of {key} passes both tests: the statement never applies."
            yield finding(Severity.ERROR, "CONTRADICTION", "POL-08", pointer(policy, statement, "Condition"), text)

"""Checks of conditions: keys that never exist, operators that do not fit, contradictions."""

import difflib
from collections.abc import Callable, Iterator
from typing import Final

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.keys import CONDITION_KEYS, KeyType, Supply, condition_key
from narrowgate.engine.policy.kleene import NO, YES
from narrowgate.engine.policy.operators import Family
from narrowgate.engine.policy.proof.cells import OutsideError, key_values
from narrowgate.engine.policy.proof.words import TooComplexError
from narrowgate.engine.policy.scalars import format_network, has_host_bits, read_network
from narrowgate.engine.policy.statements import PolicyKind, Statement
from narrowgate.engine.policy.validation.view import ERROR, SECURITY, SUGGESTION, WARNING, View, finding
from narrowgate.model.policy import PolicyFinding

ConditionCheck = Callable[[View, Statement, Condition, str], Iterator[PolicyFinding]]

_FITTING: Final = {
    KeyType.STRING: {Family.STRING},
    KeyType.ARN: {Family.ARN, Family.STRING},
    KeyType.IP: {Family.IP},
    KeyType.BOOL: {Family.BOOL, Family.STRING},
    KeyType.NUMERIC: {Family.NUMERIC},
    KeyType.DATE: {Family.DATE, Family.NUMERIC},
    KeyType.BINARY: {Family.BINARY},
}
_ID_FORMS: Final = {"aws:sourcevpce": ("vpce-", "KEY-02"), "aws:sourcevpc": ("vpc-", "KEY-01")}
_INSTEAD: Final = {
    "aws:sourceip": "; use aws:VpcSourceIp, or better aws:SourceVpce",
    "aws:sourcevpcarn": "; use aws:SourceVpc",
}


def _always_holds_when_absent(condition: Condition) -> bool:
    context = Context(resource="", absent=frozenset({condition.lowered}))
    return condition.holds(context) == YES


def check_never_supplied(
    view: View, statement: Statement, condition: Condition, at: str
) -> Iterator[PolicyFinding]:
    """Keys that no private call has: the condition is settled before any call (KEY-04, KEY-06, POL-10)."""
    known = condition_key(condition.key)
    if known is None or known.supply is not Supply.NEVER:
        return
    instead = _INSTEAD.get(condition.lowered, "; use aws:SourceVpce or aws:SourceVpc")
    if _always_holds_when_absent(condition):
        code = "denies_everyone" if statement.is_deny else "condition_always_true"
        effect = "the statement denies every call" if statement.is_deny else "the condition restricts nothing"
        severity = ERROR if statement.is_deny else SECURITY
    else:
        code, severity, effect = "never_matches", ERROR, "the statement never matches"
    text = f"calls of a private API do not carry {known.name}: {effect}{instead}"
    yield finding(severity, code, text, at, known.rule)


def check_secure_transport(
    view: View, statement: Statement, condition: Condition, at: str
) -> Iterator[PolicyFinding]:
    """execute-api speaks HTTPS only: an Allow for plain HTTP never matches (KEY-07), such a Deny does no harm."""
    del view
    if condition.lowered != "aws:securetransport" or statement.is_deny:
        return
    if condition.holds(Context(resource="")) == NO:
        text = "every call of a private API comes by HTTPS: the statement never matches"
        yield finding(ERROR, "never_matches", text, at, "KEY-07")


def check_principal_keys(
    view: View, statement: Statement, condition: Condition, at: str
) -> Iterator[PolicyFinding]:
    """Keys about the signer exist on AWS_IAM methods only (KEY-05)."""
    known = condition_key(condition.key)
    if view.kind not in (PolicyKind.RESOURCE, PolicyKind.DOMAIN) or known is None:
        return
    if known.supply is not Supply.SIGNED:
        return
    types = view.context.authorization_types
    others = ", ".join(sorted(types - {"AWS_IAM"}))
    if types and not others:
        return
    holds = _always_holds_when_absent(condition)
    if statement.is_deny:
        effect = "the statement denies every other caller" if holds else "the statement denies no other caller"
    else:
        effect = "every other caller passes the condition" if holds else "no other caller passes the condition"
    where = f"this API also has methods of type {others}" if others else "methods of other types never have it"
    severity = SECURITY if holds and not statement.is_deny else WARNING
    text = f"{known.name} exists for signed calls of AWS_IAM methods only ({where}): {effect}"
    yield finding(severity, "principal_key_without_iam", text, at, "KEY-05")


def check_unknown_names(
    view: View, statement: Statement, condition: Condition, at: str
) -> Iterator[PolicyFinding]:
    """Operators that IAM does not have, and keys that look mistyped."""
    if condition.name.operator is None:
        text = f"IAM has no condition operator `{condition.name.written}`"
        yield finding(
            ERROR, "unknown_operator", text, at, "POL-11" if "null" in condition.name.written.lower() else None
        )
    if condition_key(condition.key) is None and condition.lowered.startswith(("aws:", "execute-api:")):
        near = difflib.get_close_matches(condition.key, [key.name for key in CONDITION_KEYS], n=1, cutoff=0.75)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield finding(
            WARNING, "unknown_key", f"`{condition.key}` is no condition key that is known{hint}", at, "KEY-06"
        )
    if ":" not in condition.key:
        text = f"`{condition.key}` has no service prefix; condition keys look like aws:SourceVpce"
        yield finding(ERROR, "unknown_key", text, at, "POL-15")


def check_operator_type(
    view: View, statement: Statement, condition: Condition, at: str
) -> Iterator[PolicyFinding]:
    """Operators that do not fit the type of the key's values."""
    known, modelled = condition_key(condition.key), condition.name.operator
    if known is None or modelled is None or modelled.family is Family.NULL:
        return
    if modelled.family not in _FITTING[known.type]:
        text = f"{known.name} holds a value of type {known.type.value}; {modelled.name} compares another type"
        yield finding(ERROR, "operator_type", text, at, "POL-09" if known.type is KeyType.IP else "POL-14")


def check_wildcards(view: View, statement: Statement, condition: Condition, at: str) -> Iterator[PolicyFinding]:
    """Wildcards that an operator without them takes literally (POL-14)."""
    modelled = condition.name.operator
    if modelled is None or modelled.family is not Family.STRING or modelled.wildcards:
        return
    for value in condition.wanted:
        bare = value
        for escape in ("${*}", "${?}"):
            bare = bare.replace(escape, "")
        if "*" in bare or "?" in bare:
            effect = "it equals no value"
            if modelled.negated and statement.is_deny:
                effect = "no value equals it, so everybody is denied" if len(condition.wanted) == 1 else effect
            like = "StringNotLike" if modelled.negated else "StringLike"
            severity = ERROR if "everybody" in effect else WARNING
            text = f"{modelled.name} takes `{value}` literally: {effect}; wildcards need {like}"
            yield finding(severity, "literal_wildcard", text, at, "POL-14")


def check_set_operators(
    view: View, statement: Statement, condition: Condition, at: str
) -> Iterator[PolicyFinding]:
    """Set operators on keys with one value, and keys with several values without one (POL-13)."""
    known, name = condition_key(condition.key), condition.name
    if known is None or name.operator is None or name.operator.family is Family.NULL:
        return
    if name.quantifier and not known.multivalued:
        risky = name.quantifier == "forallvalues" and not statement.is_deny and known.supply is not Supply.ALWAYS
        text = f"{known.name} has one value; a set operator does not belong on it"
        if risky:
            text += ", and ForAllValues lets in every call that lacks the key"
        yield finding(SECURITY if risky else WARNING, "set_operator_on_single_value", text, at, "POL-13")
    elif known.multivalued and not name.quantifier:
        text = f"{known.name} may have several values; say ForAnyValue or ForAllValues"
        yield finding(ERROR, "missing_set_operator", text, at, "POL-13")


def check_if_exists(view: View, statement: Statement, condition: Condition, at: str) -> Iterator[PolicyFinding]:
    """IfExists on an Allow opens it to callers without the key (POL-11)."""
    known, name = condition_key(condition.key), condition.name
    if not name.if_exists or name.operator is None:
        return
    if known is not None and known.supply is Supply.ALWAYS:
        yield finding(
            SUGGESTION,
            "redundant_if_exists",
            f"every private call has {known.name}; IfExists changes nothing",
            at,
            "POL-11",
        )
    elif not statement.is_deny and (known is None or known.supply is not Supply.NEVER):
        text = f"IfExists in an Allow lets in every call without {condition.key}"
        yield finding(SECURITY, "if_exists_in_allow", text, at, "POL-11")
    elif statement.is_deny and name.operator.negated:
        text = f"{name.operator.name} already holds for an absent key; IfExists changes nothing"
        yield finding(SUGGESTION, "redundant_if_exists", text, at, "POL-11")


def check_addresses(view: View, statement: Statement, condition: Condition, at: str) -> Iterator[PolicyFinding]:
    """Host bits in CIDRs, and IPv6, which private APIs always speak (POL-09, LIM-05)."""
    modelled = condition.name.operator
    if modelled is None or modelled.family is not Family.IP:
        return
    for value in condition.wanted:
        network = read_network(value)
        if network is not None and has_host_bits(value):
            text = f"`{value}` has host bits set; it means {format_network(network)}"
            yield finding(SUGGESTION, "host_bits", text, at, "POL-09")
    known = condition_key(condition.key)
    if known is not None and known.supply is Supply.NEVER:
        return
    versions = {network[0] for network in map(read_network, condition.wanted) if network is not None}
    if versions == {4}:
        evades = statement.is_deny is not modelled.negated
        effect = "IPv6 callers are not covered by it" if evades else "every IPv6 caller is shut out"
        if statement.is_deny and evades:
            yield finding(SECURITY, "ipv6_not_covered", f"the ranges are all IPv4: {effect}", at, "LIM-05")
        else:
            yield finding(SUGGESTION, "ipv6_not_covered", f"the ranges are all IPv4: {effect}", at, "LIM-05")


def check_values(view: View, statement: Statement, condition: Condition, at: str) -> Iterator[PolicyFinding]:
    """Values that the key never has, and empty lists."""
    if not condition.wanted:
        yield finding(SUGGESTION, "empty_element", f"no values stand behind {condition.key}", at, "POL-07")
    form = _ID_FORMS.get(condition.lowered)
    if form is None or condition.name.operator is None or condition.name.operator.family is not Family.STRING:
        return
    prefix, rule = form
    for value in condition.wanted:
        if not value.startswith(prefix) and "${" not in value and value[:1] not in ("*", "?"):
            text = f"`{value}` is no value of {condition.key}, whose values start with `{prefix}`"
            yield finding(WARNING, "id_form", text, at, rule)


def check_variables(view: View, statement: Statement, condition: Condition, at: str) -> Iterator[PolicyFinding]:
    """Variables in a document whose version has none (POL-01)."""
    if not condition.variables and any("${" in value for value in condition.wanted):
        text = "policy variables need version 2012-10-17; here `${…}` is plain text"
        yield finding(WARNING, "variables_in_old_version", text, at, "POL-01")


CONDITION_CHECKS: Final[tuple[ConditionCheck, ...]] = (
    check_never_supplied,
    check_secure_transport,
    check_principal_keys,
    check_unknown_names,
    check_operator_type,
    check_wildcards,
    check_set_operators,
    check_if_exists,
    check_addresses,
    check_values,
    check_variables,
)


def check_each_condition(view: View) -> Iterator[PolicyFinding]:
    """Every check of single conditions."""
    for statement in view.policy.statements:
        for condition in statement.conditions:
            at = view.at(statement, condition)
            for check in CONDITION_CHECKS:
                yield from check(view, statement, condition, at)


def check_contradictions(view: View) -> Iterator[PolicyFinding]:
    """Conditions on one key that no value fulfils together; keys that stand twice (POL-08, POL-15)."""
    for statement in view.policy.statements:
        by_key: dict[str, list[Condition]] = {}
        for condition in statement.conditions:
            by_key.setdefault(condition.lowered, []).append(condition)
        for key, conditions in by_key.items():
            spellings = {(c.name.written, c.key) for c in conditions}
            operators = [c.name.written for c in conditions]
            pointer = view.pointer(statement, "Condition")
            if len(spellings) == len(operators) and len(set(operators)) < len(operators):
                text = f"{conditions[0].key} stands twice under one operator, in different case; both must hold"
                yield finding(WARNING, "key_twice", text, pointer, "POL-15")
            if len(conditions) > 1 and not _satisfiable(key, conditions):
                text = (
                    f"no value of {conditions[0].key} fulfils all of these conditions: the statement never matches"
                )
                yield finding(ERROR, "contradiction", text, pointer, "POL-08")


def _satisfiable(key: str, conditions: list[Condition]) -> bool:
    """Whether some value, or absence, fulfils all conditions; true where that cannot be told."""
    known = condition_key(key)
    if known is not None and known.supply is Supply.NEVER:
        return True  # said by `check_never_supplied`
    try:
        values = key_values(key, conditions)
    except (OutsideError, TooComplexError):
        return True
    return any(_all_hold(key, conditions, value) for value in values)


def _all_hold(key: str, conditions: list[Condition], value: str | None) -> bool:
    context = Context(
        resource="",
        given={} if value is None else {key: (value,)},
        absent=frozenset({key}) if value is None else frozenset(),
    )
    return all(condition.holds(context) != 0 for condition in conditions)


CHECKS: Final = (check_each_condition, check_contradictions)

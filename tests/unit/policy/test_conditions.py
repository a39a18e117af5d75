"""Condition operators, absent keys, several values, set operators, wildcards and case (POL-07 to POL-15)."""

import base64
from typing import Any

import pytest
from tests.unit.policy.calls import API_ARN, ask, causes, policy, statement

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.context import Context

WORD = {0: "no", 1: "unknown", 2: "yes"}
ARN = f"{API_ARN}/prod/GET/x"


def holds(operator: str, wanted: Any, found: Any = None, key: str = "test:Key", **context: Any) -> str:
    """What a condition comes to; `found` None is absent, `...` is unknown."""
    given = {name.lower(): tuple(values) for name, values in context.pop("given", {}).items()}
    absent = set()
    if found is None:
        absent.add(key.lower())
    elif found is not ...:
        given[key.lower()] = (found,) if isinstance(found, str) else tuple(found)
    values = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    condition = Condition(operator, key, values, variables=True)
    return WORD[condition.holds(Context(resource=ARN, given=given, absent=frozenset(absent), **context))]


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", "a", "a", "yes"),
        ("StringEquals", "a", "A", "no"),
        ("StringEquals", ["b", "a"], "a", "yes"),
        ("StringEquals", "a*", "ab", "no"),
        ("StringEquals", "a*", "a*", "yes"),
        ("StringNotEquals", "a", "b", "yes"),
        ("StringNotEquals", "a", "a", "no"),
        ("StringNotEquals", ["a", "b"], "b", "no"),
        ("StringNotEquals", ["a", "b"], "c", "yes"),
        ("StringNotEquals", "vpce-*", "vpce-1", "yes"),
        ("StringEqualsIgnoreCase", "aB", "Ab", "yes"),
        ("StringEqualsIgnoreCase", "aB", "Ac", "no"),
        ("StringNotEqualsIgnoreCase", "aB", "Ab", "no"),
        ("StringNotEqualsIgnoreCase", "aB", "x", "yes"),
        ("StringLike", "vpce-*", "vpce-1", "yes"),
        ("StringLike", "vpce-?", "vpce-12", "no"),
        ("StringLike", "VPCE-*", "vpce-1", "no"),
        ("StringNotLike", "vpce-*", "vpce-1", "no"),
        ("StringNotLike", "vpce-*", "vpc-1", "yes"),
        ("NumericEquals", "5", "5.0", "yes"),
        ("NumericEquals", "5", "6", "no"),
        ("NumericEquals", "5", "five", "no"),
        ("NumericNotEquals", "5", "6", "yes"),
        ("NumericNotEquals", "5", "five", "unknown"),
        ("NumericLessThan", "5", "4.9", "yes"),
        ("NumericLessThan", "5", "5", "no"),
        ("NumericLessThanEquals", "5", "5", "yes"),
        ("NumericLessThanEquals", "5", "5.1", "no"),
        ("NumericGreaterThan", "5", "5.1", "yes"),
        ("NumericGreaterThan", "5", "5", "no"),
        ("NumericGreaterThanEquals", "5", "5", "yes"),
        ("NumericGreaterThanEquals", "5", "4", "no"),
        ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", "yes"),
        ("DateEquals", "2026-01-01", "2026-01-01T01:00:00+01:00", "yes"),
        ("DateEquals", "2026", "2026-01-02", "no"),
        ("DateNotEquals", "2026-01-01", "2026-01-02", "yes"),
        ("DateLessThan", "2026-01-02", "2026-01-01T23:59:59.5Z", "yes"),
        ("DateLessThan", "2026-01-02", "2026-01-02", "no"),
        ("DateLessThanEquals", "2026-01-02", "2026-01-02", "yes"),
        ("DateGreaterThan", "2026-01-02", "2026-01-03", "yes"),
        ("DateGreaterThan", "2026-01-02", "2026-01-02", "no"),
        ("DateGreaterThanEquals", "2026-01-02", "2026-01-02", "yes"),
        ("DateGreaterThanEquals", "2026-01-02", "yesterday", "no"),
        ("Bool", "true", "true", "yes"),
        ("Bool", "true", "TRUE", "yes"),
        ("Bool", "true", "false", "no"),
        ("Bool", ["true", "false"], "false", "yes"),
        ("BinaryEquals", base64.b64encode(b"x").decode(), "eA==", "yes"),
        ("BinaryEquals", base64.b64encode(b"x").decode(), "eQ==", "no"),
        ("IpAddress", "10.0.0.0/8", "10.255.0.1", "yes"),
        ("IpAddress", "10.0.0.0/8", "11.0.0.1", "no"),
        ("IpAddress", "10.0.0.5/8", "10.9.9.9", "yes"),
        ("IpAddress", "10.0.0.5", "10.0.0.5", "yes"),
        ("IpAddress", "10.0.0.5", "10.0.0.6", "no"),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", "no"),
        ("IpAddress", "::/0", "10.0.0.1", "no"),
        ("IpAddress", "2001:db8::/32", "2001:db8:0:1::1", "yes"),
        ("NotIpAddress", "10.0.0.0/8", "10.0.0.1", "no"),
        ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", "yes"),
        ("NotIpAddress", ["10.0.0.0/8", "11.0.0.0/8"], "11.0.0.1", "no"),
        ("ArnEquals", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a", "yes"),
        ("ArnLike", "arn:aws:iam::*:role/a", "arn:aws:iam::111122223333:role/a", "yes"),
        ("ArnLike", "arn:aws:iam::1*a", "arn:aws:iam::111122223333:role/a", "unknown"),
        ("ArnLike", "arn:*:role/a", "arn:aws:iam::111122223333:role/a", "unknown"),
        ("ArnLike", "arn:aws:iam::*:user/*", "arn:aws:iam::111122223333:role/a", "no"),
        ("ArnLike", "arn:aws:s*:::x", "arn:aws:sns:us-east-1:1:x", "no"),
        ("ArnLike", "*", "arn:aws:iam::111122223333:role/a", "yes"),
        ("ArnNotEquals", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/a", "no"),
        ("ArnNotLike", "arn:aws:iam::*:role/b", "arn:aws:iam::111122223333:role/a", "yes"),
        ("ArnNotLike", "arn:aws:iam::*:role/b", "no arn", "unknown"),
        ("stringequals", "a", "a", "yes"),
    ],
)
def test_an_operator_on_a_given_key(operator: str, wanted: Any, found: str, expected: str) -> None:
    assert holds(operator, wanted, found) == expected


POSITIVE = ["StringEquals", "StringLike", "NumericLessThan", "DateGreaterThan", "Bool", "IpAddress", "ArnLike"]
NEGATED = ["StringNotEquals", "StringNotLike", "NumericNotEquals", "DateNotEquals", "NotIpAddress", "ArnNotLike"]
VALUES = {"Num": "5", "Dat": "2026", "Boo": "true", "IpA": "10.0.0.1", "NotI": "10.0.0.1", "Arn": "arn:a:b:c:d:e"}


def a_value(operator: str) -> str:
    return next((value for start, value in VALUES.items() if operator.startswith(start)), "x")


@pytest.mark.parametrize("operator", POSITIVE)
def test_a_positive_operator_fails_on_an_absent_key_and_holds_with_if_exists(operator: str) -> None:
    assert holds(operator, a_value(operator)) == "no"  # POL-10
    assert holds(operator + "IfExists", a_value(operator)) == "yes"  # POL-11
    assert holds(operator, a_value(operator), ...) == "unknown"
    assert holds(operator + "IfExists", a_value(operator), ...) == "unknown"


@pytest.mark.parametrize("operator", NEGATED)
def test_a_negated_operator_holds_on_an_absent_key(operator: str) -> None:
    assert holds(operator, a_value(operator)) == "yes"  # POL-10
    assert holds(operator + "IfExists", a_value(operator)) == "yes"  # POL-11: it changes nothing
    assert holds(operator, a_value(operator), ...) == "unknown"


def test_if_exists_compares_a_key_that_is_there() -> None:
    assert holds("StringEqualsIfExists", "a", "a") == "yes"
    assert holds("StringEqualsIfExists", "a", "b") == "no"
    assert holds("StringNotEqualsIfExists", "a", "a") == "no"


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("true", None, "yes"),
        ("true", "x", "no"),
        ("false", None, "no"),
        ("false", "x", "yes"),
        ("true", ..., "unknown"),
        ("true", [], "yes"),
    ],
)
def test_null_asks_whether_the_key_is_there(wanted: str, found: Any, expected: str) -> None:
    assert holds("Null", wanted, found) == expected  # POL-12


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], "yes"),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], "no"),
        ("ForAllValues:StringEquals", ["a"], None, "yes"),
        ("ForAllValues:StringEquals", ["a"], [], "yes"),
        ("ForAllValues:StringEquals", ["a"], "", "yes"),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "c"], "yes"),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "a"], "no"),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], "yes"),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], "no"),
        ("ForAnyValue:StringEquals", ["a"], None, "no"),
        ("ForAnyValue:StringEquals", ["a"], [], "no"),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], "yes"),
        ("ForAnyValue:StringNotEquals", ["a"], ["a"], "no"),
        ("ForAnyValue:StringNotEquals", ["a"], None, "no"),
        ("ForAnyValue:StringEqualsIfExists", ["a"], None, "yes"),
        ("ForAnyValue:StringEquals", ["a"], ..., "unknown"),
        ("foranyvalue:stringlike", ["a*"], ["b", "ab"], "yes"),
    ],
)
def test_a_set_operator_on_several_values(operator: str, wanted: Any, found: Any, expected: str) -> None:
    assert holds(operator, wanted, found) == expected  # POL-13


def test_several_values_without_a_set_operator_count_only_where_they_agree() -> None:
    assert holds("StringEquals", "a", ["a", "a"]) == "yes"
    assert holds("StringEquals", "a", ["b", "c"]) == "no"
    assert holds("StringEquals", "a", ["a", "b"]) == "unknown"


@pytest.mark.parametrize(
    "operator", ["StringMatches", "NullIfExists", "ForAllValues:Null", "ForSome:StringEquals"]
)
def test_an_operator_that_is_not_modelled_is_undecided_and_named(operator: str) -> None:
    assert holds(operator, "true", "a") == "unknown"
    answer = ask(policy(statement(Condition={operator: {"aws:SourceVpce": "true"}})))
    assert answer.decision == "unknown"
    assert causes(answer) == [("resource_policy", 0, operator)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a", "aws:SourceVpc": "vpc-0a"}}, "allowed"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a", "aws:SourceVpc": "vpc-0b"}}, "implicit_deny"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a"}, "Bool": {"aws:SecureTransport": "true"}}, "allowed"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0a"}, "Bool": {"aws:SecureTransport": False}}, "implicit_deny"),
        ({"StringEquals": {"AWS:SOURCEVPCE": "vpce-0a"}}, "allowed"),
        ({"StringEquals": {"aws:SourceVpce": "VPCE-0A"}}, "implicit_deny"),
        ({}, "allowed"),
    ],
)
def test_keys_and_operators_of_a_statement_are_anded(condition: dict[str, Any], expected: str) -> None:
    assert ask(policy(statement(Condition=condition))).decision == expected  # POL-08, POL-15


def test_a_fence_on_two_keys_denies_only_if_both_differ() -> None:
    fence = policy(
        statement(),
        statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0z", "aws:SourceVpc": "vpc-0a"}}),
    )
    assert ask(fence).decision == "allowed"  # POL-08: another endpoint of the same VPC comes in
    outside = {"aws:SourceVpce": "vpce-0x", "aws:SourceVpc": "vpc-0x"}
    assert ask(fence, context=outside).decision == "explicit_deny"


def test_two_fences_on_one_key_lock_everybody_out() -> None:
    fences = [
        statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": each}})
        for each in ("vpce-0a", "vpce-0b")
    ]
    assert ask(policy(statement(), *fences)).decision == "explicit_deny"  # POL-07
    one = statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": ["vpce-0a", "vpce-0b"]}})
    assert ask(policy(statement(), one)).decision == "allowed"


VARIABLES = [
    ("${aws:SourceVpc}", "vpc-0a", "yes"),
    ("${aws:SourceVpc}", "vpc-0b", "no"),
    ("x${aws:sourcevpc}y", "xvpc-0ay", "yes"),
    ("${test:Missing, 'team'}", "team", "yes"),
    ("${test:Missing, 'team'}", "other", "no"),
    ("${test:Missing}", "${test:Missing}", "no"),
    ("${*}", "*", "yes"),
    ("${?}${$}", "?$", "yes"),
    ("${test:Unknown}", "x", "unknown"),
    ("${not closed", "${not closed", "yes"),
]


@pytest.mark.parametrize(("wanted", "found", "expected"), VARIABLES)
def test_policy_variables_in_condition_values(wanted: str, found: str, expected: str) -> None:
    context = {"given": {"aws:SourceVpc": ["vpc-0a"]}, "key": "test:Key"}
    result = Condition("StringEquals", "test:Key", (wanted,), variables=True).holds(
        Context(
            resource=ARN,
            given={"test:key": (found,), "aws:sourcevpc": ("vpc-0a",)},
            absent=frozenset({"test:missing"}),
        )
    )
    assert WORD[result] == expected, context


def test_a_missing_variable_leaves_a_negated_operator_open() -> None:
    context = Context(resource=ARN, given={"test:key": ("x",)}, absent=frozenset({"test:missing"}))
    assert (
        WORD[Condition("StringNotEquals", "test:Key", ("${test:Missing}",), variables=True).holds(context)]
        == "unknown"
    )
    assert (
        WORD[Condition("StringNotEquals", "test:Key", ("x", "${test:Missing}"), variables=True).holds(context)]
        == "no"
    )


def test_what_a_variable_stands_for_is_never_a_wildcard() -> None:
    context = Context(resource=ARN, given={"test:key": ("abc",), "test:star": ("a*",)})
    assert WORD[Condition("StringLike", "test:Key", ("${test:Star}",), variables=True).holds(context)] == "no"
    assert WORD[Condition("StringLike", "test:Key", ("a*${test:Star}",), variables=True).holds(context)] == "no"
    assert WORD[Condition("StringLike", "test:Key", ("a${*}",), variables=True).holds(context)] == "no"


@pytest.mark.parametrize(
    ("version", "expected"), [("2012-10-17", "allowed"), ("2008-10-17", "implicit_deny"), (None, "implicit_deny")]
)
def test_variables_exist_from_version_2012_10_17_on(version: str | None, expected: str) -> None:
    document = policy(
        statement(Condition={"StringEquals": {"aws:SourceVpc": "${aws:Referer, 'vpc-0a'}"}}), version=version
    )
    assert ask(document, absent=["aws:Referer"]).decision == expected


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("IpAddress", "10.0.0.0/33"),
        ("NotIpAddress", "10.0.0"),
        ("IpAddress", "10.0.0.0/8/8"),
        ("NumericEquals", "five"),
        ("DateEquals", "2026-13-01"),
        ("Bool", "yes"),
        ("Null", "maybe"),
        ("BinaryEquals", "%%%"),
        ("IpAddress", "${aws:SourceIp}"),
    ],
)
def test_a_value_that_the_operator_cannot_read_makes_the_policy_malformed(operator: str, value: str) -> None:
    from narrowgate.model.errors import InputError

    with pytest.raises(InputError, match="cannot use the value"):
        ask(policy(statement(Condition={operator: {"aws:VpcSourceIp": value}})))

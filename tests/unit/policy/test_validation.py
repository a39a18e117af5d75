"""Each remark about a policy: a document that earns it, and its nearest that does not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.engine.policy.validation.validate import validate_policy
from narrowgate.model.policy import Severity

VPCE = {"StringEquals": {"aws:SourceVpce": "vpce-0a"}}


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    document: dict[str, Any] = {"Statement": list(statements)}
    return document if version is None else {"Version": version, **document}


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    base = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    base |= elements
    return {key: value for key, value in base.items() if value is not None}


def fenced(condition: dict[str, Any]) -> dict[str, Any]:
    return policy(statement(), statement("Deny", Condition=condition))


def allowed(condition: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return policy(statement(Condition=condition, **elements))


ARN = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5"
LONG = "x" * 8200

# code, kind, the document that earns it, the nearest that does not
CASES = [
    (
        "MISSING_VERSION",
        "resource",
        policy(statement(Condition=VPCE), version=None),
        policy(statement(Condition=VPCE)),
    ),
    (
        "VARIABLE_IN_OLD_VERSION",
        "resource",
        policy(statement(Condition={"StringEquals": {"aws:UserAgent": "${aws:username}"}}), version="2008-10-17"),
        allowed({"StringEquals": {"aws:UserAgent": "${aws:username}"}}),
    ),
    ("POLICY_TOO_LONG", "resource", allowed({"StringEquals": {"aws:SourceVpce": LONG}}), allowed(VPCE)),
    ("NO_ALLOW", "resource", policy(statement("Deny", Condition=VPCE)), fenced(VPCE)),
    ("NO_ALLOW", "endpoint", policy(statement("Deny", Resource="*")), policy(statement(Resource="*"))),
    (
        "FENCES_EXCLUDE_EACH_OTHER",
        "resource",
        policy(
            statement(),
            statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0a"}}),
            statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0b"}}),
        ),
        fenced({"StringNotEquals": {"aws:SourceVpce": ["vpce-0a", "vpce-0b"]}}),
    ),
    (
        "DUPLICATE_SID",
        "resource",
        policy(statement(Sid="A", Condition=VPCE), statement(Sid="A", Condition=VPCE)),
        policy(statement(Sid="A", Condition=VPCE), statement(Sid="B", Condition=VPCE)),
    ),
    ("ALLOW_WITHOUT_CONDITION", "resource", policy(statement()), allowed(VPCE)),
    (
        "ALLOW_WITHOUT_CONDITION",
        "resource",
        policy(statement()),
        fenced({"StringNotEquals": {"aws:SourceVpce": "vpce-0a"}}),
    ),
    (
        "ALLOW_WITH_NOT_PRINCIPAL",
        "resource",
        policy(statement(Principal=None, NotPrincipal={"AWS": "111122223333"})),
        policy(statement("Deny", Principal=None, NotPrincipal={"AWS": "111122223333"})),
    ),
    ("ALLOW_WITH_NOT_ACTION", "resource", allowed(VPCE, Action=None, NotAction="s3:*"), allowed(VPCE)),
    (
        "ALLOW_WITH_NOT_RESOURCE",
        "resource",
        allowed(VPCE, Resource=None, NotResource=f"{ARN}/prod/*"),
        allowed(VPCE, Resource=f"{ARN}/prod/*"),
    ),
    ("PRINCIPAL_NEEDS_IAM", "resource", policy(statement(Principal={"AWS": "111122223333"})), allowed(VPCE)),
    (
        "PRINCIPAL_NEEDS_SIGNATURE",
        "endpoint",
        policy(statement(Principal={"AWS": "111122223333"}, Resource="*")),
        policy(statement(Resource="*")),
    ),
    ("NEVER_INVOKE", "resource", allowed(VPCE, Action="apigateway:GET"), allowed(VPCE, Action="execute-api:*")),
    ("INVALID_RESOURCE_FORM", "resource", allowed(VPCE, Resource="execute-api/*/*/*"), allowed(VPCE)),
    ("SHORT_FORM_NOT_EXPANDED", "endpoint", policy(statement()), policy(statement(Resource=f"{ARN}/*"))),
    (
        "RESOURCE_MATCHES_NO_METHOD",
        "resource",
        allowed(VPCE, Resource=f"{ARN}/"),
        allowed(VPCE, Resource=f"{ARN}/*"),
    ),
    ("FOREIGN_RESOURCE", "resource", allowed(VPCE, Resource="arn:aws:s3:::bucket"), allowed(VPCE, Resource="*")),
    (
        "UNKNOWN_OPERATOR",
        "resource",
        allowed({"StringEqual": {"aws:SourceVpce": "vpce-0a"}}),
        allowed(VPCE),
    ),
    ("UNKNOWN_KEY", "resource", allowed({"StringEquals": {"aws:SourceVpcee": "vpce-0a"}}), allowed(VPCE)),
    (
        "KEY_NEVER_SUPPLIED",
        "resource",
        fenced({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        fenced({"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}),
    ),
    (
        "IF_EXISTS_ADMITS_UNSIGNED",
        "resource",
        allowed({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}),
        allowed({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}),
    ),
    ("KEY_NEEDS_IAM", "resource", allowed({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}), allowed(VPCE)),
    (
        "DENY_REFUSES_UNSIGNED",
        "resource",
        fenced({"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}),
        fenced({"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-0a"}}),
    ),
    (
        "OPERATOR_DOES_NOT_FIT",
        "resource",
        allowed({"StringEquals": {"aws:VpcSourceIp": "10.1.1.1"}}),
        allowed({"IpAddress": {"aws:VpcSourceIp": "10.1.1.1"}}),
    ),
    (
        "LITERAL_WILDCARD",
        "resource",
        allowed({"StringEquals": {"aws:SourceVpce": "vpce-*"}}),
        allowed({"StringLike": {"aws:SourceVpce": "vpce-*"}}),
    ),
    (
        "FOR_ALL_VALUES_IN_ALLOW",
        "resource",
        allowed({"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-0a"}}),
        fenced({"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-0a"}}),
    ),
    (
        "SET_OPERATOR_ON_SINGLE_VALUE",
        "resource",
        allowed({"ForAnyValue:StringEquals": {"aws:SourceVpce": "vpce-0a"}}),
        allowed({"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
    ),
    (
        "HOST_BITS",
        "resource",
        allowed({"IpAddress": {"aws:VpcSourceIp": "10.0.0.1/16"}}),
        allowed({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}),
    ),
    (
        "NO_IPV6_RANGES",
        "resource",
        allowed({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}),
        allowed({"IpAddress": {"aws:VpcSourceIp": ["10.0.0.0/16", "fd00::/8"]}}),
    ),
    (
        "ADDRESS_ALONE",
        "resource",
        allowed({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}),
        allowed({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}} | VPCE),
    ),
    (
        "CONTRADICTION",
        "resource",
        allowed(VPCE | {"StringNotEquals": {"aws:SourceVpce": "vpce-0a"}}),
        allowed(VPCE | {"StringNotEquals": {"aws:SourceVpce": "vpce-0b"}}),
    ),
]


def codes(document: Any, kind: str) -> set[str]:
    return {each.code for each in validate_policy(json.dumps(document), kind=PolicyKind(kind))}


@pytest.mark.parametrize(("code", "kind", "bad", "good"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_a_remark_is_made_where_it_is_earned_and_not_beside_it(code, kind, bad, good):
    assert code in codes(bad, kind)
    assert code not in codes(good, kind)


def test_every_remark_names_a_rule_and_points_into_the_document():
    for _, kind, bad, _ in CASES:
        for found in validate_policy(json.dumps(bad), kind=PolicyKind(kind)):
            assert found.rule
            target: Any = bad
            for part in found.pointer.split("/")[1:]:
                key = part.replace("~1", "/").replace("~0", "~")
                target = target[int(key)] if isinstance(target, list) else target[key]


def test_named_principals_are_an_error_where_methods_are_known_not_to_sign():
    document = json.dumps(policy(statement(Principal={"AWS": "111122223333"})))
    found = validate_policy(document, authorization_types=frozenset({"NONE"}))
    assert [each.severity for each in found if each.code == "PRINCIPAL_NEEDS_IAM"] == [Severity.ERROR]
    signed = validate_policy(document, authorization_types=frozenset({"AWS_IAM"}))
    assert [each.severity for each in signed if each.code == "PRINCIPAL_NEEDS_IAM"] == [Severity.SUGGESTION]


def test_the_gravest_comes_first():
    found = validate_policy(json.dumps(policy(statement(Resource="execute-api/*"), version=None)))
    order = [list(Severity).index(each.severity) for each in found]
    assert order == sorted(order)
    assert len(order) >= 2


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", "{}", '{"Statement": 7}', '{"Statement": [{"Effect": "Perhaps"}]}']
)
def test_what_is_no_policy_is_one_finding(text):
    assert [each.code for each in validate_policy(text)] == ["POLICY_MALFORMED"]


@given(st.text(max_size=200))
def test_any_text_is_validated_without_a_crash(text):
    assert all(each.message for each in validate_policy(text))

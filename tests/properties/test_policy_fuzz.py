"""Policies, requests, patterns of any shape: an answer, or one error that names its place; never anything else."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate import api
from narrowgate.api.policies import Document
from narrowgate.engine.policy.glob import Glob, tokenize
from narrowgate.model.errors import InputError

WORDS = st.sampled_from(
    [
        "",
        "*",
        "?",
        "allow",
        "Allow",
        "Deny",
        "execute-api:Invoke",
        "execute-api:*",
        "execute-api:/*",
        "arn:aws:iam::1:x",
        "execute-api/*/*/*",
        "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*",
        "${aws:username}",
        "${",
        "${*}",
        "${aws:PrincipalTag/team, 'none'}",
        "10.0.0.0/33",
        "::/0",
        "10.0.0.5/8",
        "true",
        "2026-01-01",
        "vpce-0a",
        "\x00",
        "ü",
    ]
)
KEYS = st.sampled_from(
    [
        "Version",
        "Statement",
        "Effect",
        "effect",
        "Sid",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "AWS",
        "Service",
        "StringEquals",
        "ForAnyValue:StringLike",
        "NotIpAddress",
        "Null",
        "BoolIfExists",
        "DateLessThan",
        "ArnNotLike",
        "Nonsense",
        "aws:SourceVpce",
        "AWS:SOURCEVPCE",
        "aws:SourceIp",
        "x",
    ]
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS, st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
CONDITION = st.dictionaries(KEYS, st.dictionaries(KEYS, st.one_of(WORDS, st.lists(WORDS, max_size=3)), max_size=2))
STATEMENT = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.one_of(st.just("*"), st.dictionaries(KEYS, WORDS, max_size=2)),
        "Action": st.one_of(WORDS, st.lists(WORDS, max_size=3)),
        "Resource": st.one_of(WORDS, st.lists(WORDS, max_size=3)),
    },
    optional={"Condition": CONDITION, "Sid": st.text(max_size=5)},
)
POLICY = st.one_of(
    JUNK, st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENT, max_size=3)})
)
REQUEST: dict[str, Any] = {
    "schema": "narrowgate.authorize-request/1",
    "api": {"id": "a1b2c3d4e5", "account": "111122223333", "region": "us-east-1"},
    "stage": "prod",
    "method": "GET",
    "path": "/pets/1",
    "authorization_type": "NONE",
    "authorization_header": "none",
    "context": {"aws:SourceVpce": "vpce-0a", "aws:VpcSourceIp": "10.1.1.1"},
}


def told(request: Any, policy: Any) -> str:
    """The decision, or the place of the one error."""
    try:
        answer = api.authorize(
            Document(content=json.dumps(request).encode(), where="request.json"),
            resource_policy=Document(content=json.dumps(policy).encode(), where="policy.json"),
        )
    except InputError as error:
        assert error.where.startswith(("request.json", "policy.json"))
        assert error.message
        return error.where
    if answer.decision == "unknown":
        assert all(each.reason for each in answer.decided_by)
        assert answer.decided_by
    return str(answer.decision)


@settings(max_examples=400, deadline=None)
@given(POLICY)
def test_any_policy_is_decided_or_refused_with_its_place(policy: Any) -> None:
    told(REQUEST, policy)
    for finding in api.validate(Document(content=json.dumps(policy).encode(), where="policy.json")):
        assert finding.message
        assert finding.pointer == "" or finding.pointer.startswith("/")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(REQUEST)), JUNK)
def test_any_request_is_decided_or_refused_with_its_place(field: str, value: Any) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    told({**REQUEST, field: value}, {"Version": "2012-10-17", "Statement": [allow]})


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_decided(content: bytes) -> None:
    document = Document(content=content, where="policy.json")
    try:
        api.authorize(Document(content=json.dumps(REQUEST).encode(), where="r"), resource_policy=document)
    except InputError as error:
        assert error.where.startswith("policy.json")
    api.validate(document)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_a_pattern_matches_what_its_regular_expression_matches(pattern: str, text: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(each, each) for each in pattern)
    assert Glob(tokenize(pattern)).matches(text) is (re.fullmatch(expression, text) is not None)


@pytest.mark.parametrize(
    "pattern", ["*a" * 20_000 + "b", "*?a" * 10_000 + "b", "*ab" * 10_000 + "?", "?" * 40_000 + "*b"]
)
def test_a_huge_pattern_takes_one_pass(pattern: str) -> None:
    glob, text = Glob(tokenize(pattern)), "a" * 60_000
    started = time.process_time()
    assert not glob.matches(text)
    assert time.process_time() - started < 1

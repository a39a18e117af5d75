"""Where a condition key's state comes from, and which callers have which keys (KEY-01 to KEY-08)."""

from typing import Any

import pytest
from tests.unit.policy.calls import (
    API,
    OTHER,
    OWNER,
    SESSION,
    STRANGER,
    USER,
    ask,
    causes,
    endpoint,
    identity,
    policy,
    signed,
    statement,
)


def allow_if(operator: str, key: str, *values: str) -> dict[str, Any]:
    return policy(statement(Condition={operator: {key: list(values)}}))


def deny_if(operator: str, key: str, *values: str) -> dict[str, Any]:
    return policy(statement(), statement("Deny", Condition={operator: {key: list(values)}}))


def test_source_vpc_is_the_endpoints_vpc() -> None:
    context = {"aws:SourceVpc": "vpc-0api", "aws:SourceVpce": "vpce-0api"}
    assert (
        ask(allow_if("StringEquals", "aws:SourceVpc", "vpc-0requester"), context=context).decision
        == "implicit_deny"
    )
    assert ask(allow_if("StringEquals", "aws:SourceVpc", "vpc-0api"), context=context).decision == "allowed"


@pytest.mark.parametrize(
    "key", ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:UserAgent", "custom:Key"]
)
def test_a_key_that_nobody_gives_is_unknown_and_named(key: str) -> None:
    answer = ask(allow_if("StringEquals", key, "x"), context={})
    assert answer.decision == "unknown"
    assert causes(answer) == [("resource_policy", 0, key)]
    assert answer.http is None
    assert ask(allow_if("StringEquals", key, "x"), context={}, absent=[key]).decision == "implicit_deny"


@pytest.mark.parametrize(
    "key", ["aws:SourceIp", "aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"]
)
def test_keys_that_execute_api_never_supplies_are_absent(key: str) -> None:
    value = "10.0.0.0/8" if key == "aws:SourceIp" else "x"
    positive, negated = (
        ("IpAddress", "NotIpAddress") if key == "aws:SourceIp" else ("StringEquals", "StringNotEquals")
    )
    assert ask(allow_if(positive, key, value)).decision == "implicit_deny"
    locked = ask(deny_if(negated, key, value))
    assert locked.decision == "explicit_deny"  # POL-10: everybody is denied
    assert locked.statements[1].conditions[0].rule in ("KEY-04", "KEY-06")
    given = {key: "10.0.0.1" if key == "aws:SourceIp" else "x"}
    assert ask(allow_if(positive, key, value), context=given).decision == "allowed"  # the request knows better


def test_secure_transport_is_always_true() -> None:
    assert ask(deny_if("Bool", "aws:SecureTransport", "false")).decision == "allowed"
    assert ask(deny_if("Bool", "aws:SecureTransport", "true")).decision == "explicit_deny"


@pytest.mark.parametrize("kind", ["NONE", "COGNITO_USER_POOLS", "CUSTOM"])
def test_principal_keys_are_absent_without_aws_iam_even_for_a_signer(kind: str) -> None:
    result = {"NONE": None, "COGNITO_USER_POOLS": "valid_token", "CUSTOM": "silent"}[kind]
    fields = signed({**USER, "org_id": "o-home"}, authorization_type=kind, authorizer_result=result)
    assert ask(allow_if("StringEquals", "aws:PrincipalOrgID", "o-home"), **fields).decision == "implicit_deny"
    assert ask(deny_if("StringNotEquals", "aws:PrincipalOrgID", "o-home"), **fields).decision == "explicit_deny"


def test_principal_keys_exist_for_a_signer_of_an_aws_iam_method() -> None:
    fields = signed({**USER, "org_id": "o-home"})
    assert ask(allow_if("StringEquals", "aws:PrincipalOrgID", "o-home"), **fields).decision == "allowed"
    assert ask(deny_if("StringNotEquals", "aws:PrincipalOrgID", "o-home"), **fields).decision == "allowed"
    assert ask(allow_if("StringEquals", "aws:PrincipalOrgID", "o-else"), **fields).decision == "implicit_deny"
    assert ask(allow_if("StringEquals", "aws:PrincipalOrgID", "o-home"), **signed()).decision == "unknown"
    outside = signed({**USER, "org_id": None})
    assert ask(deny_if("StringNotEquals", "aws:PrincipalOrgID", "o-home"), **outside).decision == "explicit_deny"


SESSION_KEYS = [
    ("aws:PrincipalArn", f"arn:aws:iam::{OWNER}:role/Caller"),
    ("aws:PrincipalAccount", OWNER),
    ("aws:PrincipalType", "AssumedRole"),
    ("aws:PrincipalTag/Team", "blue"),
    ("aws:principaltag/team", "blue"),
    ("aws:userid", "AROAEXAMPLE:job1"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalOrgPaths", "o-home/r-a/ou-b/"),
]


@pytest.mark.parametrize(("key", "value"), SESSION_KEYS)
def test_a_role_sessions_keys(key: str, value: str) -> None:
    caller = {**SESSION, "tags": {"Team": "blue"}, "userid": "AROAEXAMPLE:job1", "org_paths": ["o-home/r-a/ou-b/"]}
    assert ask(allow_if("StringEquals", key, value), **signed(caller)).decision == "allowed"
    assert ask(allow_if("StringEquals", key, value + "x"), **signed(caller)).decision == "implicit_deny"


@pytest.mark.parametrize("key", ["aws:PrincipalTag/Other", "aws:username", "aws:PrincipalServiceName"])
def test_keys_that_a_known_role_session_does_not_have(key: str) -> None:
    caller = {**SESSION, "tags": {"Team": "blue"}}
    assert ask(allow_if("StringEquals", key, "x"), **signed(caller)).decision == "implicit_deny"
    assert ask(policy(statement(Condition={"Null": {key: "true"}})), **signed(caller)).decision == "allowed"


def test_a_users_name_is_the_last_part_of_its_arn() -> None:
    caller = {"arn": f"arn:aws:iam::{OWNER}:user/team/alice", "account": OWNER}
    assert ask(allow_if("StringEquals", "aws:username", "alice"), **signed(caller)).decision == "allowed"


def test_tags_that_nobody_told_are_unknown() -> None:
    answer = ask(allow_if("StringEquals", "aws:PrincipalTag/Team", "blue"), **signed())
    assert causes(answer) == [("resource_policy", 0, "aws:PrincipalTag/Team")]


def test_resource_keys_come_from_the_apis_owner() -> None:
    custom = endpoint(Resource="*", Condition={"StringEquals": {"aws:ResourceAccount": OWNER}})
    assert ask(policy(statement()), policies={"endpoint_policy": custom}).decision == "allowed"
    other = endpoint(Resource="*", Condition={"StringEquals": {"aws:ResourceAccount": OTHER}})
    assert ask(policy(statement()), policies={"endpoint_policy": other}).decision == "implicit_deny"
    org = endpoint(Resource="*", Condition={"StringEquals": {"aws:ResourceOrgID": "o-home"}})
    assert ask(policy(statement()), policies={"endpoint_policy": org}).decision == "unknown"
    api = {**API, "org_id": "o-home"}
    assert ask(policy(statement()), api=api, policies={"endpoint_policy": org}).decision == "allowed"


def test_the_endpoint_policy_sees_principal_keys_of_any_valid_signature() -> None:
    custom = endpoint(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-home"}})
    caller = {**USER, "org_id": "o-home"}
    policies = {"endpoint_policy": custom}
    answer = ask(policy(statement()), authorization_header="sigv4_valid", principal=caller, policies=policies)
    assert answer.decision == "allowed"
    assert ask(policy(statement()), policies=policies).decision == "implicit_deny"
    bearer = ask(policy(statement()), authorization_header="other", policies=policies)
    assert bearer.decision == "implicit_deny"


def test_context_outweighs_every_other_fact() -> None:
    context = {"aws:PrincipalOrgID": "o-given", "AWS:SECURETRANSPORT": "false"}
    assert ask(allow_if("StringEquals", "aws:PrincipalOrgID", "o-given"), context=context).decision == "allowed"
    assert ask(deny_if("Bool", "aws:SecureTransport", "false"), context=context).decision == "explicit_deny"


def test_a_certain_deny_decides_whatever_else_is_open() -> None:
    document = policy(
        statement(Condition={"StringEquals": {"custom:Key": "x"}}),
        statement("Deny", Condition={"StringLike": {"custom:Key": "x"}}),
        statement("Deny", Sid="Certain", Condition={"StringEquals": {"aws:SourceVpc": "vpc-0a"}}),
    )
    answer = ask(document, unknown_policies=["endpoint_policy"])
    assert answer.decision == "explicit_deny"
    assert causes(answer) == [("resource_policy", 2, "statement_matched")]


def test_an_open_deny_leaves_an_allow_open() -> None:
    answer = ask(deny_if("StringEquals", "custom:Key", "x"))
    assert causes(answer) == [("resource_policy", 1, "custom:Key")]
    assert answer.possible == ("allowed", "explicit_deny")


def test_an_open_allow_beside_a_certain_one_changes_nothing() -> None:
    document = policy(statement(Condition={"StringEquals": {"custom:Key": "x"}}), statement())
    answer = ask(document)
    assert answer.decision == "allowed"
    assert causes(answer) == [("resource_policy", 1, "statement_matched")]
    assert answer.unknowns == ()
    assert answer.statements[0].conditions[0].holds == "unknown"


def test_what_is_open_at_one_step_cannot_undo_a_certain_refusal_at_another() -> None:
    open_endpoint = endpoint(Condition={"StringEquals": {"custom:Key": "x"}})
    answer = ask(policy(statement(Resource="execute-api:/other")), policies={"endpoint_policy": open_endpoint})
    assert answer.decision == "implicit_deny"
    assert causes(answer) == [("resource_policy", None, "no_matching_allow")]


def test_an_open_deny_where_nothing_allows_leaves_only_the_kind_of_refusal_open() -> None:
    document = policy(statement("Deny", Condition={"StringEquals": {"custom:Key": "x"}}))
    answer = ask(document)
    assert answer.decision == "unknown"
    assert answer.possible == ("explicit_deny", "implicit_deny")


@pytest.mark.parametrize(
    ("layer", "extra"),
    [
        ("resource_policy", {}),
        ("deployed_resource_policy", {}),
        ("endpoint_policy", {"policies": {"resource_policy": policy(statement())}}),
    ],
)
def test_a_layer_that_nobody_read_is_unknown(layer: str, extra: dict[str, Any]) -> None:
    answer = ask(unknown_policies=[layer], **extra)
    assert answer.decision == "unknown"
    assert [each.reason for each in answer.decided_by] == [layer]


@pytest.mark.parametrize("layer", ["identity_policy", "scp", "permissions_boundary", "session_policy"])
def test_an_unread_identity_layer_matters_to_signed_calls_only(layer: str) -> None:
    policies = {"identity_policies": [identity()]} if layer != "identity_policy" else {}
    across = ask(policy(statement()), **signed(STRANGER, policies=policies, unknown_policies=[layer]))
    assert across.decision == "unknown"
    assert [(each.layer, each.reason) for each in across.decided_by] == [(layer, layer)]
    assert ask(policy(statement()), unknown_policies=[layer]).decision == "allowed"


def test_facts_left_out_of_the_request_are_unknown() -> None:
    everything = policy(statement())
    kind = ask(everything, authorization_type=None)
    assert kind.decision == "unknown"
    assert ("routing", None, "authorization_type") in causes(kind)
    header = ask(everything, authorization_type="AWS_IAM", authorization_header=None)
    assert header.decision == "unknown"
    assert ("signature", None, "authorization_header") in causes(header)
    signer = ask(
        policy(statement(Principal={"AWS": USER["arn"]})),
        authorization_type="AWS_IAM",
        authorization_header="sigv4_valid",
    )
    assert signer.decision == "unknown"
    assert "principal" in [reason for _, _, reason in causes(signer)]
    custom = ask(everything, authorization_type="CUSTOM")
    assert causes(custom) == [("lambda_authorizer", None, "authorizer_result")]
    assert custom.authorizer_invoked is None


def test_an_unknown_type_does_not_matter_where_everybody_is_denied() -> None:
    answer = ask(policy(statement("Deny")), authorization_type=None, authorization_header=None)
    assert answer.decision == "explicit_deny"


def test_an_unknown_header_does_not_matter_to_a_method_without_authorization() -> None:
    assert ask(policy(statement()), authorization_header=None).decision == "allowed"
    custom = ask(policy(statement()), authorization_header=None, policies={"endpoint_policy": endpoint()})
    assert causes(custom) == [("signature", None, "authorization_header")]

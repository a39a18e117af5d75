"""Authorization tables A and B, row by row, and the order of the steps (POL-26 to POL-32, VPE-02, VPE-03)."""

from typing import Any

import pytest
from tests.unit.policy.calls import (
    DOMAIN_ARN,
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

NOWHERE = "execute-api:/nowhere/*"
RESOURCE = {
    "allow": policy(statement()),
    "silent": policy(statement(Resource=NOWHERE)),
    "deny": policy(statement(), statement("Deny")),
}
IDENTITY = {
    "allow": [identity()],
    "silent": [identity(Action="execute-api:InvalidateCache")],
    "deny": [identity(), identity("Deny")],
}
TABLE_A = [
    ("allow", "allow", "allowed"),
    ("allow", "silent", "allowed"),
    ("allow", "deny", "explicit_deny"),
    ("silent", "allow", "allowed"),
    ("silent", "silent", "implicit_deny"),
    ("silent", "deny", "explicit_deny"),
    ("deny", "allow", "explicit_deny"),
    ("deny", "silent", "explicit_deny"),
    ("deny", "deny", "explicit_deny"),
]
TABLE_B = [
    ("allow", "allow", "allowed"),
    ("allow", "silent", "implicit_deny"),
    ("silent", "allow", "implicit_deny"),
    ("silent", "silent", "implicit_deny"),
    ("allow", "deny", "explicit_deny"),
    ("silent", "deny", "explicit_deny"),
    ("deny", "allow", "explicit_deny"),
    ("deny", "silent", "explicit_deny"),
    ("deny", "deny", "explicit_deny"),
]


@pytest.mark.parametrize(("mine", "theirs", "expected"), TABLE_A)
def test_table_a_for_a_signer_of_the_same_account(mine: str, theirs: str, expected: str) -> None:
    answer = ask(RESOURCE[theirs], **signed(policies={"identity_policies": IDENTITY[mine]}))
    assert answer.decision == expected


@pytest.mark.parametrize(("mine", "theirs", "expected"), TABLE_B)
def test_table_b_for_a_signer_of_another_account(mine: str, theirs: str, expected: str) -> None:
    answer = ask(RESOURCE[theirs], **signed(STRANGER, policies={"identity_policies": IDENTITY[mine]}))
    assert answer.decision == expected


@pytest.mark.parametrize(("result", "theirs", "expected"), TABLE_A)
def test_table_a_for_a_lambda_authorizer(result: str, theirs: str, expected: str) -> None:
    answer = ask(RESOURCE[theirs], authorization_type="CUSTOM", authorizer_result=result)
    assert answer.decision == expected
    assert answer.authorizer_invoked is (theirs != "deny")  # POL-29: phase 1 refuses without invoking


@pytest.mark.parametrize(
    ("theirs", "expected"), [("allow", "allowed"), ("silent", "implicit_deny"), ("deny", "explicit_deny")]
)
def test_none_and_cognito_need_the_resource_policy_to_allow(theirs: str, expected: str) -> None:
    assert ask(RESOURCE[theirs]).decision == expected
    cognito = ask(RESOURCE[theirs], authorization_type="COGNITO_USER_POOLS", authorizer_result="valid_token")
    assert cognito.decision == expected
    assert cognito.authorizer_invoked is None


def test_identity_policies_have_no_effect_on_other_methods() -> None:
    answer = ask(RESOURCE["silent"], policies={"identity_policies": [identity()]})
    assert answer.decision == "implicit_deny"
    assert "identity_side_not_consulted" in [note.code for note in answer.notes]


def test_both_sides_are_named_where_either_would_have_done() -> None:
    answer = ask(RESOURCE["silent"], **signed(policies={"identity_policies": IDENTITY["silent"]}))
    assert causes(answer) == [
        ("resource_policy", None, "no_matching_allow"),
        ("identity_policy", None, "no_matching_allow"),
    ]
    custom = ask(RESOURCE["silent"], authorization_type="CUSTOM", authorizer_result="silent")
    assert causes(custom) == [
        ("resource_policy", None, "no_matching_allow"),
        ("lambda_authorizer", None, "authorizer_silent"),
    ]


def test_only_the_missing_side_is_named_across_accounts() -> None:
    answer = ask(RESOURCE["allow"], **signed(STRANGER))
    assert causes(answer) == [("identity_policy", None, "no_policy")]
    other = ask(RESOURCE["silent"], **signed(STRANGER, policies={"identity_policies": [identity()]}))
    assert causes(other) == [("resource_policy", None, "no_matching_allow")]


def test_allowed_names_every_allow_of_the_table_and_no_other() -> None:
    answer = ask(
        RESOURCE["allow"],
        **signed(
            policies={"identity_policies": [identity()], "endpoint_policy": endpoint(), "scp": [identity()]},
        ),
    )
    assert causes(answer) == [
        ("resource_policy", 0, "statement_matched"),
        ("identity_policy", 0, "statement_matched"),
    ]


def test_every_deny_of_the_step_is_named() -> None:
    answer = ask(
        RESOURCE["deny"], **signed(policies={"identity_policies": IDENTITY["deny"], "scp": [identity("Deny")]})
    )
    assert causes(answer) == [
        ("resource_policy", 1, "statement_matched"),
        ("identity_policy", 0, "statement_matched"),
        ("scp", 0, "statement_matched"),
    ]


def test_the_endpoint_policy_refuses_first_and_the_rest_is_shown() -> None:
    answer = ask(
        RESOURCE["deny"], policies={"endpoint_policy": endpoint(Resource="arn:aws:execute-api:*:*:other/*")}
    )
    assert answer.decision == "implicit_deny"
    assert causes(answer) == [("endpoint_policy", None, "no_matching_allow")]
    assert [each.layer for each in answer.blocking] == ["endpoint_policy", "resource_policy"]
    assert {each.layer for each in answer.statements} == {"endpoint_policy", "resource_policy"}


def test_an_allow_of_the_endpoint_policy_is_no_allow_of_the_api() -> None:
    assert ask(RESOURCE["silent"], policies={"endpoint_policy": endpoint()}).decision == "implicit_deny"  # VPE-06


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("none", "implicit_deny"),
        ("other", "implicit_deny"),
        ("sigv4_valid", "allowed"),
        ("sigv4_invalid", "implicit_deny"),
    ],
)
def test_an_endpoint_policy_for_one_user_sees_the_signer_of_a_method_without_authorization(
    header: str, expected: str
) -> None:
    custom = endpoint(Principal={"AWS": USER["arn"]})
    answer = ask(
        RESOURCE["allow"], authorization_header=header, principal=USER, policies={"endpoint_policy": custom}
    )
    assert answer.decision == expected


def test_an_invalid_signature_is_refused_by_a_custom_endpoint_policy_and_open_under_the_default_one() -> None:
    custom = ask(RESOURCE["allow"], authorization_header="sigv4_invalid", policies={"endpoint_policy": endpoint()})
    assert causes(custom) == [("signature", None, "invalid_signature")]
    default_text = policy(statement(Action="*", Resource="*"), version=None)
    for policies in ({}, {"endpoint_policy": default_text}):
        default = ask(RESOURCE["allow"], authorization_header="sigv4_invalid", policies=policies)
        assert default.decision == "unknown"
        assert causes(default) == [("signature", None, "invalid_signature")]
    denied = ask(RESOURCE["deny"], authorization_header="sigv4_invalid")
    assert denied.decision == "explicit_deny"


@pytest.mark.parametrize(
    ("header", "reason", "error_type"),
    [
        ("none", "unsigned", "MissingAuthenticationTokenException"),
        ("other", "unsigned", "IncompleteSignatureException"),
        ("sigv4_invalid", "invalid_signature", "InvalidSignatureException"),
    ],
)
def test_aws_iam_needs_a_valid_signature_before_any_policy(header: str, reason: str, error_type: str) -> None:
    answer = ask(RESOURCE["deny"], authorization_type="AWS_IAM", authorization_header=header)
    assert answer.decision == "implicit_deny"
    assert causes(answer) == [("signature", None, reason)]
    assert answer.http is not None
    assert (answer.http.status, answer.http.error_type) == (403, error_type)


@pytest.mark.parametrize(
    ("kind", "result", "layer", "reason"),
    [
        ("CUSTOM", "unauthenticated", "lambda_authorizer", "token_missing"),
        ("COGNITO_USER_POOLS", "invalid_token", "cognito_authorizer", "token_invalid"),
    ],
)
def test_a_missing_or_bad_token_is_401(kind: str, result: str, layer: str, reason: str) -> None:
    answer = ask(RESOURCE["allow"], authorization_type=kind, authorizer_result=result)
    assert causes(answer) == [(layer, None, reason)]
    assert answer.http is not None
    assert (answer.http.status, answer.http.error_type, answer.http.body) == (
        401,
        "UnauthorizedException",
        '{"message":"Unauthorized"}',
    )


def test_a_cognito_token_is_checked_before_the_resource_policy_and_a_lambda_after_it() -> None:
    cognito = ask(RESOURCE["deny"], authorization_type="COGNITO_USER_POOLS", authorizer_result="invalid_token")
    assert cognito.decision == "implicit_deny"
    custom = ask(RESOURCE["deny"], authorization_type="CUSTOM", authorizer_result="unauthenticated")
    assert custom.decision == "explicit_deny"
    assert custom.authorizer_invoked is False


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("valid", "allowed"),
        ("not_required", "allowed"),
        ("missing", "implicit_deny"),
        ("invalid", "implicit_deny"),
    ],
)
def test_an_api_key_is_asked_for_last_and_never_replaces_an_allow(key: str, expected: str) -> None:
    answer = ask(RESOURCE["allow"], api_key=key)
    assert answer.decision == expected
    if expected != "allowed":
        assert causes(answer) == [("api_key", None, f"api_key_{key}")]
        assert answer.http is not None
        assert answer.http.body == '{"message":"Forbidden"}'
    assert ask(RESOURCE["silent"], api_key=key).decided_by[0].layer == "resource_policy"


def domain(association: Any = True) -> dict[str, Any]:
    return {"arn": DOMAIN_ARN, "host": "api.example.com", "base_path": "v1", "access_association": association}


@pytest.mark.parametrize(
    ("association", "domain_policy", "expected", "cause"),
    [
        (True, policy(statement()), "allowed", "resource_policy"),
        (True, policy(statement(Resource=DOMAIN_ARN)), "allowed", "resource_policy"),
        (True, policy(statement(Resource=DOMAIN_ARN + "x")), "implicit_deny", "domain_policy"),
        (True, policy(statement(), statement("Deny")), "explicit_deny", "domain_policy"),
        (True, None, "implicit_deny", "domain_policy"),
        (False, policy(statement()), "implicit_deny", "routing"),
        ("unknown", policy(statement()), "unknown", "routing"),
        (None, policy(statement()), "unknown", "routing"),
    ],
)
def test_a_custom_domain_needs_its_association_and_its_own_policy(
    association: Any, domain_policy: dict[str, Any] | None, expected: str, cause: str
) -> None:
    given = {name: value for name, value in domain(association).items() if value is not None}
    policies = {} if domain_policy is None else {"domain_policy": domain_policy}
    answer = ask(RESOURCE["allow"], domain=given, policies=policies)
    assert answer.decision == expected
    assert answer.decided_by[0].layer == cause


def test_an_endpoint_policy_that_lists_the_api_only_leaves_a_custom_domain_open() -> None:
    policies = {"domain_policy": policy(statement())}
    only_api = ask(RESOURCE["allow"], domain=domain(), policies={**policies, "endpoint_policy": endpoint()})
    assert only_api.decision == "unknown"
    assert causes(only_api) == [("endpoint_policy", None, "domain_arn")]
    both = endpoint(Resource=["arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*", DOMAIN_ARN])
    assert (
        ask(RESOURCE["allow"], domain=domain(), policies={**policies, "endpoint_policy": both}).decision
        == "allowed"
    )
    via = endpoint(Resource="*", Condition={"ArnEquals": {"execute-api:viaDomainArn": DOMAIN_ARN}})
    assert (
        ask(RESOURCE["allow"], domain=domain(), policies={**policies, "endpoint_policy": via}).decision
        == "allowed"
    )
    assert ask(RESOURCE["allow"], policies={"endpoint_policy": via}).decision == "implicit_deny"  # KEY-08


def test_the_deployed_policy_counts_and_a_difference_is_told() -> None:
    answer = ask(RESOURCE["allow"], policies={"deployed_resource_policy": RESOURCE["silent"]})
    assert answer.decision == "implicit_deny"
    assert next(note.code for note in answer.notes) == "saved_policy_differs"
    same = ask(
        policy(statement(Resource="execute-api:/*")),
        policies={
            "deployed_resource_policy": policy(
                statement(Resource=["arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/*"])
            )
        },
    )
    assert same.decision == "allowed"
    assert "saved_policy_differs" not in [note.code for note in same.notes]
    assert next(note.code for note in ask(RESOURCE["allow"]).notes) == "saved_policy_counts_as_deployed"


def test_no_resource_policy_lets_nobody_in() -> None:
    answer = ask()
    assert causes(answer) == [("resource_policy", None, "no_policy")]
    assert ask(**signed(policies={"identity_policies": [identity()]})).decision == "allowed"

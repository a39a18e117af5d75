"""What the client sees: status, error type and body of every symptom (ERR-01 to ERR-08)."""

from typing import Any

import pytest
from tests.unit.policy.calls import API_ARN, DOMAIN_ARN, USER, ask, endpoint, identity, policy, signed, statement

MASKED = "arn:aws:execute-api:us-east-1:********3333:a1b2c3d4e5/prod/GET/pets/1"
NOBODY = f'{{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {MASKED}'
ALICE = f'{{"Message":"User: {USER["arn"]} is not authorized to perform: execute-api:Invoke on resource: {MASKED}'
ELSEWHERE = policy(statement(Resource="execute-api:/x"))
DENY = policy(statement(), statement("Deny"))
DENIED = "AccessDeniedException"


@pytest.mark.parametrize(
    ("resource_policy", "fields", "error_type", "body"),
    [
        (ELSEWHERE, {}, DENIED, NOBODY + '"}'),
        (DENY, {}, DENIED, NOBODY + ' with an explicit deny"}'),
        (ELSEWHERE, signed(), DENIED, ALICE + '"}'),
        (DENY, signed(), DENIED, ALICE + ' with an explicit deny"}'),
        (DENY, signed(authorization_type="NONE"), DENIED, NOBODY + ' with an explicit deny"}'),
        (None, {"policies": {"endpoint_policy": endpoint("Deny")}}, DENIED, NOBODY + ' with an explicit deny"}'),
        (
            None,
            signed(authorization_type="NONE", policies={"endpoint_policy": endpoint(Action="execute-api:x")}),
            DENIED,
            ALICE + '"}',
        ),
        (
            ELSEWHERE,
            {"authorization_type": "CUSTOM", "authorizer_result": "silent"},
            DENIED,
            '{"Message":"User is not authorized to access this resource"}',
        ),
        (
            ELSEWHERE,
            {"authorization_type": "CUSTOM", "authorizer_result": "deny"},
            DENIED,
            '{"Message":"User is not authorized to access this resource with an explicit deny"}',
        ),
        (
            DENY,
            {"authorization_type": "CUSTOM", "authorizer_result": "deny"},
            DENIED,
            NOBODY + ' with an explicit deny"}',
        ),
        (
            ELSEWHERE,
            signed(authorization_header="none"),
            "MissingAuthenticationTokenException",
            '{"message":"Missing Authentication Token"}',
        ),
        (
            policy(statement()),
            {
                "domain": {"arn": DOMAIN_ARN, "access_association": False},
                "policies": {"domain_policy": policy(statement())},
            },
            "ForbiddenException",
            '{"message":"Forbidden"}',
        ),
    ],
)
def test_a_refusal_as_the_client_sees_it(
    resource_policy: dict[str, Any] | None, fields: dict[str, Any], error_type: str, body: str
) -> None:
    answer = ask(resource_policy, **fields)
    assert answer.http is not None
    assert (answer.http.status, answer.http.error_type, answer.http.body) == (403, error_type, body)


def test_no_response_of_api_gateway_where_the_call_passes_on_or_stays_open() -> None:
    assert ask(policy(statement())).http is None
    assert ask(policy(statement()), unknown_policies=["endpoint_policy"]).http is None


def test_a_refusal_of_somebody_whom_nobody_named_has_no_body() -> None:
    answer = ask(DENY, authorization_type="AWS_IAM", authorization_header="sigv4_valid")
    assert answer.http is not None
    assert (answer.http.error_type, answer.http.body) == (DENIED, None)


def test_the_domain_policy_speaks_about_the_domain() -> None:
    answer = ask(policy(statement()), domain={"arn": DOMAIN_ARN, "access_association": True})
    assert answer.http is not None
    assert answer.http.body is not None
    assert answer.http.body.endswith('********3333:/domainnames/api.example.com+d1e2f3"}')


def test_another_action_and_a_boundary_name_the_signer() -> None:
    answer = ask(
        ELSEWHERE,
        **signed(policies={"identity_policies": [identity()], "permissions_boundary": ELSEWHERE_IDENTITY}),
    )
    assert answer.http is not None
    assert (answer.http.rule, answer.resource) == ("ERR-04", f"{API_ARN}/prod/GET/pets/1")


ELSEWHERE_IDENTITY = identity(Action="execute-api:InvalidateCache")

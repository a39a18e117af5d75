"""Resource, action and principal elements, in all their forms (POL-16 to POL-25, ORG-01, ORG-03)."""

from typing import Any

import pytest
from tests.unit.policy.calls import (
    API,
    API_ARN,
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

RESOURCES = [
    ("execute-api:/*", "/pets/1", True),
    ("execute-api:/prod/GET/pets/1", "/pets/1", True),
    ("execute-api:/prod/GET/pets/1", "/pets/2", False),
    ("execute-api:/prod/GET/pets/*", "/pets/1/toys", True),
    ("execute-api:/prod/GET/pets/*", "/pets", False),
    ("execute-api:/prod/*/pets", "/admin/pets", True),
    ("execute-api:/prod/GET/pets*", "/petsitters", True),
    ("execute-api:/prod/GET/pets/?", "/pets/1", True),
    ("execute-api:/prod/GET/pets/?", "/pets/12", False),
    ("execute-api:/*/*/*", "/", True),
    ("execute-api:/prod/GET/", "/", True),
    ("execute-api:/prod/GET", "/", False),
    ("execute-api:/PROD/*", "/x", False),
    ("execute-api:/prod/POST/*", "/x", False),
    ("execute-api:/prod/*a*/b", "/xax/y/b", True),
    ("execute-api:/prod/GET/a%2Fb", "/a%2Fb", True),
    ("execute-api:/prod/GET/a/b", "/a%2Fb", False),
    (f"{API_ARN}/*", "/x", True),
    (f"{API_ARN}/", "/", False),
    (f"{API_ARN}", "/", False),
    ("arn:aws:execute-api:us-east-1:111122223333:other/*", "/x", False),
    ("arn:aws:execute-api:*:*:*", "/x", True),
    ("arn:aws:execute-api:us-*-1:1111????3333:a1b2c3d4e5/*/GET/*", "/x", True),
    ("arn:aws:execute-api:eu-*:*:*", "/x", False),
    ("arn:aws-cn:execute-api:*:*:*", "/x", False),
    ("arn:aws:execute-api", "/x", True),
    ("arn:aws:execute-api:us-east-1", "/x", True),
    ("arn:aws:execute-api:eu-west-1", "/x", False),
    ("arn:aws:execute-api:*:a1b2c3d4e5/*", "/x", True),
    ("*", "/x", True),
    ("execute-api/*/*/*", "/x", False),
    ("execute-api:*", "/x", False),
    ("", "/x", False),
]


@pytest.mark.parametrize(("resource", "path", "expected"), RESOURCES)
def test_a_resource_covers_a_path(resource: str, path: str, expected: bool) -> None:
    answer = ask(policy(statement(Resource=resource)), path=path)
    assert answer.decision == ("allowed" if expected else "implicit_deny")


def test_text_that_is_neither_arn_nor_star_is_open_where_a_generous_reading_covers_the_call() -> None:
    assert ask(policy(statement(Resource="*/GET/*"))).decision == "unknown"


def test_the_short_form_belongs_to_policies_that_api_gateway_holds() -> None:
    everything = policy(statement())
    assert (
        ask(everything, policies={"endpoint_policy": endpoint(Resource="execute-api:/*")}).decision
        == "implicit_deny"
    )
    rows = signed(STRANGER, policies={"identity_policies": [policy(statement(Principal=None))]})
    assert ask(everything, **rows).decision == "implicit_deny"
    china = {**API, "partition": "aws-cn", "region": "cn-north-1"}
    assert ask(everything, api=china).decision == "allowed"


def test_not_resource_applies_to_everything_else() -> None:
    fence = policy(statement(), statement("Deny", Resource=None, NotResource=f"{API_ARN}/prod/GET/*"))
    assert ask(fence).decision == "allowed"
    assert ask(fence, method="POST").decision == "explicit_deny"
    short = policy(statement(), statement("Deny", Resource=None, NotResource="execute-api:/prod/GET/*"))
    assert ask(short).decision == "unknown"  # POL-21: expansion there is not documented
    assert ask(short, method="POST").decision == "explicit_deny"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("execute-api:Invoke", True),
        ("EXECUTE-API:invoke", True),
        ("execute-api:*", True),
        ("execute-api:Inv*", True),
        ("*", True),
        ("execute-api:InvalidateCache", False),
        ("apigateway:*", False),
        (["apigateway:GET", "execute-api:?nvoke"], True),
        ([], False),
    ],
)
def test_actions_ignore_case_and_take_wildcards(action: Any, expected: bool) -> None:
    decision = "allowed" if expected else "implicit_deny"
    assert ask(policy(statement(Action=action))).decision == decision
    inverted = "implicit_deny" if expected else "allowed"
    assert ask(policy(statement(Action=None, NotAction=action))).decision == inverted


def test_another_action_than_invoke_is_compared_as_it_is() -> None:
    asked = {"action": "execute-api:InvalidateCache"}
    assert ask(policy(statement(Action="execute-api:InvalidateCache")), **asked).decision == "allowed"
    assert ask(policy(statement()), **asked).decision == "implicit_deny"


def test_resources_take_variables() -> None:
    own = policy(statement(Resource="execute-api:/prod/GET/houses/${aws:username}/*"))
    assert ask(own, **signed(path="/houses/alice/x")).decision == "allowed"
    assert ask(own, **signed(path="/houses/bob/x")).decision == "implicit_deny"
    assert ask(own, **signed(SESSION, path="/houses/alice/x")).decision == "implicit_deny"
    literal = policy(statement(Resource="execute-api:/prod/GET/${*}"))
    assert ask(literal, path="/*").decision == "allowed"
    assert ask(literal, path="/x").decision == "implicit_deny"


ROLE = f"arn:aws:iam::{OWNER}:role/Caller"
PRINCIPALS = [
    ("*", None, True),
    ({"AWS": "*"}, None, True),
    ({"AWS": OWNER}, None, False),
    ({"AWS": USER["arn"]}, None, False),
    ({"AWS": USER["arn"]}, USER, True),
    ({"AWS": [STRANGER["arn"], USER["arn"]]}, USER, True),
    ({"AWS": STRANGER["arn"]}, USER, False),
    ({"AWS": USER["arn"].replace("alice", "Alice")}, USER, False),
    ({"AWS": ROLE}, SESSION, True),
    ({"AWS": f"arn:aws:iam::{OWNER}:role/path/Caller"}, SESSION, True),
    ({"AWS": f"arn:aws:iam::{OWNER}:role/Other"}, SESSION, False),
    ({"AWS": f"arn:aws:iam::{OTHER}:role/Caller"}, SESSION, False),
    ({"AWS": SESSION["arn"]}, SESSION, True),
    ({"AWS": SESSION["arn"] + "2"}, SESSION, False),
    ({"AWS": f"arn:aws:iam::{OWNER}:group/devs"}, USER, False),
    ({"Service": "events.amazonaws.com"}, USER, False),
    ({"Federated": "cognito-identity.amazonaws.com"}, SESSION, False),
]


@pytest.mark.parametrize(("principal", "caller", "expected"), PRINCIPALS)
def test_a_principal_names_a_caller(principal: Any, caller: dict[str, str] | None, expected: bool) -> None:
    fields = {} if caller is None else signed(caller)
    answer = ask(policy(statement(Principal=principal)), **fields)
    assert answer.decision == ("allowed" if expected else "implicit_deny")
    deny = ask(policy(statement(), statement("Deny", Principal=principal)), **fields)
    assert deny.decision == ("explicit_deny" if expected else "allowed")
    others = ask(policy(statement(Principal=None, NotPrincipal=principal)), **fields)
    assert others.decision == ("implicit_deny" if expected else "allowed")


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": f"arn:aws:iam::{OWNER}:role/*"},
        {"AWS": "AIDAEXAMPLEUSERID12"},
        {"CanonicalUser": "79a59df900b949e5"},
        {"AWS": "somebody"},
    ],
)
def test_a_principal_that_cannot_be_compared_is_open_for_a_signer(principal: Any) -> None:
    assert ask(policy(statement(Principal=principal)), **signed()).decision == "unknown"
    assert ask(policy(statement(Principal=principal))).decision == "implicit_deny"


def test_a_role_given_without_its_session_may_be_any_session_of_it() -> None:
    caller = {"arn": ROLE, "account": OWNER}
    assert ask(policy(statement(Principal={"AWS": ROLE})), **signed(caller)).decision == "allowed"
    assert ask(policy(statement(Principal={"AWS": SESSION["arn"]})), **signed(caller)).decision == "unknown"


@pytest.mark.parametrize("principal", [{"AWS": OWNER}, {"AWS": f"arn:aws:iam::{OWNER}:root"}])
def test_an_account_delegates_and_an_identity_policy_must_still_allow(principal: dict[str, str]) -> None:
    document = policy(statement(Principal=principal))
    answer = ask(document, **signed())
    assert causes(answer) == [("identity_policy", None, "no_policy")]  # POL-25
    assert ask(document, **signed(policies={"identity_policies": [identity()]})).decision == "allowed"


def test_an_account_may_be_named_across_accounts() -> None:
    document = policy(statement(Principal={"AWS": OTHER}))
    assert ask(document, **signed(STRANGER, policies={"identity_policies": [identity()]})).decision == "allowed"
    assert ask(document, **signed(STRANGER)).decision == "implicit_deny"


SILENT = identity(Action="execute-api:InvalidateCache")
LIMITS = [
    ("permissions_boundary", SILENT, "permissions_boundary"),
    ("session_policies", [SILENT], "session_policy"),
]


@pytest.mark.parametrize(("field", "limit", "layer"), LIMITS)
def test_a_silent_boundary_limits_what_identity_and_role_give_but_not_what_user_and_session_are_given(
    field: str, limit: Any, layer: str
) -> None:
    policies = {field: limit}
    both = {**policies, "identity_policies": [identity()]}
    nowhere = policy(statement(Resource="execute-api:/nowhere"))
    limited = ask(nowhere, **signed(policies=both))
    assert causes(limited) == [("resource_policy", None, "no_matching_allow"), (layer, None, "no_matching_allow")]
    for direct, caller in (("*", USER), ({"AWS": USER["arn"]}, USER), ({"AWS": SESSION["arn"]}, SESSION)):
        assert ask(policy(statement(Principal=direct)), **signed(caller, policies=policies)).decision == "allowed"
    by_role = ask(policy(statement(Principal={"AWS": ROLE})), **signed(SESSION, policies=policies))
    assert causes(by_role) == [(layer, None, "no_matching_allow")]  # ORG-03
    assert ask(policy(statement(Principal={"AWS": ROLE})), **signed(SESSION)).decision == "allowed"
    across = ask(policy(statement()), **signed(STRANGER, policies=both))
    assert causes(across) == [(layer, None, "no_matching_allow")]


@pytest.mark.parametrize("layer", ["permissions_boundary", "session_policies", "scp"])
def test_a_deny_in_any_layer_of_the_identity_side_is_final(layer: str) -> None:
    deny = policy(
        statement(Principal=None, Resource="*"), statement("Deny", Principal=None, Resource="*", Sid="No")
    )
    policies = {layer: deny if layer == "permissions_boundary" else [deny], "identity_policies": [identity()]}
    answer = ask(policy(statement(Principal={"AWS": USER["arn"]})), **signed(policies=policies))
    assert answer.decision == "explicit_deny"
    assert [(each.statement, each.index) for each in answer.decided_by] == [("No", 1)]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([identity(), identity()], "allowed"),
        ([identity(), SILENT], "implicit_deny"),
        ([[SILENT, identity()], identity()], "allowed"),
        ([identity(), []], "implicit_deny"),
        ([], "allowed"),
        ([identity(), [identity(), identity("Deny")]], "explicit_deny"),
    ],
)
def test_every_level_of_service_control_policies_must_allow(levels: Any, expected: str) -> None:
    policies = {"scp": levels, "identity_policies": [identity()]}
    assert ask(policy(statement()), **signed(policies=policies)).decision == expected
    assert ask(policy(statement()), policies=policies).decision == "allowed"  # ORG-01: never for anonymous callers


def test_what_is_assumed_about_the_callers_organization_is_said() -> None:
    codes = [note.code for note in ask(policy(statement()), **signed()).notes]
    assert codes[1:5] == [
        "assuming_no_scp",
        "assuming_no_boundary",
        "assuming_no_session_policy",
        "rcp_do_not_apply",
    ]


def test_specific_principals_shut_out_everybody_of_a_method_without_aws_iam() -> None:
    document = policy(statement(Principal={"AWS": USER["arn"]}))
    for kind, result in (("NONE", None), ("COGNITO_USER_POOLS", "valid_token"), ("CUSTOM", "silent")):
        answer = ask(document, **signed(authorization_type=kind, authorizer_result=result))
        assert answer.decision == "implicit_deny"  # POL-24

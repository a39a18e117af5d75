"""Remarks about documents: each finding with the nearest document that does not earn it."""

from typing import Any

import pytest
from tests.unit.policy.calls import API_ARN, OWNER, USER, policy, statement

from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.engine.policy.validation.validate import validate_policy
from narrowgate.engine.policy.validation.view import PolicyContext

FENCE = {"StringNotEquals": {"aws:SourceVpce": "vpce-0a"}}
ONLY = {"StringEquals": {"aws:SourceVpce": "vpce-0a"}}
CONTEXT = PolicyContext(api=Api(id="a1b2c3d4e5", account=OWNER, region="us-east-1"))


def fence(*statements: dict[str, Any]) -> dict[str, Any]:
    """Statements beside an allow for one endpoint."""
    return policy(statement(Condition=ONLY), *statements)


def when(effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    return statement(effect, Condition={**({} if effect == "Deny" else ONLY), **condition})


def found(
    document: Any, kind: PolicyKind = PolicyKind.RESOURCE, context: PolicyContext = CONTEXT
) -> dict[str, Any]:
    return {each.code: each for each in validate_policy(document, kind, context)}


PAIRS = [
    ("missing_version", policy(statement(Condition=ONLY), version=None), fence()),
    ("no_statements", policy(), fence()),
    (
        "duplicate_sid",
        fence(statement(Sid="A", Condition=ONLY), statement(Sid="A", Condition=ONLY)),
        fence(statement(Sid="A", Condition=ONLY)),
    ),
    ("deny_only", policy(statement("Deny", Condition=FENCE)), fence(statement("Deny", Condition=FENCE))),
    ("open_to_everyone", policy(statement()), policy(statement(), statement("Deny", Condition=FENCE))),
    ("open_to_everyone", policy(statement(Condition={"Null": {"aws:SourceVpce": "false"}})), fence()),
    ("open_to_everyone", policy(statement(Condition={"StringLike": {"aws:SourceVpce": "vpce-*"}})), fence()),
    ("open_to_everyone", policy(statement(Condition=FENCE)), fence()),
    ("open_to_everyone", policy(statement()), policy(statement(Action=[]))),
    (
        "open_to_everyone",
        policy(statement(Condition={"IpAddress": {"aws:VpcSourceIp": "0.0.0.0/0"}})),
        policy(statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
    ),
    (
        "negations_together",
        fence(when("Deny", StringNotEquals={"aws:SourceVpce": "vpce-0a", "aws:SourceVpc": "vpc-0a"})),
        fence(when("Deny", StringNotEquals={"aws:SourceVpce": "vpce-0a"})),
    ),
    (
        "never_matches",
        policy(when(Bool={"aws:SecureTransport": "false"})),
        fence(when("Deny", Bool={"aws:SecureTransport": "false"})),
    ),
    (
        "address_alone",
        policy(statement(Condition={"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})),
        policy(when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"})),
    ),
    (
        "lock_out",
        policy(
            statement(),
            statement("Deny", Condition=FENCE),
            statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0b"}}),
        ),
        policy(
            statement(),
            statement("Deny", Condition=FENCE),
            statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": ["vpce-0b", "vpce-0a"]}}),
        ),
    ),
    (
        "denies_everyone",
        policy(statement(), when("Deny", NotIpAddress={"aws:SourceIp": "10.0.0.0/8"})),
        policy(statement(), when("Deny", NotIpAddress={"aws:VpcSourceIp": "10.0.0.0/8"})),
    ),
    ("denies_everyone", fence(statement("Deny")), fence(statement("Deny", Condition=FENCE))),
    (
        "never_matches",
        policy(when(IpAddress={"aws:SourceIp": "10.0.0.0/8"})),
        policy(when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"})),
    ),
    (
        "never_matches",
        policy(when(StringEquals={"aws:VpceAccount": OWNER})),
        policy(when(StringEquals={"aws:SourceVpce": "vpce-0a"})),
    ),
    ("condition_always_true", policy(when(StringEqualsIfExists={"aws:VpceAccount": OWNER})), policy(when())),
    ("principal_key_without_iam", policy(when(StringEquals={"aws:PrincipalOrgID": "o-1"})), policy(when())),
    (
        "unknown_operator",
        policy(when(StringSimilar={"aws:SourceVpc": "vpc-0a"})),
        policy(when(StringLike={"aws:SourceVpc": "vpc-0a"})),
    ),
    (
        "unknown_key",
        policy(when(StringLike={"aws:SourceVpcee": "x"})),
        policy(when(StringLike={"custom:Key": "x"})),
    ),
    (
        "operator_type",
        policy(when(StringLike={"aws:VpcSourceIp": "10.*"})),
        policy(when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"})),
    ),
    (
        "literal_wildcard",
        policy(statement(), when("Deny", StringNotEquals={"aws:SourceVpce": "vpce-*"})),
        policy(statement(), when("Deny", StringNotLike={"aws:SourceVpce": "vpce-*"})),
    ),
    (
        "set_operator_on_single_value",
        policy(when(**{"ForAnyValue:StringEquals": {"aws:SourceVpc": "vpc-0a"}})),
        policy(when(**{"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o/r/"}})),
    ),
    (
        "missing_set_operator",
        policy(when(StringLike={"aws:PrincipalOrgPaths": "o/r/"})),
        policy(when(**{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o/r/"}})),
    ),
    (
        "if_exists_in_allow",
        policy(when(StringEqualsIfExists={"aws:UserAgent": "x"})),
        policy(when(StringEquals={"aws:UserAgent": "x"})),
    ),
    (
        "redundant_if_exists",
        policy(when(StringEqualsIfExists={"aws:SourceVpc": "vpc-0a"})),
        policy(when(StringEqualsIfExists={"aws:UserAgent": "x"})),
    ),
    (
        "host_bits",
        policy(when(IpAddress={"aws:VpcSourceIp": "10.0.0.5/8"})),
        policy(when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"})),
    ),
    (
        "ipv6_not_covered",
        policy(when(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"})),
        policy(when(IpAddress={"aws:VpcSourceIp": ["10.0.0.0/8", "2001:db8::/32"]})),
    ),
    (
        "id_form",
        policy(when(StringLike={"aws:SourceVpc": "vpce-0a"})),
        policy(when(StringLike={"aws:SourceVpc": "vpc-0a"})),
    ),
    (
        "variables_in_old_version",
        policy(when(StringLike={"custom:Key": "${aws:username}"}), version="2008-10-17"),
        policy(when(StringLike={"custom:Key": "${aws:username}"})),
    ),
    (
        "contradiction",
        policy(when(StringNotEquals={"aws:SourceVpce": "vpce-0a"})),
        policy(when(StringNotEquals={"aws:SourceVpce": "vpce-0b"})),
    ),
    (
        "contradiction",
        policy(when(Null={"aws:SourceVpce": "true"})),
        policy(when(Null={"aws:SourceVpce": "false"})),
    ),
    (
        "contradiction",
        policy(
            when(
                "Deny", IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"}, NotIpAddress={"aws:VpcSourceIp": "10.0.0.0/7"}
            ),
            statement(Condition=ONLY),
        ),
        policy(
            when(
                "Deny", IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"}, NotIpAddress={"aws:VpcSourceIp": "10.0.0.0/9"}
            ),
            statement(Condition=ONLY),
        ),
    ),
    (
        "key_twice",
        policy(statement(Condition={"StringEquals": {"aws:SourceVpc": "vpc-0a", "AWS:sourcevpc": "vpc-0a"}})),
        policy(
            statement(
                Condition={"StringEquals": {"aws:SourceVpc": "vpc-0a"}, "StringLike": {"aws:SourceVpc": "vpc-*"}}
            )
        ),
    ),
    (
        "resource_form",
        policy(statement(Condition=ONLY, Resource="execute-api/*/*/*")),
        policy(statement(Condition=ONLY, Resource="execute-api:/*/*/*")),
    ),
    (
        "resource_names_no_method",
        policy(statement(Condition=ONLY, Resource=f"{API_ARN}/")),
        policy(statement(Condition=ONLY, Resource=f"{API_ARN}/*")),
    ),
    (
        "resource_names_no_method",
        policy(statement(Condition=ONLY, Resource="execute-api:/prod/get/x")),
        policy(statement(Condition=ONLY, Resource="execute-api:/prod/GET/x")),
    ),
    (
        "resource_names_no_method",
        policy(statement(Condition=ONLY, Resource="execute-api:/prod/GET")),
        policy(statement(Condition=ONLY, Resource="execute-api:/prod/GET*")),
    ),
    (
        "resource_of_another_api",
        policy(statement(Condition=ONLY, Resource="arn:aws:execute-api:us-east-1:111122223333:zzz/*")),
        policy(statement(Condition=ONLY, Resource="arn:aws:execute-api:us-east-1:111122223333:*/*")),
    ),
    (
        "resource_of_another_service",
        policy(statement(Condition=ONLY, Resource="arn:aws:apigateway:us-east-1::/restapis/x")),
        fence(),
    ),
    ("incomplete_arn", policy(statement(Condition=ONLY, Resource="arn:aws:execute-api:us-east-1")), fence()),
    (
        "short_form_in_not_resource",
        fence(statement("Deny", Resource=None, NotResource="execute-api:/prod/*")),
        fence(statement("Deny", Resource=None, NotResource=f"{API_ARN}/prod/*")),
    ),
    (
        "unknown_action",
        policy(statement(Condition=ONLY, Action="execute-api:Invok")),
        policy(statement(Condition=ONLY, Action="execute-api:Invok*")),
    ),
    ("action_of_another_service", policy(statement(Condition=ONLY, Action="apigateway:GET")), fence()),
    ("empty_element", policy(statement(Condition=ONLY, Action=[])), fence()),
    (
        "not_principal_with_allow",
        policy(statement(Condition=ONLY, Principal=None, NotPrincipal={"AWS": USER["arn"]})),
        fence(),
    ),
    (
        "not_principal_with_deny",
        fence(statement("Deny", Principal=None, NotPrincipal={"AWS": USER["arn"]})),
        fence(),
    ),
    (
        "group_principal",
        policy(statement(Principal={"AWS": f"arn:aws:iam::{OWNER}:group/g"})),
        policy(statement(Principal={"AWS": USER["arn"]})),
    ),
    (
        "wildcard_in_principal",
        policy(statement(Principal={"AWS": f"arn:aws:iam::{OWNER}:role/*"})),
        policy(statement(Principal={"AWS": USER["arn"]})),
    ),
    (
        "invalid_principal",
        policy(statement(Principal={"AWS": "somebody"})),
        policy(statement(Principal={"AWS": OWNER})),
    ),
    (
        "deleted_principal",
        policy(statement(Principal={"AWS": "AIDAEXAMPLEUSERID12"})),
        policy(statement(Principal={"AWS": OWNER})),
    ),
    (
        "principal_never_calls",
        policy(statement(Principal={"Service": "x.amazonaws.com"})),
        policy(statement(Principal={"AWS": OWNER})),
    ),
    ("malformed_policy", '{"Statement": 5}', fence()),
    (
        "policy_too_long",
        policy(*[statement(Condition=ONLY, Resource=f"execute-api:/{i}/*") for i in range(60)]),
        policy(*[statement(Condition=ONLY, Resource=f"execute-api:/{i}/*") for i in range(20)]),
    ),
]


@pytest.mark.parametrize(("code", "bad", "good"), PAIRS)
def test_a_finding_is_made_and_not_made_about_the_nearest_good_document(code: str, bad: Any, good: Any) -> None:
    assert code in found(bad)
    assert code not in found(good)


def test_the_types_of_the_methods_decide_about_named_principals_and_allow_lists() -> None:
    named = policy(statement(Principal={"AWS": USER["arn"]}))
    open_api = PolicyContext(authorization_types=frozenset({"NONE"}))
    iam = PolicyContext(authorization_types=frozenset({"AWS_IAM"}))
    assert "principal_needs_iam" in found(named, context=open_api)
    assert "principal_needs_iam" not in found(named, context=iam)
    assert "allow_list_does_not_fence" in found(fence(), context=iam)
    assert "allow_list_does_not_fence" not in found(fence(), context=open_api)
    assert "allow_list_does_not_fence" not in found(fence(statement("Deny", Condition=FENCE)), context=iam)
    assert "principal_key_without_iam" not in found(
        policy(when(StringEquals={"aws:PrincipalOrgID": "o"})), context=iam
    )


def test_the_short_form_stands_in_policies_of_api_gateway_only() -> None:
    document = policy(statement(Condition=ONLY))
    assert "short_form_not_expanded" in found(document, PolicyKind.ENDPOINT)
    assert "short_form_not_expanded" not in found(document, PolicyKind.RESOURCE)


def test_principals_belong_into_policies_of_resources_only() -> None:
    with_principal, without = policy(statement(Resource="*")), policy(statement(Resource="*", Principal=None))
    assert "malformed_policy" in found(with_principal, PolicyKind.IDENTITY)
    assert found(without, PolicyKind.IDENTITY) == {}
    assert "malformed_policy" in found(without, PolicyKind.ENDPOINT)


def test_a_finding_points_into_the_document_and_names_its_rule() -> None:
    document = policy(statement(Condition=ONLY), statement("Deny", Resource=["execute-api:/*", "execute-api/x"]))
    made = found(document)["resource_form"]
    assert (made.pointer, made.rule, made.severity) == ("/Statement/1/Resource/1", "POL-19", "error")
    alone = {"Version": "2012-10-17", "Statement": when(IpAddress={"aws:SourceIp": "10.0.0.1"})}
    assert found(alone)["never_matches"].pointer == "/Statement/Condition/IpAddress/aws:SourceIp"


def test_the_guides_good_forms_earn_no_error() -> None:
    for document in (fence(), policy(statement(), statement("Deny", Condition=FENCE))):
        assert list(validate_policy(document, PolicyKind.RESOURCE, CONTEXT)) == []

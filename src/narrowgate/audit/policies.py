"""The remarks of policy validation as defects of the API, domain or endpoint that has the policy."""

from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect
from narrowgate.engine.policy.request import AUTHORIZATION_TYPES, Api
from narrowgate.engine.policy.statements import Policy, PolicyKind
from narrowgate.engine.policy.validation.validate import validate_policy
from narrowgate.engine.policy.validation.view import PolicyContext
from narrowgate.model.apigateway import RestApi
from narrowgate.model.policy import PolicyFinding


def resource_policy_defects(estate: Estate, *codes: str) -> Iterator[Defect]:
    """What validation says, with one of these codes, of the policies of private APIs."""
    for api in estate.apis("PRIVATE"):
        for remark in _remarks(estate, api):
            if remark.code in codes:
                message = f"the resource policy of {estate.named(api.id)}: {remark.message}"
                yield Defect(api.id, message, {"policy": remark.pointer or "/"}, subject=remark.pointer)


def endpoint_policy_defects(estate: Estate, *codes: str) -> Iterator[Defect]:
    """What validation says, with one of these codes, of the policies of execute-api endpoints."""
    for endpoint in estate.execute_api_endpoints:
        text = endpoint.policy_document
        if not isinstance(text, str) or not text:
            continue
        for remark in validate_policy(text, PolicyKind.ENDPOINT):
            if remark.code in codes:
                message = f"the policy of {estate.named(endpoint.vpc_endpoint_id)}: {remark.message}"
                facts = {"PolicyDocument": remark.pointer or "/"}
                yield Defect(endpoint.vpc_endpoint_id, message, facts, subject=remark.pointer)


def _remarks(estate: Estate, api: RestApi) -> tuple[PolicyFinding, ...]:
    if not isinstance(api.policy, str) or not api.policy:
        return ()
    account, region = estate.snapshot.place(api.id).account, estate.region(api.id)
    owner = Api(id=api.id, account=account, region=region) if account and region else None
    types = estate.authorization_types(api)
    context = PolicyContext(
        api=owner, authorization_types=frozenset(each for each in AUTHORIZATION_TYPES if each in types)
    )
    return validate_policy(api.policy, PolicyKind.RESOURCE, context)


def named_endpoints(policy: Policy | None) -> frozenset[str]:
    """The endpoints that a policy's conditions name by id."""
    return frozenset(
        value
        for statement in (policy.statements if policy is not None else ())
        for condition in statement.conditions
        if condition.lowered == "aws:sourcevpce"
        for value in condition.wanted
        if value.startswith("vpce-") and "*" not in value
    )


def statements_of(policy: Policy | None) -> list[Mapping[str, Any]]:
    """The statements of a policy as they are written; none where nobody can read it."""
    found = policy.document.get("Statement", []) if policy is not None else []
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]

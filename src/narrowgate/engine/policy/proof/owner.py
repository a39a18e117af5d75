"""The API that policies are about, where their ARNs name exactly one."""

from collections.abc import Iterable
from typing import Final

from narrowgate.engine.policy.arns import ARN_PARTS
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import Policy

PLACEHOLDER: Final = Api(id="abcdef1234", account="111122223333", region="us-east-1")
"""Stands for any API in requests of policies that do not tell APIs apart."""


def tells_apis_apart(policies: Iterable[Policy]) -> bool:
    """Whether it matters which API is asked: some resource is an ARN, or a condition asks for its owner."""
    return any(
        any(pattern.text != "*" and not pattern.is_short for pattern in statement.resources.patterns)
        or any(condition.lowered.startswith("aws:resource") for condition in statement.conditions)
        for policy in policies
        for statement in policy.statements
    )


def infer_api(policies: Iterable[Policy]) -> Api | None:
    """The one API whose full ARN stands in the policies' resources; None where there are none or several."""
    found: dict[str, Api] = {}
    for policy in policies:
        for statement in policy.statements:
            for pattern in statement.resources.patterns:
                api = _api_of(pattern.text)
                if api is not None:
                    found[api.arn] = api
    return next(iter(found.values())) if len(found) == 1 else None


def _api_of(text: str) -> Api | None:
    parts = text.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS or parts[2] != "execute-api":
        return None
    _, partition, _, region, account, tail = parts
    identifier, slash, _ = tail.partition("/")
    owner = (partition, region, account, identifier)
    if not slash or not all(owner) or any(mark in part for part in owner for mark in "*?$"):
        return None
    return Api(id=identifier, account=account, region=region, partition=partition)

"""The API that policies are about, where their ARNs name exactly one."""

from collections.abc import Iterable

from narrowgate.engine.policy.arns import ARN_PARTS
from narrowgate.engine.policy.request import Api
from narrowgate.engine.policy.statements import Policy


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

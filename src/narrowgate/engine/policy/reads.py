"""Which facts of a call a policy compares: what it does not read cannot change what it says."""

from functools import lru_cache

from narrowgate.engine.policy.request import Policies
from narrowgate.engine.policy.statements import Policy, Statement


def reads(policies: Policies, key: str) -> bool:
    """Whether a policy of a call may compare a condition key, named in lower case.

    A policy variable may stand for any key, so a policy with one counts as if it read them all.
    """
    single = (
        policies.resource_policy,
        policies.deployed_resource_policy,
        policies.endpoint_policy,
        policies.domain_policy,
        policies.permissions_boundary,
    )
    several = (
        *policies.identity_policies,
        *policies.session_policies,
        *(policy for level in policies.scp or () for policy in level),
    )
    return any(_reads(policy, key) for policy in (*single, *several) if policy is not None)


@lru_cache(maxsize=4096)
def _reads(policy: Policy, key: str) -> bool:
    return any(
        any(condition.lowered == key for condition in statement.conditions) or _has_variable(statement)
        for statement in policy.statements
    )


def _has_variable(statement: Statement) -> bool:
    wanted = [text for condition in statement.conditions for text in condition.wanted]
    return any("${" in text for text in (*wanted, *(pattern.text for pattern in statement.resources.patterns)))

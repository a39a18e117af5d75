"""Checks of a document as a whole: version, size, what no single statement shows."""

import json
from collections.abc import Iterator
from itertools import pairwise

from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement
from narrowgate.engine.policy.validation.finding import finding, named, pointer
from narrowgate.model.policy import PolicyFinding, Severity

_MAX_RESOURCE_POLICY = 8192
_MAX_ENDPOINT_POLICY = 20480
# What `execute-api:/` grows by when API Gateway writes the long form (POL-16): an ARN of usual length.
_EXPANSION = len("arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/") - len("execute-api:/")


def check_document(policy: Policy) -> Iterator[PolicyFinding]:
    """Everything that concerns more than one statement."""
    yield from _version(policy)
    yield from _size(policy)
    yield from _allows_nothing(policy)
    yield from _locks_out(policy)
    yield from _same_sids(policy)


def _version(policy: Policy) -> Iterator[PolicyFinding]:
    if policy.version is None:
        text = "The policy has no Version, so it is read as 2008-10-17, which replaces no policy variables."
        yield finding(Severity.SUGGESTION, "MISSING_VERSION", "POL-01", "", text)
    if policy.version == "2012-10-17":
        return
    for statement in policy.statements:
        for condition in statement.conditions:
            if any("${" in value for value in condition.wanted):
                place = pointer(policy, statement, "Condition", condition.name.written, condition.key)
                text = "Policy variables need Version 2012-10-17; here `${` is compared as plain text."
                yield finding(Severity.WARNING, "VARIABLE_IN_OLD_VERSION", "POL-01", place, text)


def _size(policy: Policy) -> Iterator[PolicyFinding]:
    length = len(json.dumps(policy.document, separators=(",", ":")))
    if policy.kind.has_short_form:
        length += _EXPANSION * sum(
            pattern.is_short for each in policy.statements for pattern in each.resources.patterns
        )
    limit = {PolicyKind.RESOURCE: _MAX_RESOURCE_POLICY, PolicyKind.ENDPOINT: _MAX_ENDPOINT_POLICY}.get(policy.kind)
    if limit is not None and length > limit:
        rule = "LIM-01" if policy.kind is PolicyKind.RESOURCE else "VPCE-13"
        text = f"The policy has about {length} characters with its ARNs written out; the limit is {limit}."
        yield finding(Severity.ERROR, "POLICY_TOO_LONG", rule, "", text)


def _allows_nothing(policy: Policy) -> Iterator[PolicyFinding]:
    if any(not each.is_deny for each in policy.statements):
        return
    if policy.kind is PolicyKind.ENDPOINT:
        text = "The endpoint policy has no Allow: it refuses every call through the endpoint."
        yield finding(Severity.ERROR, "NO_ALLOW", "VPE-02", "/Statement", text)
    elif policy.kind in (PolicyKind.RESOURCE, PolicyKind.DOMAIN):
        text = (
            "The policy has no Allow: methods without authorization and with Cognito refuse everybody; only an "
            "IAM policy of the same account or a Lambda authorizer could still allow."
        )
        yield finding(Severity.WARNING, "NO_ALLOW", "POL-06", "/Statement", text)


def _locks_out(policy: Policy) -> Iterator[PolicyFinding]:
    """Two denials of everything but one value each deny everything (POL-07)."""
    fences: dict[str, list[tuple[Statement, frozenset[str]]]] = {}
    for statement in policy.statements:
        if not statement.is_deny or len(statement.conditions) != 1:
            continue
        condition = statement.conditions[0]
        operator = condition.name.operator
        if operator is not None and operator.negated and not condition.name.quantifier:
            fences.setdefault(condition.lowered, []).append((statement, frozenset(condition.wanted)))
    for key, found in fences.items():
        for (one, first), (other, second) in pairwise(found):
            if not first & second:
                text = (
                    f"Both {named(one)} and {named(other)} deny whatever differs from their own {key}: together "
                    "they deny everybody. List all values in one statement."
                )
                place = pointer(policy, other, "Condition")
                yield finding(Severity.ERROR, "FENCES_EXCLUDE_EACH_OTHER", "POL-07", place, text)


def _same_sids(policy: Policy) -> Iterator[PolicyFinding]:
    seen: set[str] = set()
    for statement in policy.statements:
        if statement.sid and statement.sid in seen:
            text = f"The Sid `{statement.sid}` stands twice; answers cannot tell the statements apart."
            yield finding(Severity.WARNING, "DUPLICATE_SID", "POL-01", pointer(policy, statement, "Sid"), text)
        seen.add(statement.sid or "")

"""Checks of one statement: effect, principal, action, resource."""

import re
from collections.abc import Iterator

from narrowgate.engine.policy.kleene import NO
from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement
from narrowgate.engine.policy.validation.finding import finding, named, pointer
from narrowgate.model.policy import PolicyFinding, Severity

_LOST_WILDCARD = re.compile(r"^arn:[^:]+:execute-api:[^:]*:[^:]*:[a-z0-9]+/$")
_OTHER_SERVICE = re.compile(r"^arn:[^:]+:(?!execute-api:|\*)[^:]+:")


def check_statement(
    policy: Policy, statement: Statement, authorization_types: frozenset[str]
) -> Iterator[PolicyFinding]:
    """Everything but conditions."""
    yield from _open_to_all(policy, statement)
    yield from _inverted(policy, statement)
    yield from _principals(policy, statement, authorization_types)
    yield from _actions(policy, statement)
    yield from _resources(policy, statement)


def _open_to_all(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    principals = statement.principals
    is_open = principals is not None and principals.anyone and not statement.not_principal
    if policy.kind is PolicyKind.RESOURCE and not statement.is_deny and is_open and not statement.conditions:
        if any(each.is_deny and each.conditions for each in policy.statements):
            return  # The fence idiom: an open Allow behind a Deny with conditions (POL-06).
        text = (
            f"{named(statement).capitalize()} admits everybody without a condition: every execute-api endpoint of "
            "the Region, in any AWS account. Add a condition on aws:SourceVpce."
        )
        yield finding(
            Severity.SECURITY_WARNING, "ALLOW_WITHOUT_CONDITION", "POL-06", pointer(policy, statement), text
        )


def _inverted(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    if statement.is_deny:
        return
    if statement.not_principal:
        text = "Allow with NotPrincipal admits everybody else, anonymous callers included. Name who may."
        place = pointer(policy, statement, "NotPrincipal")
        yield finding(Severity.SECURITY_WARNING, "ALLOW_WITH_NOT_PRINCIPAL", "POL-23", place, text)
    if statement.actions.negated:
        text = "Allow with NotAction admits every action that is not listed. Name the actions."
        place = pointer(policy, statement, "NotAction")
        yield finding(Severity.WARNING, "ALLOW_WITH_NOT_ACTION", "POL-21", place, text)
    if statement.resources.negated:
        text = "Allow with NotResource admits every resource that is not listed. Name the resources."
        place = pointer(policy, statement, "NotResource")
        yield finding(Severity.WARNING, "ALLOW_WITH_NOT_RESOURCE", "POL-21", place, text)


def _principals(
    policy: Policy, statement: Statement, authorization_types: frozenset[str]
) -> Iterator[PolicyFinding]:
    principals = statement.principals
    if principals is None or principals.anyone or statement.not_principal or statement.is_deny:
        return
    if policy.kind is PolicyKind.ENDPOINT:
        text = (
            "Only signed callers have a principal: unsigned calls and bearer tokens are anonymous here "
            "and refused."
        )
        place = pointer(policy, statement, "Principal")
        yield finding(Severity.WARNING, "PRINCIPAL_NEEDS_SIGNATURE", "VPE-03", place, text)
        return
    others = authorization_types - {"AWS_IAM"}
    severity = Severity.ERROR if others else Severity.SUGGESTION
    text = (
        "A named principal is matched on AWS_IAM methods only; by this statement all other methods admit nobody."
    )
    if others:
        text += f" The API has methods with {', '.join(sorted(others))}."
    yield finding(severity, "PRINCIPAL_NEEDS_IAM", "POL-24", pointer(policy, statement, "Principal"), text)


def _actions(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    if statement.actions.negated or statement.actions.invoke != NO:
        return
    if policy.kind in (PolicyKind.IDENTITY, PolicyKind.SCP, PolicyKind.PERMISSIONS_BOUNDARY, PolicyKind.SESSION):
        return  # These speak about other services as well.
    listed = ", ".join(f"`{value}`" for value in statement.actions.values)
    management = any(value.lower().startswith("apigateway:") for value in statement.actions.values)
    hint = " `apigateway:` actions manage APIs." if management else ""
    text = f"No action here ({listed}) covers execute-api:Invoke, so the statement never concerns a call.{hint}"
    yield finding(Severity.WARNING, "NEVER_INVOKE", "POL-22", pointer(policy, statement, "Action"), text)


def _resources(policy: Policy, statement: Statement) -> Iterator[PolicyFinding]:
    element = "NotResource" if statement.resources.negated else "Resource"
    place = pointer(policy, statement, element)
    for pattern in statement.resources.patterns:
        text = pattern.text
        if text.startswith("execute-api/"):
            message = f"`{text}` is neither an ARN nor the short form and matches nothing; write `execute-api:/*`."
            yield finding(Severity.ERROR, "INVALID_RESOURCE_FORM", "POL-19", place, message)
        elif text.startswith("execute-api:/") and not policy.kind.has_short_form:
            message = (
                f"The short form `{text}` stands in policies of APIs only; here it matches nothing: write the ARN."
            )
            yield finding(Severity.ERROR, "SHORT_FORM_NOT_EXPANDED", "POL-16", place, message)
        elif _LOST_WILDCARD.match(text):
            message = f"`{text}` ends after the API id and matches no method; a `*` seems to be lost."
            yield finding(Severity.WARNING, "RESOURCE_MATCHES_NO_METHOD", "POL-20", place, message)
        elif _OTHER_SERVICE.match(text) and policy.kind in (PolicyKind.RESOURCE, PolicyKind.DOMAIN):
            message = f"`{text}` is no resource of execute-api and matches no call."
            yield finding(Severity.ERROR, "FOREIGN_RESOURCE", "POL-16", place, message)

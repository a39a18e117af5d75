"""Checks of principals, actions and resources."""

import difflib
import re
from collections.abc import Iterator
from typing import Final

from narrowgate.engine.policy.arns import ARN_PARTS
from narrowgate.engine.policy.callers import ArnKind, parse_principal_arn
from narrowgate.engine.policy.glob import compile_glob
from narrowgate.engine.policy.resources import SHORT_FORM, expand_short_form
from narrowgate.engine.policy.statements import PolicyKind, Statement
from narrowgate.engine.policy.validation.view import ERROR, SECURITY, SUGGESTION, WARNING, View, finding
from narrowgate.model.policy import PolicyFinding

ACTIONS: Final = ("Invoke", "InvalidateCache", "ManageConnections")
METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_UNIQUE_ID: Final = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,124}\Z")


def check_principals(view: View) -> Iterator[PolicyFinding]:
    """Principals that nobody can be, and NotPrincipal (POL-23, POL-25)."""
    for statement in view.policy.statements:
        if statement.principals is None:
            continue
        if statement.not_principal:
            yield _not_principal(view, statement)
        element = statement.principals.element
        if isinstance(element, dict):
            for kind in ("Federated", "Service", "CanonicalUser"):
                if kind in element:
                    text = f"a principal of type {kind} never signs a call of an API; the value matches nobody"
                    yield finding(
                        WARNING, "principal_never_calls", text, _type_at(view, statement, kind), "POL-25"
                    )
        for value, pointer in view.values(statement, "Principal"):
            if f"/{'NotPrincipal' if statement.not_principal else 'Principal'}/AWS" in pointer:
                yield from _aws_principal(value, pointer)


def _type_at(view: View, statement: Statement, kind: str) -> str:
    return view.pointer(statement, "NotPrincipal" if statement.not_principal else "Principal", kind)


def _not_principal(view: View, statement: Statement) -> PolicyFinding:
    pointer = view.pointer(statement, "NotPrincipal")
    if statement.is_deny:
        text = (
            "NotPrincipal with Deny refuses everybody who is not spelled out, sessions and the account included; "
            "a condition on aws:PrincipalArn says the same safely"
        )
        return finding(WARNING, "not_principal_with_deny", text, pointer, "POL-25")
    text = "NotPrincipal with Allow lets in everybody else, anonymous callers included"
    return finding(SECURITY, "not_principal_with_allow", text, pointer, "POL-23")


def _aws_principal(value: str, pointer: str) -> Iterator[PolicyFinding]:
    if value == "*" or re.fullmatch(r"\d{12}", value):
        return
    parsed = parse_principal_arn(value)
    if _UNIQUE_ID.match(value):
        text = f"`{value}` is the id that AWS leaves behind for a deleted principal; it names nobody any more"
        yield finding(WARNING, "deleted_principal", text, pointer, "POL-25")
    elif parsed is None or parsed.kind is ArnKind.OTHER:
        text = f"`{value}` is neither an account nor the ARN of a principal; saving the policy fails"
        yield finding(ERROR, "invalid_principal", text, pointer, "ERR-20")
    elif parsed.kind is ArnKind.GROUP:
        text = "a group cannot be a principal; name its users, or a role"
        yield finding(ERROR, "group_principal", text, pointer, "POL-25")
    elif "*" in value or "?" in value:
        text = "a principal takes no wildcard inside its ARN; use `*` with a condition on aws:PrincipalArn"
        yield finding(ERROR, "wildcard_in_principal", text, pointer, "POL-25")


def check_specific_principals(view: View) -> Iterator[PolicyFinding]:
    """Named principals can only sign, and only AWS_IAM methods look at signatures (POL-24)."""
    types = view.context.authorization_types
    if view.kind is not PolicyKind.RESOURCE or not types or types == {"AWS_IAM"}:
        return
    allows = [statement for statement in view.policy.statements if not statement.is_deny]
    named = [s for s in allows if s.principals is not None and not s.principals.anyone and not s.not_principal]
    others = ", ".join(sorted(types - {"AWS_IAM"}))
    for statement in named:
        text = f"only signed callers can be these principals; methods of type {others} refuse them all"
        severity = ERROR if len(named) == len(allows) else WARNING
        yield finding(severity, "principal_needs_iam", text, view.pointer(statement, "Principal"), "POL-24")


def check_actions(view: View) -> Iterator[PolicyFinding]:
    """Actions that no call of an API is (POL-22)."""
    for statement in view.policy.statements:
        values = list(view.values(statement, "Action"))
        if not values:
            name = "NotAction" if statement.actions.negated else "Action"
            yield finding(
                SUGGESTION, "empty_element", f"`{name}` lists nothing", view.pointer(statement, name), "POL-22"
            )
        for value, pointer in values:
            yield from _action(value, pointer, view)


def _action(value: str, pointer: str, view: View) -> Iterator[PolicyFinding]:
    if value == "*":
        return
    service, _, name = value.partition(":")
    if not compile_glob(service.lower()).matches("execute-api"):
        if view.kind.has_principal:
            text = f"`{value}` is no action of execute-api, so no call of an API is meant by it"
            yield finding(WARNING, "action_of_another_service", text, pointer, "POL-22")
        return
    if not any(compile_glob(name.lower()).matches(known.lower()) for known in ACTIONS):
        near = difflib.get_close_matches(name, ACTIONS, n=1, cutoff=0.5)
        hint = f"; did you mean `execute-api:{near[0]}`?" if near else ""
        yield finding(ERROR, "unknown_action", f"execute-api has no action `{name}`{hint}", pointer, "POL-22")


def check_resources(view: View) -> Iterator[PolicyFinding]:
    """Resources that cover no method (POL-16, POL-19 to POL-21)."""
    for statement in view.policy.statements:
        values = list(view.values(statement, "Resource"))
        if not values:
            name = "NotResource" if statement.resources.negated else "Resource"
            yield finding(
                SUGGESTION, "empty_element", f"`{name}` lists nothing", view.pointer(statement, name), "POL-01"
            )
        for value, pointer in values:
            if value.startswith(SHORT_FORM):
                yield from _short_form(view, statement, value, pointer)
            elif value.startswith("arn:"):
                yield from _arn(view, value, pointer)
            elif value != "*":
                text = (
                    f"`{value}` is neither an ARN nor the short form and matches nothing; write `execute-api:/*`"
                )
                yield finding(ERROR, "resource_form", text, pointer, "POL-19")


def _short_form(view: View, statement: Statement, value: str, pointer: str) -> Iterator[PolicyFinding]:
    if not view.kind.has_short_form:
        text = "the short form is expanded in policies that API Gateway holds only; write the full ARN here"
        yield finding(ERROR, "short_form_not_expanded", text, pointer, "POL-16")
    elif statement.resources.negated:
        text = "whether the short form is expanded in NotResource is not documented; write the full ARN"
        yield finding(WARNING, "short_form_in_not_resource", text, pointer, "POL-21")
    elif view.kind is PolicyKind.RESOURCE:
        yield from _tail(value[len(SHORT_FORM) - 1 :].removeprefix("/"), pointer)


def _arn(view: View, value: str, pointer: str) -> Iterator[PolicyFinding]:
    parts = value.split(":", ARN_PARTS - 1)
    if len(parts) > 2 and not compile_glob(parts[2]).matches("execute-api"):
        if view.kind.has_principal:
            text = f"`{value}` belongs to {parts[2]}; calls of an API are made on execute-api"
            yield finding(ERROR, "resource_of_another_service", text, pointer, "POL-19")
        return
    if len(parts) < ARN_PARTS:
        text = f"`{value}` has fewer than the six parts of an ARN; IAM completes it with `*`"
        yield finding(WARNING, "incomplete_arn", text, pointer, "POL-17")
        return
    api = view.context.api
    identifier, slash, tail = parts[5].partition("/")
    if identifier == "" and tail.startswith("domainnames/"):
        return
    if api is not None and view.kind is PolicyKind.RESOURCE:
        owner = api.arn.split(":")
        wrong = [place for place in (1, 3, 4) if not compile_glob(parts[place]).matches(owner[place])]
        if wrong or not compile_glob(identifier).matches(api.id):
            text = f"`{value}` is not about this API, `{api.arn}`, so it never matches here"
            yield finding(ERROR, "resource_of_another_api", text, pointer, "POL-16")
            return
    if not slash and "*" not in identifier:
        text = f"`{value}` names the API without any method; `{value}/*` covers them all"
        yield finding(WARNING, "resource_names_no_method", text, pointer, "POL-20")
    elif slash and "*" not in identifier:
        yield from _tail(tail, pointer)


def _tail(tail: str, pointer: str) -> Iterator[PolicyFinding]:
    """Stage, method and path of a pattern, where its own slashes tell them apart."""
    if tail == "":
        text = "the resource ends behind the API's id and matches no method; a `*` seems to have been lost"
        yield finding(WARNING, "resource_names_no_method", text, pointer, "POL-20")
        return
    parts = tail.split("/", 2)
    if len(parts) < 3 and not any("*" in part for part in parts):
        text = f"`{tail}` has no {'method' if len(parts) == 1 else 'path'}, so it matches no call"
        yield finding(WARNING, "resource_names_no_method", text, pointer, "POL-20")
    elif len(parts) > 1 and "*" not in parts[0]:
        method = parts[1]
        if (
            "*" not in method
            and "$" not in method
            and not any(compile_glob(method).matches(each) for each in METHODS)
        ):
            text = f"`{method}` is no HTTP method of an API, so the resource matches no call"
            yield finding(WARNING, "resource_names_no_method", text, pointer, "POL-17")


def expanded_length(view: View, text: str) -> int:
    """Characters of a document once the short forms in it are expanded (POL-01, POL-16)."""
    if view.context.api is None:
        return len(text)
    growth = len(expand_short_form(SHORT_FORM, view.context.api.arn)) - len(SHORT_FORM)
    short = sum(
        value.startswith(SHORT_FORM)
        for statement in view.policy.statements
        for value, _ in view.values(statement, "Resource")
    )
    return len(text) + (growth * short if view.kind.has_short_form else 0)


CHECKS: Final = (check_principals, check_specific_principals, check_actions, check_resources)

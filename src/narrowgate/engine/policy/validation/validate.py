"""Validate one policy document: every remark, with pointer and rule, the gravest first."""

from typing import Final

from narrowgate.engine.policy.document import Document, compile_tree, read_policy_text
from narrowgate.engine.policy.json_text import JsonText, PlacedError, format_pointer
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.engine.policy.validation import conditions, elements, whole
from narrowgate.engine.policy.validation.view import PolicyContext, View
from narrowgate.model.errors import InputError
from narrowgate.model.policy import PolicyFinding, Severity

CHECKS: Final = (*whole.CHECKS, *elements.CHECKS, *conditions.CHECKS)
_ORDER: Final = tuple(Severity)


def validate_policy(
    document: Document,
    kind: PolicyKind = PolicyKind.RESOURCE,
    context: PolicyContext | None = None,
    *,
    where: str = "policy",
) -> tuple[PolicyFinding, ...]:
    """What is wrong or risky about a policy document, whatever the request.

    Args:
        document: JSON text or the decoded object.
        kind: what the policy is attached to.
        context: what is known about the API; what is left out is not judged.
        where: file name or place, for the message about text that is no JSON.

    Returns:
        Findings by severity, then by pointer. A malformed document gives one finding, `malformed_policy`.
    """
    try:
        text = (
            read_policy_text(document, where) if isinstance(document, (bytes, str)) else JsonText(document, where)
        )
        policy = compile_tree(text, (), kind)
    except PlacedError as error:
        return (_malformed(error, format_pointer(error.pointer)),)
    except InputError as error:
        return (_malformed(error, ""),)
    view = View(policy=policy, context=context or PolicyContext())
    found = {remark for check in CHECKS for remark in check(view)}
    return tuple(
        sorted(found, key=lambda each: (_ORDER.index(each.severity), each.pointer, each.code, each.message))
    )


def _malformed(error: InputError, pointer: str) -> PolicyFinding:
    message = f"{error.message}; {error.help}" if error.help else error.message
    return PolicyFinding(
        severity=Severity.ERROR, code="malformed_policy", message=message, pointer=pointer, rule="ERR-20"
    )

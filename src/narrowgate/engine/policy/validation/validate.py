"""Every check of a policy document, in reading order."""

from narrowgate.engine.policy.document import Document, compile_policy
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.engine.policy.validation.conditions import check_conditions
from narrowgate.engine.policy.validation.documents import check_document
from narrowgate.engine.policy.validation.finding import finding
from narrowgate.engine.policy.validation.statements import check_statement
from narrowgate.model.errors import InputError
from narrowgate.model.policy import PolicyFinding, Severity

_ORDER = {
    Severity.ERROR: 0,
    Severity.SECURITY_WARNING: 1,
    Severity.WARNING: 2,
    Severity.SUGGESTION: 3,
}


def validate_policy(
    document: Document,
    *,
    kind: PolicyKind = PolicyKind.RESOURCE,
    authorization_types: frozenset[str] = frozenset(),
    where: str = "policy",
) -> list[PolicyFinding]:
    """What is wrong with a policy of a private API, gravest first.

    Args:
        document: JSON as text or bytes, or the decoded object.
        kind: what it is attached to.
        authorization_types: those of the API's methods, where known: `NONE`, `AWS_IAM`… (POL-24).
        where: file name or place, for messages.

    Returns:
        Findings; a document that is no policy at all is one finding with the code `POLICY_MALFORMED`.
    """
    try:
        policy = compile_policy(document, kind=kind, where=where)
    except InputError as error:
        place = error.where.partition(": ")[2] or error.where
        text = f"{error.message}; {error.help}" if error.help else error.message
        return [finding(Severity.ERROR, "POLICY_MALFORMED", "POL-01", place, text)]
    found = list(check_document(policy))
    for statement in policy.statements:
        found += check_statement(policy, statement, authorization_types)
        found += check_conditions(policy, statement)
    return sorted(found, key=lambda each: (_ORDER[each.severity], each.pointer, each.code))

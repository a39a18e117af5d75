"""Making findings: severity, code, sentence, place, rule."""

from narrowgate.engine.policy.statements import Policy, Statement
from narrowgate.model.policy import PolicyFinding, Severity


def pointer(policy: Policy, statement: Statement | None = None, *parts: str) -> str:
    """A JSON pointer (RFC 6901) to a statement's element; a single statement is no list."""
    path: list[str] = []
    if statement is not None:
        path.append("Statement")
        if isinstance(policy.document["Statement"], list):
            path.append(str(statement.index))
    path += parts
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def named(statement: Statement) -> str:
    """How sentences name a statement."""
    return f"statement `{statement.sid}`" if statement.sid else f"statement {statement.index}"


def finding(severity: Severity, code: str, rule: str, place: str, message: str) -> PolicyFinding:
    """One remark."""
    return PolicyFinding(severity=severity, code=code, message=message, pointer=place, rule=rule)

"""In words, what kept an allow from matching or made a deny match: the sentence that a person looks for."""

from collections.abc import Iterator

from narrowgate.model.policy import AuthorizeAnswer, ConditionResult, Layer, StatementResult

_AT_MOST = 3


def refusal_text(answer: AuthorizeAnswer, layer: Layer, index: int | None, *, is_deny: bool) -> str:
    """What each deciding statement, or the one at an index, asked for and what the call had; else empty."""
    told: list[str] = []
    for statement in answer.statements:
        if statement.layer is not layer or (statement.effect == "Deny") is not is_deny:
            continue
        if index is not None and statement.index != index:
            continue
        if (statement.applies == "yes") is is_deny:
            parts = list(_parts(statement, is_deny=is_deny))
            if parts:
                told.append(f"{statement.statement or f'statement {statement.index}'} {' and '.join(parts)}")
    more = f"; and {len(told) - _AT_MOST} more" if len(told) > _AT_MOST else ""
    return "; ".join(told[:_AT_MOST]) + more


def _parts(statement: StatementResult, *, is_deny: bool) -> Iterator[str]:
    if not is_deny:
        if statement.action == "no":
            yield "is about another action"
        if statement.principal == "no":
            yield "names other principals"
        if statement.resource == "no":
            yield "is about other stages, methods or paths"
    for condition in statement.conditions:
        if is_deny or condition.holds == "no":
            yield _condition(condition)


def _condition(condition: ConditionResult) -> str:
    wanted = ", ".join(condition.wanted[:_AT_MOST]) + (", …" if len(condition.wanted) > _AT_MOST else "")
    has = ", ".join(condition.found) if condition.found else "no such key" if condition.state == "absent" else "?"
    return f"asks {condition.key} {condition.operator} {wanted}, the call has {has}"

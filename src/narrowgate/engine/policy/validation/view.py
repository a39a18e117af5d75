"""What a check sees: the compiled policy, its document with pointers, and what is known about the API."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.json_text import format_pointer
from narrowgate.engine.policy.request import Api, AuthorizationType
from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement
from narrowgate.model.policy import PolicyFinding, Severity

ElementName = Literal["Principal", "Action", "Resource"]


class PolicyContext(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about where a policy stands; what is left out is not judged."""

    api: Api | None = None
    """The API that the policy belongs to or speaks about."""
    authorization_types: frozenset[AuthorizationType] = frozenset()
    """The types of the API's methods."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One policy under validation."""

    policy: Policy
    context: PolicyContext

    @property
    def kind(self) -> PolicyKind:
        """What the policy is attached to."""
        return self.policy.kind

    @property
    def trees(self) -> tuple[dict[str, Any], ...]:
        """The statements as the document writes them."""
        body = self.policy.document["Statement"]
        return tuple(body) if isinstance(body, list) else (body,)

    def pointer(self, statement: Statement, *steps: str | int) -> str:
        """A JSON pointer into a statement."""
        base: tuple[str | int, ...] = ("Statement",)
        if isinstance(self.policy.document["Statement"], list):
            base = ("Statement", statement.index)
        return format_pointer((*base, *steps))

    def values(self, statement: Statement, name: ElementName) -> Iterator[tuple[str, str]]:
        """The values of an element (or of its Not form), each with its pointer; principals by type."""
        tree = self.trees[statement.index]
        spelled = name if name in tree else f"Not{name}"
        value = tree.get(spelled)
        if isinstance(value, dict):
            for kind, texts in value.items():
                yield from self._texts(statement, texts, (spelled, kind))
        elif value is not None:
            yield from self._texts(statement, value, (spelled,))

    def _texts(self, statement: Statement, value: Any, steps: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        if not isinstance(value, list):
            yield value, self.pointer(statement, *steps)
            return
        for number, text in enumerate(value):
            yield text, self.pointer(statement, *steps, number)

    def at(self, statement: Statement, condition: Condition) -> str:
        """A JSON pointer to a condition's values."""
        return self.pointer(statement, "Condition", condition.name.written, condition.key)


def finding(severity: Severity, code: str, message: str, pointer: str, rule: str | None = None) -> PolicyFinding:
    """A finding, with little to write at the place that makes it."""
    return PolicyFinding(severity=severity, code=code, message=message, pointer=pointer, rule=rule)


ERROR, SECURITY, WARNING, SUGGESTION = (
    Severity.ERROR,
    Severity.SECURITY_WARNING,
    Severity.WARNING,
    Severity.SUGGESTION,
)

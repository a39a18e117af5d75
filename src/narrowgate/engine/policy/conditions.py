"""One condition of a statement, decided against the state of its key (POL-07 to POL-14)."""

from typing import Final

from msgspec import UNSET

from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.keys import NEVER_SUPPLIED, is_principal_key
from narrowgate.engine.policy.kleene import NO, UNKNOWN, WORDS, YES
from narrowgate.engine.policy.operators import Family, Matcher, OperatorName, build_matcher, parse_operator
from narrowgate.engine.policy.scalars import read_bool
from narrowgate.engine.policy.variables import MissingVariable, Template
from narrowgate.model.policy import ConditionResult

_POSITIVE: Final = (NO, UNKNOWN, YES, NO)
_NEGATED: Final = (YES, UNKNOWN, NO, UNKNOWN)
"""What a comparison's outcome (no, unknown, yes, misfit) means for the condition."""


class Condition:
    """A compiled condition; `holds` decides it, `explain` says why.

    Args:
        operator: as the policy writes it, such as `ForAnyValue:StringLikeIfExists`.
        key: as the policy writes it.
        wanted: the policy's values.
        variables: whether policy variables are replaced.
    """

    __slots__ = (
        "_matcher",
        "_outcomes",
        "_plain",
        "_when_absent",
        "key",
        "lowered",
        "name",
        "variables",
        "wanted",
    )

    def __init__(self, operator: str, key: str, wanted: tuple[str, ...], *, variables: bool) -> None:
        self.name: OperatorName = parse_operator(operator)
        self.key = key
        self.lowered = key.lower()
        self.wanted = wanted
        self.variables = variables
        modelled = self.name.operator
        self._matcher: Matcher | None = None
        self._outcomes = _POSITIVE
        self._plain = False
        if modelled is not None:
            self._matcher = build_matcher(modelled, wanted, variables=variables)
            self._outcomes = _NEGATED if modelled.negated else _POSITIVE
            self._plain = not self.name.quantifier and modelled.family is not Family.NULL
        self._when_absent = self._absent_outcome()

    def _absent_outcome(self) -> int:
        name = self.name
        if name.operator is None:
            return UNKNOWN
        if name.operator.family is Family.NULL:
            return YES if any(read_bool(value) for value in self.wanted) else NO  # POL-12
        if name.if_exists:
            return YES  # POL-11
        if name.quantifier:
            return YES if name.quantifier == "forallvalues" else NO  # POL-13
        return YES if name.operator.negated else NO  # POL-10

    def holds(self, context: Context) -> int:
        """Whether the condition is true: no, unknown or yes."""
        matcher = self._matcher
        if matcher is None:
            return UNKNOWN
        found = context.state(self.lowered)
        if self._plain and found.__class__ is tuple and len(found) == 1:
            return self._outcomes[matcher(found[0], context)]  # nearly every condition of real policies
        if found is UNSET:
            return UNKNOWN
        if not isinstance(found, tuple) or not found:
            # A list without values is what IAM calls a null data set: the same as no key.
            return self._when_absent
        if self.name.quantifier:
            return self._quantified(matcher, found, context)
        modelled = self.name.operator
        if modelled is not None and modelled.family is Family.NULL:
            return YES if any(read_bool(value) is False for value in self.wanted) else NO
        outcomes = {self._outcomes[matcher(value, context)] for value in found}
        # IAM asks for a set operator on several values and does not say what happens without one; where every
        # value leads to the same result, it cannot matter.
        return outcomes.pop() if len(outcomes) == 1 else UNKNOWN

    def _quantified(self, matcher: Matcher, found: tuple[str, ...], context: Context) -> int:
        outcomes = [self._outcomes[matcher(value, context)] for value in found]
        if self.name.quantifier == "foranyvalue":
            return max(outcomes)
        if not any(found):
            return YES  # an empty text is a null data set for ForAllValues
        return min(outcomes)

    def explain(self, context: Context) -> ConditionResult:
        """The condition with what was wanted, what was found, and the result."""
        state = context.state(self.lowered)
        holds = self.holds(context)
        known = isinstance(state, tuple)
        return ConditionResult(
            operator=self.name.written,
            key=self.key,
            wanted=self.wanted,
            found=state if isinstance(state, tuple) else None,
            state="given" if known else "unknown" if state is UNSET else "absent",
            holds=WORDS[holds],
            reason=self._reason(context, holds, absent=state is None),
            rule=self._rule(absent=state is None),
        )

    def open_reason(self, context: Context) -> str:
        """The operator, key or variable that leaves the condition undecided."""
        if self.name.operator is None:
            return self.name.written
        if context.state(self.lowered) is UNSET:
            return self.key
        for value in self.wanted:
            if self.variables and "${" in value:
                try:
                    Template(value, wildcards=False).fill(context)
                except MissingVariable as missing:
                    return missing.key
        return self.key

    def _reason(self, context: Context, holds: int, *, absent: bool) -> str:
        if holds == UNKNOWN:
            return self.open_reason(context)
        if not absent:
            return ""
        if self.name.operator is not None and self.name.operator.family is Family.NULL:
            return "key_absent"
        return "absent_key_holds" if holds == YES else "absent_key_fails"

    def _rule(self, *, absent: bool) -> str | None:
        name = self.name
        if not absent or name.operator is None:
            return None
        if self.lowered in NEVER_SUPPLIED:
            return NEVER_SUPPLIED[self.lowered]
        if name.operator.family is Family.NULL:
            return "POL-12"
        if is_principal_key(self.lowered):
            return "KEY-05"
        if name.if_exists:
            return "POL-11"
        return "POL-13" if name.quantifier else "POL-10"

"""POL022 negations-together."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = ("negations_together",)


def check(estate: Estate) -> Iterator[Defect]:
    """Denies whose negated conditions have to hold together."""
    yield from resource_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL022",
    name="negations-together",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A Deny has two negated conditions on where a call comes from.",
    why=(
        "Conditions of a statement hold together: the Deny applies only to calls that differ in both, so "
        "that either value alone lets a call through. Mostly two fences were meant."
    ),
    remediation="Write a Deny for each, where both are to hold.",
    rules=("POL-08",),
    check=check,
)

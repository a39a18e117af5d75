"""POL012 policy-locks-everybody-out."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Denies that leave nobody."""
    yield from resource_policy_defects(estate, "lock_out", "denies_everyone")


RULE = Rule(
    id="POL012",
    name="policy-locks-everybody-out",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A Deny of a resource policy applies to everybody whom the Allow lets in.",
    why="A matching Deny is final: no call gets through.",
    remediation="Narrow the Deny with `StringNotEquals` on the endpoints that may call.",
    rules=("POL-05",),
    check=check,
)

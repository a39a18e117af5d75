"""POL016 wildcard-taken-literally."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Values with a wildcard under an operator that compares exactly."""
    yield from resource_policy_defects(estate, "literal_wildcard")
    yield from endpoint_policy_defects(estate, "literal_wildcard")


RULE = Rule(
    id="POL016",
    name="wildcard-taken-literally",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=("A condition compares with `*` or `?` in a value by an operator that has no wildcards."),
    why=(
        "`StringEquals` takes `vpce-*` for the very text: an Allow admits nobody, and a Deny with "
        "`StringNotEquals` refuses everybody."
    ),
    remediation="Use `StringLike`, `StringNotLike` or `ArnLike`, or name the values.",
    rules=("POL-14", "POL-20"),
    check=check,
)

"""POL011 statement-never-applies."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Statements that nothing can satisfy."""
    yield from resource_policy_defects(
        estate,
        "contradiction",
        "resource_of_another_api",
        "resource_of_another_service",
        "resource_form",
        "incomplete_arn",
        "resource_names_no_method",
    )


RULE = Rule(
    id="POL011",
    name="statement-never-applies",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "A statement of a resource policy can match no request: its conditions contradict each other, or "
        "its resource is no method of this API."
    ),
    why="Whoever wrote it relies on something that never happens.",
    remediation="Mend or remove the statement.",
    rules=("POL-16", "POL-12"),
    check=check,
)

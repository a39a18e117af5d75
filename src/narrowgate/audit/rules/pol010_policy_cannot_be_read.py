"""POL010 policy-cannot-be-read."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Policies that do not parse."""
    yield from resource_policy_defects(estate, "malformed_policy", "no_statements", "empty_element")


RULE = Rule(
    id="POL010",
    name="policy-cannot-be-read",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The resource policy of a private API is no valid policy document.",
    why=(
        "AWS refuses such a document when it is saved; where it stands in a plan or template, the "
        "deployment fails."
    ),
    remediation="Mend the document; `narrowgate validate` points at the place.",
    rules=("ERR-20",),
    check=check,
)

"""POL008 principal-key-without-iam."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Principals and principal keys on methods where nobody has a principal."""
    yield from resource_policy_defects(estate, "principal_key_without_iam", "principal_needs_iam")


RULE = Rule(
    id="POL008",
    name="principal-key-without-iam",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A resource policy asks for a principal where no method of the API has IAM authorization.",
    why="On such methods every caller is anonymous, signed or not: the statement never applies.",
    remediation="Use `AWS_IAM` authorization for these methods, or conditions on endpoint and address.",
    rules=("KEY-05", "POL-24"),
    check=check,
)

"""POL009 address-without-endpoint."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Allows by `aws:VpcSourceIp` and nothing else."""
    yield from resource_policy_defects(estate, "address_alone")


RULE = Rule(
    id="POL009",
    name="address-without-endpoint",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A resource policy admits callers by private address alone.",
    why=(
        "Private addresses are not unique: any VPC of any account that uses the same range passes the condition."
    ),
    remediation="Add a condition on `aws:SourceVpce` to the same statement.",
    rules=("KEY-03", "POL-06"),
    check=check,
)

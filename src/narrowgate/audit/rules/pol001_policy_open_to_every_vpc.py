"""POL001 policy-open-to-every-vpc."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Policies that fence nobody off."""
    yield from resource_policy_defects(estate, "open_to_everyone")


RULE = Rule(
    id="POL001",
    name="policy-open-to-every-vpc",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "The resource policy of a private API lets everybody in, with no condition on endpoint, VPC or "
        "organization."
    ),
    why=(
        "A private API has no network of its own: any execute-api endpoint of the Region, in any account "
        "of any company, reaches it. This policy then admits all of them."
    ),
    remediation=(
        "Admit by `aws:SourceVpce` the endpoints that should call it, or deny the rest with `StringNotEquals`."
    ),
    rules=("POL-06", "VPCE-01"),
    check=check,
)

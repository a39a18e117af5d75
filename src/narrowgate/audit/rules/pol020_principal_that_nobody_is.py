"""POL020 principal-that-nobody-is."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = (
    "deleted_principal",
    "principal_never_calls",
    "group_principal",
    "invalid_principal",
    "wildcard_in_principal",
)


def check(estate: Estate) -> Iterator[Defect]:
    """Principals that no caller can be."""
    yield from resource_policy_defects(estate, *_CODES)
    yield from endpoint_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL020",
    name="principal-that-nobody-is",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "A policy names a principal that no caller can be: deleted, a group, a wildcard inside an ARN, or a "
        "type that never calls."
    ),
    why=(
        "Saving such a policy fails, or the statement applies to nobody. A user or role that was deleted "
        "stands there by its unique id, and the one made again under its name is another."
    ),
    remediation="Name users and roles, or `*` with a condition on `aws:PrincipalArn`.",
    rules=("POL-25", "ERR-20"),
    check=check,
)

"""POL023 not-principal-in-an-allow."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = ("not_principal_with_allow",)


def check(estate: Estate) -> Iterator[Defect]:
    """Allow statements with NotPrincipal."""
    yield from resource_policy_defects(estate, *_CODES)
    yield from endpoint_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL023",
    name="not-principal-in-an-allow",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="An Allow names whom it does not mean (`NotPrincipal`).",
    why="It lets in everybody else: every account, and callers who do not sign.",
    remediation="Name the principals, or write a Deny for those who must stay out.",
    rules=("POL-23",),
    check=check,
)

"""POL004 deny-without-allow."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Policies without an Allow."""
    yield from resource_policy_defects(estate, "deny_only")


RULE = Rule(
    id="POL004",
    name="deny-without-allow",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The resource policy of a private API only denies.",
    why=(
        "Methods without authorization and with Cognito need an explicit Allow: every call that the Deny "
        "spares ends in an implicit deny all the same."
    ),
    remediation="Add an Allow for `execute-api:Invoke` beside the Deny.",
    rules=("POL-06", "POL-04"),
    check=check,
)

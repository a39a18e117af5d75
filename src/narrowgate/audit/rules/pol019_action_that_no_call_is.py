"""POL019 action-that-no-call-is."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = ("unknown_action", "action_of_another_service")


def check(estate: Estate) -> Iterator[Defect]:
    """Actions that execute-api does not have."""
    yield from resource_policy_defects(estate, *_CODES)
    yield from endpoint_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL019",
    name="action-that-no-call-is",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A policy names an action that is none of execute-api's.",
    why=(
        "Calls are `execute-api:Invoke`; `apigateway:*` is for managing APIs. The statement says nothing "
        "about calls."
    ),
    remediation="Name `execute-api:Invoke`.",
    rules=("POL-22",),
    check=check,
)

"""POL018 if-exists-lets-callers-in."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects, resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_CODES = ("if_exists_in_allow",)


def check(estate: Estate) -> Iterator[Defect]:
    """Conditions with IfExists in an Allow, on keys that a call may lack."""
    yield from resource_policy_defects(estate, *_CODES)
    yield from endpoint_policy_defects(estate, *_CODES)


RULE = Rule(
    id="POL018",
    name="if-exists-lets-callers-in",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="An Allow has an `…IfExists` condition on a key that a call may lack.",
    why=(
        "Where the key is absent the condition holds: a condition on the caller's organization then lets in "
        "everybody who does not sign."
    ),
    remediation="Drop `IfExists`, or ask for an endpoint or a VPC beside it: every private call has those.",
    rules=("POL-11",),
    check=check,
)

"""EPT016 endpoint-policy-short-form."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import endpoint_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Resources of endpoint policies in the form that only API Gateway expands."""
    yield from endpoint_policy_defects(estate, "short_form_not_expanded")


RULE = Rule(
    id="EPT016",
    name="endpoint-policy-short-form",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what=(
        "The policy of an execute-api endpoint names a resource in API Gateway's short form (`execute-api:/…`)."
    ),
    why=(
        "API Gateway expands the short form in the policies that it holds; an endpoint's policy is EC2's, "
        "where the short form matches no method."
    ),
    remediation="Write the ARN: `arn:aws:execute-api:{region}:{account}:{api}/*`.",
    rules=("POL-16", "VPE-01"),
    check=check,
    limits="That EC2 does not expand it follows from where AWS documents the form; no page says so.",
)

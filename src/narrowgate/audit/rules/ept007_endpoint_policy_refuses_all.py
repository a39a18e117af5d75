"""EPT007 endpoint-policy-refuses-all."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints whose policy only denies, or is empty."""
    for endpoint in estate.execute_api_endpoints:
        policy = estate.endpoint_policy(endpoint)
        if policy is not None and all(each.is_deny for each in policy.statements):
            message = f"the policy of {estate.named(endpoint.vpc_endpoint_id)} has no Allow"
            yield Defect(endpoint.vpc_endpoint_id, message, {"PolicyDocument": policy.document})


RULE = Rule(
    id="EPT007",
    name="endpoint-policy-refuses-all",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The policy of an execute-api endpoint allows nothing: it has no Allow statement.",
    why="Every call through the endpoint ends in 403, whatever the resource policies of the APIs say.",
    remediation="Add an Allow statement for the APIs that its callers need; a Deny alone admits nobody.",
    rules=("VPE-02", "VPE-06"),
    check=check,
)

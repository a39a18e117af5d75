"""POL014 policy-near-its-limit."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Resource policies above 90 % of 8,192 characters, endpoint policies above 90 % of 20,480."""
    for api in estate.apis("PRIVATE"):
        if isinstance(api.policy, str) and len(api.policy) > 0.9 * 8192:
            message = f"the resource policy of {estate.named(api.id)} has {len(api.policy)} of 8,192 characters"
            yield Defect(api.id, message, {"policy": f"{len(api.policy)} characters"})
    for endpoint in estate.execute_api_endpoints:
        text = endpoint.policy_document
        if isinstance(text, str) and len(text) > 0.9 * 20480:
            own = endpoint.vpc_endpoint_id
            message = f"the policy of {estate.named(own)} has {len(text)} of 20,480 characters"
            yield Defect(own, message, {"PolicyDocument": f"{len(text)} characters"})


RULE = Rule(
    id="POL014",
    name="policy-near-its-limit",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A policy has used more than nine tenths of the characters that AWS takes.",
    why="One more endpoint or method, and saving it fails: in the middle of a deployment.",
    remediation="Shorten it: wildcards for methods, conditions on an organization in place of long lists.",
    rules=("POL-01", "VPCE-13"),
    check=check,
)

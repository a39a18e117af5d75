"""POL007 policy-names-a-missing-endpoint."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import named_endpoints
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoint ids that no collected account knows; one that is not collected may hold it."""
    for api in estate.apis("PRIVATE"):
        if estate.is_declared(api.id) or not estate.is_collected("ec2.describe_vpc_endpoints", api.id):
            continue
        named = named_endpoints(estate.resource_policy(api))
        for endpoint_id in sorted(named - set(estate.facts.vpc_endpoints)):
            message = f"the policy of {estate.named(api.id)} names {endpoint_id}, which no collected account has"
            yield Defect(api.id, message, {"policy": endpoint_id}, subject=endpoint_id)


RULE = Rule(
    id="POL007",
    name="policy-names-a-missing-endpoint",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what="A resource policy names an endpoint that is in none of the collected accounts of the Region.",
    why=(
        "An endpoint gets a new id when it is made again: the policy then refuses the calls that it was "
        "written for, or it admits a stranger who was never removed."
    ),
    remediation="Replace the id with that of the endpoint in use, or remove it; then deploy the API again.",
    rules=("KEY-02", "POL-03"),
    check=check,
    limits="Silent about plans, templates and designs: the endpoints that they name by id stand elsewhere.",
)

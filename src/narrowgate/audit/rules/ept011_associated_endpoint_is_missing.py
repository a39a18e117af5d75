"""EPT011 associated-endpoint-is-missing."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Ids in `vpcEndpointIds` that are unknown where endpoints of the API's Region were collected."""
    for api in estate.apis("PRIVATE"):
        configuration = api.endpoint_configuration
        if isinstance(configuration, UnsetType) or estate.is_declared(api.id):
            continue
        if not estate.is_collected("ec2.describe_vpc_endpoints", api.id):
            continue
        for endpoint_id in configuration.vpc_endpoint_ids:
            if endpoint_id not in estate.facts.vpc_endpoints:
                message = (
                    f"{estate.named(api.id)} is associated with {endpoint_id}, which no collected account has"
                )
                facts = {"endpointConfiguration.vpcEndpointIds": endpoint_id}
                yield Defect(api.id, message, facts, subject=endpoint_id)


RULE = Rule(
    id="EPT011",
    name="associated-endpoint-is-missing",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what="A private API is associated with an endpoint that no collected account has.",
    why="Its alias name for that endpoint leads nowhere, or to a stranger's endpoint.",
    remediation="Associate the endpoint in use in its place, and deploy the API again.",
    rules=("AGW-06", "AGW-15"),
    check=check,
    limits="Silent about plans, templates and designs: the endpoints that they name by id stand elsewhere.",
)

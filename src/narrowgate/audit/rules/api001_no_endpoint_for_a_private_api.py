"""API001 no-endpoint-for-a-private-api."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import named_endpoints
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.apigateway import RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs in a Region where endpoints were collected and none is of execute-api."""
    regions = {estate.region(each.vpc_endpoint_id) for each in estate.execute_api_endpoints}
    for api in estate.apis("PRIVATE"):
        region = estate.region(api.id)
        if region in regions or (estate.is_declared(api.id) and _stands_elsewhere(estate, api)):
            continue
        if estate.is_collected("ec2.describe_vpc_endpoints", api.id):
            yield Defect(
                api.id,
                f"no execute-api endpoint of {region} leads to {estate.named(api.id)}",
                {"types": "PRIVATE"},
            )


def _stands_elsewhere(estate: Estate, api: RestApi) -> bool:
    """True where a file says nothing about networks, or names endpoints that it does not make."""
    configuration = api.endpoint_configuration
    associated = () if isinstance(configuration, UnsetType) else configuration.vpc_endpoint_ids
    return not estate.facts.vpcs or bool({*associated, *named_endpoints(estate.resource_policy(api))})


RULE = Rule(
    id="API001",
    name="no-endpoint-for-a-private-api",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what="A private API has no way in: no execute-api endpoint of its Region is in the estate.",
    why=(
        "A private API stands in no VPC. Without an interface endpoint there is nothing to resolve and "
        "nothing to connect to."
    ),
    remediation="Make an execute-api endpoint in a VPC of the API's Region that the callers reach.",
    rules=("AGW-01", "VPCE-01"),
    check=check,
    limits="Silent about a plan or template without a VPC, or whose API names endpoints that stand elsewhere.",
)

"""API001 no-endpoint-for-a-private-api."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs in a Region where endpoints were collected and none is of execute-api."""
    regions = {estate.region(each.vpc_endpoint_id) for each in estate.execute_api_endpoints}
    for api in estate.apis("PRIVATE"):
        region = estate.region(api.id)
        if region not in regions and estate.is_collected("ec2.describe_vpc_endpoints", api.id):
            yield Defect(
                api.id,
                f"no execute-api endpoint of {region} leads to {estate.named(api.id)}",
                {"types": "PRIVATE"},
            )


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
)

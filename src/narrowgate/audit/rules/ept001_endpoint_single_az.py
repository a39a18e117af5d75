"""EPT001 endpoint-single-az."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints whose known subnets lie in one zone."""
    for endpoint in estate.execute_api_endpoints:
        zones = estate.zones(endpoint.subnet_ids)
        if endpoint.subnet_ids and len(zones) == 1:
            message = f"{estate.named(endpoint.vpc_endpoint_id)} stands in {next(iter(zones))} only"
            yield Defect(endpoint.vpc_endpoint_id, message, {"SubnetIds": list(endpoint.subnet_ids)})


RULE = Rule(
    id="EPT001",
    name="endpoint-single-az",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="An execute-api interface endpoint has interfaces in one Availability Zone only.",
    why=(
        "When that zone fails, every caller of every private API behind the endpoint fails with it; DNS "
        "answers nothing else."
    ),
    remediation=(
        "Add a subnet in a second Availability Zone to the endpoint (`aws ec2 modify-vpc-endpoint "
        "--add-subnet-ids`)."
    ),
    rules=("VPCE-02",),
    check=check,
)

"""OPS007 no-alarm-on-dropped-packets."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints without an alarm on dropped packets."""
    for endpoint in estate.execute_api_endpoints:
        own = endpoint.vpc_endpoint_id
        watched = estate.alarmed("AWS/PrivateLinkEndpoints", ("PacketsDropped",), {own})
        if not watched and estate.is_collected("cloudwatch.describe_alarms", own):
            yield Defect(own, f"no alarm watches packets that {estate.named(own)} drops", {"VpcEndpointId": own})


RULE = Rule(
    id="OPS007",
    name="no-alarm-on-dropped-packets",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    what="No alarm watches the packets that an execute-api endpoint drops.",
    why="Packets that are too large or too many are dropped in silence.",
    remediation="Alarm on `PacketsDropped` above 0.",
    rules=("OPS-04", "VPCE-08"),
    check=check,
)

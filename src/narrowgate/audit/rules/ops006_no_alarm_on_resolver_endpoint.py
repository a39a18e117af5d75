"""OPS006 no-alarm-on-resolver-endpoint."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Resolver endpoints without an alarm on their health."""
    for own_id in estate.facts.resolver_endpoints:
        watched = estate.alarmed("AWS/Route53Resolver", ("EndpointUnHealthyENICount",), {own_id})
        if not watched and estate.is_collected("cloudwatch.describe_alarms", own_id):
            yield Defect(own_id, f"no alarm watches {estate.named(own_id)}", {"Id": own_id})


RULE = Rule(
    id="OPS006",
    name="no-alarm-on-resolver-endpoint",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="No alarm watches whether the interfaces of a Resolver endpoint are healthy.",
    why="When they fail, every forwarded name fails, and API Gateway logs nothing.",
    remediation="Alarm on `EndpointUnHealthyENICount` of 1 or more.",
    rules=("OPS-04",),
    check=check,
)

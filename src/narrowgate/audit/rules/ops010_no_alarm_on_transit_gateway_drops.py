"""OPS010 no-alarm-on-transit-gateway-drops."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_METRICS = ("PacketDropCountNoRoute", "PacketDropCountBlackhole")


def check(estate: Estate) -> Iterator[Defect]:
    """Gateways of one's own that join a VPC with an execute-api endpoint, without an alarm on drops."""
    joined = {
        each.transit_gateway_id
        for each in estate.facts.transit_gateway_vpc_attachments.values()
        if each.vpc_id in estate.endpoint_vpcs
    }
    for own_id, gateway in sorted(estate.facts.transit_gateways.items()):
        is_own = gateway.owner_id in (None, estate.snapshot.account_of(own_id))
        watched = estate.alarmed("AWS/TransitGateway", _METRICS, {own_id})
        if (
            own_id in joined
            and is_own
            and not watched
            and estate.is_collected("cloudwatch.describe_alarms", own_id)
        ):
            yield Defect(own_id, f"no alarm watches what {estate.named(own_id)} drops")


RULE = Rule(
    id="OPS010",
    name="no-alarm-on-transit-gateway-drops",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=("No alarm watches the packets that a transit gateway before a private API drops for want of a route."),
    why=("A route that is withdrawn shows there first: callers only see time-outs, and no log has a line."),
    remediation="Alarm on `PacketDropCountNoRoute` and `PacketDropCountBlackhole` above zero.",
    rules=("OPS-04",),
    check=check,
)

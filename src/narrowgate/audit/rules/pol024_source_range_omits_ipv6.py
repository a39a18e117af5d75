"""POL024 source-range-omits-ipv6."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import resource_policy_defects
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Policies whose client ranges are all IPv4, where an execute-api endpoint of the Region has IPv6."""
    regions = {
        estate.region(each.vpc_endpoint_id)
        for each in estate.execute_api_endpoints
        if each.ip_address_type in ("dualstack", "ipv6")
    }
    if regions:
        for defect in resource_policy_defects(estate, "ipv6_not_covered"):
            if estate.region(defect.resource) in regions:
                yield defect


RULE = Rule(
    id="POL024",
    name="source-range-omits-ipv6",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=(
        "A resource policy asks for client addresses of IPv4 only, and an execute-api endpoint of the "
        "Region has IPv6 addresses too."
    ),
    why="A caller with IPv6 is shut out by an Allow, and passes a Deny for the ranges.",
    remediation="Add the clients' IPv6 ranges, or make the endpoints IPv4 only.",
    rules=("LIM-05", "IP6-02", "POL-09"),
    check=check,
)

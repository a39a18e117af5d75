"""QTA004 vpc-near-its-endpoint-quota."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with more than 45 interface and Gateway Load Balancer endpoints."""
    counts = Counter(
        each.vpc_id
        for each in estate.facts.vpc_endpoints.values()
        if each.vpc_endpoint_type in ("Interface", "GatewayLoadBalancer")
    )
    for vpc_id, count in sorted(counts.items()):
        yield from near(estate, vpc_id, count, 50, "endpoints", "VpcEndpoints")


RULE = Rule(
    id="QTA004",
    name="vpc-near-its-endpoint-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A VPC has used more than nine tenths of its interface endpoints.",
    why="The default is 50 interface and Gateway Load Balancer endpoints of a VPC.",
    remediation="Ask for more, or share endpoints of a central VPC.",
    rules=("VPCE-13",),
    check=check,
)

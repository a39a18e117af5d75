"""QTA002 vpc-near-its-peering-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.dns.connected_vpcs import peerings_of
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with more than 45 active connections."""
    for vpc_id in estate.facts.vpcs:
        count = sum(each.status.code == "active" for each in peerings_of(estate.snapshot, vpc_id))
        yield from near(estate, vpc_id, count, 50, "peerings", "VpcPeeringConnections")


RULE = Rule(
    id="QTA002",
    name="vpc-near-its-peering-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A VPC has used more than nine tenths of its peering connections.",
    why="The default is 50 active connections, 125 at the most; a hub does not grow by peering.",
    remediation="Ask for more, or move to a transit gateway.",
    rules=("PCX-13",),
    check=check,
)

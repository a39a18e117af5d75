"""NET008 overlapping-peers."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import joined_vpcs
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Pairs of joined VPCs whose known blocks overlap; a reference that failed long ago is left out."""
    for own_id, one, other in joined_vpcs(estate):
        for mine in estate.blocks(one):
            for theirs in estate.blocks(other):
                if mine.overlaps(theirs):
                    message = f"{mine} of {estate.named(one)} overlaps {theirs} of {estate.named(other)}"
                    subject = f"{one} {other} {mine} {theirs}"
                    yield Defect(own_id, message, {"CidrBlock": str(mine)}, (one, other), subject=subject)


RULE = Rule(
    id="NET008",
    name="overlapping-peers",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="Two VPCs that a peering request or a transit gateway joins have overlapping ranges.",
    why="AWS fails a peering between them; a transit gateway silently leaves the later one's route out.",
    remediation=(
        "Join them by PrivateLink or VPC Lattice, where addresses do not matter, or give one of them other ranges."
    ),
    rules=("PCX-04", "TGW-06"),
    check=check,
)

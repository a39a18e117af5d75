"""QTA018 vpc-near-its-table-quota."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with more than 180 route tables or network ACLs."""
    facts = estate.facts
    tables = Counter(each.vpc_id for each in facts.route_tables.values())
    acls = Counter(each.vpc_id for each in facts.network_acls.values() if each.vpc_id)
    for counts, things, field in ((tables, "route tables", "RouteTables"), (acls, "network ACLs", "NetworkAcls")):
        for vpc_id, count in sorted(counts.items()):
            yield from near(estate, vpc_id, count, 200, things, field)


RULE = Rule(
    id="QTA018",
    name="vpc-near-its-table-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A VPC has used more than nine tenths of its route tables or network ACLs.",
    why="The default is 200 of each in a VPC.",
    remediation="Let subnets with the same routes share a table.",
    rules=("NET-13", "ACL-11"),
    check=check,
)

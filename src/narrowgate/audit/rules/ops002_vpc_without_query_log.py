"""OPS002 vpc-without-query-log."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with an endpoint, or peered with one, without an association of a query log."""
    logged = {each.resource_id for each in estate.facts.query_log_config_associations}
    call = "route53resolver.list_resolver_query_log_config_associations"
    for vpc_id in sorted(estate.vpcs_of_private_apis):
        if vpc_id in estate.facts.vpcs and vpc_id not in logged and estate.is_collected(call, vpc_id):
            yield Defect(vpc_id, f"{estate.named(vpc_id)} has no query log", {"VpcId": vpc_id})


RULE = Rule(
    id="OPS002",
    name="vpc-without-query-log",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A VPC that calls private APIs has no Resolver query log.",
    why="Which name was asked, what came back, and what DNS Firewall took away stands nowhere else.",
    remediation="Associate a query log configuration with the VPC.",
    rules=("OPS-02", "LOG-01"),
    check=check,
)

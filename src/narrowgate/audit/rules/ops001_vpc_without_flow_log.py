"""OPS001 vpc-without-flow-log."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with an endpoint, or peered with one, that no active flow log covers."""
    logged = {each.resource_id for each in estate.facts.flow_logs.values() if each.flow_log_status == "ACTIVE"}
    for vpc_id in sorted(estate.vpcs_of_private_apis):
        if vpc_id not in estate.facts.vpcs or not estate.is_collected("ec2.describe_flow_logs", vpc_id):
            continue
        subnets = set(estate.subnets(vpc_id))
        if vpc_id not in logged and not (subnets and subnets <= logged):
            yield Defect(vpc_id, f"{estate.named(vpc_id)} has no flow log", {"VpcId": vpc_id})


RULE = Rule(
    id="OPS001",
    name="vpc-without-flow-log",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A VPC that calls or serves private APIs has no flow log.",
    why=(
        "Packets that a group, an ACL or a missing route drops leave no other trace: API Gateway never "
        "hears of them."
    ),
    remediation="Add a flow log to the VPC, with `pkt-srcaddr`, `flow-direction` and `tcp-flags`.",
    rules=("OPS-01",),
    check=check,
)

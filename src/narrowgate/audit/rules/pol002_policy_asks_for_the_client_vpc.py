"""POL002 policy-asks-for-the-client-vpc."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPC ids in conditions on `aws:SourceVpc` that are known and hold no endpoint."""
    for api in estate.apis("PRIVATE"):
        policy = estate.resource_policy(api)
        for statement in policy.statements if policy is not None else ():
            for condition in statement.conditions:
                if condition.lowered != "aws:sourcevpc":
                    continue
                for vpc_id in condition.wanted:
                    if vpc_id not in estate.facts.vpcs or vpc_id in estate.endpoint_vpcs:
                        continue
                    if not estate.is_collected("ec2.describe_vpc_endpoints", vpc_id):
                        continue
                    where = f"statement {statement.sid or statement.index}"
                    message = (
                        f"{estate.named(api.id)}, {where}: {estate.named(vpc_id)} holds no execute-api endpoint"
                    )
                    yield Defect(api.id, message, {"policy": vpc_id}, (vpc_id,), subject=vpc_id)


RULE = Rule(
    id="POL002",
    name="policy-asks-for-the-client-vpc",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A resource policy asks `aws:SourceVpc` for a VPC that has no execute-api endpoint.",
    why=(
        "`aws:SourceVpc` is the VPC of the endpoint that the call came through, never the caller's own "
        "VPC: over peering or a transit gateway the condition never holds and every call ends in 403."
    ),
    remediation=(
        "Ask for the VPC that holds the endpoint, or better for the endpoint itself (`aws:SourceVpce`); "
        "tell callers apart by `aws:VpcSourceIp`."
    ),
    rules=("VPCE-07", "KEY-01"),
    check=check,
)

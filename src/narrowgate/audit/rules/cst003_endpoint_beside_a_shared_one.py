"""CST003 endpoint-beside-a-shared-one."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Active peerings of one Region with an endpoint on both sides."""
    for own_id, peering in estate.facts.vpc_peering_connections.items():
        one, other = peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id
        if peering.status.code != "active" or one is None or other is None:
            continue
        if {one, other} <= estate.endpoint_vpcs and estate.region(one) == estate.region(other):
            message = f"{estate.named(one)} and {estate.named(other)} have an execute-api endpoint each"
            yield Defect(own_id, message, {"Status.Code": "active"}, (one, other))


RULE = Rule(
    id="CST003",
    name="endpoint-beside-a-shared-one",
    severity=Severity.INFO,
    confidence=Confidence.LOW,
    what="Two VPCs that a peering joins have an execute-api endpoint each.",
    why=(
        "One endpoint serves every private API of the Region, for peers as well: each further one costs "
        "14.60 USD a month with two zones."
    ),
    remediation=(
        "Let the peer use one endpoint by the alias name, where nothing speaks for a wall between the two."
    ),
    rules=("COST-04", "VPCE-03"),
    check=check,
)

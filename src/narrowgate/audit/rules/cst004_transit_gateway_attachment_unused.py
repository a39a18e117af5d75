"""CST004 transit-gateway-attachment-unused."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import are_routed, subnets_towards
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Available attachments of VPCs whose tables are known and name no transit gateway of the attachment."""
    for own_id, attachment in estate.facts.transit_gateway_vpc_attachments.items():
        if attachment.state != "available" or not are_routed(estate, attachment.vpc_id):
            continue
        if not subnets_towards(estate, attachment.vpc_id, attachment.transit_gateway_id):
            message = f"{own_id} is used by no route of {estate.named(attachment.vpc_id)}"
            yield Defect(own_id, message, {"State": "available"}, (attachment.transit_gateway_id,))


RULE = Rule(
    id="CST004",
    name="transit-gateway-attachment-unused",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    what="No route table of an attached VPC leads to its transit gateway.",
    why="The attachment costs 0.05 USD an hour, and no packet of the VPC takes it.",
    remediation="Add the routes, or delete the attachment.",
    rules=("COST-01", "TGW-03"),
    check=check,
)

"""NET009 transit-gateway-attachment-lacks-a-zone."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.routes import subnets_towards
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Attachments of VPCs with an execute-api endpoint, or whose subnets route to the gateway, in other zones."""
    for own_id, attachment in estate.facts.transit_gateway_vpc_attachments.items():
        if not isinstance(attachment.subnet_ids, tuple):
            continue
        covered = estate.zones(attachment.subnet_ids)
        towards = subnets_towards(estate, attachment.vpc_id, attachment.transit_gateway_id)
        for subnet_id in sorted(towards):
            zone = next(iter(estate.zones((subnet_id,))), None)
            if zone is not None and covered and zone not in covered:
                message = (
                    f"{own_id} has no subnet in {zone}, where {estate.named(subnet_id)} routes to the gateway"
                )
                facts = {"SubnetIds": list(attachment.subnet_ids)}
                yield Defect(own_id, message, facts, (subnet_id,), subject=subnet_id)


RULE = Rule(
    id="NET009",
    name="transit-gateway-attachment-lacks-a-zone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A VPC uses subnets in an Availability Zone in which its transit gateway attachment has none.",
    why=(
        "Traffic enters a transit gateway only in the zone of the sender: hosts and endpoint interfaces "
        "of the other zone are cut off, replies included."
    ),
    remediation="Add a subnet of that zone to the attachment.",
    rules=("TGW-02",),
    check=check,
)

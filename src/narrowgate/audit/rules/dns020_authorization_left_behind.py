"""DNS020 authorization-left-behind."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Authorizations of zones, used or not."""
    for zone_id, vpcs in estate.facts.association_authorizations.items():
        for vpc in vpcs:
            message = f"{estate.named(zone_id)} may be associated with {vpc.vpc_id} at any time"
            yield Defect(zone_id, message, {"VPCs": vpc.vpc_id or ""}, subject=vpc.vpc_id or "")


RULE = Rule(
    id="DNS020",
    name="authorization-left-behind",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A hosted zone still has an authorization for a VPC of another account.",
    why=(
        "An authorization is needed for the moment of the association only; left in place, that account "
        "can associate the VPC again after it was taken off."
    ),
    remediation="Delete the authorization (`aws route53 delete-vpc-association-authorization`).",
    rules=("PHZ-02",),
    check=check,
)

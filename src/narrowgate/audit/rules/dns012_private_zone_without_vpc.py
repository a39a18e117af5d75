"""DNS012 private-zone-without-vpc."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private zones whose list of VPCs is known and empty, and that no Profile carries."""
    carried = " ".join(
        each.resource_arn for found in estate.facts.profile_resource_associations.values() for each in found
    )
    for zone_id, zone in estate.facts.hosted_zones.items():
        vpcs = estate.facts.hosted_zone_vpcs.get(zone_id)
        if zone.config.private_zone is True and vpcs == () and zone_id.rpartition("/")[2] not in carried:
            yield Defect(zone_id, f"{estate.named(zone_id)} is associated with no VPC", {"Name": zone.name})


RULE = Rule(
    id="DNS012",
    name="private-zone-without-vpc",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    what="A private hosted zone is associated with no VPC that is known.",
    why=(
        "Nobody can resolve its records; a zone that was authorised for another account still has to be "
        "associated there."
    ),
    remediation="Associate it with the VPCs that need it, or delete it.",
    rules=("PHZ-02",),
    check=check,
)

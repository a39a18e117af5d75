"""QTA011 zone-near-its-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Zones with more than 270 VPCs, 900 authorizations or 9,000 records."""
    facts = estate.facts
    counted = (
        (facts.hosted_zone_vpcs, 300, "VPCs", "VPCs"),
        (
            facts.association_authorizations,
            1000,
            "authorizations for VPCs of other accounts",
            "VPCAssociationAuthorizations",
        ),
        (facts.record_sets, 10000, "records", "ResourceRecordSets"),
    )
    for found, quota, things, field in counted:
        for own_id, members in sorted(found.items()):
            yield from near(estate, own_id, len(members), quota, things, field)


RULE = Rule(
    id="QTA011",
    name="zone-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A hosted zone has used more than nine tenths of its VPCs, its authorizations or its records.",
    why=(
        "The default is 300 VPCs, 1,000 authorizations and 10,000 records of a zone; a consumer more, and "
        "associating its VPC fails."
    ),
    remediation=(
        "Carry the zone in a Route 53 Profile, which reaches 1,000 VPCs; delete authorizations that were used."
    ),
    rules=("QUOTA-01", "PHZ-02"),
    check=check,
)

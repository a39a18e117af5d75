"""QTA014 profile-near-its-quota."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, near_in_account
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Accounts with 5 Profiles in a Region; Profiles with more than 900 VPCs."""
    own = [each for each, profile in estate.facts.profiles.items() if profile.share_status != "SHARED_WITH_ME"]
    yield from near_in_account(estate, own, 5, "Route 53 Profiles", "Profiles")
    vpcs = Counter(each.profile_id for each in estate.facts.profile_associations)
    for own_id, count in sorted(vpcs.items()):
        yield from near(estate, own_id, count, 1000, "VPCs", "ProfileAssociations")


RULE = Rule(
    id="QTA014",
    name="profile-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "An account has all the Route 53 Profiles of a Region that it can have, or a Profile more than nine "
        "tenths of its VPCs."
    ),
    why="The default is 5 Profiles of an account in a Region and 1,000 VPCs of a Profile.",
    remediation="Ask for more; one Profile can carry zones, rules, endpoints and firewall groups together.",
    rules=("QUOTA-01", "PROF-01"),
    check=check,
)

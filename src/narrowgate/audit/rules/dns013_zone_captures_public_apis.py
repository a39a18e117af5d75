"""DNS013 zone-captures-public-apis."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import is_public_api_domain
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Private zones on a VPC whose domain holds every API name of a Region."""
    for zone_id, vpcs in estate.facts.hosted_zone_vpcs.items():
        zone = estate.facts.hosted_zones.get(zone_id)
        if zone is None or not vpcs or zone.config.private_zone is False:
            continue
        if is_public_api_domain(normalise(zone.name)):
            message = f"{estate.named(zone_id)} takes every API name of its domain away from {len(vpcs)} VPC"
            yield Defect(zone_id, message, {"Name": zone.name}, tuple(each.vpc_id or "" for each in vpcs))


RULE = Rule(
    id="DNS013",
    name="zone-captures-public-apis",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A private hosted zone for all of `execute-api.{region}.amazonaws.com`, or for a domain above it, "
        "is associated with a VPC."
    ),
    why=(
        "A zone answers for everything below its name: names that it has no record for do not exist, so "
        "every other API of the Region, public ones included, is gone for that VPC."
    ),
    remediation="Make a zone for the one API name, with a record at its apex.",
    rules=("PHZ-06", "AGW-19"),
    check=check,
)

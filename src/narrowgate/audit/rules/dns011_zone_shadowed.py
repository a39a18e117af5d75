"""DNS011 zone-shadowed."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import rules_by_vpc
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Zones whose own domain is that of a FORWARD rule on the same VPC."""
    by_vpc = rules_by_vpc(estate)
    for zone_id, vpcs in estate.facts.hosted_zone_vpcs.items():
        zone = estate.facts.hosted_zones.get(zone_id)
        if zone is None:
            continue
        for vpc in vpcs:
            for rule in by_vpc.get(vpc.vpc_id or "", ()):
                same = isinstance(rule.domain_name, str) and normalise(rule.domain_name) == normalise(zone.name)
                if rule.rule_type == "FORWARD" and same:
                    message = (
                        f"{estate.named(zone_id)} never answers in {estate.named(vpc.vpc_id or '')}: "
                        f"{estate.named(rule.id)} is for the same domain"
                    )
                    yield Defect(zone_id, message, {"Name": zone.name}, (rule.id,), subject=vpc.vpc_id or "")


RULE = Rule(
    id="DNS011",
    name="zone-shadowed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A private hosted zone is associated with a VPC where a rule for the same domain, or a more "
        "specific one for all its records, wins."
    ),
    why="On a tie the rule answers, never the zone: its records are invisible in that VPC.",
    remediation="Remove the rule, or take the zone off the VPC.",
    rules=("RSLV-04", "RSLV-05"),
    check=check,
)

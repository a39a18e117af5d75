"""DNS026 rule-leads-where-no-private-dns-answers."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, most_specific, rules_by_vpc, vpcs_behind
from narrowgate.model.domain import is_in_domain, normalise
from narrowgate.model.fact import UNSET
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Rules for execute-api names whose questions end in a VPC that has no private answer for them."""
    for rule in associated_rules(estate, "FORWARD"):
        domain = normalise(rule.domain_name) if isinstance(rule.domain_name, str) else ""
        region = estate.region(rule.id)
        if not region or not is_in_domain(domain, f"execute-api.{region}.amazonaws.com"):
            continue
        for vpc_id in sorted(vpcs_behind(estate, rule)):
            if _may_answer(estate, vpc_id, domain):
                continue
            place = estate.named(vpc_id)
            message = f"{estate.named(rule.id)} leads to {place}, where nothing private answers for {domain}"
            yield Defect(rule.id, message, {"DomainName": domain}, (vpc_id,), subject=vpc_id)


def _may_answer(estate: Estate, vpc_id: str, domain: str) -> bool:
    """Whether an endpoint, a zone or another rule of a VPC answers for a name, or nobody knows."""
    if not estate.is_collected("ec2.describe_vpc_endpoints", vpc_id):
        return True
    endpoints = [each for each in estate.execute_api_endpoints if each.vpc_id == vpc_id]
    if any(each.private_dns_enabled is UNSET or each.private_dns_enabled for each in endpoints):
        return True
    zones = [
        zone for zone, vpcs in estate.facts.hosted_zone_vpcs.items() if any(each.vpc_id == vpc_id for each in vpcs)
    ]
    known = (estate.facts.hosted_zones.get(each) for each in zones)
    if any(zone is not None and is_in_domain(domain, normalise(zone.name)) for zone in known):
        return True
    return most_specific(rules_by_vpc(estate).get(vpc_id, ()), domain) is not None


RULE = Rule(
    id="DNS026",
    name="rule-leads-where-no-private-dns-answers",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what=(
        "A FORWARD rule for names of private APIs leads to a VPC without an execute-api endpoint with "
        "private DNS, a zone or a rule for them."
    ),
    why=(
        "The inbound endpoint answers in its VPC's view. Without private DNS that view has the public "
        "answer only, and a private API's default name has none that can be used."
    ),
    remediation=(
        "Turn private DNS of the endpoint in that VPC on, or give the VPC a private zone for the one API's name."
    ),
    rules=("VPCE-DNS-10", "IN-01", "AGW-04"),
    check=check,
)

"""DNS004 rule-forwards-in-a-loop."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import (
    associated_rules,
    most_specific,
    rules_by_vpc,
    targets,
    vpcs_behind,
)
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity
from narrowgate.model.route53 import ResolverRule


def check(estate: Estate) -> Iterator[Defect]:
    """Rules that lead into a VPC which is associated with a FORWARD rule for the same domain or one above."""
    by_vpc = rules_by_vpc(estate)
    for rule in associated_rules(estate, "FORWARD"):
        domain = normalise(rule.domain_name) if isinstance(rule.domain_name, str) else ""
        for vpc_id in sorted(vpcs_behind(estate, rule)):
            best = most_specific(by_vpc.get(vpc_id, ()), domain)
            if best is not None and best.rule_type == "FORWARD" and _comes_back(estate, best, rule, vpc_id):
                message = (
                    f"{estate.named(rule.id)} leads to {estate.named(vpc_id)}, which forwards {domain or '.'} "
                    f"again by {estate.named(best.id)}"
                )
                yield Defect(rule.id, message, {"TargetIps": targets(rule)}, (best.id, vpc_id), subject=vpc_id)


def _comes_back(estate: Estate, best: ResolverRule, rule: ResolverRule, vpc_id: str) -> bool:
    """True where the second rule is the first, or leads to a VPC that uses the first."""
    if best.id == rule.id:
        return True
    users = {each.vpc_id for each in estate.facts.resolver_rule_associations if each.resolver_rule_id == rule.id}
    behind = vpcs_behind(estate, best)
    return bool(behind & (users | {vpc_id}))


RULE = Rule(
    id="DNS004",
    name="rule-forwards-in-a-loop",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A rule's target is an inbound endpoint whose VPC forwards the same domain back, or is associated "
        "with the rule itself."
    ),
    why="The question goes round until Resolver gives up: SERVFAIL, and costs for every round.",
    remediation="Take the rule off the inbound endpoint's VPC: that VPC resolves the name itself.",
    rules=("RSLV-15", "RSLV-12"),
    check=check,
)

"""QTA012 firewall-near-its-quota."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with 5 rule groups of DNS Firewall; groups with more than 90 rules."""
    groups = Counter(each.vpc_id for each in estate.facts.firewall_rule_group_associations)
    for vpc_id, count in sorted(groups.items()):
        yield from near(estate, vpc_id, count, 5, "rule groups of DNS Firewall", "FirewallRuleGroupAssociations")
    for own_id, rules in sorted(estate.facts.firewall_rules.items()):
        yield from near(estate, own_id, len(rules), 100, "rules", "FirewallRules")


RULE = Rule(
    id="QTA012",
    name="firewall-near-its-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "A VPC has all the rule groups of DNS Firewall that it can have, or a group more than nine tenths "
        "of its rules."
    ),
    why=(
        "A VPC takes 5 groups, and that cannot be raised; a group takes 100 rules by default. An allow-list "
        "of one rule an API fills up with them."
    ),
    remediation="Put the names into one domain list that one rule names.",
    rules=("QUOTA-01", "FW-02"),
    check=check,
)

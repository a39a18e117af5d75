"""DNS003 rule-not-associated."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import profile_rules
from narrowgate.engine.dns.view import AUTODEFINED_RULE
from narrowgate.model.fact import UNSET
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """FORWARD rules without an association that is complete, where associations were collected."""
    used = {
        each.resolver_rule_id
        for each in estate.facts.resolver_rule_associations
        if each.status is UNSET or each.status in ("COMPLETE", "CREATING")
    }
    for rule in estate.facts.resolver_rules.values():
        if rule.rule_type != "FORWARD" or rule.id in used or rule.id.startswith(AUTODEFINED_RULE):
            continue
        if rule.share_status == "SHARED_WITH_ME" or rule.id in profile_rules(estate):
            continue
        if estate.is_collected("route53resolver.list_resolver_rule_associations", rule.id):
            message = f"{estate.named(rule.id)} is associated with no VPC of this account"
            yield Defect(rule.id, message, {"ShareStatus": rule.share_status or "NOT_SHARED"})


RULE = Rule(
    id="DNS003",
    name="rule-not-associated",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what="A FORWARD rule of this account is associated with no VPC.",
    why="A rule does nothing until a VPC is associated with it: names go on resolving as before.",
    remediation=(
        "Associate the rule with the VPCs that should forward (`aws route53resolver "
        "associate-resolver-rule`), or delete it."
    ),
    rules=("RSLV-10",),
    check=check,
)

"""DNS028 rule-association-failed."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity

_UNDONE = ("FAILED", "OVERRIDDEN")


def check(estate: Estate) -> Iterator[Defect]:
    """Associations of rules with VPCs whose state says that they are not in force."""
    for each in estate.facts.resolver_rule_associations:
        if each.status in _UNDONE:
            rule, vpc = estate.named(each.resolver_rule_id), estate.named(each.vpc_id)
            message = f"{rule} is not in force in {vpc}: {each.status}"
            facts = {"Status": str(each.status), "VPCId": each.vpc_id}
            yield Defect(each.resolver_rule_id, message, facts, (each.vpc_id,), subject=each.vpc_id)


RULE = Rule(
    id="DNS028",
    name="rule-association-failed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="The association of a Resolver rule with a VPC has failed, or something else overrides it.",
    why="Only a complete association counts: names of that VPC go on resolving as before.",
    remediation="Associate the rule anew; a Profile or another rule for the same domain may stand in the way.",
    rules=("RSLV-10",),
    check=check,
)

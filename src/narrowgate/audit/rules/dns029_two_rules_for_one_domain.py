"""DNS029 two-rules-for-one-domain."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import rules_by_vpc
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs with a second rule for a domain that a rule of theirs has already."""
    for vpc_id, rules in sorted(rules_by_vpc(estate).items()):
        seen: dict[str, str] = {}
        for rule in sorted(rules, key=lambda each: each.id):
            if not isinstance(rule.domain_name, str):
                continue
            domain = normalise(rule.domain_name)
            first = seen.setdefault(domain, rule.id)
            if first != rule.id:
                message = (
                    f"{estate.named(vpc_id)} has {estate.named(first)} and {estate.named(rule.id)} for {domain}"
                )
                yield Defect(
                    rule.id, message, {"DomainName": domain, "VPCId": vpc_id}, (first, vpc_id), subject=vpc_id
                )


RULE = Rule(
    id="DNS029",
    name="two-rules-for-one-domain",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A VPC is associated with two Resolver rules for one domain.",
    why="AWS refuses the second association: in a plan or template the deployment fails.",
    remediation="Keep one rule; a rule takes up to six targets.",
    rules=("RSLV-10",),
    check=check,
)

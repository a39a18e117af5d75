"""QTA009 rule-near-its-target-quota."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """FORWARD rules with 6 targets."""
    for own_id, rule in sorted(estate.facts.resolver_rules.items()):
        yield from near(estate, own_id, len(rule.target_ips), 6, "targets", "TargetIps")


RULE = Rule(
    id="QTA009",
    name="rule-near-its-target-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="A Resolver rule has all the targets that it can have.",
    why="A rule takes 6 targets, and that cannot be raised; every one of them has to answer alike.",
    remediation="Keep two targets in two zones; more add nothing but waiting when one is silent.",
    rules=("QUOTA-01", "OUT-03"),
    check=check,
)

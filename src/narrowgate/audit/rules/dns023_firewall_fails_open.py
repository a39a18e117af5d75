"""DNS023 firewall-fails-open."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs whose firewall configuration says that it fails open, and that have a rule group."""
    guarded = {each.vpc_id for each in estate.facts.firewall_rule_group_associations}
    for config in estate.facts.firewall_configs.values():
        if config.firewall_fail_open == "ENABLED" and config.resource_id in guarded:
            message = f"DNS Firewall of {estate.named(config.resource_id)} fails open"
            yield Defect(config.resource_id, message, {"FirewallFailOpen": "ENABLED"})


RULE = Rule(
    id="DNS023",
    name="firewall-fails-open",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what="DNS Firewall of a VPC fails open.",
    why=("While the firewall cannot be asked, every name is let through, those that it should keep in included."),
    remediation="Turn fail open off where the firewall is a security boundary.",
    rules=("FW-06",),
    check=check,
)

"""DNS015 dns-support-off."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """VPCs whose attribute is known and off."""
    for vpc_id, attributes in estate.facts.vpc_attributes.items():
        if attributes.get("enable_dns_support") is False:
            yield Defect(vpc_id, f"{estate.named(vpc_id)} has no resolver of its own", {"enableDnsSupport": False})


RULE = Rule(
    id="DNS015",
    name="dns-support-off",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A VPC has `enableDnsSupport` off.",
    why=(
        "The Amazon resolver does not answer its hosts: no private zone, no rule, no endpoint name works, "
        "unless they ask a server of their own."
    ),
    remediation="Turn `enableDnsSupport` on.",
    rules=("DNS-05", "DNS-01"),
    check=check,
)

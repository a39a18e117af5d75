"""DNS001 rule-captures-public-apis."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules, is_public_api_domain
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Associated FORWARD rules for `execute-api.{region}.amazonaws.com` or a domain above it, but the root."""
    for rule in associated_rules(estate, "FORWARD"):
        domain = normalise(rule.domain_name) if isinstance(rule.domain_name, str) else ""
        if domain and is_public_api_domain(domain):
            message = f"{estate.named(rule.id)} forwards every name in {domain}"
            yield Defect(rule.id, message, {"DomainName": domain})


RULE = Rule(
    id="DNS001",
    name="rule-captures-public-apis",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    what=("A FORWARD rule covers every API name of a Region, not the names of the private APIs that are meant."),
    why=(
        "Names of public APIs of the Region are forwarded too, come back with private addresses, and "
        "answer 403 Forbidden."
    ),
    remediation="Make one rule for each API name, `{api}.execute-api.{region}.amazonaws.com`.",
    rules=("AGW-18", "RSLV-03"),
    check=check,
)

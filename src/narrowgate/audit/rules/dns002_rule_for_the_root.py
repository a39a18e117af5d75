"""DNS002 rule-for-the-root."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.audit.rules_of_resolver import associated_rules
from narrowgate.model.domain import normalise
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Associated FORWARD rules for the root."""
    for rule in associated_rules(estate, "FORWARD"):
        if isinstance(rule.domain_name, str) and normalise(rule.domain_name) == "":
            message = f"{estate.named(rule.id)} forwards every name that nothing more specific covers"
            yield Defect(rule.id, message, {"DomainName": "."})


RULE = Rule(
    id="DNS002",
    name="rule-for-the-root",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what="A FORWARD rule for `.` is associated with a VPC.",
    why=(
        "Every name that no more specific rule, zone or endpoint covers is asked at the rule's targets, "
        "names of AWS services and of the internet included: if the targets cannot resolve them, "
        "everything fails."
    ),
    remediation="Forward the names that are meant, one rule each; keep `.` with the Internet Resolver.",
    rules=("RSLV-07", "RSLV-03"),
    check=check,
)

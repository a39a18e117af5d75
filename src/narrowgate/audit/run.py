"""Ask every rule of an estate."""

from collections.abc import Iterable, Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.registry import RULES
from narrowgate.audit.rule import Rule
from narrowgate.model.finding import Confidence, Finding, Severity, fingerprint_of
from narrowgate.model.snapshot import Snapshot

CRASHED = "SRC900"
"""The id of the finding that stands in for a rule that failed: a defect of narrowgate, never silence."""


def audit(snapshot: Snapshot, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Every finding of every rule: the gravest first, then by rule and resource."""
    estate = Estate(snapshot)
    found = [finding for rule in rules for finding in _ask(rule, estate)]
    unique = {(each.fingerprint, each.message): each for each in found}
    return tuple(
        sorted(unique.values(), key=lambda each: (each.severity.rank, each.rule, each.resource, each.subject))
    )


def _ask(rule: Rule, estate: Estate) -> Iterator[Finding]:
    try:
        yield from [rule.finding(estate, defect) for defect in rule.check(estate)]
    except Exception as error:
        # A rule that fails must not hide what the others find, and must not pass for one that found nothing.
        yield Finding(
            rule=CRASHED,
            name="rule-crashed",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            resource=rule.id,
            message=f"the rule {rule.id} {rule.name} failed: {type(error).__name__}: {error}",
            remediation="please report it; until then nobody looked for this defect",
            fingerprint=fingerprint_of(CRASHED, rule.id),
        )

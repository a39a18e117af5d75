"""Findings that somebody accepts: suppressions with reason and end, and baselines of what was there before."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase

import msgspec

from narrowgate.model.finding import Finding, Suppression


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a suppression file: which findings, why, and until when.

    `rule` is an id or a name, `resource` a pattern with `*`; without it every resource of the rule is meant.
    """

    rule: str
    reason: str
    resource: str = "*"
    until: date | None = None

    def covers(self, finding: Finding) -> bool:
        """True where the entry speaks about the finding."""
        return self.rule.lower() in (finding.rule.lower(), finding.name) and fnmatchcase(
            finding.resource, self.resource
        )

    def is_over(self, today: date) -> bool:
        """True after its last day."""
        return self.until is not None and self.until < today


def accept(findings: Iterable[Finding], acceptances: Sequence[Acceptance], *, today: date) -> tuple[Finding, ...]:
    """Mark what is accepted; an entry whose last day has passed accepts nothing any more."""
    found = []
    for finding in findings:
        entry = next((each for each in acceptances if each.covers(finding) and not each.is_over(today)), None)
        if entry is not None:
            until = entry.until.isoformat() if entry.until is not None else None
            finding = msgspec.structs.replace(finding, suppressed=Suppression(reason=entry.reason, until=until))
        found.append(finding)
    return tuple(found)


def unused(findings: Sequence[Finding], acceptances: Iterable[Acceptance]) -> tuple[Acceptance, ...]:
    """Entries that no finding needs any more."""
    return tuple(each for each in acceptances if not any(each.covers(finding) for finding in findings))


def against_baseline(findings: Iterable[Finding], known: Collection[str]) -> tuple[Finding, ...]:
    """Mark what a baseline knows already, by fingerprint."""
    return tuple(msgspec.structs.replace(each, is_new=each.fingerprint not in known) for each in findings)

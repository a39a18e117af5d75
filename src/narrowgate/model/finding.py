"""Findings of the audit rules: what is wrong where, how grave, how certain, what mends it."""

import hashlib
from enum import StrEnum

from narrowgate.model.answer import Evidence, Record, Step


class Severity(StrEnum):
    """How much harm the defect does; the gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How certain it is that the defect is one: apart from how grave it would be."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Location(Record, frozen=True, kw_only=True):
    """Where the fact was written or learnt: file, line (from 1; 0 where not known), its address in the file."""

    file: str
    line: int = 0
    address: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Suppression(Record, frozen=True, kw_only=True):
    """Why a finding is accepted; `until` is a date (`2026-12-31`), after which it counts again."""

    reason: str
    until: str | None = None


class Finding(Record, frozen=True, kw_only=True):
    """One defect of one resource.

    `rule` is the audit rule's id, `rules` are those of the rule book behind it. `trace` holds the hops that show
    it, where an engine answer does. `fingerprint` stays the same across runs and moves of lines.
    """

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    resource: str
    message: str
    remediation: str
    rules: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    related: tuple[str, ...] = ()
    location: Location | None = None
    trace: tuple[Step, ...] = ()
    subject: str = ""
    """What of the resource is meant, where one resource can have the defect several times: a CIDR, a record."""
    suppressed: Suppression | None = None

    fingerprint: str = ""
    is_new: bool = True
    """False for one that the baseline knows."""

    @property
    def counts(self) -> bool:
        """True where somebody has to do something about it: neither accepted nor known before."""
        return self.suppressed is None and self.is_new


def fingerprint_of(rule: str, resource: str, subject: str = "") -> str:
    """What stays the same about a finding when lines move and texts change: rule, resource and subject, hashed."""
    return hashlib.sha256("\0".join((rule, resource, subject)).encode()).hexdigest()[:16]

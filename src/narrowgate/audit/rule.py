"""What an audit rule is: its id and words, and the function that finds the defect."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from narrowgate.audit.estate import Estate
from narrowgate.model.answer import Evidence, Step
from narrowgate.model.finding import Confidence, Finding, Location, Severity, fingerprint_of

_PROPERTIES = {"IpPermissions": "SecurityGroupIngress", "IpPermissionsEgress": "SecurityGroupEgress"}
"""Properties whose name as a fact is another than in CloudFormation."""


class Defect(NamedTuple):
    """What a check yields: the resource, a sentence about it, and the facts that show it."""

    resource: str
    message: str
    facts: Mapping[str, object] = {}
    """Fields of the resource with their values."""
    related: tuple[str, ...] = ()
    """Other resources that have a part in it."""
    subject: str = ""
    trace: tuple[Step, ...] = ()
    confidence: Confidence | None = None
    """Where this one is less certain than the rule in general."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What of the resource may stand in a place of its own: a policy, a route, a range of a group's rule."""
        values = (each for each in self.facts.values() if isinstance(each, str))
        names = (_PROPERTIES.get(each, each[:1].upper() + each[1:]) for each in self.facts)
        return (self.subject, *values, *names)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """An audit rule.

    `id` is its family and three digits, never used again; `name` says the defect; `what` and `why` are a sentence
    or two each; `remediation` is what to do; `rules` are the rules of the rule book that it rests on.
    """

    id: str
    name: str
    severity: Severity
    confidence: Confidence
    what: str
    why: str
    remediation: str
    rules: tuple[str, ...]
    check: Callable[[Estate], Iterator[Defect]]
    limits: str = ""
    """Where it may be wrong, or stops looking; empty where there is nothing to say."""

    @property
    def family(self) -> str:
        """`DNS`, `NET`, `EPT`, `TLS`, `POL`, `API`, `EXP`, `OPS`, `CST` or `QTA`."""
        return self.id[:3]

    def finding(self, estate: Estate, defect: Defect) -> Finding:
        """A defect with the rule's words, evidence and place."""
        snapshot = estate.snapshot
        place = snapshot.place_of_part(defect.resource, defect.parts)
        location = None
        if place.source:
            location = Location(file=place.source, line=place.line, address=place.address)
        return Finding(
            rule=self.id,
            name=self.name,
            severity=self.severity,
            confidence=defect.confidence or self.confidence,
            resource=defect.resource,
            message=defect.message,
            remediation=self.remediation,
            rules=self.rules,
            evidence=tuple(_evidence(estate, defect)),
            related=defect.related,
            location=location,
            trace=defect.trace,
            subject=defect.subject,
            fingerprint=fingerprint_of(self.id, defect.resource, defect.subject),
        )


def _evidence(estate: Estate, defect: Defect) -> Iterator[Evidence]:
    for field, value in defect.facts.items():
        yield estate.snapshot.evidence(defect.resource, field, value)

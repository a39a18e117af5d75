"""What a design promises and does not keep, as findings: rule EXP001, with the way that decided as the trace."""

from collections.abc import Iterator

from narrowgate.model.answer import Cause, Verdict
from narrowgate.model.comparison import CheckAnswer, ExpectationAnswer, Violation
from narrowgate.model.finding import Confidence, Finding, Location, Severity, fingerprint_of

EXPECTATION_FAILS = "EXP001"
NAME = "expectation-fails"
WHAT = "A call that the design allows, a line of its `expect` or a constraint does not hold, or cannot be told."


def broken_promises(answer: CheckAnswer) -> tuple[Finding, ...]:
    """A finding for each promise that does not hold; one that nobody can tell weighs less."""
    return tuple(_broken(answer))


def _broken(answer: CheckAnswer) -> Iterator[Finding]:
    yield from (_expectation(each) for each in answer.expectations if each.verdict is not Verdict.ALLOWED)
    yield from (_violation(answer, each) for each in answer.violations)
    if not answer.expectations and answer.decided_by is not None:
        yield _refused(answer, answer.decided_by)


def _refused(answer: CheckAnswer, cause: Cause) -> Finding:
    """The option that the design means cannot be built: nothing else could be asked."""
    return Finding(
        rule=EXPECTATION_FAILS,
        name=NAME,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        resource=cause.resource or answer.source,
        message=f"`{cause.resource or answer.source}` cannot be built: {cause.text}",
        remediation="`narrowgate compare` shows the ways that can.",
        rules=(cause.rule,) if cause.rule else (),
        location=Location(file=answer.source),
        fingerprint=fingerprint_of(EXPECTATION_FAILS, cause.resource or ""),
    )


def _violation(answer: CheckAnswer, each: Violation) -> Finding:
    return Finding(
        rule=EXPECTATION_FAILS,
        name=NAME,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        resource=answer.via or answer.source,
        subject=each.constraint,
        message=f"the constraint `{each.constraint}` is broken: {each.text}",
        remediation="`narrowgate compare` shows the ways that keep it.",
        location=Location(file=answer.source),
        fingerprint=fingerprint_of(EXPECTATION_FAILS, answer.via or "", each.constraint),
    )


def _expectation(each: ExpectationAnswer) -> Finding:
    is_open = each.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE)
    cause = each.decided_by
    why = "; ".join(f"{missing.fact}: {missing.why}" for missing in each.unknowns)
    text = cause.text if cause is not None else why or each.text
    return Finding(
        rule=EXPECTATION_FAILS,
        name=NAME,
        severity=Severity.MEDIUM if is_open else Severity.HIGH,
        confidence=Confidence.HIGH,
        resource=cause.resource if cause is not None and cause.resource else each.expectation,
        subject=each.expectation,
        message=f"{each.expectation}: {'cannot be told' if is_open else 'does not hold'}, {text}",
        remediation="`narrowgate fix` looks for the smallest change that mends it." if not is_open else "",
        rules=(cause.rule,) if cause is not None and cause.rule else (),
        evidence=cause.evidence if cause is not None else (),
        location=_location(each.where),
        trace=each.steps,
        fingerprint=fingerprint_of(EXPECTATION_FAILS, each.expectation),
    )


def _location(where: str) -> Location | None:
    """`file:line:column` as a place; a file's own name may hold colons."""
    file, _, line = where.rpartition(":")[0].rpartition(":")
    return Location(file=file, line=int(line)) if file and line.isdigit() else None

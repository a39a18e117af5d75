"""The use case of `check`: the expectations of designs and the audit rules of any source, together."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec

from narrowgate.api import design_checks, designs
from narrowgate.api.finding_places import in_design, in_folder
from narrowgate.api.sources import load
from narrowgate.audit.acceptance import Acceptance, accept, against_baseline, unused
from narrowgate.audit.run import audit
from narrowgate.model.answer import Verdict, conjunction
from narrowgate.model.comparison import CheckAnswer
from narrowgate.model.finding import Finding, Severity
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.acceptances import load_acceptances, load_baseline, write_baseline


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What `check` takes for a failure.

    `fail_on` is the least grave severity that counts, None for none; `suppressions` and `baseline` are files.
    """

    fail_on: Severity | None = Severity.HIGH
    suppressions: Path | None = None
    baseline: Path | None = None
    prices: Path | None = None
    """A price book of the user's own, for `max_monthly_cost`."""
    design: Path | None = None
    """The design whose expectations are held against sources that are no designs."""
    today: date = date.min
    """The day that suppressions are held against."""


def check_sources(paths: Sequence[Path], terms: Terms, *, assume_complete: bool = False) -> CheckAnswer:
    """Whether everything holds: every expectation of a design, and no finding that counts in any source.

    Raises:
        InputError: a source, the suppressions or the baseline cannot be read.
    """
    return _joined([_check(path, terms, assume_complete).answer for path in paths], terms)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One source's check with what it was asked of: the snapshot, and the design where the source is one."""

    answer: CheckAnswer
    snapshot: Snapshot | None
    design: design_checks.DesignCheck | None = None


def check_source(path: Path, terms: Terms, *, assume_complete: bool = False) -> Checked:
    """The check of one source, with what it was asked of.

    Raises:
        InputError: as `check_sources`.
    """
    checked = _check(path, terms, assume_complete)
    return msgspec.structs.replace(checked, answer=_joined([checked.answer], terms))


def _joined(answers: Sequence[CheckAnswer], terms: Terms) -> CheckAnswer:
    accepted = load_acceptances(terms.suppressions) if terms.suppressions else ()
    known = load_baseline(terms.baseline) if terms.baseline else frozenset()
    found = tuple(finding for answer in answers for finding in answer.findings)
    findings = against_baseline(accept(found, accepted, today=terms.today), known)
    failed = fails(findings, terms.fail_on)
    verdict = conjunction([*(each.verdict for each in answers), *([Verdict.DENIED] if failed else [])])
    causes = tuple(dict.fromkeys(cause for each in answers for cause in each.blocking))
    return CheckAnswer(
        verdict=verdict,
        decided_by=next((each.decided_by for each in answers if each.decided_by is not None), None),
        blocking=causes,
        unknowns=tuple(dict.fromkeys(missing for each in answers for missing in each.unknowns)),
        source=", ".join(each.source for each in answers),
        via=next((each.via for each in answers if each.via), None),
        expectations=tuple(line for each in answers for line in each.expectations),
        violations=tuple(violation for each in answers for violation in each.violations),
        findings=findings,
        failing=tuple(each.fingerprint for each in failed),
        warnings=(
            *(warning for each in answers for warning in each.warnings),
            *_idle(found, accepted, terms.today),
        ),
    )


def fails(findings: Sequence[Finding], fail_on: Severity | None) -> tuple[Finding, ...]:
    """The findings that make a check fail: grave enough, neither accepted nor in the baseline."""
    if fail_on is None:
        return ()
    return tuple(each for each in findings if each.counts and each.severity.rank <= fail_on.rank)


def keep_baseline(path: Path, answer: CheckAnswer) -> None:
    """Write the findings of an answer as the baseline of later checks.

    Raises:
        InputError: the file cannot be written.
    """
    write_baseline(path, (each for each in answer.findings if each.suppressed is None))


def _check(path: Path, terms: Terms, assume_complete: bool) -> Checked:
    held: design_checks.DesignCheck | None = None
    if designs.is_design(path):
        held = design_checks.check_design(path, terms.prices)
        checked, snapshot = held.answer, held.world.snapshot if held.world is not None else None
    else:
        snapshot = load(path, assume_complete=assume_complete)
        if terms.design is not None:
            checked = design_checks.check_against(terms.design, snapshot, str(path))
        else:
            checked = CheckAnswer(verdict=Verdict.ALLOWED, source=str(path), warnings=snapshot.warnings)
    findings = audit(snapshot) if snapshot is not None else ()
    findings = in_design(findings, held, path) if held is not None else in_folder(findings, path)
    answer = msgspec.structs.replace(checked, findings=findings)
    return Checked(answer=answer, snapshot=snapshot, design=held)


def _idle(findings: Sequence[Finding], accepted: Sequence[Acceptance], today: date) -> Iterator[str]:
    """What is said of suppressions that accept nothing: not needed any more, or over."""
    idle = unused(findings, accepted)
    for each in accepted:
        whom = "" if each.resource == "*" else f" for {each.resource}"
        if each in idle:
            yield f"the suppression of {each.rule}{whom} is not needed any more"
        elif each.is_over(today):
            yield f"the suppression of {each.rule}{whom} ended on {each.until}: its findings count again"

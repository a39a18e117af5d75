"""Findings in the report: severity, place, what to do; those that are accepted or known stand last."""

from collections.abc import Iterator, Sequence

from narrowgate.model.finding import Finding, Severity
from narrowgate.report.findings import summary
from narrowgate.report.html.rows import Choice, Row, row_list
from narrowgate.report.html_text import text


def findings_section(findings: Sequence[Finding]) -> Iterator[str]:
    """The list with its choices."""
    yield '<h2 id="findings">Findings</h2>'
    if not findings:
        yield "<p>The audit rules found nothing.</p>"
        return
    counted = [each for each in findings if each.counts]
    quiet = [each for each in findings if not each.counts]
    told = f"; {len(quiet)} accepted or known before" if quiet else ""
    yield f"<p>{text(summary(counted) or 'none that counts')}{told}.</p>"
    choices = [
        Choice(
            about="Severity",
            values=tuple(
                (str(each), str(each)) for each in Severity if any(found.severity is each for found in findings)
            ),
        ),
        Choice(about="Rule", values=tuple(sorted({(each.rule, f"{each.rule} {each.name}") for each in findings}))),
    ]
    yield row_list("findings-list", "Findings", [_row(each) for each in (*counted, *quiet)], choices)


def _row(finding: Finding) -> Row:
    return Row(
        state=str(finding.severity) if finding.counts else "dim",
        sign="●" if finding.counts else "○",
        first=finding.message,
        second=f"{finding.rule} {finding.name}",
        tag=str(finding.severity),
        facets=(str(finding.severity), finding.rule),
        told=tuple(_told(finding)),
    )


def _told(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "resource", finding.resource
    if finding.location is not None:
        address = f" ({finding.location.address})" if finding.location.address else ""
        yield "place", f"{finding.location}{address}"
    if finding.remediation:
        yield "what to do", finding.remediation
    for fact in finding.evidence:
        yield "fact", f"{fact.resource} {fact.field} = {fact.value}"
    yield "confidence", str(finding.confidence)
    if finding.rules:
        yield "rule book", ", ".join(finding.rules)
    if finding.suppressed is not None:
        until = f", until {finding.suppressed.until}" if finding.suppressed.until else ""
        yield "accepted", finding.suppressed.reason + until
    elif not finding.is_new:
        yield "known", "the baseline has it"
    yield "fingerprint", finding.fingerprint

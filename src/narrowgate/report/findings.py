"""Findings for a terminal: the gravest first, those that are accepted or known in one line at the end."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from narrowgate.model.finding import Finding, Severity
from narrowgate.report.style import Style, clean

WIDTH = 110
_COLOURS = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
}


def finding_lines(findings: Sequence[Finding], style: Style, *, verbose: bool = False) -> Iterator[str]:
    """One block a finding that counts: what, where, the rules behind it, what to do."""
    counted = [each for each in findings if each.counts]
    if counted:
        yield ""
        yield style.strong("Findings")
    for _, group in groupby(counted, key=lambda each: each.rule):
        yield from _block(list(group), style, verbose)
    quiet = [each for each in findings if not each.counts]
    if quiet:
        accepted = sum(each.suppressed is not None for each in quiet)
        yield style.dim(f"  {accepted} accepted, {len(quiet) - accepted} known from the baseline")
    if counted:
        yield style.dim("  " + summary(counted))


def summary(findings: Sequence[Finding]) -> str:
    """`2 high, 1 low`."""
    counts = ((severity, sum(each.severity is severity for each in findings)) for severity in Severity)
    return ", ".join(f"{count:,} {severity}" for severity, count in counts if count)


def _block(group: Sequence[Finding], style: Style, verbose: bool) -> Iterator[str]:
    """All findings of one rule: what is wrong for each, what to do once."""
    first = group[0]
    severity = style.coloured(f"{first.severity:<8}", _COLOURS[first.severity])
    yield f"  {severity} {first.rule} {first.name}"
    for each in group:
        yield from _wrapped(each.message, "           ")
        if each.location is not None and (each.location.line or verbose):
            yield style.dim(f"             at {clean(str(each.location))}")
        if verbose:
            yield style.dim(f"             {each.confidence} confidence, fingerprint {each.fingerprint}")
    yield from _wrapped("→ " + first.remediation, "           ")
    if verbose and first.rules:
        yield style.dim(f"           {', '.join(first.rules)}")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        clean(text), WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    ) or [indent]

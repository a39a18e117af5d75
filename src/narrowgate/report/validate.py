"""The text of `validate`."""

from collections.abc import Iterator, Sequence

from narrowgate.model.answer import Verdict
from narrowgate.model.policy import PolicyFinding, Severity
from narrowgate.report.style import Style, clean

_MARKS = {
    Severity.ERROR: Verdict.DENIED,
    Severity.SECURITY_WARNING: Verdict.DENIED,
    Severity.WARNING: Verdict.PARTIAL,
    Severity.SUGGESTION: Verdict.UNKNOWN,
}


def render_findings(findings: Sequence[PolicyFinding], style: Style) -> str:
    """One block a finding, gravest first; a word when there is none."""
    if not findings:
        return f"{style.mark(Verdict.ALLOWED)} nothing to remark"
    return "\n".join(_lines(findings, style))


def _lines(findings: Sequence[PolicyFinding], style: Style) -> Iterator[str]:
    for each in findings:
        rule = f" [{each.rule}]" if each.rule else ""
        kind = str(each.severity).replace("_", " ")
        mark = style.mark(_MARKS[each.severity])
        yield f"{mark} {style.strong(kind)}  {each.code}  {style.dim(each.pointer or '/')}"
        yield f"    {clean(each.message)}{style.dim(rule)}"

"""The text of a proof over all requests."""

from collections.abc import Iterator

from narrowgate.model.answer import Verdict
from narrowgate.model.policy import Proof, ProofOutcome
from narrowgate.report.steps import section, warning_lines
from narrowgate.report.style import Style, clean

_VERDICTS = {
    ProofOutcome.HOLDS: (Verdict.ALLOWED, "holds: every request that the first admits, the second admits too"),
    ProofOutcome.REFUTED: (Verdict.DENIED, "does not hold: this request is admitted by the first only"),
    ProofOutcome.UNKNOWN: (Verdict.UNKNOWN, "undecided"),
}


def render_proof(proof: Proof, style: Style) -> str:
    """The outcome, and the request that refutes it."""
    return "\n".join(_lines(proof, style))


def _lines(proof: Proof, style: Style) -> Iterator[str]:
    verdict, text = _VERDICTS[proof.outcome]
    yield f"{style.mark(verdict)} {style.strong(text)}"
    if proof.reason:
        yield f"  {clean(proof.reason)}"
    found = proof.counterexample
    if found is not None:
        yield f"  caller    {clean(found.caller or 'anonymous')}"
        yield f"  action    {clean(found.action)}"
        yield f"  resource  {clean(found.resource)}"
        for key, value in sorted(found.context.items()):
            yield f"  {clean(key)} = {clean(value)}"
        for key in found.absent:
            yield f"  {clean(key)} is absent"
    yield from section("Mind", warning_lines((note.text for note in proof.notes), style), style)

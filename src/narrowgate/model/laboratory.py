"""Answers of `lab test`: what packets did beside what the engine says."""

from narrowgate.model.answer import Record, Verdict


class Compared(Record, frozen=True, kw_only=True):
    """One question, asked of the engine and of packets.

    `agrees` is None where the engine does not decide, so that nothing can be compared. `observed` are the symptoms
    by each address that was tried, `dropped_at` where the first packet was lost.
    """

    question: str
    verdict: Verdict
    expected: str | None
    observed: tuple[str, ...]
    agrees: bool | None
    decided_by: str = ""
    dropped_at: str = ""
    text: str = ""


class LabAnswer(Record, frozen=True, kw_only=True):
    """Every question, asked of both.

    `verdict` is `allowed` where packets and engine agree on all that can be compared, `unknown` where nothing can.
    `not_asked` counts questions beyond the limit; `left_out` is what of the estate a lab does not have, and why.
    """

    schema: str = "narrowgate.lab/1"
    verdict: Verdict
    source: str
    compared: tuple[Compared, ...]
    not_asked: int = 0
    left_out: tuple[tuple[str, str], ...] = ()

"""The answer of `generate`: what was built, why it may be, and which files hold it."""

from narrowgate.model.answer import Cause, Missing, Record, Verdict
from narrowgate.model.comparison import ExpectationAnswer, Violation


class GenerateAnswer(Record, frozen=True, kw_only=True):
    """Files of one format for one option of a design; nothing is written unless the verdict is `allowed`.

    `failed` and `violations` are what does not hold, or cannot be told; those that were accepted by name stand in
    `despite` and leave the verdict alone.
    """

    schema: str = "narrowgate.generate/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    source: str
    format: str
    option: str
    title: str
    why: tuple[str, ...] = ()
    """Why this option: that the design names it, or the reasons of the recommendation."""
    failed: tuple[ExpectationAnswer, ...] = ()
    violations: tuple[Violation, ...] = ()
    despite: tuple[str, ...] = ()
    folder: str | None = None
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    to_fill_in: tuple[str, ...] = ()
    """Values of what exists that the design does not tell, which the files ask for."""

"""What a caller sees and what may be behind it, as values: the answer of `explain` for a symptom."""

from narrowgate.model.answer import Cause, Missing, Record, Verdict


class SymptomCause(Record, frozen=True, kw_only=True):
    """One thing that may be behind a symptom."""

    text: str
    rule: str
    """The rule of the rule book that says so."""
    tell: str
    """How to tell it from the symptom's other causes."""
    command: str = "narrowgate trace SOURCE --from CLIENT URL"
    """The command that shows it."""
    when: tuple[str, ...] = ()
    """What a trace shows where this is the cause, see `rulebook.symptoms`; empty where no trace can show it."""


class Symptom(Record, frozen=True, kw_only=True):
    """What a caller sees, with its causes in order of likelihood."""

    id: str
    title: str
    meaning: str
    rule: str
    names: tuple[str, ...]
    """Words that people use for it, in lower case."""
    message: str
    """A regular expression for the text that tools print, in lower case."""
    seen: str | None = None
    """The symptom of a trace, such as `http_403`."""
    error_type: str | None = None
    """The `x-amzn-ErrorType` that comes with it."""
    cause: tuple[SymptomCause, ...] = ()


class CallExplanation(Record, frozen=True, kw_only=True):
    """One traced call, and the cause that its trace shows."""

    client: str
    url: str
    verdict: Verdict
    sees: str
    """What the caller sees in this source."""
    symptom: str | None
    """The id of the symptom that the trace shows; null where the call works or stays undecided."""
    is_asked: bool
    """Whether that is the symptom that was asked about; also true where none was named."""
    picked: SymptomCause | None
    decided_by: Cause | None
    unknowns: tuple[Missing, ...] = ()


class ExplainAnswer(Record, frozen=True, kw_only=True):
    """The symptoms that a text means, and with a source the cause of one call."""

    schema: str = "narrowgate.explain/1"
    asked: str
    symptoms: tuple[Symptom, ...]
    call: CallExplanation | None = None

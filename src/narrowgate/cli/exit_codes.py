"""Exit codes, the same for every verb (documented in `docs/cli.md`)."""

from enum import IntEnum

from narrowgate.model.answer import Verdict


class ExitCode(IntEnum):
    """What a script can tell from the status alone."""

    HOLDS = 0
    DOES_NOT_HOLD = 1
    BAD_INPUT = 2
    UNDECIDED = 3
    FAILED = 4


_BY_VERDICT = {
    Verdict.ALLOWED: ExitCode.HOLDS,
    Verdict.DENIED: ExitCode.DOES_NOT_HOLD,
    Verdict.PARTIAL: ExitCode.DOES_NOT_HOLD,
    Verdict.INVALID: ExitCode.DOES_NOT_HOLD,
    Verdict.UNKNOWN: ExitCode.UNDECIDED,
    Verdict.INDETERMINATE: ExitCode.UNDECIDED,
}


def exit_code(verdict: Verdict) -> ExitCode:
    """The status for a verdict."""
    return _BY_VERDICT[verdict]

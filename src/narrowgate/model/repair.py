"""Answers of `fix`: the changes, what they were verified against, what they open, and where none was found."""

import msgspec

from narrowgate.model.answer import Cause, Missing, Record, Verdict
from narrowgate.model.exposure import Difference


class RepairStep(Record, frozen=True, kw_only=True):
    """One change: what it does, by which rule it helps, the commands that do it.

    `file`, `line` and `address` say where the changed resource is written, for a source that a person wrote;
    `patch` is a unified diff of that file, to be applied after those of the steps before it. `by_hand` says what
    no patch does: with place and wanted value where it is to be written, and why it is not written here.
    `account` and `region` say where the commands are run, in an estate of more than one of them; a command that
    another account runs says so itself. `stands_for` tells the address in the source's code of every id in text
    and commands that has one: what is not deployed yet has no other name.
    """

    kind: str
    resource: str
    text: str
    rule: str | None = None
    commands: tuple[str, ...] = ()
    account: str = ""
    region: str = ""
    stands_for: dict[str, str] = msgspec.field(default_factory=dict)
    file: str = ""
    line: int = 0
    address: str = ""
    patch: str = ""
    by_hand: tuple[str, ...] = ()


class GoalAnswer(Record, frozen=True, kw_only=True):
    """One thing that has to hold, before and after the changes; `text` says why where it does not."""

    goal: str
    before: Verdict
    after: Verdict
    holds: bool
    text: str = ""


class FixAnswer(Record, frozen=True, kw_only=True):
    """The smallest verified change.

    `verdict` is `allowed` where every goal holds after `changes` (none of which where all held before), `denied`
    where no repair was found, `unknown` where missing facts stand in the way; `changes` are then those without
    which something is certain to fail. `opened` is what the changes open beside; `hints` are what the caller can
    do where the estate is not at fault.
    """

    schema: str = "narrowgate.fix/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    source: str
    goals: tuple[GoalAnswer, ...] = ()
    changes: tuple[RepairStep, ...] = ()
    opened: tuple[Difference, ...] = ()
    closed: tuple[Difference, ...] = ()
    hints: tuple[str, ...] = ()
    patch: str = ""
    """The patches of all steps in one, as `git apply` and `patch -p1` take it in `patch_root`."""
    patch_root: str = ""
    tried: int = 0
    """How many sets of changes the engine judged."""

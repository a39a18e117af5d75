"""What a mending was verified by, to be asked once more of what others made of it, such as a patched file."""

from collections.abc import Callable

import msgspec

from narrowgate.audit.registry import find_rule
from narrowgate.audit.run import audit
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import ExpectationAnswer
from narrowgate.model.errors import InputError
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.goal import Goal

Judge = Callable[[Snapshot], tuple[ExpectationAnswer, ...]]


class Proof(msgspec.Struct, frozen=True):
    """Goals that hold, findings that are gone, and what a judge says of any state of the estate."""

    goals: tuple[Goal, ...] = ()
    findings: tuple[Finding, ...] = ()
    judge: Judge | None = None

    def broken(self, snapshot: Snapshot) -> str:
        """The first thing that does not hold in a snapshot; empty where everything does."""
        for goal in self.goals:
            try:
                answer = goal.ask(snapshot)
            except InputError as error:
                return f"{goal}: {error}"
            if not goal.holds(answer):
                return f"{goal}: {answer.decided_by.text if answer.decided_by is not None else answer.verdict}"
        for promised in self.judge(snapshot) if self.judge is not None else ():
            if promised.verdict is not Verdict.ALLOWED:
                return f"{promised.expectation}: {promised.text}"
        return self._still_there(snapshot)

    def _still_there(self, snapshot: Snapshot) -> str:
        gone = {each.fingerprint: each for each in self.findings}
        rules = [rule for rule in map(find_rule, sorted({each.rule for each in self.findings})) if rule]
        for each in audit(snapshot, rules) if rules else ():
            if each.fingerprint in gone:
                return f"{each.rule} of {each.resource} is still there"
        return ""

"""The answer of `deploy`: what was promised, what changes, and what holds once it is there."""

from narrowgate.model.answer import Cause, Missing, Record, Verdict
from narrowgate.model.comparison import Exposed, MonthlyCost


class PlannedChange(Record, frozen=True, kw_only=True):
    """One resource that the engine makes, changes, replaces or removes, as the engine names it."""

    action: str
    """`create`, `update`, `replace` or `delete`."""
    address: str


class Promise(Record, frozen=True, kw_only=True):
    """One call that the design allows, or one line of `expect`: as planned, and as it was found afterwards."""

    expectation: str
    before: Verdict
    after: Verdict | None = None
    """None where nothing was deployed."""
    text: str = ""


class DeployAnswer(Record, frozen=True, kw_only=True):
    """What became of a deployment.

    `verdict` is the plan's where nothing was deployed, else that of what was collected afterwards. `stage` is
    `refused` (a promise fails and was not accepted by name), `planned` (it was only to be shown), `declined`
    (nobody said yes), `deployed` or `destroyed`.
    """

    schema: str = "narrowgate.deploy/1"
    verdict: Verdict
    decided_by: Cause | None = None
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    source: str
    engine: str
    target: str
    option: str
    stage: str
    changes: tuple[PlannedChange, ...] = ()
    opens: tuple[Exposed, ...] = ()
    cost: MonthlyCost | None = None
    promises: tuple[Promise, ...] = ()
    despite: tuple[str, ...] = ()
    is_settled: bool | None = None
    """Whether the engine, asked again after the deployment, finds nothing left to change."""
    folder: str | None = None
    """The engine's files and state."""
    snapshot: str | None = None
    """What was collected afterwards."""
    calls: tuple[str, ...] = ()
    """The URLs to call."""

"""Deployments by CloudFormation's change sets: rounds of stacks, and commands between them."""

from collections.abc import Iterator
from contextlib import contextmanager

from narrowgate.api.collecting import Wish
from narrowgate.api.deployed import world_of
from narrowgate.api.engines.accounts import reach, wish_of
from narrowgate.api.engines.before import Before
from narrowgate.api.engines.engine import Confirm, Engine, Order, Say
from narrowgate.api.engines.failures import told
from narrowgate.api.engines.given import need_folder, need_values
from narrowgate.api.engines.rounds import Rounds
from narrowgate.api.engines.stacks import Stacks
from narrowgate.api.engines.undoing import Undoing
from narrowgate.api.engines.values import Values
from narrowgate.api.generate import Prepared, write_prepared
from narrowgate.generate.cloudformation.changes import asked_of_people
from narrowgate.generate.cloudformation.values import Key
from narrowgate.generate.names import snake
from narrowgate.generate.plan import Plan
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.world import World


class CloudFormationEngine:
    """Stacks in a plan's accounts; an `Engine`. What was made stands in the stacks themselves."""

    def __init__(self, order: Order, plan: Plan, say: Say) -> None:
        """Reach the accounts; nothing is asked of CloudFormation yet.

        Raises:
            InputError: a value, a folder, credentials or boto3 are missing.
            DeploymentError: a role cannot be taken.
        """
        self.folder = need_folder(order) / "cloudformation"
        given = need_values(order, plan, [snake(name) for name in asked_of_people(plan)])
        self.wish: Wish = wish_of(order, plan)
        reached = reach(order, plan, self.wish)
        known: dict[Key, str] = {
            (each.logical_id, None): each.physical_id for each in plan.resources if each.physical_id
        }
        known |= {(each.logical_id, each.attribute): given[each.name] for each in plan.inputs()}
        values = Values(known, reached.own)
        before = Before(self.folder / "before.json")
        self._plan = plan
        self._stacks = Stacks(plan, reached.connect, values, given, before, say, order.poll_seconds)
        self._rounds = Rounds(self._stacks)
        self._undoing: Undoing | None = None

    def plan(self, *, destroy: bool = False) -> tuple[PlannedChange, ...]:
        """What the stacks and commands would change."""
        with told():
            if destroy:
                self._undoing = Undoing(self._stacks)
                return self._undoing.plan()
            return self._rounds.plan()

    def forget(self) -> None:
        """Take back what was proposed."""
        with told():
            self._rounds.forget()

    def apply(self, confirm: Confirm) -> None:
        """Round after round, forward or back."""
        try:
            with told():
                if self._undoing is not None:
                    self._undoing.apply()
                else:
                    self._rounds.apply(confirm)
        except KeyboardInterrupt:
            self._stacks.say("CloudFormation ends what it has begun; the same command waits for that and goes on")
            raise

    def is_settled(self) -> bool:
        """Whether change sets for the last rounds are empty."""
        with told():
            return self._rounds.is_settled()

    def world(self, snapshot: Snapshot) -> World:
        """The collected estate, with the ids that the stacks tell."""
        known = self._stacks.values.known
        ids: dict[str, str] = {}
        with told():
            for stack in self._stacks.stacks.values():
                ids |= stack.resources()
        ids |= {name: value for (name, attribute), value in known.items() if attribute is None}
        attributes = {(name, word): value for (name, word), value in known.items() if word is not None}
        return world_of(self._plan, snapshot, ids, attributes)


@contextmanager
def open_cloudformation(order: Order, prepared: Prepared, plan: Plan, say: Say) -> Iterator[Engine]:
    """An engine for an order, with its files written.

    Raises:
        InputError: a value, a folder, credentials or boto3 are missing, or the target is not AWS.
        DeploymentError: a role cannot be taken.
    """
    if order.target == "embedded":
        raise InputError(
            "the embedded AWS needs Terraform: its CloudFormation makes half of a template and calls it complete",
            help="--engine terraform, or --target aws",
        )
    engine = CloudFormationEngine(order, plan, say)
    write_prepared(prepared, engine.folder, force=order.force)
    yield engine


def reopen_cloudformation(order: Order, plan: Plan, say: Say) -> Engine:
    """The engine of an earlier deployment, to undo it.

    Raises:
        InputError: a value, a folder, credentials or boto3 are missing.
        DeploymentError: a role cannot be taken.
    """
    return CloudFormationEngine(order, plan, say)

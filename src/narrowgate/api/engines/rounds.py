"""Forward: what the rounds of a plan's stacks would change, and that done in order."""

from collections.abc import Iterator

import msgspec

from narrowgate.api.engines.engine import Confirm
from narrowgate.api.engines.stacks import Stacks
from narrowgate.deploy.cloudformation.stack import ChangeSet
from narrowgate.generate.cloudformation.rounds import Deployment
from narrowgate.generate.plan import Side
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import DeploymentError
from narrowgate.model.resource import Resource

_TAKES_AWAY = frozenset({"delete", "replace"})
_POLICY = "Custom::VpcEndpointPolicy"


class _Proposed(msgspec.Struct, frozen=True):
    """What a stack would become: None for a change set that would change nothing."""

    round: int
    parameters: dict[str, str | None]
    change: ChangeSet | None


class Rounds:
    """The way forward: no stack is deployed with an earlier round than it has reached."""

    def __init__(self, stacks: Stacks) -> None:
        """Nothing is asked yet."""
        self._stacks = stacks
        self._proposed: dict[str, _Proposed] = {}
        self._shown: frozenset[PlannedChange] = frozenset()

    def plan(self) -> tuple[PlannedChange, ...]:
        """What would change: by real change sets as far as values are known, by the plan for later rounds."""
        for side in self._stacks.plan.sides:
            self._stacks.look(side)
        found: dict[str, PlannedChange] = {}
        try:
            for step in self._stacks.order:
                for each in self._foreseen(step):
                    found.setdefault(each.address, each)
        except BaseException:
            self.forget()
            raise
        self._shown = frozenset(found.values())
        return tuple(found.values())

    def _foreseen(self, step: Deployment) -> Iterator[PlannedChange]:
        if step.round == 0:
            yield from (command_change(each) for each in step.resources if not self._is_done(each))
            return
        side, number = step.side, self._aim(step)
        state, proposed = self._stacks.states[side.name], self._proposed.get(side.name)
        is_broken = state is not None and state.is_broken
        if is_broken and step.round == 1:
            yield from (self._named(side, "delete", each) for each in self._stacks.stacks[side.name].resources())
        parameters = None if proposed or is_broken else self._stacks.parameters(side, number)
        if parameters is not None:
            made = self._propose(side, number, parameters)
            self._proposed[side.name] = made
            yield from made.change.changes if made.change else ()
        elif proposed is None or proposed.round < step.round:
            yield from self._new(step)

    def _new(self, step: Deployment) -> Iterator[PlannedChange]:
        """What a later round makes, as far as the stack does not have it."""
        is_there = self._stacks.round_of(step.side) > 0
        there = self._stacks.stacks[step.side.name].resources() if is_there else {}
        for each in step.resources:
            if each.type == _POLICY:
                yield self._named(step.side, "update", each.properties["VpcEndpointId"].logical_id)
            elif each.logical_id not in there:
                yield self._named(step.side, "create", each.logical_id)

    def forget(self) -> None:
        """Throw away what was proposed."""
        for name, each in self._proposed.items():
            if each.change is not None:
                self._stacks.stacks[name].discard(each.change)
        self._proposed = {}

    def apply(self, confirm: Confirm) -> None:
        """Deploy round after round, and run the commands between them.

        Raises:
            DeploymentError: a stack failed, or more would go than anybody agreed to.
        """
        for step in self._stacks.order:
            if step.round == 0:
                for each in step.resources:
                    self._run(each)
            else:
                self._deploy(step, confirm)

    def _deploy(self, step: Deployment, confirm: Confirm) -> None:
        side, stack = step.side, self._stacks.stacks[step.side.name]
        state = self._stacks.look(side)
        if state is not None and state.is_broken:
            self._stacks.say(f"stack {stack.name} was never made ({state.status}): deleting what is left of it")
            stack.delete()
            self._stacks.look(side)
        number = self._aim(step)
        parameters = self._stacks.parameters(side, number)
        if parameters is None:
            raise DeploymentError(f"stack {stack.name} needs values in round {number} that no other stack tells")
        change = self._current(side, number, parameters).change
        if change is None:
            return
        surprising = tuple(e for e in change.changes if e.action in _TAKES_AWAY and e not in self._shown)
        if surprising and not confirm(surprising):
            stack.discard(change)
            raise DeploymentError(
                f"nobody agreed to what stack {stack.name} would lose: {surprising[0].address}",
                help="what was made before stays; the same command goes on from here",
            )
        rounds = self._stacks.templates[side.name].rounds
        self._stacks.say(f"stack {stack.name}, round {number} of {rounds}: {len(change.changes)} resources change")
        stack.execute(change)
        self._stacks.look(side)

    def _current(self, side: Side, number: int, parameters: dict[str, str | None]) -> _Proposed:
        """What was shown, where it still holds; proposed anew where another stack's values have changed since."""
        shown = self._proposed.pop(side.name, None)
        if shown is not None and (shown.round, shown.parameters) == (number, parameters):
            return shown
        if shown is not None and shown.change is not None:
            self._stacks.stacks[side.name].discard(shown.change)
            self._stacks.look(side)
        return self._propose(side, number, parameters)

    def _propose(self, side: Side, number: int, parameters: dict[str, str | None]) -> _Proposed:
        text = self._stacks.templates[side.name].bare_text
        state = self._stacks.states[side.name]
        return _Proposed(number, parameters, self._stacks.stacks[side.name].propose(state, text, parameters))

    def _run(self, resource: Resource) -> None:
        command = self._stacks.command(resource)
        if command is None:
            raise DeploymentError(f"{resource.logical_id} needs values that no stack tells")
        if not command.is_done():
            self._stacks.before.keep(resource.logical_id, command.before())
            self._stacks.say(f"command: {resource.purpose.replace('`', '')}")
            command.do()

    def is_settled(self) -> bool:
        """Whether every stack is at its last round with nothing to change, and no command is left."""
        for side in self._stacks.plan.sides:
            self._stacks.look(side)
        for side in self._stacks.plan.sides:
            number = self._stacks.templates[side.name].rounds
            parameters = self._stacks.parameters(side, number)
            change = None if parameters is None else self._propose(side, number, parameters).change
            if change is not None:
                self._stacks.stacks[side.name].discard(change)
            if parameters is None or change is not None:
                return False
        commands = (each for step in self._stacks.order if step.round == 0 for each in step.resources)
        return all(self._is_done(each) for each in commands)

    def _is_done(self, resource: Resource) -> bool:
        command = self._stacks.command(resource)
        return command is not None and command.is_done()

    def _aim(self, step: Deployment) -> int:
        rounds = self._stacks.templates[step.side.name].rounds
        return min(max(step.round, self._stacks.round_of(step.side)), rounds)

    def _named(self, side: Side, action: str, logical_id: str) -> PlannedChange:
        return PlannedChange(action=action, address=f"{self._stacks.stacks[side.name].name}/{logical_id}")


def command_change(resource: Resource) -> PlannedChange:
    """What a command would change."""
    return PlannedChange(action="update", address=f"command/{resource.logical_id}")

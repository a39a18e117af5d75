"""Backward: the rounds undone in reverse, and what commands changed put back."""

from narrowgate.api.engines.rounds import command_change
from narrowgate.api.engines.stacks import Stacks
from narrowgate.generate.cloudformation.rounds import Deployment
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import InputError
from narrowgate.model.resource import Resource

_POLICY = "Custom::VpcEndpointPolicy"


class Undoing:
    """The way back, for a deployment that came to its end or was interrupted."""

    def __init__(self, stacks: Stacks) -> None:
        """Nothing is asked yet."""
        self._stacks = stacks

    def plan(self) -> tuple[PlannedChange, ...]:
        """What would go.

        Raises:
            InputError: there is no stack of this design.
        """
        found: list[PlannedChange] = []
        before = self._stacks.before
        for side in self._stacks.plan.sides:
            self._stacks.look(side)
        for step in reversed(self._stacks.order):
            if step.round == 0:
                found += [command_change(each) for each in step.resources if each.logical_id in before]
            elif step.round == 1 and self._stacks.states[step.side.name] is not None:
                stack = self._stacks.stacks[step.side.name]
                made = reversed(stack.resources())
                found += [PlannedChange(action="delete", address=f"{stack.name}/{each}") for each in made]
        if not any(self._stacks.states.values()):
            names = ", ".join(stack.name for stack in self._stacks.stacks.values())
            raise InputError(f"nothing was deployed: there is no stack {names}", help="is this the account?")
        return tuple(found)

    def apply(self) -> None:
        """Undo round after round, and delete the stacks.

        Raises:
            DeploymentError: something could not be deleted.
        """
        for at in reversed(range(len(self._stacks.order))):
            step = self._stacks.order[at]
            if step.round == 0:
                for each in step.resources:
                    self._put_back(each)
            elif step.round == 1:
                self._delete(step)
            elif self._stacks.round_of(step.side) >= step.round and self._is_needed(at):
                self._step_back(step)

    def _is_needed(self, at: int) -> bool:
        """Whether a round has to go before its stack does: another stack, that has less to go, may be in its way.

        A round that only narrows an endpoint's policy stays as long as its endpoint: nothing opens on the way.
        """
        step = self._stacks.order[at]
        if all(each.type == _POLICY for each in step.resources):
            return False
        earlier = next(
            number
            for number in reversed(range(at))
            if (self._stacks.order[number].side, self._stacks.order[number].round) == (step.side, step.round - 1)
        )
        between = self._stacks.order[earlier + 1 : at]
        return any(each.round and each.side != step.side for each in between)

    def _step_back(self, step: Deployment) -> None:
        stack, state = self._stacks.stacks[step.side.name], self._stacks.states[step.side.name]
        if state is None:
            return
        parameters: dict[str, str | None] = {**dict.fromkeys(state.parameters), "Round": str(step.round - 1)}
        change = stack.propose(state, None, parameters)
        if change is not None:
            self._stacks.say(f"stack {stack.name} goes back to round {step.round - 1}")
            stack.execute(change)
        self._stacks.look(step.side)

    def _delete(self, step: Deployment) -> None:
        stack = self._stacks.stacks[step.side.name]
        if self._stacks.look(step.side) is not None:
            self._stacks.say(f"deleting stack {stack.name}")
            stack.delete()
            self._stacks.look(step.side)

    def _put_back(self, resource: Resource) -> None:
        before, command = self._stacks.before, self._stacks.command(resource)
        if resource.logical_id not in before:
            return
        if command is not None:
            self._stacks.say(f"undoing the command: {resource.purpose.replace('`', '')}")
            command.undo(before[resource.logical_id])
        before.drop(resource.logical_id)

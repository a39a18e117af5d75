"""The stacks of a plan as they are, and what each could be deployed with now."""

from collections.abc import Mapping

from narrowgate.api.engines.accounts import Connect
from narrowgate.api.engines.before import Before
from narrowgate.api.engines.engine import Say
from narrowgate.api.engines.values import Values
from narrowgate.deploy.cloudformation.commands import COMMANDS, Command
from narrowgate.deploy.cloudformation.stack import Stack, StackState
from narrowgate.generate.cloudformation.changes import IMAGE
from narrowgate.generate.cloudformation.rounds import deployments
from narrowgate.generate.cloudformation.stacks import make_templates
from narrowgate.generate.cloudformation.template import stack_name
from narrowgate.generate.cloudformation.values import Key, is_address, parameter_name
from narrowgate.generate.names import snake
from narrowgate.generate.plan import Plan, Side
from narrowgate.generate.requests import REQUESTS
from narrowgate.model.resource import Resource

_ROUND = "Round"


class Stacks:
    """A plan's stacks in their accounts and Regions, with the values that they give each other."""

    def __init__(
        self,
        plan: Plan,
        connect: Connect,
        values: Values,
        given: Mapping[str, str],
        before: Before,
        say: Say,
        delay: float,
    ) -> None:
        """`given` are values by the name of an input, for parameters that no resource gives."""
        self.plan = plan
        self.values = values
        self.before = before
        self.say = say
        self.order = deployments(plan)
        self.templates = {each.side.name: each for each in make_templates(plan, self.order)}
        self.stacks = {
            side.name: Stack(
                connect(side.account, side.region, "cloudformation"),
                stack_name(plan, side),
                dict(plan.design.tags),
                delay,
            )
            for side in plan.sides
        }
        self.states: dict[str, StackState | None] = {}
        self._connect = connect
        self._given = given

    def look(self, side: Side) -> StackState | None:
        """The stack as it is once nothing is at work on it; its outputs are known from here on."""
        state = self.stacks[side.name].state()
        self.states[side.name] = state
        if state is not None:
            self.values.learn(self.templates[side.name].outputs, state.outputs)
        return state

    def round_of(self, side: Side) -> int:
        """How far the stack has come; 0 where there is none."""
        state = self.states.get(side.name)
        if state is None or not state.is_there:
            return 0
        return int(state.parameters.get(_ROUND, "1"))

    def parameters(self, side: Side, number: int) -> dict[str, str | None] | None:
        """What a round is deployed with, None for a value that the stack has; None where one is not known yet."""
        template = self.templates[side.name]
        found: dict[str, str | None] = {_ROUND: str(number)} if template.rounds > 1 else {}
        for key in template.parameters_at(number):
            name = parameter_name(*key)
            value = self.values.known.get(key) or (self._address(key) if is_address(key) else None)
            if value is None and not self._has(side, name):
                return None
            found[name] = value
        found |= {name: self._given[snake(name)] for name in template.own if name != IMAGE}
        return found

    def _has(self, side: Side, name: str) -> bool:
        state = self.states.get(side.name)
        return state is not None and state.is_there and bool(state.parameters.get(name))

    def _address(self, key: Key) -> str | None:
        """An address of an endpoint that is there, which no stack tells."""
        own = self.values.known.get((key[0], None))
        if own is None:
            return None
        endpoint = self.plan.by_id[key[0]]
        client = self._connect(endpoint.account, endpoint.region, "ec2")
        wanted = {"Name": "description", "Values": [f"VPC Endpoint Interface {own}"]}
        found = client.describe_network_interfaces(Filters=[wanted])["NetworkInterfaces"]
        addresses = sorted(each["PrivateIpAddress"] for each in found)
        at = int((key[1] or "").split(".")[1])
        return addresses[at] if at < len(addresses) else None

    def command(self, resource: Resource) -> Command | None:
        """What a template does not make, with its ids filled in; None where one is not known yet."""
        try:
            calls = [self.values.call(each) for each in REQUESTS[resource.type](resource)]
        except KeyError:
            return None
        return COMMANDS[resource.type](
            calls, lambda service: self._connect(resource.account, resource.region, service)
        )

"""`DEPLOY.md`: which stack is deployed when, with which values, and the commands for what no template makes."""

from collections.abc import Iterator, Sequence

from narrowgate.generate.cloudformation.changes import IMAGE
from narrowgate.generate.cloudformation.given import called, read_by_commands
from narrowgate.generate.cloudformation.rounds import Deployment
from narrowgate.generate.cloudformation.template import Template, stack_name
from narrowgate.generate.cloudformation.values import Key, is_address, parameter_name
from narrowgate.generate.names import snake
from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.call import test_section
from narrowgate.generate.runbook.dns import attribute
from narrowgate.generate.runbook.page import _before, profile_of
from narrowgate.generate.runbook.shell import Command, lines_of, variable
from narrowgate.generate.runbook.types import WRITERS


def deploy_page(plan: Plan, order: Sequence[Deployment], templates: Sequence[Template]) -> str:
    """The text of the page."""
    return "\n".join(_page(plan, order, {each.side.name: each for each in templates})) + "\n"


def _page(plan: Plan, order: Sequence[Deployment], templates: dict[str, Template]) -> Iterator[str]:
    yield f"# Deploying `{plan.design.name}` by `{plan.option.name}`"
    yield ""
    yield "Stacks of different accounts and Regions need each other's values, and some policies name each other:"
    yield "each step below takes what the steps before it gave. Values stay in shell variables."
    yield "`narrowgate deploy --engine cloudformation` does all of it, and goes on where it was interrupted."
    if any(each.rounds > 1 for each in templates.values()):
        yield "By hand, never deploy a stack with an earlier round again: that takes away what a later one made."
    yield ""
    yield from _before(plan)
    for number, step in enumerate(order, start=1):
        template = templates[step.side.name]
        profile = profile_of(plan, step.side)
        if step.round == 0:
            yield f"## {number}. Commands in {step.side.region}"
            yield ""
            yield "CloudFormation has no resource for these (IAC-01)."
            yield ""
            for resource in step.resources:
                reason = resource.purpose.replace("`", "")
                yield f"{reason[:1].upper()}{reason[1:]}" + (f" ({resource.rule})." if resource.rule else ".")
                yield ""
                yield "```sh"
                for command in WRITERS[resource.type](plan, resource).commands:
                    yield from lines_of(command, profile)
                yield "```"
                yield ""
            continue
        yield f"## {number}. Stack `{stack_name(plan, template.side)}`, round {step.round} of {template.rounds}"
        yield ""
        yield "```sh"
        yield from _fetched(plan, template, step, profile)
        yield from _deployed(plan, template, step, profile)
        yield from _outputs(plan, template, step, (templates, profile))
        yield "```"
        yield ""
    yield from _addresses(plan, templates)
    yield from test_section(plan)
    yield "## Undo"
    yield ""
    yield "```sh"
    yield from _commands_undone(plan, order)
    for name in dict.fromkeys(step.side.name for step in reversed(order)):
        template = templates[name]
        stack = Command(
            service="cloudformation",
            operation="delete-stack",
            region=template.side.region,
            options=(("--stack-name", stack_name(plan, template.side)),),
        )
        yield from lines_of(stack, profile_of(plan, template.side))
    yield "```"


def _commands_undone(plan: Plan, order: Sequence[Deployment]) -> Iterator[str]:
    for step in reversed(order):
        if step.round == 0:
            for resource in step.resources:
                for command in WRITERS[resource.type](plan, resource).undo:
                    yield from lines_of(command, profile_of(plan, step.side))


def _addresses(plan: Plan, templates: dict[str, Template]) -> Iterator[str]:
    """Addresses that callers pin, which no stack gives."""
    known = {key for template in templates.values() for key in template.parameters}
    lines: list[str] = []
    for name, word in called(plan):
        side = plan.side_of(plan.by_id[name])
        if not is_address((name, word)) or word is None or (name, word) in known or side is None:
            continue
        found = attribute(plan.by_id[name], word)
        lines += lines_of(found, profile_of(plan, side)) if isinstance(found, Command) else (found,)
    if lines:
        yield from ("## Addresses of the endpoint", "", "```sh", *lines, "```", "")


def _fetched(plan: Plan, template: Template, step: Deployment, profile: str | None) -> Iterator[str]:
    """Values that no stack gives: addresses of an endpoint that an earlier round made."""
    by_id = plan.by_id
    for (name, word), number in template.parameters.items():
        if number == step.round and word is not None and is_address((name, word)):
            found = attribute(by_id[name], word)
            if isinstance(found, Command) and not by_id[name].exists:
                yield from lines_of(found, profile)


def _deployed(plan: Plan, template: Template, step: Deployment, profile: str | None) -> Iterator[str]:
    stack = stack_name(plan, template.side)
    yield f"aws cloudformation deploy --stack-name {stack} --template-file {template.side.name}.yaml \\"
    where = f"--region {template.side.region}" + (f' --profile "${profile}"' if profile else "")
    yield f"    {where} --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset \\"
    if plan.design.tags:
        yield "    --tags " + " ".join(f"'{key}={value}'" for key, value in plan.design.tags) + " \\"
    values = [f'{parameter_name(*key)}="${variable(*key)}"' for key in template.parameters_at(step.round)]
    values += [f'{name}="$' + _screaming(name) + '"' for name in template.own if name != IMAGE]
    if template.rounds > 1:
        values.insert(0, f"Round={step.round}")
    if not values:
        yield "    --output text"
        return
    yield "    --parameter-overrides \\"
    for at, value in enumerate(values):
        yield f"        {value}" + (" \\" if at < len(values) - 1 else "")


def _screaming(name: str) -> str:
    return snake(name).upper()


def _outputs(
    plan: Plan, template: Template, step: Deployment, others: tuple[dict[str, Template], str | None]
) -> Iterator[str]:
    """What later steps read: this step's outputs into variables."""
    templates, profile = others
    made = {each.logical_id for each in step.resources}
    wanted: dict[Key, None] = {}
    for each in templates.values():
        wanted |= dict.fromkeys(each.parameters)
    wanted |= dict.fromkeys((*read_by_commands(plan), *called(plan)))
    for name, word in wanted:
        if name not in made or is_address((name, word)):
            continue
        query = f"Stacks[0].Outputs[?OutputKey==`{parameter_name(name, word)}`].OutputValue"
        command = Command(
            service="cloudformation",
            operation="describe-stacks",
            region=template.side.region,
            options=(("--stack-name", stack_name(plan, template.side)),),
            captures=((variable(name, word), query),),
        )
        yield from lines_of(command, profile)

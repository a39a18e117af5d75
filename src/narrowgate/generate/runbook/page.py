"""The document: what you need, the steps in order, the test, and the way back."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from narrowgate.generate.plan import Input, Phase, Plan, Side, phases, references
from narrowgate.generate.runbook.call import test_section
from narrowgate.generate.runbook.dns import attribute
from narrowgate.generate.runbook.shell import Command, lines_of, quoted, variable
from narrowgate.generate.runbook.step import Work
from narrowgate.generate.runbook.types import MERGED, WRITERS, title_of
from narrowgate.model.resource import GetAtt, Resource
from narrowgate.options.parts.endpoints import callers_of


def runbook_files(plan: Plan) -> dict[str, str]:
    """The text of every file by its path."""
    return {"RUNBOOK.md": "\n".join(_page(plan)) + "\n"}


def _page(plan: Plan) -> Iterator[str]:
    design, option = plan.design, plan.option
    yield f"# Runbook: `{design.name}` by `{option.name}`"
    yield ""
    yield f"What comes of it: {option.title}."
    yield ""
    for api in design.private_apis:
        who = ", ".join(f"`{each.name}`" for each in callers_of(design, api))
        yield f"- {who} may call `{api.name}`: {', '.join(f'`{route}`' for route in api.routes)}"
    limits = option.limits(design)
    if limits:
        yield ""
        yield "Know before you start:"
        yield ""
        for limit in limits:
            yield f"- {limit.text} ({limit.rule})"
    yield ""
    yield "Every step says why, where the console has it, the commands, and what the check has to print. What is"
    yield "in parentheses is a rule: `narrowgate explain RULE` tells more. The last section undoes everything."
    yield ""
    yield from _costs(plan)
    yield from _before(plan)
    wanted = _wanted(plan)
    done: list[tuple[Side, Resource, Work]] = []
    for number, phase in enumerate(phases(plan, _title), start=1):
        yield from _phase(plan, phase, number, (wanted, done))
    yield from test_section(plan)
    yield from _undo(plan, done)


def _costs(plan: Plan) -> Iterator[str]:
    """The month's bill, line by line."""
    cost = plan.cost
    if cost is None:
        return
    yield "## What it costs"
    yield ""
    yield f"US dollars a month, prices of {cost.prices_as_of}, for what `usage` in the design assumes."
    yield ""
    yield "| what | how it is worked out | a month |"
    yield "| --- | --- | ---: |"
    for line in cost.lines:
        yield f"| {line.text} | {line.formula} | {_dollars(line.amount)} |"
    yield f"| together | fixed {_dollars(cost.fixed)}, by use {_dollars(cost.variable)} | {_dollars(cost.total)} |"
    if cost.logs is not None:
        yield f"| logs and alarms, apart | | {_dollars(cost.logs)} |"
    yield ""


def _dollars(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount:,.2f}"


def _title(resource: Resource) -> str:
    """The step's title; what another resource's step takes care of has none."""
    return "" if resource.type in MERGED else title_of(resource)


def profile_of(plan: Plan, side: Side) -> str | None:
    """The variable that holds the CLI profile of a side's account; None where there is one account only."""
    if len({each.account for each in plan.sides}) < 2:
        return None
    name = {number: name for name, number in plan.design.accounts}.get(side.account, side.account)
    return f"PROFILE_{name.upper().replace('-', '_')}"


def _before(plan: Plan) -> Iterator[str]:
    yield "## What you need"
    yield ""
    yield "AWS CLI 2 in a POSIX shell, in a folder of its own: commands write small files there. Each id that a"
    yield "step makes is kept in `ids.env`; after a break, `. ./ids.env` brings them back."
    yield ""
    yield "```sh"
    yield "set -u"
    yield "touch ids.env"
    profiles = dict.fromkeys(profile for side in plan.sides if (profile := profile_of(plan, side)))
    for profile in profiles:
        yield f"export {profile}={profile.removeprefix('PROFILE_').lower()}"
    if not plan.is_account_told:
        yield "export ACCOUNT_ID=$(aws sts get-caller-identity --query Account --output text)"
    yield from _remembered([*profiles, *(() if plan.is_account_told else ("ACCOUNT_ID",))])
    yield "```"
    yield ""
    inputs = plan.inputs()
    if not inputs:
        return
    yield "These exist already. Fill in what stands in angle brackets:"
    yield ""
    yield "```sh"
    for each in inputs:
        yield from _input(each)
    yield from _remembered([variable(each.logical_id, each.attribute) for each in inputs])
    yield "```"
    yield ""


def _remembered(names: Sequence[str]) -> Iterator[str]:
    """Lines that keep variables for a later shell."""
    if names:
        yield from ("cat >> ids.env <<IDS", *(f"{name}='${name}'" for name in names), "IDS")


def _input(each: Input) -> Iterator[str]:
    what = each.resource.purpose.replace("`", "")
    name = variable(each.logical_id, each.attribute)
    if each.attribute is None:
        value = each.known or f"'<{_example(each.resource)}>'"
        yield f"export {name}={value}   # {what} ({each.resource.region})"
        return
    yield f"# {what}: {each.attribute}"
    fetched = attribute(each.resource, each.attribute)
    yield from (lines_of(fetched, None) if isinstance(fetched, Command) else (fetched,))


_EXAMPLES = {
    "AWS::EC2::VPC": "vpc-…",
    "AWS::EC2::Subnet": "subnet-…",
    "AWS::EC2::RouteTable": "rtb-…",
    "AWS::EC2::VPCPeeringConnection": "pcx-…",
    "AWS::EC2::TransitGateway": "tgw-…",
    "AWS::EC2::SecurityGroup": "sg-…",
    "AWS::EC2::VPCEndpoint": "vpce-…",
}


def _example(resource: Resource) -> str:
    told = resource.properties.get("CidrBlock")
    return _EXAMPLES.get(resource.type, "id") + (f" with {told}" if told else "")


def _wanted(plan: Plan) -> dict[str, dict[str, None]]:
    """The attributes that other resources, or calls, read of each resource."""
    found: dict[str, dict[str, None]] = {}
    values: list[Any] = [each.properties for each in plan.made]
    for api in plan.design.private_apis:
        for consumer in callers_of(plan.design, api):
            call = plan.option.call(plan.design, consumer, api)
            values += [call.host, *call.pinned, *(value for _, value in call.headers)]
    for value in values:
        for each in references(value):
            if isinstance(each, GetAtt):
                found.setdefault(each.logical_id, {})[each.attribute] = None
    return found


Progress = tuple[dict[str, dict[str, None]], list[tuple[Side, Resource, Work]]]


def _phase(plan: Plan, phase: Phase, number: int, progress: Progress) -> Iterator[str]:
    side = phase.side
    profile = profile_of(plan, side)
    who = f" (profile `${profile}`)" if profile else ""
    yield f"## {number}. In {side.region}, account {_account(plan, side)}{who}"
    yield ""
    written = [each for each in phase.resources if each.type not in MERGED]
    steps = [(title, list(group)) for title, group in groupby(written, key=title_of)]
    for at, (title, group) in enumerate(steps, start=1):
        yield f"### {number}.{at} {title}"
        yield ""
        yield from _step(plan, side, group, progress)


def _account(plan: Plan, side: Side) -> str:
    if not plan.is_account_told:
        return "`$ACCOUNT_ID`"
    return {number: f"{name} ({number})" for name, number in plan.design.accounts}.get(side.account, side.account)


def _step(plan: Plan, side: Side, group: Sequence[Resource], progress: Progress) -> Iterator[str]:
    wanted, done = progress
    profile = profile_of(plan, side)
    works = [(each, WRITERS[each.type](plan, each)) for each in group]
    reasons = dict.fromkeys(
        each.purpose[:1].upper() + each.purpose[1:] + (f" ({each.rule})" if each.rule else "") for each in group
    )
    yield f"Why: {'; '.join(reasons)}."
    yield ""
    consoles = dict.fromkeys(work.console for _, work in works if work.console)
    if consoles:
        yield f"Console: {'; '.join(f'{each}' for each in consoles)}."
        yield ""
    notes = dict.fromkeys(work.note for _, work in works if work.note)
    for note in notes:
        yield note
        yield ""
    yield "```sh"
    for resource, work in works:
        for command in work.commands:
            yield from lines_of(command, profile)
            yield from _kept(command)
        for word, value in work.sets:
            yield f"{word}={quoted(value)}"
            yield f'echo "{word}=${word}" | tee -a ids.env'
        for name in wanted.get(resource.logical_id, ()):
            told = {each for command in work.commands for each, _ in command.captures}
            if variable(resource.logical_id, name) in told or _is_asked(resource, name):
                continue
            yield from _fetched(resource, name, profile)
        done.append((side, resource, work))
    yield "```"
    yield ""
    checks = [work.check for _, work in works if work.check is not None]
    if checks:
        yield "Check:"
        yield ""
        yield "```sh"
        for check in checks:
            yield from lines_of(check.command, profile)
        yield "```"
        yield ""
        expected = list(dict.fromkeys(check.expected for check in checks))
        each = " each" if len(checks) > 1 and len(expected) == 1 else ""
        yield f"Prints{each}: {'; then '.join(_code(text) for text in expected)}"
        yield ""


def _code(text: str) -> str:
    return text if " " in text else f"`{text}`"


def _is_asked(resource: Resource, name: str) -> bool:
    """Whether the user sets a value, as the ARN that an authorizer asks."""
    return resource.type in ("AWS::ApiGateway::Authorizer", "AWS::ApiGateway::DomainNameV2")


def _fetched(resource: Resource, name: str, profile: str | None) -> Iterator[str]:
    found = attribute(resource, name)
    if isinstance(found, Command):
        yield from lines_of(found, profile)
        yield from _kept(found)
    else:
        target = found.partition("=")[0]
        yield found
        yield f'echo "{target}=${target}" | tee -a ids.env'


def _kept(command: Command) -> Iterator[str]:
    for name, _ in command.captures:
        yield f'echo "{name}=${name}" | tee -a ids.env'


def _undo(plan: Plan, done: Sequence[tuple[Side, Resource, Work]]) -> Iterator[str]:
    yield "## Undo"
    yield ""
    yield "In this order. Endpoints and attachments take minutes to go: where a command says that something is"
    yield "still in use, wait and repeat it."
    yield ""
    yield "```sh"
    yield ". ./ids.env"
    for side, _, work in reversed(done):
        for command in work.undo:
            yield from lines_of(command, profile_of(plan, side))
    yield "```"

"""The template of one account and Region."""

from collections.abc import Mapping
from typing import Any

import msgspec

from narrowgate.generate.cloudformation.changes import CHANGES, IMAGE, accepting_role, own_parameters
from narrowgate.generate.cloudformation.rounds import Deployment, is_written
from narrowgate.generate.cloudformation.suppress import suppressions
from narrowgate.generate.cloudformation.values import Key, Values, attribute_of, is_address, parameter_name
from narrowgate.generate.cloudformation.yaml_text import Commented, Tag, without_comments, write_yaml
from narrowgate.generate.plan import Plan, Side
from narrowgate.generate.requests import BY_COMMAND
from narrowgate.model.resource import Resource

_AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
_LONGEST = 51_200 - 512
"""Bytes of a template that is not in S3, less those of a file's header."""

_BEFORE = "Deployments happen in rounds: a value of another stack has to be there before what needs it."


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A template: its document, when it first reads which parameter, and what others read of it."""

    side: Side
    document: Mapping[str, Any]
    rounds: int
    parameters: Mapping[Key, int]
    """The round that each parameter is first needed in."""
    own: Mapping[str, str]
    """Further parameters, with what they are."""
    outputs: tuple[Key, ...]
    """What it gives, but for an endpoint's addresses."""

    @property
    def text(self) -> str:
        """The text for people: with comments, unless AWS would take it without them only."""
        told = write_yaml(self.document)
        return told if len(told.encode()) <= _LONGEST else self.bare_text

    @property
    def bare_text(self) -> str:
        """The text for AWS, without comments."""
        return write_yaml(without_comments(self.document))

    def parameters_at(self, number: int) -> tuple[Key, ...]:
        """The values that a round takes: its own and those of the rounds before."""
        return tuple(key for key, first in self.parameters.items() if first <= number)


def make_template(plan: Plan, side: Side, order: tuple[Deployment, ...], given: tuple[Key, ...]) -> Template:
    """Write a side's template.

    Args:
        plan: the plan.
        side: the account and Region.
        order: every deployment, of which the side's own decide the conditions.
        given: what outputs the template has to have.
    """
    by_id = plan.by_id
    round_of = {each.logical_id: step.round for step in order if step.side == side for each in step.resources}
    values = Values(plan, side)
    first: dict[Key, int] = {}
    resources: dict[str, Any] = {}
    own: dict[str, str] = {}
    for resource in plan.on(side):
        if resource.type in BY_COMMAND or resource.type == "Custom::VpcEndpointPolicy":
            continue
        if not is_written(plan, resource):
            continue
        before = dict(values.parameters)
        written = _resource(plan, values, resource, round_of)
        number = round_of[resource.logical_id]
        for key in values.parameters:
            if key not in before:
                first[key] = number
        own |= own_parameters(resource)
        resources[resource.logical_id] = written
    for resource in plan.on(side):
        if resource.type == "Custom::VpcEndpointPolicy":
            _add_policy(plan, values, resource, (resources, round_of, first))
    rounds = max(round_of.values(), default=1)
    document: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{plan.design.name}: {plan.option.title} - {side.region}",
    }
    notes = _notes(plan, side)
    if notes:
        document["Description"] = Commented(notes, document["Description"])
    parameters = _parameters(plan, first, own, rounds)
    if parameters:
        document["Parameters"] = parameters
    if rounds > 1:
        document["Conditions"] = Commented((_BEFORE,), _conditions(rounds))
    document["Resources"] = resources
    told = tuple(key for key in given if not is_address(key))
    if told:
        document["Outputs"] = {
            parameter_name(name, attribute): _output(by_id[name], attribute, round_of[name])
            for name, attribute in told
        }
    return Template(side=side, document=document, rounds=rounds, parameters=first, own=own, outputs=told)


def stack_name(plan: Plan, side: Side) -> str:
    """The stack of a side: `guide-us-east-1`."""
    return f"{plan.design.name}-{side.name}"


def _notes(plan: Plan, side: Side) -> tuple[str, ...]:
    """What the template leaves to commands, and why."""
    found = []
    for resource in plan.on(side):
        if resource.type in BY_COMMAND:
            what = resource.purpose.replace("`", "")
            found.append(f"Not in this template, for CloudFormation has no resource for it: {what}")
            found.append(f"({resource.type.removeprefix('Custom::')}; DEPLOY.md has the command).")
    return tuple(found)


def _resource(plan: Plan, values: Values, resource: Resource, round_of: Mapping[str, int]) -> Commented:
    kind, properties = resource.type, dict(resource.properties)
    if resource.type == "Custom::VpcPeeringConnectionAccepter":
        kind, properties = accepting_role(plan, resource)
    change = CHANGES.get(resource.type)
    if change is not None:
        properties = change(plan, resource, properties)
    body: dict[str, Any] = {"Type": kind}
    number = round_of[resource.logical_id]
    if number > 1:
        body["Condition"] = f"Round{number}"
    after = [each for each in resource.depends_on if each in round_of and plan.by_id[each].type not in BY_COMMAND]
    if after:
        body["DependsOn"] = after
    if resource.type in ("AWS::ApiGateway::Deployment",):
        body["DeletionPolicy"] = body["UpdateReplacePolicy"] = "Retain"
    metadata = suppressions(resource)
    if metadata:
        body["Metadata"] = metadata
    body["Properties"] = values.resolve(properties, resource)
    reason = resource.purpose.replace("`", "")
    line = f"{reason[:1].upper()}{reason[1:]}" + (f" ({resource.rule})." if resource.rule else ".")
    return Commented((line,), body)


def _add_policy(
    plan: Plan, values: Values, resource: Resource, made: tuple[dict[str, Any], Mapping[str, int], dict[Key, int]]
) -> None:
    """The endpoint's policy: it names APIs that name the endpoint, so it follows in a later round."""
    resources, round_of, first = made
    number = round_of[resource.logical_id]
    before = dict(values.parameters)
    document = values.resolve(resource.properties["PolicyDocument"], resource)
    for key in values.parameters:
        if key not in before:
            first[key] = number
    endpoint = resources[resource.properties["VpcEndpointId"].logical_id]
    if number > 1:
        document = Tag("If", [f"Round{number}", document, Tag("Ref", "AWS::NoValue")])
    endpoint.value["Properties"]["PolicyDocument"] = document


def _parameters(plan: Plan, first: Mapping[Key, int], own: Mapping[str, str], rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    by_id = plan.by_id
    if rounds > 1:
        found["Round"] = {
            "Type": "String",
            "Description": "How far this stack may go; DEPLOY.md says when it is deployed again.",
            "AllowedValues": [str(each) for each in range(1, rounds + 1)],
            "Default": "1",
        }
    for (name, attribute), number in first.items():
        resource = by_id[name]
        what = resource.purpose.replace("`", "")
        told = "id" if attribute is None else attribute
        state = "exists" if resource.exists else "made elsewhere, or in an earlier round"
        parameter: dict[str, Any] = {"Type": "String", "Description": f"{what}: {told} ({state})."}
        if resource.physical_id is not None and attribute is None:
            parameter["Default"] = resource.physical_id
        elif number > 1:
            parameter["Default"] = ""
        found[parameter_name(name, attribute)] = parameter
    for parameter_id, description in own.items():
        if parameter_id == IMAGE:
            kind = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
            found[parameter_id] = {"Type": kind, "Description": description, "Default": _AMAZON_LINUX}
        else:
            found[parameter_id] = {"Type": "String", "Description": description}
    return found


def _conditions(rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(2, rounds + 1):
        tests = [Tag("Equals", [Tag("Ref", "Round"), str(each)]) for each in range(number, rounds + 1)]
        found[f"Round{number}"] = tests[0] if len(tests) == 1 else Tag("Or", tests)
    return found


def _output(resource: Resource, attribute: str | None, number: int) -> dict[str, Any]:
    what = resource.purpose.replace("`", "")
    told = "id" if attribute is None else attribute
    value = attribute_of(resource, attribute)
    body: dict[str, Any] = {"Description": f"{what}: {told}", "Value": value}
    if number > 1:
        body["Condition"] = f"Round{number}"
    export = "${AWS::StackName}-" + parameter_name(resource.logical_id, attribute)
    body["Export"] = {"Name": Tag("Sub", export)}
    return body

"""Every AWS CLI command of a repair, held against botocore's models: operation, parameters, their shapes."""

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from random import Random

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator
from tests.repair.faults import plant
from tests.repair.test_random_faults import WAYS, sound

from narrowgate.api.repairs import fix
from narrowgate.audit.run import audit
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.guide.responses import tcp, udp
from narrowgate.repair.findings import is_mendable, proposals_for
from narrowgate.repair.fix import mend
from narrowgate.repair.goal import Goal
from narrowgate.repair.search import search

GLOBAL = frozenset({"query", "output", "region"})
FLAGS = {("ec2", "create-network-acl-entry"): {"ingress": ("Egress", False), "egress": ("Egress", True)}}
"""Flags that the CLI has in place of a parameter."""


def of_calls() -> Iterator[str]:
    for variation in VARIATIONS.values():
        case = variation.make()
        goal = Goal(client=case.client, url=case.url, method=case.method, headers=case.headers)
        for change in mend(snapshot_of(case.guide.estate), [goal]).changes:
            yield from change.commands


def of_findings() -> Iterator[str]:
    guide = build_guide()
    guide.api.estate.set_permissions(guide.endpoint_group, ingress=[tcp(443, "0.0.0.0/0"), tcp(22, "10.1.0.0/16")])
    guide.api.estate.set_permissions(
        guide.api.resolver_group, ingress=[udp(53, "10.0.0.0/8"), tcp(53, "10.0.0.0/8")]
    )
    snapshot = snapshot_of(guide.estate)
    for finding in audit(snapshot):
        if is_mendable(finding.rule):
            for change in proposals_for(snapshot, finding):
                yield from change.commands
    for change in fix(snapshot_of(build_guide().estate), [], rules=["EPT006"]).changes:
        yield from change.commands


def of_random_faults() -> Iterator[str]:
    for seed in range(len(WAYS)):
        snapshot, goals = sound(*WAYS[seed % len(WAYS)])
        broken, _ = plant(snapshot, Random(seed), 4)
        for change in search(broken, goals).changes or ():
            yield from change.commands


def test_every_command_is_one_that_aws_takes():
    every = sorted({*of_calls(), *of_findings(), *of_random_faults()})
    assert len({tuple(each.split("aws ")[1].split()[:2]) for each in every}) >= 18
    problems = {command: told for command in every if (told := problem_of(command))}
    assert not problems, "\n".join(f"{each}\n  {told}" for each, told in problems.items())


@pytest.mark.parametrize(
    "command",
    [
        "aws ec2 make-route --route-table-id rtb-0a1b2c3d",
        "aws ec2 create-route --route-table rtb-0a1b2c3d",
        "aws ec2 create-route --destination-cidr-block 10.0.0.0/8",
        "aws ec2 authorize-security-group-ingress --group-id sg-0a1b2c3d --ip-permissions 'Protocol=tcp'",
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b2c3d --private-dns-enabled yes",
    ],
)
def test_a_command_that_aws_does_not_take_is_seen(command):
    assert problem_of(command)


@cache
def operation_of(service: str, verb: str) -> OperationModel | None:
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(each, "-"): each for each in model.operation_names}
    return model.operation_model(names[verb]) if verb in names else None


def problem_of(command: str) -> str:
    """What AWS's own model has against a command; empty where it takes it."""
    inner = re.fullmatch(r"[A-Z]+=\$\((.*)\)", command)
    words = shlex.split(inner[1] if inner else command, comments=True)
    if words[0] != "aws" or (operation := operation_of(words[1], words[2])) is None:
        return "no such operation"
    try:
        given = dict(parameters(operation, (words[1], words[2]), words[3:]))
    except (KeyError, ValueError) as error:
        return str(error)
    # What makes a repeated call harmless is filled in by botocore itself.
    given = {**dict.fromkeys(operation.idempotent_members, "token"), **given}
    return ParamValidator().validate(given, operation.input_shape).generate_report()


def parameters(
    operation: OperationModel, command: tuple[str, str], words: list[str]
) -> Iterator[tuple[str, object]]:
    members = {xform_name(name, "-"): (name, shape) for name, shape in operation.input_shape.members.items()}
    flags = FLAGS.get(command, {})
    while words:
        name = words.pop(0).removeprefix("--")
        values = []
        while words and not words[0].startswith("--"):
            values.append(words.pop(0))
        if name in GLOBAL:
            continue
        if name in flags:
            yield flags[name]
        elif name.startswith("no-") and not values and name.removeprefix("no-") in members:
            yield members[name.removeprefix("no-")][0], False
        else:
            member, shape = members[name]
            yield member, value_of(shape, values)


def value_of(shape: Shape, values: list[str]) -> object:
    if not values:
        if shape.type_name == "boolean":
            return True
        if shape.type_name == "structure" and set(shape.members) == {"Value"}:
            return {"Value": True}
        raise ValueError("a parameter without a value")
    if shape.type_name != "string" and values[0][:1] in "[{":
        return json.loads(values[0])
    if shape.type_name == "list":
        return [scalar(shape.member, each) for each in values]
    (value,) = values
    return scalar(shape, value)


def scalar(shape: Shape, text: str) -> object:
    match shape.type_name:
        case "integer" | "long":
            return int(text.removeprefix("$"))
        case "boolean":
            return {"true": True, "false": False}[text]
        case "structure" | "list" | "map":
            found, rest = shorthand(shape, text)
            if rest:
                raise ValueError(f"{rest!r} is left over")
            return found
    return text


def shorthand(shape: Shape, text: str) -> tuple[object, str]:
    """The CLI's short form: `Key=value,Key=[{Key=value}]`, without braces at the top."""
    found: dict[str, object] = {}
    while text and text[0] not in "}]":
        key, _, text = text.partition("=")
        member = shape.members[key] if shape.type_name == "structure" else shape.value
        if text[:1] == "[":
            items, text = [], text[1:]
            while text[0] != "]":
                item, text = shorthand(member.member, text[1:]) if text[0] == "{" else bare(member.member, text)
                items.append(item)
                text = text.removeprefix("}").removeprefix(",")
            found[key], text = items, text[1:]
        elif text[:1] == "{":
            found[key], text = shorthand(member, text[1:])
            text = text[1:]
        else:
            found[key], text = bare(member, text)
            if member.type_name == "list":
                found[key] = [found[key]]
        text = text.removeprefix(",")
    return found, text


def bare(shape: Shape, text: str) -> tuple[object, str]:
    value = re.match(r"[^,\]}]*", text)[0]
    inner = shape.member if shape.type_name == "list" else shape
    return scalar(inner, value), text[len(value) :]


def test_what_a_policy_says_never_leaves_the_quotes_of_its_command():
    guide = build_guide()
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": {"StringEquals": {"aws:UserAgent": "it's; $(id)", "aws:SourceVpc": guide.requester.vpc}},
    }
    guide.api.estate.set_policy("a1b2c3d4e5", {"Version": "2012-10-17", "Statement": [statement]})
    guide.api.estate.deploy("a1b2c3d4e5", "prod")
    (step,) = mend(snapshot_of(guide.estate), [Goal(client="requester-host", url=guide.url)]).changes
    words = shlex.split(step.commands[0], comments=True)
    (operation,) = json.loads(words[words.index("--patch-operations") + 1])
    assert (
        json.loads(operation["value"])["Statement"][0]["Condition"]["StringEquals"]["aws:UserAgent"]
        == "it's; $(id)"
    )

"""Every example by every option that fits it, as the files of a format."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from tests.unit.design.designs import EXAMPLES

from narrowgate.api.generate import generated_files, plan_of
from narrowgate.generate.plan import Plan, make_plan
from narrowgate.model.design import DEFAULT_ACCOUNT, Design
from narrowgate.model.resource import Resource
from narrowgate.options.option import Option
from narrowgate.options.registry import OPTIONS
from narrowgate.sources.design.read import load_design


@cache
def plans() -> tuple[tuple[str, Plan], ...]:
    """Plans by `example/option`."""
    designs = [(path.parent.name, load_design(path)) for path in EXAMPLES]
    return tuple(
        (f"{name}/{option.name}", plan_of(design, option.name))
        for name, design in designs
        for option in OPTIONS
        if option.applies(design).fits
    )


_RICHEST = ("two-accounts", "custom-domain", "guide", "hub")


def judged() -> tuple[tuple[str, Plan], ...]:
    """What slow judges see: every option once, on a design that asks much of it, and every example once.

    `NARROWGATE_EVERYTHING=1` has them see every example by every option.
    """
    everything = plans()
    if os.environ.get("NARROWGATE_EVERYTHING"):
        return everything
    found: dict[str, Plan] = {}
    for option in OPTIONS:
        fitting = {name: each for name, each in everything if each.option.name == option.name}
        first = next((name for example in _RICHEST if (name := f"{example}/{option.name}") in fitting), None)
        name = first or next(iter(fitting))
        found[name] = fitting[name]
    for name, each in everything:
        if each.design.via in ("auto", each.option.name) and not any(
            known.startswith(f"{name.split('/')[0]}/") for known in found
        ):
            found[name] = each
    return tuple(found.items())


@cache
def plan(example: str, option: str) -> Plan:
    """One of them."""
    path = next(each for each in EXAMPLES if each.parent.name == example)
    return plan_of(load_design(path), option)


def whole_plan(design: Design, option: Option) -> Plan:
    """An option as if none of it existed: what is generated then makes all of it, and adds no rule to a group."""
    resources = tuple(
        msgspec.structs.replace(
            each, exists=False, physical_id=None, properties={**_stated(each), **each.properties}
        )
        for each in option.resources(design)
    )
    told = design.accounts
    if DEFAULT_ACCOUNT not in {number for _, number in told}:
        told = (*told, ("own", DEFAULT_ACCOUNT))
    return make_plan(msgspec.structs.replace(design, links=(), accounts=told), option, resources)


def _stated(resource: Resource) -> dict[str, object]:
    if resource.type != "AWS::EC2::SecurityGroup":
        return {}
    return {"SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]}


def files(form: str, chosen: tuple[tuple[str, Plan], ...] | None = None) -> Iterator[tuple[str, dict[str, str]]]:
    """The files of every plan, or of those given."""
    for name, each in plans() if chosen is None else chosen:
        yield name, generated_files(each, form)


def write(folder: Path, contents: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def variables(contents: dict[str, str]) -> list[str]:
    """The variables of a root module that have no default."""
    blocks = re.findall(r'variable "(\w+)" \{\n(.*?)\n\}', contents.get("variables.tf", ""), re.S)
    return [name for name, body in blocks if "default" not in body]

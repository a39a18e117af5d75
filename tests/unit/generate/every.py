"""Every example by every option that fits it, as the files of a format."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.unit.design.designs import EXAMPLES

from narrowgate.api.generate import generated_files, plan_of
from narrowgate.generate.plan import Plan
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


def plan(example: str, option: str) -> Plan:
    """One of them."""
    return dict(plans())[f"{example}/{option}"]


def files(form: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The files of every plan."""
    for name, each in plans():
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

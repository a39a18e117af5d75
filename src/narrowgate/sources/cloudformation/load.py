"""A template, a folder of templates or a CDK app into a snapshot."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import UnknownNameError
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.cloudformation.cdk import stacks_of_app
from narrowgate.sources.cloudformation.folder_settings import NAMES, read_folder_settings
from narrowgate.sources.cloudformation.recognise import is_cdk_output, templates_of
from narrowgate.sources.cloudformation.settings import ACCOUNT, REGION, Settings, read_parameters
from narrowgate.sources.cloudformation.stacks import Stacks
from narrowgate.sources.cloudformation.template import Stack
from narrowgate.sources.declared import build_snapshot

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_REGION = re.compile(r"(?<![a-z])[a-z]{2}(?:-[a-z]+)+-\d(?!\d)")


def load_templates(source: Path, *, assume_complete: bool = False, settings: Settings | None = None) -> Snapshot:
    """Read templates as if all of them had just been deployed.

    Args:
        source: a template, a folder of templates, or a CDK app's output folder.
        assume_complete: take what is not known as empty.
        settings: account, Region and parameters, where the templates do not tell.

    Raises:
        InputError: a file cannot be read, is no template, or CloudFormation would refuse it; with file and line.
    """
    settings = settings or Settings()
    stacks = Stacks()
    if source.is_dir() and is_cdk_output(source):
        _add_app(stacks, source, settings)
    elif source.is_dir():
        _add_folder(stacks, source, settings)
    else:
        stacks.add(source, str(source), _stack(source, source.name, settings, prefix=""))
    _refuse_unused(stacks, settings.parameters)
    resources = stacks.resources()
    warnings = [*_untold(stacks), *dict.fromkeys(stacks.warnings)]
    snapshot = build_snapshot(resources, label=str(source), assume_complete=assume_complete, warnings=warnings)
    if any(each.stack.account is None for each in stacks.templates):
        snapshot.stand_in_accounts = frozenset({ACCOUNT})
    return snapshot


def _add_app(stacks: Stacks, source: Path, settings: Settings) -> None:
    for each in stacks_of_app(source):
        stack = Stack(
            name=each.name,
            account=settings.account or each.account,
            region=settings.region or each.region,
            parameters=settings.parameters,
            prefix=f"{each.name}/",
        )
        stacks.add(each.template, str(each.template), stack)


def _add_folder(stacks: Stacks, source: Path, settings: Settings) -> None:
    """Every template of a folder; those that another nests are read through it."""
    folder = read_folder_settings(source)
    stacks.takes_outputs = folder.outputs
    paths = [path for path in templates_of(source) if path.name not in NAMES]
    inner: set[Path] = set()
    for path in paths:
        inner |= {(path.parent / text).resolve() for text in _nested_paths(path)}
    roots = [path for path in paths if path.resolve() not in inner] or paths
    for path in roots:
        relative = path.relative_to(source).as_posix()
        prefix = relative.rsplit(".", 1)[0] + "/" if len(roots) > 1 else ""
        told = folder.of(relative)
        own = Settings(
            account=told.account or settings.account,
            region=told.region or settings.region,
            parameters={**told.parameters, **settings.parameters},
        )
        stack = _stack(path, relative, own, prefix=prefix)
        stacks.add(path, str(path), msgspec.structs.replace(stack, name=told.name) if told.name else stack)


_MOST_BYTES = 4 * 1024 * 1024
_NESTED = re.compile(rb"""["']?(?:TemplateURL|Location)["']?\s*:\s*["']?([^\s"',}]+)""")


def _nested_paths(path: Path) -> Iterator[str]:
    for found in _NESTED.findall(path.read_bytes()[:_MOST_BYTES]):
        text = found.decode("utf-8", "replace")
        if "://" not in text and not text.startswith(("/", "!")):
            yield text


def _stack(path: Path, name: str, settings: Settings, *, prefix: str) -> Stack:
    """The stack of a template: account and Region from the settings, else from its path's own words."""
    account, region = _ACCOUNT.findall(name), _REGION.findall(name)
    return Stack(
        name=Path(name).name.rsplit(".", 1)[0],
        account=settings.account or (account[-1] if account else None),
        region=settings.region or (region[-1] if region else None),
        parameters={**_beside(path), **settings.parameters},
        prefix=prefix,
    )


def _beside(path: Path) -> Mapping[str, Any]:
    """The parameters of a file `<template>.parameters.json` or `.yaml` beside the template."""
    for suffix in (".parameters.json", ".parameters.yaml", ".parameters.yml"):
        beside = path.with_name(path.name.rsplit(".", 1)[0] + suffix)
        if beside.is_file():
            return read_parameters(beside)
    return {}


def _refuse_unused(stacks: Stacks, given: Mapping[str, Any]) -> None:
    known = {name for template in stacks.templates for name in template.parameters}
    for name in given:
        if name not in known and not name.startswith("AWS::"):
            raise UnknownNameError("parameter", name, known)


def _untold(stacks: Stacks) -> Iterator[str]:
    for what, told, stands, option in (
        ("account", [each.stack.account for each in stacks.templates], ACCOUNT, "--account"),
        ("Region", [each.stack.region for each in stacks.templates], REGION, "--region"),
    ):
        if any(each is None for each in told):
            yield f"nothing tells the {what}: {stands} stands for it ({option} names another)"

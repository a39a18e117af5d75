"""The output of a CDK app: `cdk.out/manifest.json` names its stacks and where each is deployed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.includes import local_file

_ENVIRONMENT = re.compile(r"aws://(?P<account>[^/]+)/(?P<region>.+)")
_STACK, _ASSEMBLY = "aws:cloudformation:stack", "cdk:cloud-assembly"
_DEEPEST = 8


class CdkStack(msgspec.Struct, frozen=True, kw_only=True):
    """A stack of an app; account and Region are None where the app leaves them to the deployment."""

    name: str
    template: Path
    account: str | None
    region: str | None


def stacks_of_app(folder: Path, depth: int = 0) -> Iterator[CdkStack]:
    """The stacks of an app, those of its stages included.

    Raises:
        InputError: a manifest that cannot be read, or that names a template which is not there.
    """
    where = folder / "manifest.json"
    if depth > _DEEPEST:
        raise InputError("assemblies are nested too deeply", where=str(where))
    try:
        manifest = json.loads(where.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(where)) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no manifest of the CDK: {error}", where=str(where)) from None
    artifacts = manifest.get("artifacts") if isinstance(manifest, dict) else None
    for name, artifact in artifacts.items() if isinstance(artifacts, dict) else ():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        if artifact.get("type") == _ASSEMBLY and isinstance(properties.get("directoryName"), str):
            yield from stacks_of_app(folder / properties["directoryName"], depth + 1)
        elif artifact.get("type") == _STACK and isinstance(properties.get("templateFile"), str):
            yield _stack(folder, name, artifact, properties)


def _stack(folder: Path, name: str, artifact: dict[str, Any], properties: dict[str, Any]) -> CdkStack:
    template = local_file(folder, properties["templateFile"])
    if template is None:
        raise InputError(
            f"names the template `{properties['templateFile'][:80]}`, which is not there",
            where=str(folder / "manifest.json"),
            help="`cdk synth` writes it",
        )
    found = _ENVIRONMENT.fullmatch(str(artifact.get("environment", "")))
    account, region = (found["account"], found["region"]) if found else ("", "")
    return CdkStack(
        name=str(properties.get("stackName", name)),
        template=template,
        account=account if account.isdigit() else None,
        region=region if region and not region.startswith("unknown") else None,
    )

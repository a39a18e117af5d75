"""`terraform.tfstate`, the file that a state is kept in (version 4), as `terraform show -json` would tell it."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

STATE_FILE_VERSION = 4

_PROVIDER = re.compile(r'provider\["(?P<source>[^"]+)"\](?:\.(?P<alias>[\w-]+))?')


class FileInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One instance; `sensitive_attributes` are paths of steps."""

    index_key: str | int | None = None
    attributes: dict[str, Any] | None = None
    sensitive_attributes: tuple[Any, ...] = ()
    deposed: str = ""


class FileResource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource with its instances."""

    mode: str
    type: str
    name: str
    provider: str = ""
    module: str = ""
    instances: tuple[FileInstance, ...] = ()


class StateFile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    version: int
    terraform_version: str = ""
    resources: tuple[FileResource, ...] = ()


def from_state_file(file: StateFile) -> Iterator[dict[str, Any]]:
    """The fields of each instance as `terraform show -json` gives them, the provider's alias with its name."""
    for resource in file.resources:
        prefix = f"{resource.module}." if resource.module else ""
        data = "data." if resource.mode == "data" else ""
        found = _PROVIDER.search(resource.provider)
        provider = found["source"] + (f".{found['alias']}" if found["alias"] else "") if found else ""
        for instance in resource.instances:
            if instance.deposed:
                continue
            yield {
                "address": f"{prefix}{data}{resource.type}.{resource.name}{_key(instance.index_key)}",
                "mode": resource.mode,
                "type": resource.type,
                "name": resource.name,
                "index": instance.index_key,
                "provider_name": provider,
                "values": instance.attributes or {},
                "sensitive_values": _sensitive(instance.sensitive_attributes),
            }


def _key(index: str | int | None) -> str:
    if index is None:
        return ""
    return f'["{index}"]' if isinstance(index, str) else f"[{index}]"


def _sensitive(paths: tuple[Any, ...]) -> dict[str, bool]:
    """The arguments that hold something sensitive, each as a whole."""
    return {
        str(path[0]["value"]): True
        for path in paths
        if isinstance(path, list) and path and isinstance(path[0], dict) and "value" in path[0]
    }

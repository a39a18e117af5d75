"""`narrowgate-templates.yaml` (or `.json`) beside templates: where each is deployed, and with which parameters.

    outputs: true           # a parameter without a value takes the output of that name of another template
    templates:
      network.yaml: {account: "111122223333", region: eu-west-1, name: network}
      api.yaml: {account: "444455556666", region: eu-west-1, parameters: {Stage: prod}}

`narrowgate generate cloudformation` writes one, as JSON, beside its templates.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import Tree, decode_template

NAMES = ("narrowgate-templates.yaml", "narrowgate-templates.json")


class OfTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file tells of one template."""

    account: str | None = None
    region: str | None = None
    name: str | None = None
    parameters: dict[str, Any] = {}


class FolderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    outputs: bool = False
    templates: dict[str, OfTemplate] = {}

    def of(self, relative: str) -> OfTemplate:
        """What is told of a template by its path in the folder."""
        return self.templates.get(relative, OfTemplate())


def read_folder_settings(folder: Path) -> FolderSettings:
    """The settings of a folder; empty where it has no such file.

    Raises:
        InputError: the file cannot be read, or names a template that is not there.
    """
    path = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if path is None:
        return FolderSettings()
    tree = decode_template(path.read_bytes(), str(path))
    try:
        found = msgspec.convert(_as_text(tree), FolderSettings)
    except msgspec.ValidationError as error:
        raise InputError(f"does not tell of templates: {error}", where=str(path)) from None
    for name in found.templates:
        if not (folder / name).is_file():
            line = tree["templates"].line_of(name) if isinstance(tree.get("templates"), Tree) else 0
            raise InputError(f"names the template `{name[:80]}`, which is not there", where=f"{path}:{line}")
    return found


def _as_text(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The tree with account ids as text, as people write them either way."""
    found: dict[str, Any] = dict(tree)
    templates = found.get("templates")
    if isinstance(templates, dict):
        found["templates"] = {
            name: {key: str(value) if key == "account" else value for key, value in each.items()}
            if isinstance(each, dict)
            else each
            for name, each in templates.items()
        }
    return found

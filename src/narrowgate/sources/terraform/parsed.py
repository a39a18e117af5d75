"""A folder read with `tfparse`, where that is installed: no Terraform at all.

`tfparse` tells which instances there are; what their arguments come to is computed from the text, as it is beside
a plan. What data sources would look up is unknown.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.document import Plan
from narrowgate.sources.terraform.instances import Instance, instance_key, module_path
from narrowgate.sources.terraform.linking import Linker
from narrowgate.sources.terraform.load import finished, linker_for
from narrowgate.sources.terraform.program import TerraformFailed
from narrowgate.sources.terraform.text import Texts
from narrowgate.sources.terraform.written import instance, keys_of

_MODES = {"resource": "managed", "data": "data"}


def snapshot_by_tfparse(folder: Path, assume_complete: bool = False) -> Snapshot:
    """Read a folder with `tfparse`.

    Raises:
        TerraformFailed: it could not read it.
    """
    texts = Texts(folder)
    values = [
        each.name
        for each in (folder / "terraform.tfvars", *sorted(folder.glob("*.auto.tfvars")))
        if each.is_file()
    ]
    try:
        tfparse: Any = importlib.import_module("tfparse")
        found = tfparse.load_from_path(str(folder), vars_paths=values, stop_on_hcl_error=True)
    except Exception as error:
        # Its own errors have no common type; what they quote of the files is not passed on.
        raise TerraformFailed(f"`tfparse` cannot read it: {type(error).__name__}") from None
    instances = list(parsed_instances(found, texts))
    linker = linker_for(Plan(), instances, folder, texts)
    missed = list(_missed(instances, linker, texts))
    if missed:
        linker = linker_for(Plan(), [*instances, *missed], folder, texts)
    return finished(linker, folder, texts, assume_complete=assume_complete)


def parsed_instances(found: dict[str, list[Any]], texts: Texts) -> Iterator[Instance]:
    """The instances of everything that `tfparse` returned, their arguments left to the text."""
    for blocks in found.values():
        for block in blocks:
            told = block.get("__tfmeta", {}) if isinstance(block, dict) else {}
            mode = _MODES.get(told.get("type", ""))
            address = str(told.get("path", ""))
            if mode is None:
                continue
            path = module_path(address)
            name, index = instance_key(address)
            yield instance(texts, path, (mode, str(told.get("label")), name), index)


def _missed(instances: list[Instance], linker: Linker, texts: Texts) -> Iterator[Instance]:
    """Instances that `count` and `for_each` make by the text, and that `tfparse` left out."""
    known = {each.address for each in instances}
    for path in dict.fromkeys([(), *(each.module for each in instances)]):
        module = texts.module(tuple(step for step, _ in path))
        for block, text in module.resources.items() if module else ():
            for index in keys_of(text, path, linker) or ():
                found = instance(texts, path, block, index)
                if found.address not in known:
                    yield found

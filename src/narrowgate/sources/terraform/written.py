"""A folder read by its text alone, with neither Terraform nor anything else: as far as everything can be computed.

Which instances there are is computed round by round, since `for_each` may name what another block makes. One block
whose `count` or `for_each` cannot be computed ends it: an estate with a part left out is no answer.
"""

from collections.abc import Iterator
from pathlib import Path

from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.document import Plan
from narrowgate.sources.terraform.evaluate import Scope
from narrowgate.sources.terraform.hcl.functions import NotComputed
from narrowgate.sources.terraform.hcl.syntax import Block
from narrowgate.sources.terraform.instances import Instance, Key, ModulePath, address_of
from narrowgate.sources.terraform.linking import Linker
from narrowgate.sources.terraform.load import finished, linker_for
from narrowgate.sources.terraform.program import TerraformFailed
from narrowgate.sources.terraform.text import ModuleText, Texts

_ROUNDS = 24


def snapshot_by_text(folder: Path, assume_complete: bool = False) -> Snapshot:
    """Read a folder by its text.

    Raises:
        TerraformFailed: a file, a module, or which instances a block has cannot be told.
    """
    texts = Texts(folder)
    linker = linker_for(Plan(), written_instances(texts, folder), folder, texts)
    return finished(linker, folder, texts, assume_complete=assume_complete)


def written_instances(texts: Texts, folder: Path) -> list[Instance]:
    """Every instance of every block, its arguments left to the text.

    Raises:
        TerraformFailed: as `snapshot_by_text`.
    """
    found: list[Instance] = []
    for _ in range(_ROUNDS):
        linker = linker_for(Plan(), found, folder, texts)
        again = list(_round(texts, linker))
        if [each.address for each in again] == [each.address for each in found]:
            break
        found = again
    else:
        raise TerraformFailed("which instances there are depends on itself")
    for path in _paths(texts, linker):
        _settled(texts, linker, path)
    if texts.warnings:
        raise TerraformFailed(texts.warnings[0])
    return found


def _round(texts: Texts, linker: Linker) -> Iterator[Instance]:
    for path in _paths(texts, linker):
        for (mode, kind, name), block in _module(texts, path).resources.items():
            for key in keys_of(block, path, linker) or ():
                yield instance(texts, path, (mode, kind, name), key)


def _settled(texts: Texts, linker: Linker, path: ModulePath) -> None:
    module = _module(texts, path)
    calls = (each for each in module.blocks if each.type == "module")
    for block in (*module.resources.values(), *calls):
        if keys_of(block, path, linker) is None:
            named = ".".join(block.labels)
            raise TerraformFailed(
                f"how many of `{named}` there are is not computed here ({block.file}:{block.line})"
            )


def _paths(texts: Texts, linker: Linker) -> list[ModulePath]:
    """The module instances, each parent before its children."""
    found: list[ModulePath] = [()]
    for path in found:
        for block in _module(texts, path).blocks:
            if block.type == "module" and block.labels and len(path) < _ROUNDS:
                found += [(*path, (block.labels[0], key)) for key in keys_of(block, path, linker) or ()]
    return found


def _module(texts: Texts, path: ModulePath) -> ModuleText:
    module = texts.module(tuple(name for name, _ in path))
    if module is None:
        raise TerraformFailed(f"module `{path[-1][0]}` is not in the folder: `terraform init` brings it there")
    return module


def keys_of(block: Block, path: ModulePath, linker: Linker) -> list[Key] | None:
    """The keys that a block's instances have; None where nobody here can tell."""
    for word in ("for_each", "count"):
        written = block.body.attributes.get(word)
        if written is None:
            continue
        try:
            value = linker.definitions.computed(written.value, Scope(module=path))
        except NotComputed:
            return None
        if word == "count":
            return list(range(value)) if isinstance(value, int) and not isinstance(value, bool) else None
        keys = list(value) if isinstance(value, (dict, list)) else None
        return (
            [str(each) for each in keys]
            if keys is not None and all(isinstance(each, str) for each in keys)
            else None
        )
    return [None]


def instance(texts: Texts, path: ModulePath, block: tuple[str, str, str], index: Key) -> Instance:
    """An instance of a block that the text alone describes."""
    mode, kind, name = block
    names = tuple(step for step, _ in path)
    return Instance(
        address=address_of(path, mode, kind, name, index),
        module=path,
        mode=mode,
        type=kind,
        name=name,
        index=index,
        provider=texts.provider(names, texts.block(names, mode, kind, name)),
        values={},
        unknown=True,
        is_made_up=True,
    )

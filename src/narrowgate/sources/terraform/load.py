"""A plan or a state into a snapshot: every resource in CloudFormation's vocabulary, then what AWS would answer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.resource import Origin, Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.declared import build_snapshot
from narrowgate.sources.terraform.convert.given import Given
from narrowgate.sources.terraform.convert.registry import CONVERTERS, NOT_MODELLED, PASSED_OVER
from narrowgate.sources.terraform.definitions import Definitions
from narrowgate.sources.terraform.deployed import with_old_policies
from narrowgate.sources.terraform.document import Plan, State, read_document
from narrowgate.sources.terraform.instances import Instance, gone_from, plan_instances, state_instances
from narrowgate.sources.terraform.linking import Linker
from narrowgate.sources.terraform.places import Places
from narrowgate.sources.terraform.text import Texts, files_of


def load_terraform(path: Path, *, assume_complete: bool = False) -> Snapshot:
    """Read `terraform show -json` of a plan or a state, with the `.tf` files beside it.

    Raises:
        InputError: the file cannot be read, or nothing tells a provider's Region.
    """
    document = read_document(path)
    texts = texts_beside(path.parent, document)
    return snapshot_of(document, path, texts, assume_complete=assume_complete)


def texts_beside(folder: Path, document: Plan | State) -> Texts | None:
    """The text that a plan was made from, where it is that folder's."""
    if not files_of(folder):
        return None
    texts = Texts(folder)
    return texts if _belongs(texts, document) else None


def snapshot_of(
    document: Plan | State, path: Path, texts: Texts | None = None, *, assume_complete: bool = False
) -> Snapshot:
    """The same for a document that is read already; `path` for messages and as the place of facts.

    Raises:
        InputError: nothing tells a provider's Region.
    """
    if isinstance(document, State):
        instances = [_with_provider(each, texts) for each in state_instances(document)]
        return finished(linker_for(Plan(), instances, path, texts), path, texts, assume_complete=assume_complete)
    linker = linker_for(document, plan_instances(document), path, texts, gone_from(document))
    snapshot = finished(linker, path, texts, assume_complete=assume_complete)
    with_old_policies(snapshot, document, path)
    if not document.complete:
        told = f"{path}: the plan is not complete: Terraform left something for a later one"
        snapshot.warnings = (*snapshot.warnings, told)
    return snapshot


def linker_for(
    plan: Plan,
    instances: list[Instance],
    path: Path,
    texts: Texts | None = None,
    gone: Iterable[tuple[str, Mapping[str, Any]]] = (),
) -> Linker:
    """Instances, ready to be asked for their attributes; a state has an empty plan."""
    definitions = Definitions(plan, texts)
    definitions.use(instances)
    places = Places(plan, instances, str(path), texts)
    places.use(definitions)
    return Linker(instances, definitions, places, gone)


def finished(linker: Linker, path: Path, texts: Texts | None, *, assume_complete: bool = False) -> Snapshot:
    """The snapshot of everything that a linker knows.

    Raises:
        InputError: nothing tells a provider's Region.
    """
    resources, warnings = converted(linker, path, texts)
    snapshot = build_snapshot(resources, label=str(path), assume_complete=assume_complete)
    snapshot.stand_in_accounts = linker.places.stand_ins
    told = (*(texts.warnings if texts else ()), *linker.places.warnings, *warnings)
    snapshot.warnings = (*snapshot.warnings, *told)
    return snapshot


def _with_provider(instance: Instance, texts: Texts | None) -> Instance:
    """An instance of a state, which does not tell providers' aliases, with the one that the text names."""
    if texts is None:
        return instance
    modules, mode, kind, name = instance.block
    block = texts.block(modules, mode, kind, name)
    return msgspec.structs.replace(instance, provider=texts.provider(modules, block)) if block else instance


def converted(linker: Linker, path: Path, texts: Texts | None) -> tuple[list[Resource], list[str]]:
    """Every resource of a document, and what is said about those that are not understood."""
    found: list[Resource] = []
    missed: Counter[str] = Counter()
    for instance in linker.instances_by_address.values():
        # What a data source describes exists outside: a fact of its id alone would hide what hangs on it.
        if instance.mode == "data" or not instance.type.startswith("aws_"):
            continue
        if instance.type in CONVERTERS or instance.type in NOT_MODELLED:
            found += _converted(linker, instance, path, texts)
        elif not instance.type.startswith(PASSED_OVER):
            missed[instance.type] += 1
    told = ", ".join(f"{kind} ({count})" for kind, count in sorted(missed.items()))
    return found, [f"{path}: not understood, so not judged: {told}"] if told else []


def _converted(linker: Linker, instance: Instance, path: Path, texts: Texts | None) -> list[Resource]:
    try:
        given = Given(linker, instance, lambda each: _origin(each, path, texts))
        converter = CONVERTERS.get(instance.type)
        if converter is None:
            return [given.resource(NOT_MODELLED[instance.type], {})]
        return converter(given)
    except (TypeError, AttributeError, ValueError, KeyError, IndexError) as error:
        # Arguments are as the provider's schema has them; no schema is there to hold a file against.
        raise InputError(
            f"an argument of `{instance.address}` is not of the type that the AWS provider gives it",
            where=str(path),
            help="make the file anew with `terraform show -json`",
        ) from error


def _origin(instance: Instance, path: Path, texts: Texts | None) -> Origin:
    modules, mode, kind, name = instance.block
    found = texts.origin(modules, mode, kind, name, instance.address) if texts else None
    return found or Origin(file=str(path), address=instance.address)


def _belongs(texts: Texts, document: Plan | State) -> bool:
    """True where the folder's blocks are the document's: most of its root module's stand there."""
    written = set(texts.root.resources)
    named = set(_root_blocks(document))
    return (bool(written & named) and len(written & named) * 2 >= len(named)) or (
        not named and bool(texts.root.blocks)
    )


def _root_blocks(document: Plan | State) -> Iterator[tuple[str, str, str]]:
    if isinstance(document, Plan):
        for block in document.configuration.root_module.resources:
            yield block.mode, block.type, block.name
    else:
        for each in document.values.root_module.resources:
            if not each.address.startswith("module."):
                yield each.mode, each.type, each.name

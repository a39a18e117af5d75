"""The steps of a mending with patches of the files that their facts came from."""

from pathlib import Path

import msgspec

from narrowgate.api.patches.files import Files, root_of
from narrowgate.api.patches.node import Uncertain
from narrowgate.api.patches.references import place_of, referring
from narrowgate.api.patches.template import TemplatePatch
from narrowgate.api.patches.terraform import TerraformPatch
from narrowgate.api.patches.terraform_text import TerraformText
from narrowgate.model.repair import FixAnswer, RepairStep
from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, apply_changes
from narrowgate.repair.fix import Mending
from narrowgate.repair.written import Add, Drop, Part, Remark, Set, parts_of

Patch = TerraformPatch | TemplatePatch


def with_patches(source: Path, snapshot: Snapshot, mending: Mending) -> FixAnswer:
    """The answer of a mending, its steps with patches where the source's own files can be edited.

    Args:
        source: a Terraform folder, a plan or state beside its configuration, a template or a folder of templates.
        snapshot: what was read from it.
        mending: the answer and its changes.

    Returns:
        The same answer for a source of another kind.
    """
    files = Files(root_of(source))
    patch = _patch_for(source, snapshot, files)
    if patch is None or not mending.changes:
        return _told(snapshot, mending)
    steps = []
    state = snapshot
    for step, change in zip(mending.answer.changes, mending.changes, strict=True):
        steps.append(_written(files, patch, state, step, change))
        state = apply_changes(state, (change,))
    return msgspec.structs.replace(
        mending.answer, changes=tuple(steps), patch=files.patch(), patch_root=str(files.root)
    )


def _told(snapshot: Snapshot, mending: Mending) -> FixAnswer:
    """The answer for a source whose text is not there; a plan or state without it tells addresses all the same."""
    steps = []
    state = snapshot
    for step, change in zip(mending.answer.changes, mending.changes, strict=True):
        if step.address and step.file.endswith(".json"):
            wanted = "; ".join(_wanted(state, each) for each in parts_of(state, change))
            told = f"{step.address}: its text is not beside {step.file}; wanted: {wanted}"
            step = msgspec.structs.replace(step, by_hand=(told,))
        steps.append(step)
        state = apply_changes(state, (change,))
    return msgspec.structs.replace(mending.answer, changes=tuple(steps))


def _patch_for(source: Path, snapshot: Snapshot, files: Files) -> Patch | None:
    """The writer for a source, told by where its facts stand."""
    written = [each.source for each in snapshot.places.values() if each.address]
    folder = source if source.is_dir() else source.parent
    if any(each.endswith(".tf") for each in written):
        return TerraformPatch(TerraformText(folder, files, snapshot))
    if any(each.endswith((".yaml", ".yml", ".json", ".template")) for each in written):
        from narrowgate.sources.cloudformation.recognise import is_cloudformation

        return TemplatePatch(files, snapshot) if is_cloudformation(source) else None
    return None


def _written(files: Files, patch: Patch, state: Snapshot, step: RepairStep, change: Change) -> RepairStep:
    """A step with its patch; all of its parts are written, or none and all are said."""
    before, made = files.state(), dict(patch.made)
    parts = parts_of(state, change)
    by_hand = [f"{_named(state, each.resource)}: {each.text}" for each in parts if isinstance(each, Remark)]
    try:
        for part in parts:
            patch.write(change, part)
        patch.finish()
    except Uncertain as problem:
        # Half a change may be worse than none.
        files.restore(before)
        patch.restore(made)
        where = f"{problem.file}:{problem.line}" if problem.file and problem.line else problem.file
        wanted = "; ".join(_wanted(state, each) for each in parts)
        by_hand = [f"{where or _place(step)}: {problem}; wanted: {wanted}"]
    return msgspec.structs.replace(step, patch=files.patch(before), by_hand=tuple(by_hand))


def _place(step: RepairStep) -> str:
    if not step.file:
        return step.resource
    return f"{step.file}:{step.line}" if step.line else step.file


def _named(snapshot: Snapshot, own: str) -> str:
    return place_of(snapshot, own).address or own


def _wanted(snapshot: Snapshot, part: Part) -> str:
    """A part in words."""
    match part:
        case Add(type=kind, properties=properties):
            return f"{kind} {_shown(snapshot, properties)}"
        case Set(resource=own, property=name, after=after):
            return f"{_named(snapshot, own)} {name} = {_shown(snapshot, after)}"
        case Drop(type=kind, properties=properties):
            return f"no {kind} {_shown(snapshot, properties)}"
        case Remark(text=text):
            return text


def _shown(snapshot: Snapshot, value: object) -> str:
    return msgspec.json.encode(_plain(snapshot, value)).decode()


def _plain(snapshot: Snapshot, value: object) -> object:
    """A value as people read it: what an id stands for by its address."""
    match value:
        case Ref(logical_id=own):
            return _named(snapshot, own)
        case GetAtt(logical_id=own, attribute=attribute):
            return f"{_named(snapshot, own)}.{attribute}"
        case Join(parts=parts):
            return "".join(each if isinstance(each, str) else f"${{{_plain(snapshot, each)}}}" for each in parts)
        case str():
            try:
                found = referring(snapshot, value)
            except Uncertain:
                return value
            return value if isinstance(found, str) else _plain(snapshot, found)
        case dict():
            return {key: _plain(snapshot, each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(snapshot, each) for each in value]
    return value

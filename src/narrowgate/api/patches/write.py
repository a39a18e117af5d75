"""The steps of a mending with patches of the files that their facts came from, each judged as it reads."""

from pathlib import Path

import msgspec

from narrowgate.api.patches.files import Files, root_of
from narrowgate.api.patches.generated import is_generated, why_generated
from narrowgate.api.patches.node import Uncertain
from narrowgate.api.patches.reading import read_again
from narrowgate.api.patches.template import TemplatePatch
from narrowgate.api.patches.terraform import TerraformPatch
from narrowgate.api.patches.terraform_text import TerraformText
from narrowgate.api.patches.words import named, place_in_words, wanted
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.model.errors import InputError
from narrowgate.model.repair import FixAnswer, RepairStep
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, apply_changes
from narrowgate.repair.fix import Mending
from narrowgate.repair.written import Deploy, Remark, parts_of

Patch = TerraformPatch | TemplatePatch


def with_patches(
    source: Path, snapshot: Snapshot, mending: Mending, *, assume_complete: bool = False
) -> FixAnswer:
    """The answer of a mending, its steps with patches where the source's own files can be edited.

    What the files say with the patches is read again and judged as the changes were: a patch after which it does
    not hold is no patch, and the step says so.

    Args:
        source: a Terraform folder, a plan or state beside its configuration, a template or a folder of templates.
        snapshot: what was read from it.
        mending: the answer, its changes, and what it was verified by.
        assume_complete: how the source was read.

    Returns:
        The same answer for a source of another kind.
    """
    files = Files(root_of(source))
    patch = _patch_for(source, snapshot, files)
    if patch is None or not mending.changes:
        return _told(source, snapshot, mending)
    writing = _Writing(source, snapshot, mending, files, patch, assume_complete)
    steps = writing.all_at_once() or writing.one_by_one()
    return msgspec.structs.replace(
        mending.answer, changes=tuple(steps), patch=files.patch(), patch_root=str(files.root)
    )


def _told(source: Path, snapshot: Snapshot, mending: Mending) -> FixAnswer:
    """The answer for a source whose text is not there or not a person's: its addresses are told all the same."""
    steps = []
    state = snapshot
    for step, change in zip(mending.answer.changes, mending.changes, strict=True):
        if step.address:
            why = why_generated(source, step)
            if why:
                told = f"{why}; wanted: {wanted(state, parts_of(state, change))}"
                step = msgspec.structs.replace(step, by_hand=(told,))
        steps.append(step)
        state = apply_changes(state, (change,))
    return msgspec.structs.replace(mending.answer, changes=tuple(steps))


def _patch_for(source: Path, snapshot: Snapshot, files: Files) -> Patch | None:
    """The writer for a source, told by where its facts stand; None where no person writes its files."""
    written = [each.source for each in snapshot.places.values() if each.address]
    folder = source if source.is_dir() else source.parent
    if any(each.endswith((".tf", ".tf.json")) for each in written):
        return TerraformPatch(TerraformText(folder, files, snapshot))
    if any(each.endswith((".yaml", ".yml", ".json", ".template")) for each in written):
        from narrowgate.sources.cloudformation.recognise import is_cloudformation

        if is_cloudformation(source) and not is_generated(source, written):
            return TemplatePatch(files, snapshot)
    return None


class _Writing:
    """One mending being written into files."""

    def __init__(
        self,
        source: Path,
        snapshot: Snapshot,
        mending: Mending,
        files: Files,
        patch: Patch,
        assume_complete: bool,
    ) -> None:
        self.source = source
        self.snapshot = snapshot
        self.mending = mending
        self.files = files
        self.patch = patch
        self.assume_complete = assume_complete

    def all_at_once(self) -> list[RepairStep] | None:
        """Every step written; None where the files do not say then what was meant."""
        steps, beside = self._all_written()
        if self.files.widen():
            # A patch takes no file outside the folder where it applies.
            self._forget()
            steps, beside = self._all_written()
        if not self.files.edited():
            return steps
        broken, doubt = self._judged(beside)
        if broken:
            self._forget()
            return None
        return [_doubted(each, doubt) for each in steps] if doubt else steps

    def _all_written(self) -> tuple[list[RepairStep], list[Change]]:
        """Every step, and the changes that the text does not say."""
        steps: list[RepairStep] = []
        beside: list[Change] = []
        state = self.snapshot
        for step, change in self._pairs():
            written, is_in_text = self._written(state, step, change)
            steps.append(written)
            beside += [] if is_in_text else [change]
            state = apply_changes(state, (change,))
        return steps, beside

    def _forget(self) -> None:
        self.files.restore({})
        self.patch.restore({})

    def one_by_one(self) -> list[RepairStep]:
        """Each step judged for itself, the others made beside it; one that does not hold is told in words."""
        steps: list[RepairStep] = []
        beside: list[Change] = []
        state = self.snapshot
        pairs = self._pairs()
        for at, (step, change) in enumerate(pairs):
            before, made = self.files.state(), dict(self.patch.made)
            written, is_in_text = self._written(state, step, change)
            broken = ""
            if is_in_text:
                broken, _ = self._judged([*beside, *(each for _, each in pairs[at + 1 :])])
            if broken:
                self.files.restore(before)
                self.patch.restore(made)
                told = f"{place_in_words(step)}: the patched text does not read back as meant ({broken})"
                wish = wanted(state, parts_of(state, change))
                written, is_in_text = msgspec.structs.replace(step, by_hand=(f"{told}; wanted: {wish}",)), False
            beside += [] if is_in_text else [change]
            steps.append(written)
            state = apply_changes(state, (change,))
        return steps

    def _pairs(self) -> list[tuple[RepairStep, Change]]:
        return list(zip(self.mending.answer.changes, self.mending.changes, strict=True))

    def _judged(self, beside: list[Change]) -> tuple[str, str]:
        """What does not hold with the text as it is now and some changes made beside it; or why nobody can tell.

        A plan and a state are read by their folder, where ids and values may be others: there only what is read
        alike is judged.
        """
        is_folder = self.source.is_dir() or not isinstance(self.patch, TerraformPatch)
        try:
            state = read_again(self.source, self.files, assume_complete=self.assume_complete)
        except InputError as error:
            return (str(error), "") if is_folder else ("", f"its folder cannot be read without the plan: {error}")
        if not is_folder and not self._has_ids(state):
            return "", "its folder alone has other ids than the plan"
        state = apply_changes(state, beside)
        broken = self.mending.proof.broken(state) or self._opened_beside(state)
        return (broken, "") if is_folder else ("", broken)

    def _opened_beside(self, state: Snapshot) -> str:
        """The first thing that is open in a state and was not to be."""
        meant = {(each.kind, each.what) for each in self.mending.answer.opened}
        found = evaluate_diff(self.snapshot, state).opened
        return next(
            (f"it opens {each.kind} {each.what}" for each in found if (each.kind, each.what) not in meant), ""
        )

    def _has_ids(self, state: Snapshot) -> bool:
        kinds = ("vpcs", "rest_apis", "vpc_endpoints", "security_groups")
        return all(
            getattr(self.snapshot.facts, each).keys() <= getattr(state.facts, each).keys() for each in kinds
        )

    def _written(self, state: Snapshot, step: RepairStep, change: Change) -> tuple[RepairStep, bool]:
        """A step with its patch, and whether the text says all of it; all of its parts are written, or none.

        A deployment that no text can order is asked for beside the patch of what is saved.
        """
        before, made = self.files.state(), dict(self.patch.made)
        parts = parts_of(state, change)
        by_hand = [f"{named(state, each.resource)}: {each.text}" for each in parts if isinstance(each, Remark)]
        is_in_text = not by_hand
        try:
            for part in parts:
                if not isinstance(part, Deploy):
                    self.patch.write(change, part)
            self.patch.finish()
        except Uncertain as problem:
            # Half a change may be worse than none.
            self.files.restore(before)
            self.patch.restore(made)
            by_hand = [f"{_where(problem) or place_in_words(step)}: {problem}; wanted: {wanted(state, parts)}"]
            is_in_text = False
        else:
            by_hand += [told for part in parts if isinstance(part, Deploy) for told in self._deployed(state, part)]
            by_hand += self.patch.remarks
        self.patch.remarks.clear()
        step = msgspec.structs.replace(step, patch=self.files.patch(before), by_hand=tuple(by_hand))
        return step, is_in_text

    def _deployed(self, state: Snapshot, part: Deploy) -> list[str]:
        before = self.files.state()
        try:
            self.patch.deploy(part)
        except Uncertain as problem:
            self.files.restore(before)
            where = _where(problem) or named(state, part.resource)
            return [f"{where}: {problem}; wanted: {wanted(state, (part,))}"]
        return []


def _where(problem: Uncertain) -> str:
    return f"{problem.file}:{problem.line}" if problem.file and problem.line else problem.file


def _doubted(step: RepairStep, doubt: str) -> RepairStep:
    """A step whose patch could not be judged, which it says."""
    if not step.patch:
        return step
    told = f"the patched text could not be judged here ({doubt}): make the plan anew, and ask again"
    return msgspec.structs.replace(step, by_hand=(*step.by_hand, told))

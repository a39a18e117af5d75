"""A Terraform folder as a source: by a plan in it, by Terraform on a copy, by `tfparse`, or by its text."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.snapshot.decode import decode_json
from narrowgate.sources.terraform import mocked, parsed, planned, program, written
from narrowgate.sources.terraform.document import is_shown
from narrowgate.sources.terraform.load import load_terraform
from narrowgate.sources.terraform.program import TerraformFailed
from narrowgate.sources.terraform.stated import STATED
from narrowgate.sources.terraform.text import Texts, files_of

Way = Callable[[Path, bool], Snapshot]


def _has_tfparse() -> bool:
    return find_spec("tfparse") is not None


_WAYS: tuple[tuple[str, Callable[[], bool], Way], ...] = (
    ("`terraform test` with mocked providers, on a copy", program.is_installed, mocked.snapshot_by_test),
    ("`terraform plan` with dummy credentials, on a copy", program.is_installed, planned.snapshot_by_plan),
    ("`tfparse`", lambda: _has_tfparse() and not STATED.get().variables, parsed.snapshot_by_tfparse),
    ("its text alone", lambda: True, written.snapshot_by_text),
)
"""Asked in this order: what they are called, whether they can be tried here, and how."""


def load_terraform_folder(
    path: Path, *, assume_complete: bool = False, say: Callable[[str], None] | None = None
) -> Snapshot:
    """Read a Terraform folder, and say by which way.

    A plan as JSON that is newer than every file of Terraform's comes first. Otherwise Terraform works on a copy,
    without credentials, backend or state; the folder itself is never written to. Its text is read where all that
    fails, which a warning then tells with every answer.

    Raises:
        InputError: no way is left; with what each complained of. A value is stated for no variable.
    """
    tell = say or _to_stderr
    _check_stated(path)
    # A plan has its values already: where others are stated, it is not what is asked about.
    plan = None if STATED.get().variables else plan_in(path)
    if plan is not None:
        tell(f"{path}: read by the plan {plan.name} in it")
        return load_terraform(plan, assume_complete=assume_complete)
    complaints: list[str] = []
    for name, can_be_tried, way in _WAYS:
        if not can_be_tried():
            continue
        try:
            snapshot = way(path, assume_complete)
        except TerraformFailed as problem:
            complaints.append(f"{name}: {problem}")
            continue
        for each in complaints:
            tell(f"{path}: not by {each}")
        tell(f"{path}: read by {name}")
        if way is written.snapshot_by_text and program.is_installed():
            snapshot.warnings = (*snapshot.warnings, f"{path}: read by its text, since not by {complaints[0]}")
        snapshot.label = str(path)
        return snapshot
    if not program.is_installed():
        raise program.no_terraform(path, complaints)
    raise InputError(
        "cannot be read: " + "; ".join(complaints),
        where=str(path),
        help="make the plan yourself, and give it: `terraform plan -out=p && terraform show -json p > plan.json`",
    )


def _check_stated(folder: Path) -> None:
    """Terraform only warns of a variable that nothing declares, and goes on without the value that was meant."""
    declared = [each.labels[0] for each in Texts(folder).root.blocks if each.type == "variable" and each.labels]
    for name in STATED.get().variables:
        if name not in declared:
            raise UnknownNameError("variable", name, declared, where=str(folder))


def plan_in(folder: Path) -> Path | None:
    """The newest plan as JSON in a folder, where no file of Terraform's was changed after it."""
    written = max((each.stat().st_mtime for each in files_of(folder)), default=0.0)
    plans = [each for each in folder.glob("*.json") if each.stat().st_mtime >= written and _is_plan(each)]
    return max(plans, key=lambda each: each.stat().st_mtime, default=None)


def _is_plan(path: Path) -> bool:
    try:
        import msgspec

        top = decode_json(path.read_bytes(), dict[str, msgspec.Raw], where=str(path))
    except (InputError, OSError):
        return False
    return is_shown(top) and "resource_changes" in top


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")

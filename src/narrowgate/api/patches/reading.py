"""A source read once more with its edits, in a temporary place: what the patched text says, not what was meant."""

import io
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path

from narrowgate.api.patches.files import Files
from narrowgate.api.sources import load
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.program import TerraformFailed, local_modules
from narrowgate.sources.terraform.written import snapshot_by_text


def read_again(source: Path, files: Files, *, assume_complete: bool) -> Snapshot:
    """What the reader of a source makes of it with the edits; a plan or state is read by its folder.

    Raises:
        InputError: the text with the edits cannot be read.
    """
    edited = {path.resolve(): text for path, text in files.edited().items()}
    folder = source if source.is_dir() else source.parent
    is_terraform = any(path.name.endswith((".tf", ".tf.json")) for path in edited)
    needed = [folder.resolve(), *(path.parent for path in edited)]
    if is_terraform:
        needed += local_modules(folder.resolve())
    root = Path(os.path.commonpath(needed))
    with _overlaid(root, needed, edited) as copy:
        at = copy / (folder if is_terraform else source).resolve().relative_to(root)
        if not is_terraform:
            return load(at, assume_complete=assume_complete)
        if source.is_file():
            with suppress(TerraformFailed):
                return snapshot_by_text(at, assume_complete)
        # How a folder is read was said when it was read first; of a copy it would only confuse.
        with redirect_stderr(io.StringIO()):
            return load(at, assume_complete=assume_complete)


@contextmanager
def _overlaid(root: Path, needed: Iterable[Path], edited: Mapping[Path, str]) -> Iterator[Path]:
    """A folder that looks like another one with some files edited; all else there is a link to what is.

    The `needed` folders below it are folders themselves: `..` in one that is a link would lead out of the copy.
    """
    with tempfile.TemporaryDirectory(prefix="narrowgate-patched-") as place:
        # Under its own name: the names of files and folders tell accounts and Regions.
        copy = Path(place) / (root.name or "root")
        own = {each for folder in needed for each in (folder, *folder.parents)}
        _lay(root, copy, own, edited)
        yield copy


def _lay(folder: Path, copy: Path, own: Collection[Path], edited: Mapping[Path, str]) -> None:
    copy.mkdir()
    for each in folder.iterdir():
        at = copy / each.name
        if each in edited:
            with at.open("w", encoding="utf-8", newline="") as file:
                file.write(edited[each])
        elif each in own:
            _lay(each, at, own, edited)
        else:
            at.symlink_to(each)

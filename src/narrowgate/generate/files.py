"""Generated files beside those of the user: all or none of them written, nothing of the user's touched.

An index, `narrowgate-FORMAT.json`, holds the digest of every file that was written. A file with another digest
has been edited, and is not overwritten without being told to.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from narrowgate.model.errors import InputError


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the files: paths in the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """What was generated into a folder."""

    schema: str = "narrowgate.generated/1"
    narrowgate: str
    design: str
    option: str
    format: str
    files: dict[str, str]
    """SHA-256 of each file by its path."""


def write_files(folder: Path, files: Mapping[str, str], index: Index, *, force: bool = False) -> Written:
    """Write generated files and their index; those of an earlier run that are no longer needed are removed.

    Args:
        folder: where to; made where it is missing.
        files: texts by path in the folder.
        index: what they are, without digests.
        force: overwrite and remove generated files that somebody has edited.

    Raises:
        InputError: an edited file would be lost, one of the user's is in the way, or nothing can be written.
    """
    contents = {name: text.encode() for name, text in files.items()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    name = f"narrowgate-{index.format}.json"
    try:
        before = _index(folder / name).files if (folder / name).exists() else {}
        _refuse(folder, before, digests, force=force)
        changed = [each for each in contents if _digest(folder / each) != digests[each]]
        removed = [each for each in before if each not in contents and (folder / each).exists()]
        told = msgspec.structs.replace(index, files=dict(sorted(digests.items())))
        text = msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
        _replace(folder, {**{each: contents[each] for each in changed}, name: text}, removed)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(error.filename or folder)) from None
    return Written(
        written=tuple(sorted(changed)),
        unchanged=tuple(sorted(set(contents) - set(changed))),
        removed=tuple(sorted(removed)),
    )


def _index(path: Path) -> Index:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Index)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise InputError(
            f"is no index of generated files: {error}",
            where=str(path),
            help="generate into another folder, or restore the file",
        ) from None
    for name in found.files:
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts:
            raise InputError(f"names a file outside its folder: `{name[:60]}`", where=str(path))
    return found


def _refuse(folder: Path, before: Mapping[str, str], now: Mapping[str, str], *, force: bool) -> None:
    """Stop before anything is written where something would be lost."""
    for name in sorted({*before, *now}):
        path = folder / name
        there = _digest(path)
        if there is None or there == now.get(name):
            continue
        if name not in before:
            raise InputError(
                "is not a file that narrowgate wrote, and stands where a generated one has to go",
                where=str(path),
                help="rename it, or name another folder",
            )
        if there != before[name] and not force:
            raise InputError(
                "was edited after it was generated",
                where=str(path),
                help="move your part to a file beside it, or give `--force` to lose it",
            )


def _digest(path: Path) -> str | None:
    if path.is_symlink():
        raise InputError("is a link", where=str(path), help="generated files are plain files")
    if not path.exists():
        return None
    if path.is_dir():
        raise InputError("is a folder where a generated file has to go", where=str(path))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace(folder: Path, contents: Mapping[str, bytes], removed: list[str]) -> None:
    """Everything is written beside first; only then is anything renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".narrowgate-", dir=folder))
    try:
        staged: dict[Path, Path] = {}
        for number, (name, content) in enumerate(contents.items()):
            staged[folder / name] = staging / str(number)
            (staging / str(number)).write_bytes(content)
        for target in staged:
            target.parent.mkdir(parents=True, exist_ok=True)
        for target, source in staged.items():
            source.replace(target)
        for name in removed:
            (folder / name).unlink()
            _remove_empty(folder, (folder / name).parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _remove_empty(folder: Path, at: Path) -> None:
    while at != folder and not any(at.iterdir()):
        at.rmdir()
        at = at.parent


def header(index: Mapping[str, Any]) -> str:
    """The line that every file starts with: no time, so that the same input gives the same bytes."""
    return (
        f"Generated by narrowgate {index['narrowgate']} from the design {index['design']}, "
        f"option {index['option']}. Put your own beside it: edits here are in the way of the next run."
    )

"""The files of a source with the edits so far, and what changed in them as unified diffs."""

import difflib
import os
from pathlib import Path

from narrowgate.api.patches.node import Uncertain
from narrowgate.model.errors import InputError


class Files:
    """Texts by path; a change that fails in the middle is taken back as a whole."""

    def __init__(self, root: Path) -> None:
        """`root` is the folder that the diffs name their files from."""
        self.root = root
        self._originals: dict[Path, str] = {}
        self._texts: dict[Path, str] = {}

    def read(self, path: Path) -> str:
        """The text of a file, edits included.

        Raises:
            Uncertain: it cannot be read.
        """
        if path not in self._texts:
            try:
                with path.open(encoding="utf-8", newline="") as file:
                    text = file.read()
            except (OSError, UnicodeDecodeError):
                raise Uncertain("the file cannot be read", file=str(path)) from None
            self._originals[path] = self._texts[path] = text
        return self._texts[path]

    def write(self, path: Path, text: str) -> None:
        """Keep another text for a file that was read. Its line ends stay what they are."""
        if "\r\n" in self._originals[path]:
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        self._texts[path] = text

    def state(self) -> dict[Path, str]:
        """All texts as they are now."""
        return dict(self._texts)

    def edited(self) -> dict[Path, str]:
        """The texts that are other ones now than in their files."""
        return {path: text for path, text in self._texts.items() if text != self._originals[path]}

    def widen(self) -> bool:
        """Let diffs name files from a folder that holds all that are edited; True where it is another one then."""
        before = self.root
        folders = [str(path.resolve().parent) for path in self.edited()]
        self.root = Path(os.path.commonpath([str(before), *folders]))
        return self.root != before

    def restore(self, state: dict[Path, str]) -> None:
        """Go back to a state."""
        self._texts = {**self._originals, **state}

    def patch(self, since: dict[Path, str] | None = None) -> str:
        """What changed since a state, or since the files were read, as a unified diff for `-p1`."""
        before = self._originals if since is None else {**self._originals, **since}
        return "".join(
            unified(before[path], text, name_in(self.root, path))
            for path, text in sorted(self._texts.items())
            if before[path] != text
        )


def root_of(source: Path) -> Path:
    """Where a patch applies: the working directory where the source lies in it, else beside the source."""
    here = Path.cwd()
    resolved = source.resolve()
    if resolved.is_relative_to(here):
        return here
    return resolved if resolved.is_dir() else resolved.parent


def name_in(root: Path, path: Path) -> str:
    """A file as a patch that applies in a folder names it."""
    return Path(os.path.relpath(path.resolve(), root)).as_posix()


def write_patch(path: Path, patch: str) -> None:
    """Put a patch into a file, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.partial")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.write(patch)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None


def unified(before: str, after: str, name: str) -> str:
    """A unified diff of one file that `git apply` and `patch -p1` take."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

"""Folders of labs: each is held by a lock while a process of its lab lives, and removed once none does."""

import fcntl
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from narrowgate.model.errors import InputError

_LOCK = "lock"
_GRACE_SECONDS = 5.0
"""How long a folder may be without its lock: somebody has just made it."""
_ROOM = 1 << 20


def home() -> Path:
    """Where labs of this user keep their folders: the runtime directory, which a reboot empties.

    Raises:
        InputError: it is somebody else's, or nothing can be made there.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    root = Path(base) if base and Path(base).is_dir() else Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108
    found = root / f"narrowgate-lab-{os.getuid()}"
    try:
        found.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unusable(found, error.strerror or str(error)) from None
    if found.stat().st_uid != os.getuid():
        raise _unusable(found, "belongs to somebody else")
    return found


def claim(name: str) -> tuple[Path, int]:
    """A new folder, and the descriptor of its lock: held until this process and all its children have closed it.

    Raises:
        InputError: somebody holds the folder, or nothing can be written there.
    """
    folder = home() / name
    if is_held(folder):
        raise InputError(
            f"a lab called `{name}` is running", help="`narrowgate lab down` stops it, --name names another"
        )
    shutil.rmtree(folder, ignore_errors=True)
    try:
        # Another lab that has just ended may have taken the folder of all labs with it.
        home()
        folder.mkdir(mode=0o700)
        if shutil.disk_usage(folder).free < _ROOM:
            remove(folder)
            raise _unusable(folder.parent, "no space is left there")
        beside = folder / f".{_LOCK}"
        lock = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Locked first, then named: nobody finds it free.
        fcntl.flock(lock, fcntl.LOCK_EX)
        beside.rename(folder / _LOCK)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from None
    return folder, lock


def remove(folder: Path) -> None:
    """Remove a lab's folder, and the folder of all labs with its last one."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # Other labs have theirs in it.
        folder.parent.rmdir()


def is_held(folder: Path) -> bool:
    """Whether a process lives that a folder belongs to; one without a lock is given the time to get it."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return folder.is_dir() and time.time() - folder.stat().st_mtime < _GRACE_SECONDS
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def sweep() -> tuple[Path, ...]:
    """Remove what killed labs left behind; the folders that somebody holds."""
    held = []
    root = home()
    for folder in sorted(each for each in root.glob("*") if each.is_dir()):
        if is_held(folder):
            held.append(folder)
        else:
            remove(folder)
    with suppress(OSError):
        root.rmdir()
    return tuple(held)


def _unusable(folder: Path, why: str) -> InputError:
    return InputError(why, where=str(folder), help="set XDG_RUNTIME_DIR to a folder of yours that can be written")

"""What commands found before they changed it: the one thing that AWS cannot be asked for later."""

from pathlib import Path
from typing import Any

import msgspec


class Before:
    """A small file: by the logical id of a command, what was there before the first run."""

    def __init__(self, path: Path) -> None:
        """The file need not be there."""
        self._path = path
        self._kept: dict[str, Any] = msgspec.json.decode(path.read_bytes()) if path.exists() else {}

    def __contains__(self, name: str) -> bool:
        """Whether something is kept for a command."""
        return name in self._kept

    def __getitem__(self, name: str) -> Any:
        """What was there.

        Raises:
            KeyError: nothing is kept.
        """
        return self._kept[name]

    def keep(self, name: str, value: Any) -> None:
        """Keep what is there now, unless an earlier run has: that one saw it unchanged."""
        if name not in self._kept:
            self._write({**self._kept, name: value})

    def drop(self, name: str) -> None:
        """Forget what has been put back."""
        self._write({key: value for key, value in self._kept.items() if key != name})

    def _write(self, kept: dict[str, Any]) -> None:
        self._kept = kept
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".part")
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")
        beside.replace(self._path)

"""The program that loads rulesets, and what each namespace has loaded."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator

from narrowgate.lab.kernel.spaces import LabError, Spaces

_SBIN = "/usr/sbin:/sbin:/usr/local/sbin"
_MOST = 20_000
"""Characters in one go: who is root of a user namespace only may not send the kernel more than some 200 kB."""


def find_nft() -> str:
    """The path of `nft`, also where a plain user's PATH lacks `sbin`.

    Raises:
        LabError: it is not installed.
    """
    found = shutil.which("nft") or shutil.which("nft", path=_SBIN)
    if found is None:
        raise LabError("the lab needs `nft`", help="install nftables; everything but the lab works without it")
    return found


class Rulesets:
    """One table in each namespace: loaded, and replaced without a gap."""

    def __init__(self, spaces: Spaces) -> None:
        """Nothing is loaded yet."""
        self.spaces = spaces
        self._loaded: dict[str, tuple[str, str]] = {}
        """By namespace: the table's name now, and the text."""

    def load(self, space: str, label: str, text: str) -> None:
        """Load a ruleset in place of the one before; the same text again changes nothing.

        Args:
            space: the namespace.
            label: whose rules they are, for people.
            text: `table inet NAME {`, then sets and chains, those that name others after them, then `}`.

        Raises:
            LabError: `nft` refuses.
        """
        old, known = self._loaded.get(space, ("", ""))
        if known == text:
            return
        head, *lines = text.splitlines()
        name = head.split()[2]
        # A new table beside the old: it sees no packet before it has hooks, and those come as the old one goes.
        table = f"{name}-" if old == name else name
        parts = [*_parts(lines[:-1])]
        with self.spaces.inside(space):
            for number, part in enumerate(parts, 1):
                gone = f"delete table inet {old}\n" if old and number == len(parts) else ""
                _run(f"{gone}table inet {table} {{\n{part}\n}}\n", label)
        self._loaded[space] = (table, text)


def _run(text: str, label: str) -> None:
    done = subprocess.run([find_nft(), "-f", "-"], input=text, text=True, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise LabError(f"nft refused the rules of {label}: {done.stderr.strip()[:400]}")


def _parts(lines: Iterable[str]) -> Iterator[str]:
    """The sets and chains of a table in as few parts as may be sent; those with hooks in one of their own."""
    blocks = list(_blocks(lines))
    first = next((number for number, each in enumerate(blocks) if " hook " in each), len(blocks))
    if sum(map(len, blocks)) <= _MOST:
        first = len(blocks)
    for several in (blocks[:first], blocks[first:]):
        part: list[str] = []
        for each in several:
            if part and sum(map(len, part)) + len(each) > _MOST:
                yield "\n".join(part)
                part = []
            part.append(each)
        if part:
            yield "\n".join(part)


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Each set, map or chain by itself: they end where the braces do."""
    block: list[str] = []
    depth = 0
    for line in lines:
        block.append(line)
        depth += line.count("{") - line.count("}")
        if depth == 0:
            yield "\n".join(block)
            block = []

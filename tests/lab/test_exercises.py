"""The exercises: the page's own commands in a shell, and the page's own lines as what they have to print."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tools import ROOT, missing

PAGE = (ROOT / "docs" / "lab-exercises.md").read_text(encoding="utf-8")
_MARK = "@@@"


def _commands(text: str) -> list[tuple[str, list[str]]]:
    """Each command of a part of the page, with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


_START, *_PARTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
PREPARED = _commands(_START)
EXERCISES = {part.partition("\n")[0]: _commands(part) for part in _PARTS}
ASSIGNED = [command for command, _ in PREPARED if re.match(r"\w+=", command)]


class Reader:
    """Somebody who types what the page says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "examples").symlink_to(ROOT / "examples")
        (folder / "run").mkdir()
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "NO_COLOR": "1",
        }

    def type(self, commands: list[str]) -> list[str]:
        """What each command printed, one shell for all of them."""
        script = "\n".join(f"echo; echo {_MARK}\n{each}" for each in commands)
        done = subprocess.run(
            ["bash"],
            input="\n".join((*ASSIGNED, "exec 2>&1", script)),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return [each.strip("\n") for each in done.stdout.split(f"{_MARK}\n")[1:]]


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    for program in ("dig", "curl", "bash"):
        if shutil.which(program) is None:
            missing(program)
    reader = Reader(tmp_path_factory.mktemp("reader"))
    _hold(PREPARED, reader.type([command for command, _ in PREPARED]))
    yield reader
    assert "stopped" in reader.type(["narrowgate lab down --all"])[0]


def _hold(told: list[tuple[str, list[str]]], printed: list[str]) -> None:
    assert len(printed) == len(told)
    for (command, lines), found in zip(told, printed, strict=True):
        wanted = ".*".join(map(re.escape, "\n".join(lines).split("…")))
        assert re.fullmatch(wanted, found, flags=re.DOTALL), f"$ {command}\n{found}\nthe page says\n{lines}"


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_shows_what_the_page_says(reader, name):
    told = EXERCISES[name]
    try:
        _hold(told, reader.type([command for command, _ in told]))
    except AssertionError:
        # The others start from what is whole.
        reader.type(["narrowgate lab mend --name lab"])
        raise


def test_there_are_twelve_and_each_ends_as_it_began():
    assert [int(name.partition(".")[0]) for name in EXERCISES] == list(range(1, 13))
    for name, commands in EXERCISES.items():
        assert commands[-1][0].startswith(("narrowgate lab mend", "narrowgate lab down")), name

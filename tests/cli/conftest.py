"""The real command, in a scrubbed environment."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from narrowgate.guide.estate import Guide, build_guide
from narrowgate.guide.folder import write_snapshot

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def narrowgate() -> Run:
    """Run `narrowgate` as a process of its own: what users meet, exit status included."""

    def run(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {key: os.environ[key] for key in ("PATH", "LANG", "COVERAGE_PROCESS_START") if key in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "narrowgate", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            env={"PYTHONUTF8": "1", **kept, **environment},
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def guide() -> Guide:
    return build_guide()


@pytest.fixture(scope="session")
def snapshot(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's estate as a folder."""
    root = tmp_path_factory.mktemp("guide")
    write_snapshot(guide.estate, root)
    return root

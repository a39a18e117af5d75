"""The page of the lab: its commands run as they stand."""

import re
import shlex
import subprocess
import sys

from tests.lab.test_command_line import Lab
from tests.tools import ROOT

PAGE = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")


def test_every_command_of_the_page_runs(tmp_path):
    lab = Lab(tmp_path)
    block = re.search(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
    assert block is not None
    try:
        for line in block[1].splitlines():
            words = shlex.split(line.removeprefix("$ "))
            assert words[0] == "narrowgate"
            done = subprocess.run(
                [sys.executable, "-m", *words],
                capture_output=True,
                text=True,
                env=lab.environment,
                cwd=ROOT,
                timeout=60,
            )
            assert done.returncode == 0, (line, done.stderr)
    finally:
        lab("down", "--all")

"""The action and the hooks: valid, naming only what the command line has, and doing what they say."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from narrowgate.cli.commands.check import command as check

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = {option for parameter in check.params for option in parameter.opts if option.startswith("--")}
FORMATS = next(each.type.choices for each in check.params if each.name == "output_format")


def _read(name):
    return YAML(typ="safe").load((ROOT / name).read_text())


def _step(own):
    return next(each for each in _read("action.yml")["runs"]["steps"] if each.get("id") == own)


def _texts():
    yield _step("check")["run"]
    yield from (hook["entry"] for hook in _read(".pre-commit-hooks.yaml"))
    page = (ROOT / "docs" / "ci.md").read_text()
    yield from (line for line in page.splitlines() if line.startswith("narrowgate check"))


def test_every_option_and_format_that_the_files_name_exists():
    named = {option for text in _texts() for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)}
    assert named - OPTIONS == set()
    assert {"--fail-on", "--format", "--baseline"} <= named
    assert {each for text in _texts() for each in re.findall(r"--format (\w+)", text)} <= set(FORMATS)


def test_the_action_is_composite_and_pastes_no_input_into_a_script():
    action = _read("action.yml")
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        assert ("run" in step) != ("uses" in step)
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"]
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(action["inputs"])


def test_hooks_say_what_pre_commit_needs():
    for hook in _read(".pre-commit-hooks.yaml"):
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        assert shlex.split(hook["entry"])[:2] == ["narrowgate", "check"]
        re.compile(hook["files"])
    design = re.compile(_read(".pre-commit-hooks.yaml")[0]["files"])
    assert design.search("network/narrowgate.yaml") and not design.search("network/other-narrowgate.yaml")


def _run(folder, **inputs):
    """The action's own script, as its runner would run it."""
    step = _step("check")
    defaults = {name: each.get("default", "") for name, each in _read("action.yml")["inputs"].items()}
    values = {**defaults, **inputs}
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], value)
        for name, value in step["env"].items()
    }
    program = folder / "bin" / "narrowgate"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m narrowgate "$@"\n')
    program.chmod(0o755)
    environment |= {
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "PYTHONUTF8": "1",
    }
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return (folder / "output").read_text().strip(), done


@pytest.fixture
def design(tmp_path):
    text = (ROOT / "examples" / "without-route53" / "narrowgate.yaml").read_text()
    (tmp_path / "narrowgate.yaml").write_text(text)
    return tmp_path / "narrowgate.yaml"


def test_the_action_s_script_passes_what_holds_and_leaves_its_files(design):
    status, _ = _run(design.parent, sources="narrowgate.yaml\n", **{"junit-file": "narrowgate.xml"})
    assert status == "status=0"
    assert json.loads((design.parent / "narrowgate.sarif").read_text())["version"] == "2.1.0"
    assert (design.parent / "narrowgate.xml").read_text().startswith("<?xml")
    assert "narrowgate: allowed" in (design.parent / "summary").read_text()


def test_the_action_s_script_fails_what_does_not_hold_and_what_cannot_be_read(design):
    folder = design.parent
    design.write_text(design.read_text() + "\n")
    (folder / "broken.yaml").write_text("vpcs: [\n")
    status, done = _run(folder, sources="broken.yaml")
    assert (status, "broken.yaml:" in done.stderr) == ("status=2", True)
    assert not (folder / "narrowgate.sarif").exists()
    (folder / "output").unlink()
    status, _ = _run(folder, sources="narrowgate.yaml", **{"fail-on": "info"})
    assert status == "status=1"

"""`narrowgate fix` with patches, as users meet it: the file, the JSON, and what is said where there is none."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.repair.test_patches import TEMPLATE, TEMPLATES, goal_of

from narrowgate.api.repairs import fix_source
from narrowgate.cli.main import main
from narrowgate.report.fix import render_fix
from narrowgate.report.style import Style


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATES["route"][0])
    return path


class Done(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys):
    """The command in this process, its errors shown as users see them."""

    def run(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as left:
            main([str(each) for each in arguments])
        return Done(int(left.value.code or 0), *capsys.readouterr())

    return run


def call(source: Path) -> tuple[str, ...]:
    return ("fix", str(source), "--from", "10.1.1.20", goal_of(source).url)


def test_the_patch_file_is_what_git_takes_and_the_json_carries_it(run, source, tmp_path):
    file = tmp_path / "fix.patch"
    done = run(*call(source), "--patch-out", file, "--format", "json")
    assert done.exit_code == 0, done.stdout
    answer = json.loads(done.stdout)
    assert file.read_text() == answer["patch"] == answer["changes"][0]["patch"]
    subprocess.run(["git", "apply", file], cwd=answer["patch_root"], check=True)
    done = run(*call(source))
    assert (done.exit_code, "nothing to mend" in done.stdout) == (0, True)


def test_the_text_shows_patch_and_commands(run, source):
    done = run(*call(source))
    assert "+++ b/template.yaml" in done.stdout
    assert "aws ec2 create-route" in done.stdout
    assert "--patch-out FILE" in done.stdout


def test_a_patch_file_that_cannot_be_written_is_one_clear_error(run, source, tmp_path):
    done = run(*call(source), "--patch-out", tmp_path / "none" / "fix.patch")
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) <= 2
    assert "cannot be written" in done.stderr


def test_without_a_patch_no_file_is_written_and_that_is_said(run, source, tmp_path):
    source.write_text(TEMPLATE)
    file = tmp_path / "fix.patch"
    done = run(*call(source), "--patch-out", file)
    assert not file.exists()
    assert "there is no patch" in done.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"Resources: [",
        b"Resources:\n  A: {Type: 1}\n",
        b"Resources: {A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: x}}}",
    ],
)
def test_a_hostile_template_gives_one_clear_error(run, tmp_path, content):
    path = tmp_path / "template.yaml"
    path.write_bytes(content)
    done = run("fix", path, "--from", "10.1.1.20", "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/")
    assert done.exit_code == 2, done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_ids_of_a_template_are_told_by_what_they_stand_for(source):
    answer = fix_source(source, [goal_of(source)])
    (step,) = answer.changes
    assert {each.rpartition("/")[2] for each in step.stands_for.values()} == {"ApiTable", "Peering"}
    shown = " ".join(render_fix(answer, Style()).split())
    assert all(f"{own} is {address}" in shown for own, address in step.stands_for.items())


def test_a_second_source_is_no_url(run, source):
    done = run("fix", source, source, "--from", "web")
    assert done.exit_code == 2
    assert "takes one SOURCE" in done.stderr

"""What `generate` says to do next works as it stands."""

import shlex
from pathlib import Path

import pytest

GUIDE = Path(__file__).resolve().parents[2] / "examples" / "guide" / "narrowgate.yaml"


@pytest.fixture
def design(narrowgate, tmp_path) -> Path:
    """A design of which nothing exists yet."""
    assert narrowgate("init", tmp_path / "narrowgate.yaml").returncode == 0
    return tmp_path / "narrowgate.yaml"


@pytest.mark.parametrize("form", ["terraform", "cloudformation"])
def test_the_next_command_reads_the_written_files_and_finds_every_promise_kept(narrowgate, design, tmp_path, form):
    made = narrowgate("generate", form, design, "--out", tmp_path / "out")
    assert made.returncode == 0, made.stderr
    words = shlex.split(made.stderr.strip().splitlines()[-1])
    assert words[:2] == ["next:", "narrowgate"]

    # Without Terraform on the path: the text alone is read.
    checked = narrowgate(*(each.replace("=…", "=444455556666") for each in words[2:]), PATH="")

    assert checked.returncode == 0, checked.stderr
    assert "4 of 4 expectations hold" in checked.stdout


def test_without_the_value_that_it_asks_for_nothing_is_called_allowed(narrowgate, design, tmp_path):
    narrowgate("generate", "terraform", design, "--out", tmp_path / "out")

    checked = narrowgate("check", tmp_path / "out", "--design", design, PATH="")

    assert checked.returncode == 3, checked.stdout


def test_where_networks_exist_already_the_files_alone_are_no_estate_to_check(narrowgate, tmp_path):
    made = narrowgate("generate", "terraform", GUIDE, "--out", tmp_path / "out")

    assert made.returncode == 0
    assert made.stderr == ""

"""`docs/answers.md` as a reader would try it: every command runs, and prints what the page shows."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from narrowgate.cli.main import cli

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "answers.md").read_text()


def shown() -> list[tuple[str, tuple[str, ...]]]:
    """Each command of a console block with the lines below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [(command, tuple(lines)) for command, lines in found]


@cache
def printed(command: str) -> str:
    return CliRunner().invoke(cli, shlex.split(command)[1:], standalone_mode=True).stdout


@pytest.mark.parametrize(("command", "lines"), shown())
def test_a_command_prints_what_the_page_shows(command, lines, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = printed(command)
    assert lines
    for line in lines:
        assert line in text


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\| `(narrowgate [^`]*)` \|", PAGE))))
def test_a_proof_runs(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert printed(command)


@pytest.mark.parametrize(
    ("command", "proof"),
    [
        ("narrowgate compare examples/guide/narrowgate.yaml", "which answers no query from another VPC (DNS-03)"),
        ("narrowgate compare examples/overlapping-ranges/narrowgate.yaml", "(TGW-06)"),
        ("narrowgate compare examples/guide/narrowgate.yaml --verbose", "(AGW-18)"),
        ("narrowgate compare examples/guide/narrowgate.yaml --verbose", "(AGW-17)"),
        ("narrowgate cost examples/guide/narrowgate.yaml", "transfer between zones over the peering"),
    ],
)
def test_a_proof_says_what_the_page_claims(command, proof, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert f"`{command}`" in PAGE
    assert proof in printed(command)

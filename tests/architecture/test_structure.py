"""What the repository promises about itself: imports, documentation, names, nothing that should not be in it."""

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from narrowgate.cli.main import cli
from narrowgate.cli.reference import reference
from narrowgate.report.schema import SCHEMAS, json_schema

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "narrowgate"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_the_reference_of_the_command_line_is_up_to_date():
    assert (ROOT / "docs" / "cli.md").read_text() == reference()


def test_every_command_is_a_module_with_examples():
    for name in cli.list_commands(None):  # type: ignore[arg-type]
        command = importlib.import_module(f"narrowgate.cli.commands.{name}").command
        assert command.name == name
        assert command.help
    modules = {path.stem for path in (SOURCE / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert modules == set(cli.list_commands(None))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"


def test_no_modules_import_each_other_in_a_circle():
    """For types alone neither: who asks for less than a whole class says so with a protocol."""
    graph = grimp.build_graph("narrowgate", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    graphlib.TopologicalSorter(imports).prepare()


def test_every_path_that_the_documents_name_exists():
    named = re.compile(r"`((?:src|docs|tests|examples|benchmarks|requirements)/[\w./-]+)`")
    missing = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for path in named.findall(page.read_text())
        if not (ROOT / path).exists()
    ]
    assert missing == []


def test_every_relative_link_leads_somewhere():
    link = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in link.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_no_command_imports_what_it_does_not_need():
    """A cold trace must not read the rule book, the guide's estates or a design's tools."""
    script = (
        "import sys, narrowgate.cli.commands.trace;"
        "bad = [name for name in sys.modules if name.startswith(('narrowgate.rulebook', 'narrowgate.guide', "
        "'narrowgate.options', 'narrowgate.cost', 'ruamel', 'boto3'))];"
        "sys.exit(', '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("verb", sorted(SCHEMAS))
def test_published_schemas_equal_the_types(verb):
    published = ROOT / "docs" / "schemas" / f"narrowgate.{verb}.schema.json"
    assert published.read_text() == json_schema(verb) + "\n"


def test_no_file_holds_a_registry_address_or_a_path_of_somebody_s_machine():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    wrong = re.compile(r"(index-url *=|\"resolved\": *\"http|(?<![\w.])/(?:work|farm|root|home)/\w)")
    found = []
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".png", ".svg"} or path == Path(__file__) or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        found += [f"{name}: {match[0]}" for match in wrong.finditer(text)]
    assert found == []

"""The package cites rules that exist, and loads the rule book only when asked to explain."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from narrowgate.rulebook import load_rules

SOURCE = Path(__file__).parents[2] / "src" / "narrowgate"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if SOURCE / "rulebook" not in path.parents)
EXPLAIN = SOURCE / "cli" / "commands" / "explain.py"
PAGES = SOURCE / "cli" / "audit_pages.py"
RULES = load_rules()
FAMILIES = sorted({rule.family for rule in RULES}, key=len, reverse=True)
CITATION = re.compile(rf"(?<![A-Z0-9-])(?:{'|'.join(map(re.escape, FAMILIES))})-[0-9]{{2}}(?![0-9-])")
KNOWN = {rule.bare_id for rule in RULES}


def test_citations_are_recognised():
    assert CITATION.findall("# RSLV-04, VPCE-DNS-02; IP6-01 but not MY-DNS-01, DNS-1 or RSLV-041") == [
        "RSLV-04",
        "VPCE-DNS-02",
        "IP6-01",
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_cites_only_rules_that_exist(module):
    cited = set(CITATION.findall(module.read_text(encoding="utf-8")))
    assert sorted(cited - KNOWN) == []


def test_only_what_explains_imports_the_rule_book_at_once():
    loading = {module for module in MODULES if _imports_at_once(module)}
    assert loading <= {EXPLAIN, PAGES}


def test_tracing_loads_no_rule_book():
    program = (
        "import sys, narrowgate.cli.main, narrowgate.cli.commands.trace\n"
        "sys.exit(any(name.startswith('narrowgate.rulebook') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def _imports_at_once(module: Path) -> bool:
    imported = [name for node in ast.parse(module.read_text(encoding="utf-8")).body for name in _imported(node)]
    return any(name.startswith("narrowgate.rulebook") for name in imported)


def _imported(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{name.name}" for name in node.names]
    return []

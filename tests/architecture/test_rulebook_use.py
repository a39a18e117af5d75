"""The package cites rules that exist, and loads the rule book only when asked to explain."""

import ast
import re
from pathlib import Path

import pytest

from narrowgate.rulebook import load_rules

SOURCE = Path(__file__).parents[2] / "src" / "narrowgate"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if SOURCE / "rulebook" not in path.parents)
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


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_imports_the_rule_book_inside_a_function_if_at_all(module):
    tree = ast.parse(module.read_text(encoding="utf-8"))
    loading = [
        node.lineno
        for node in tree.body
        if (
            isinstance(node, ast.Import)
            and any(name.name.startswith("narrowgate.rulebook") for name in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("narrowgate.rulebook"))
    ]
    assert loading == []

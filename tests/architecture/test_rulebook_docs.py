"""`docs/rules` is what the data files say, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from narrowgate.rulebook import load_rules
from narrowgate.rulebook.docs import main, render_pages

DOCS = Path(__file__).parents[2] / "docs" / "rules"
PAGES = render_pages()
AGAIN = "run `python -m narrowgate.rulebook.docs docs/rules`"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_committed_page_equals_a_fresh_one(page):
    assert (DOCS / page).read_text(encoding="utf-8") == PAGES[page], AGAIN


def test_no_page_is_left_over_from_an_older_generation():
    committed = {PurePosixPath(path.relative_to(DOCS).as_posix()) for path in DOCS.rglob("*.md")}
    assert committed == set(PAGES), AGAIN


def test_another_process_generates_the_same_bytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "narrowgate.rulebook.docs", str(tmp_path)],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert done.stdout == f"{len(PAGES)} pages, {len(load_rules())} rules, 124 beliefs\n"
    for page, text in PAGES.items():
        assert (tmp_path / page).read_bytes() == text.encode()


def test_a_generation_needs_exactly_one_folder(capsys):
    assert main([]) == 2
    assert capsys.readouterr().err == "usage: python -m narrowgate.rulebook.docs FOLDER\n"


def test_every_rule_has_an_anchor_on_the_page_of_its_family():
    for rule in load_rules():
        page = PAGES[PurePosixPath(rule.book, f"{rule.family.lower()}.md")]
        assert page.count(f'<a id="{rule.bare_id.lower()}"></a>') == 1


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_to_a_page_and_an_anchor(page):
    links = re.findall(r"\]\((?!https://)([^)#]+)(?:#([^)]+))?\)", PAGES[page])
    assert links
    for target, anchor in links:
        resolved = PurePosixPath("/", page.parent, target)
        parts: list[str] = []
        for part in resolved.parts[1:]:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        text = PAGES[PurePosixPath(*parts)]
        assert not anchor or f'<a id="{anchor}"></a>' in text

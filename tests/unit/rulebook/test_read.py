"""A malformed data file is told with its file and rule id."""

import pytest

from narrowgate.model.errors import InputError
from narrowgate.rulebook.read import read_rule_book

BOOKS = """
cast = "The cast."
[[book]]
id = "dns"
title = "DNS"
intro = "About DNS."
beliefs = "ledger.toml"
families = ["fam.toml"]
"""
SOURCES = '[page]\nname = "A page"\nurl = "https://example.com/"\n'
LEDGER = """
book = "dns"
[[belief]]
id = "dns:belief-01"
claim = "It is so."
verdict = "false"
truth = "It is not."
rules = ["FAM-01"]
"""
HEAD = 'family = "FAM"\nbook = "dns"\ntitle = "A family"\nintro = "About it."\n'
RULE = """
[[rule]]
id = "FAM-01"
title = "A rule"
statement = '''
One line
and another.'''
consequence = "So it is."
example = "In, out."
confidence = "high"
basis = "documented"
sources = ["page"]
status = "modelled"
"""


@pytest.fixture
def write(tmp_path):
    def write(**changed):
        contents = {"books": BOOKS, "sources": SOURCES, "ledger": LEDGER, "fam": HEAD + RULE} | changed
        for name, text in contents.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_well_formed_rule_is_read_with_its_lines_joined(write):
    (rule,) = read_rule_book(write()).rules()
    assert rule.statement == "One line and another."
    assert (rule.id, rule.book, rule.family) == ("FAM-01", "dns", "FAM")
    assert str(rule.sources[0]) == "A page <https://example.com/>"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('title = "A rule"\n', "", "missing required field `title`"),
        ('title = "A rule"', 'name = "A rule"', "unknown field `name`"),
        ('title = "A rule"', "title = 7", "Expected `str`, got `int`"),
        ('confidence = "high"', 'confidence = "sure"', "sure"),
        ('basis = "documented"', 'basis = "heard"', "heard"),
        ('status = "modelled"', 'status = "done"', "done"),
        ('example = "In, out."', 'example = " "', "`example` is empty"),
        ('consequence = "So it is."', 'consequence = ""', "`consequence` is empty"),
        ('status = "modelled"', 'status = "not_modelled"', "`why`"),
        ('status = "modelled"', 'status = "modelled"\nwhy = "Because."', "`why`"),
        ('sources = ["page"]', 'sources = ["pgae"]', "unknown source `pgae`"),
    ],
)
def test_a_malformed_rule_is_named_with_its_file(write, before, after, message):
    assert before in RULE
    folder = write(fam=HEAD + RULE.replace(before, after))
    with pytest.raises(InputError) as caught:
        read_rule_book(folder)
    assert caught.value.where == "fam.toml: FAM-01"
    assert message in caught.value.message


def test_a_rule_without_an_id_is_named_by_its_place(write):
    with pytest.raises(InputError) as caught:
        read_rule_book(write(fam=HEAD + RULE + RULE.replace('id = "FAM-01"\n', "")))
    assert caught.value.where == "fam.toml: rule 2"


def test_a_rule_of_another_family_is_refused(write):
    with pytest.raises(InputError, match="does not belong to family `FAM`") as caught:
        read_rule_book(write(fam=HEAD + RULE.replace("FAM-01", "OTHER-01")))
    assert caught.value.where == "fam.toml: OTHER-01"


def test_an_id_that_stands_twice_is_refused(write):
    with pytest.raises(InputError, match=r"`FAM-01` stands in fam\.toml already"):
        read_rule_book(write(fam=HEAD + RULE + RULE))


def test_a_family_listed_under_another_book_is_refused(write):
    with pytest.raises(InputError, match="book is `network`") as caught:
        read_rule_book(write(fam=(HEAD + RULE).replace('book = "dns"', 'book = "network"')))
    assert caught.value.where == "fam.toml"


def test_a_belief_with_an_unknown_verdict_is_named_with_its_file(write):
    with pytest.raises(InputError, match="perhaps") as caught:
        read_rule_book(write(ledger=LEDGER.replace('"false"', '"perhaps"')))
    assert caught.value.where == "ledger.toml: dns:belief-01"


def test_a_belief_without_truth_is_named_with_its_file(write):
    with pytest.raises(InputError, match="`truth` is empty") as caught:
        read_rule_book(write(ledger=LEDGER.replace('"It is not."', '""')))
    assert caught.value.where == "ledger.toml: dns:belief-01"


def test_a_ledger_of_another_book_is_refused(write):
    with pytest.raises(InputError, match="book is `network`"):
        read_rule_book(write(ledger=LEDGER.replace('book = "dns"', 'book = "network"')))


def test_a_file_that_is_no_toml_is_named(write):
    with pytest.raises(InputError, match="no TOML") as caught:
        read_rule_book(write(fam=HEAD + "[[rule"))
    assert caught.value.where == "fam.toml"


def test_a_missing_file_is_named(write):
    folder = write()
    (folder / "fam.toml").unlink()
    with pytest.raises(InputError, match="missing") as caught:
        read_rule_book(folder)
    assert caught.value.where == "fam.toml"

"""The data files that ship with the package: complete, unique, connected."""

import re
import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from narrowgate.rulebook import beliefs, books, load_rules

# How many rules each family has; numbers run from 01 without a gap.
FAMILIES = {
    ("dns", "DNS"): 11,
    ("dns", "RSLV"): 15,
    ("dns", "IN"): 11,
    ("dns", "OUT"): 7,
    ("dns", "PHZ"): 12,
    ("dns", "PEER-DNS"): 5,
    ("dns", "TGW-DNS"): 2,
    ("dns", "VPCE-DNS"): 11,
    ("dns", "PROF"): 4,
    ("dns", "FW"): 9,
    ("dns", "LOG"): 5,
    ("dns", "PROTO"): 6,
    ("dns", "CUST"): 3,
    ("dns", "COST"): 1,
    ("dns", "QUOTA"): 1,
    ("dns", "IAC"): 1,
    ("network", "NET"): 14,
    ("network", "PCX"): 13,
    ("network", "SG"): 11,
    ("network", "ACL"): 11,
    ("network", "VPCE"): 13,
    ("network", "TGW"): 10,
    ("network", "LAT"): 3,
    ("network", "CWN"): 1,
    ("network", "ALT"): 1,
    ("network", "SHR"): 1,
    ("network", "IP6"): 3,
    ("network", "RCH"): 7,
    ("network", "OPS"): 8,
    ("network", "COST"): 9,
    ("api-gateway", "AGW"): 25,
    ("api-gateway", "POL"): 34,
    ("api-gateway", "KEY"): 8,
    ("api-gateway", "VPE"): 6,
    ("api-gateway", "ORG"): 3,
    ("api-gateway", "ERR"): 21,
    ("api-gateway", "OBS"): 8,
    ("api-gateway", "LIM"): 6,
    ("api-gateway", "COST"): 3,
    ("api-gateway", "IAC"): 5,
}
BELIEFS = {"dns": 40, "network": 44, "api-gateway": 40}

RULES = load_rules()


def expected_ids(book: str, family: str) -> list[str]:
    shared = sum(name == family for _, name in FAMILIES) > 1
    prefix = f"{book}:" if shared else ""
    return [f"{prefix}{family}-{number:02d}" for number in range(1, FAMILIES[book, family] + 1)]


def test_the_families_are_those_of_the_three_books_in_reading_order():
    assert [(book.id, family.name) for book in books() for family in book.families] == list(FAMILIES)


@pytest.mark.parametrize(("book", "family"), FAMILIES)
def test_a_family_has_every_number_in_order(book, family):
    found = [rule.id for rule in RULES if (rule.book, rule.family) == (book, family)]
    assert found == expected_ids(book, family)


def test_no_id_stands_twice():
    counts = Counter(rule.id for rule in RULES) + Counter(belief.id for belief in beliefs())
    assert [identifier for identifier, count in counts.items() if count > 1] == []


def test_titles_are_unique_within_a_family():
    counts = Counter((rule.book, rule.family, rule.title) for rule in RULES)
    assert [title for title, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule):
    known = {other.id for other in RULES}
    assert rule.title and not rule.title.endswith(".")
    for text in (rule.statement, rule.consequence, rule.example):
        assert text.endswith((".", '."', ".)", "%")), text
    assert rule.sources
    assert (rule.status == "modelled") == (rule.why == "")
    assert rule.see, "every rule has a relative"
    assert set(rule.see) <= known
    assert rule.id not in rule.see
    assert len(set(rule.see)) == len(rule.see)


def test_a_rule_without_a_document_is_called_own_knowledge_and_no_other():
    for rule in RULES:
        no_document = all(source.name.startswith("Own knowledge") for source in rule.sources)
        assert no_document == (rule.basis == "own" and len(rule.sources) == 1), rule.id


@pytest.mark.parametrize(("book", "count"), BELIEFS.items())
def test_the_ledger_of_a_book_has_every_number_in_order(book, count):
    found = [belief.id for belief in beliefs() if belief.book == book]
    assert found == [f"{book}:belief-{number:02d}" for number in range(1, count + 1)]


def test_a_belief_is_judged_by_rules_that_exist():
    known = {rule.id for rule in RULES}
    for belief in beliefs():
        assert belief.claim.endswith((".", '."')), belief.id
        assert belief.truth.endswith("."), belief.id
        assert belief.rules, belief.id
        assert set(belief.rules) <= known, belief.id


def test_every_source_is_used_by_a_rule():
    listed = tomllib.loads((files("narrowgate.rulebook") / "data" / "sources.toml").read_text(encoding="utf-8"))
    used = {source.name for rule in RULES for source in rule.sources}
    assert [key for key, source in listed.items() if source["name"] not in used] == []


def test_sources_are_told_apart_by_name_and_linked_by_https():
    listed = tomllib.loads((files("narrowgate.rulebook") / "data" / "sources.toml").read_text(encoding="utf-8"))
    counts = Counter(source["name"] for source in listed.values())
    assert [name for name, count in counts.items() if count > 1] == []
    for source in listed.values():
        assert re.fullmatch(r"(https://[^\s<>]+)?", source.get("url", ""))


def test_examples_use_documentation_accounts_only():
    accounts = {account for rule in RULES for account in re.findall(r"\b\d{12}\b", rule.example)}
    assert accounts <= {"111122223333", "444455556666", "222233334444"}

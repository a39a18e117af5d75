"""Every conformance case holds, and every rule of the rule book has one, with its nearest opposite."""

import pytest
from tests.conformance.cases import Case, differences, read_cases
from tests.conformance.coverage import coverage_of, summary

from narrowgate.rulebook import load_rules

CASES = read_cases()


def _identity(case: Case) -> str:
    return f"{case.rules[0]}-{'holds' if case.holds else 'nearest'}-{case.case}"


@pytest.mark.parametrize("case", CASES, ids=_identity)
def test_case(case):
    assert list(differences(case)) == []


COVERED = coverage_of(load_rules(), CASES)


@pytest.mark.parametrize("each", COVERED, ids=lambda each: each.rule.id)
def test_rule_has_a_case_that_holds_and_its_nearest_or_a_reason_why_not(each):
    assert each.missing == ""


def test_coverage_is_counted(capsys):
    with capsys.disabled():
        print("", *summary(coverage_of(load_rules(), CASES)), sep="\n")


def test_every_case_cites_rules_of_the_rule_book():
    known = {rule.id for rule in load_rules()}
    assert sorted({name for case in CASES for name in case.rules} - known) == []


def test_every_case_has_a_title_of_its_own():
    titles = [(_identity(case), case.file) for case in CASES]
    assert sorted(each for each in set(titles) if titles.count(each) > 1) == []

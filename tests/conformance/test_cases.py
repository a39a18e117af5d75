"""Every conformance case holds, and each rule that has one has its nearest opposite too."""

from collections import Counter

import pytest
from tests.conformance.cases import Case, differences, read_cases

from narrowgate.rulebook import load_rules

CASES = read_cases()


def _identity(case: Case) -> str:
    return f"{case.rules[0]}-{'holds' if case.holds else 'nearest'}-{case.case}"


@pytest.mark.parametrize("case", CASES, ids=_identity)
def test_case(case):
    assert list(differences(case)) == []


def test_rules_come_in_pairs_of_a_case_that_holds_and_its_nearest_that_does_not(capsys):
    known = {rule.id: rule for rule in load_rules()}
    holding = {name for case in CASES if case.holds for name in case.rules}
    nearest = {name for case in CASES if not case.holds for name in case.rules}
    assert holding | nearest <= set(known), f"cases of unknown rules: {sorted((holding | nearest) - set(known))}"
    assert holding == nearest
    statuses = Counter(str(rule.status) for rule in known.values())
    with capsys.disabled():
        print(f"\nrule book: {len(known)} rules, {dict(statuses)}")
        print(f"{len(CASES)} cases as data for {len(holding)} rules")


def test_every_rule_that_is_not_modelled_says_why():
    silent = [rule.id for rule in load_rules() if str(rule.status) == "not_modelled" and not rule.why]
    assert silent == []

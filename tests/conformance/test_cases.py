"""Every conformance case holds; every rule of the rule book is covered by a case and its nearest opposite."""

import pytest

from narrowgate.rulebook import load_rules
from tests.conformance.cases import Case, differences, read_cases

CASES = read_cases()


def _identity(case: Case) -> str:
    return f"{case.rules[0]}-{'holds' if case.holds else 'nearest'}-{case.case}"


@pytest.mark.parametrize("case", CASES, ids=_identity)
def test_case(case):
    assert list(differences(case)) == []


def test_every_rule_has_a_case_that_holds_and_a_nearest_that_does_not(record_property):
    known = {rule.id: rule for rule in load_rules()}
    named = {name for case in CASES for name in case.rules}
    assert named <= set(known), f"cases of unknown rules: {sorted(named - set(known))}"
    holding = {name for case in CASES if case.holds for name in case.rules}
    nearest = {name for case in CASES if not case.holds for name in case.rules}
    modelled = {name for name, rule in known.items() if str(rule.status) != "not_modelled"}
    uncovered = sorted(modelled - (holding & nearest))
    counts = {
        "rules": len(known),
        "modelled": sum(str(rule.status) == "modelled" for rule in known.values()),
        "approximated": sum(str(rule.status) == "approximated" for rule in known.values()),
        "not modelled": sum(str(rule.status) == "not_modelled" for rule in known.values()),
        "cases": len(CASES),
    }
    print("rule coverage:", ", ".join(f"{count} {name}" for name, count in counts.items()))
    assert not uncovered, f"{len(uncovered)} modelled rules lack a case or its nearest: {uncovered}"


def test_every_rule_that_is_not_modelled_says_why():
    silent = [rule.id for rule in load_rules() if str(rule.status) == "not_modelled" and not rule.why]
    assert silent == []

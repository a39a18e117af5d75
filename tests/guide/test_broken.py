"""The guide's scenario and every named change to it: what the rules make of each, hop by hop."""

from functools import cache

import msgspec
import pytest
from tests.builders import build_guide, snapshot_of

from narrowgate import api
from narrowgate.guide.broken import VARIATIONS, Expected
from narrowgate.model.answer import Verdict
from narrowgate.model.trace import Symptom, TraceAnswer

CLIENT = "requester-host"


@cache
def ask(variation_id: str) -> tuple[Expected, TraceAnswer]:
    case = VARIATIONS[variation_id].make()
    answer = api.trace(
        snapshot_of(case.guide.estate), case.client, case.url, method=case.method, headers=case.headers
    )
    return case.expected, answer


@pytest.mark.parametrize("two_accounts", [False, True], ids=["one account", "two accounts"])
def test_the_working_form_works(two_accounts: bool) -> None:
    guide = build_guide(two_accounts=two_accounts)
    answer = api.trace(snapshot_of(guide.estate), CLIENT, guide.url)
    assert (answer.verdict, answer.symptom, answer.unknowns) == (Verdict.ALLOWED, Symptom.HTTP_200, ())
    assert answer.warnings == ()
    assert answer.dns is not None
    assert sorted(answer.dns.addresses) == ["10.0.1.10", "10.0.2.10"]
    assert answer.dns.target == guide.endpoint


@pytest.mark.parametrize("variation_id", VARIATIONS)
def test_a_change_gives_the_verdict_and_symptom_of_the_rules(variation_id: str) -> None:
    expected, answer = ask(variation_id)
    assert (answer.verdict, answer.symptom) == (expected.verdict, expected.symptom)


@pytest.mark.parametrize("variation_id", VARIATIONS)
def test_a_change_is_named_as_the_deciding_fact(variation_id: str) -> None:
    expected, answer = ask(variation_id)
    cause = answer.decided_by
    if expected.reason is None:
        assert cause is None
        return
    assert cause is not None
    assert (cause.leg, cause.layer, cause.reason) == (expected.leg, expected.layer, expected.reason)
    if expected.resource is not None:
        assert cause.resource == expected.resource
    assert cause.rule in expected.rules
    assert cause in answer.blocking


@pytest.mark.parametrize("variation_id", VARIATIONS)
def test_an_undecided_answer_names_the_missing_fact(variation_id: str) -> None:
    expected, answer = ask(variation_id)
    if expected.verdict is Verdict.ALLOWED:
        assert answer.unknowns == ()
    if expected.missing is not None:
        assert any(expected.missing in missing.fact for missing in answer.unknowns)


@pytest.mark.parametrize("variation_id", [each.id for each in VARIATIONS.values() if each.make().expected.names])
def test_the_answer_names_what_kept_the_private_answer_away(variation_id: str) -> None:
    expected, answer = ask(variation_id)
    assert expected.names is not None
    assert expected.names in msgspec.json.encode(answer).decode()


@pytest.mark.parametrize("variation_id", VARIATIONS)
def test_what_works_with_a_flaw_is_told_with_a_warning(variation_id: str) -> None:
    expected, answer = ask(variation_id)
    if expected.warns:
        assert answer.warnings


def test_forms_that_the_rules_tell_apart_are_answered_differently() -> None:
    answers: dict[str, tuple[str, Expected]] = {}
    for variation_id in VARIATIONS:
        expected, answer = ask(variation_id)
        if expected.verdict is Verdict.ALLOWED:
            continue
        other_id, other = answers.setdefault(
            repr(msgspec.structs.replace(answer, url="")), (variation_id, expected)
        )
        assert told(expected) == told(other), f"{variation_id} is answered as {other_id}"
    assert len(answers) >= 0.9 * sum(ask(each)[0].verdict is not Verdict.ALLOWED for each in VARIATIONS)


def told(expected: Expected) -> tuple[object, ...]:
    """What the rules say of a form: its outcome, its cause, and the rule that is closest to it."""
    cause = (expected.leg, expected.layer, expected.reason, expected.resource, expected.rules[:1])
    return (expected.verdict, expected.symptom, *cause)

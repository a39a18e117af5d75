"""Symptoms are found by what people paste, and a trace picks the cause."""

import re
from functools import cache
from pathlib import Path

import pytest
from tests.builders import build_guide, snapshot_of

from narrowgate import api
from narrowgate.cli.main import main
from narrowgate.guide.broken import VARIATIONS
from narrowgate.model.answer import Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom as Seen
from narrowgate.model.trace import TraceAnswer
from narrowgate.rulebook import (
    find_rule,
    find_symptoms,
    load_rules,
    load_symptoms,
    looks_pasted,
    pick_cause,
    symptom_of,
)

SYMPTOMS = load_symptoms()

PASTED = {
    '{"message":"Forbidden"}': "forbidden",
    "Forbidden": "forbidden",
    "HTTP/1.1 403 Forbidden": "forbidden",
    '{"message":"Missing Authentication Token"}': "missing-authentication-token",
    '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: '
    'arn:aws:execute-api:us-east-1:********3333:a1b2c3d4e5/prod/GET/orders"}': "anonymous-not-authorized",
    "User: anonymous is not authorized to perform: execute-api:Invoke": "anonymous-not-authorized",
    "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:"
    "********3333:a1b2c3d4e5/prod/GET/orders with an explicit deny": "explicit-deny",
    "User: arn:aws:sts::111122223333:assumed-role/batch/night is not authorized to perform: execute-api:Invoke on "
    "resource: arn:aws:execute-api:us-east-1:********3333:a1b2c3d4e5/prod/GET/orders": "caller-not-authorized",
    "User is not authorized to access this resource": "authorizer-refused",
    "User is not authorized to access this resource with an explicit deny": "authorizer-refused",
    '{"message":"Unauthorized"}': "unauthorized",
    "401": "unauthorized",
    "The request signature we calculated does not match the signature you provided.": "signature-refused",
    "curl: (6) Could not resolve host: a1b2c3d4e5.execute-api.us-east-1.amazonaws.com": "nxdomain",
    "** server can't find a1b2c3d4e5.execute-api.us-east-1.amazonaws.com: NXDOMAIN": "nxdomain",
    "nxdomain": "nxdomain",
    "servfail": "servfail",
    "curl: (28) Failed to connect to 10.0.1.10 port 443 after 130321 ms: Couldn't connect to server": "timeout",
    "curl: (60) SSL: no alternative certificate subject name matches target host name": "tls-name-mismatch",
    "414": "uri-too-long",
    "Too Many Requests": "throttled",
    "Endpoint request timed out": "server-error",
    "has been blocked by CORS policy: Response to preflight request": "cors",
    "Private REST API doesn't have a resource policy attached to it": "deployment-refused",
    "Invalid policy document. Please check the policy syntax": "policy-not-saved",
}


@pytest.mark.parametrize("text", PASTED)
def test_what_people_paste_finds_its_symptom(text: str) -> None:
    assert [each.id for each in find_symptoms(text)] == [PASTED[text]]


def messages() -> dict[str, list[str]]:
    lines = (Path(__file__).parent / "messages.tsv").read_text().splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {text: [] if symptoms == "-" else symptoms.split(",") for symptoms, text in rows}


MESSAGES = messages()


@pytest.mark.parametrize("text", MESSAGES)
def test_a_message_of_a_tool_has_its_symptom_or_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [each.id for each in find_symptoms(text)] == MESSAGES[text]
    with pytest.raises(SystemExit) as left:
        main(["explain", text])
    told = capsys.readouterr()
    if MESSAGES[text]:
        assert left.value.code in (0, None)
        assert "Causes, likeliest first" in told.out
    else:
        assert left.value.code == 2
        assert "is no message that narrowgate knows" in told.err
        assert "--source SOURCE --from CLIENT URL" in told.err


def test_words_are_looked_up_as_before() -> None:
    assert not looks_pasted("source vpc of the endpoint")
    assert looks_pasted("Error: it does not work")


def test_a_bare_status_finds_every_symptom_that_has_it() -> None:
    found = [each.id for each in find_symptoms("403")]
    assert {"forbidden", "anonymous-not-authorized", "explicit-deny", "missing-authentication-token"} < set(found)
    assert find_symptoms("curl: (22) The requested URL returned error: 403") == find_symptoms("403")
    assert [each.id for each in find_symptoms("timeout")] == ["timeout", "dns-timeout"]
    assert find_symptoms("source vpc of the endpoint") == ()


def test_every_symptom_and_cause_stands_on_a_rule_and_every_mark_can_be_made() -> None:
    assert len({each.id for each in SYMPTOMS}) == len(SYMPTOMS)
    for symptom in SYMPTOMS:
        assert find_rule(symptom.rule)
        assert re.compile(symptom.message)
        assert symptom.cause
        assert symptom.seen is None or symptom.seen in set(Seen)
        assert all(name == name.casefold() for name in symptom.names)
        for cause in symptom.cause:
            assert find_rule(cause.rule)
            assert cause.tell
            assert cause.command.startswith("narrowgate ")
            reasons = [mark.partition(":")[2] for mark in cause.when if mark.startswith("reason:")]
            assert set(reasons) <= set(Reason.__members__)
            assert all(find_rule(mark[5:]) for mark in cause.when if mark.startswith("rule:"))


def test_every_row_of_the_symptom_table_is_a_symptom() -> None:
    table = {rule.id for rule in load_rules() if rule.family == "ERR"} - {"ERR-21"}  # the rule about the rules
    assert {each.rule for each in SYMPTOMS} >= table


@cache
def traced(variation: str) -> TraceAnswer:
    case = VARIATIONS[variation].make()
    return api.trace(
        snapshot_of(case.guide.estate), case.client, case.url, method=case.method, headers=case.headers
    )


PICKED = {
    "policy-names-the-client-vpc": "KEY-01",
    "policy-names-another-range": "KEY-03",
    "policy-fences-by-source-ip": "POL-10",
    "policy-fences-for-two-endpoints": "POL-07",
    "policy-with-literal-wildcard": "POL-14",
    "policy-with-the-guides-resource": "POL-19",
    "policy-not-redeployed": "POL-03",
    "no-resource-policy": "POL-02",
    "endpoint-policy-for-another-api": "VPE-03",
    "api-of-another-team": "KEY-02",
    "method-asks-for-a-signature": "POL-28",
    "unknown-method": "ERR-05",
    "unknown-stage": "ERR-01",
    "default-endpoint-disabled": "AGW-21",
    "endpoint-name-without-header": "AGW-07",
    "api-not-private": "AGW-17",
    "rule-not-associated": "RSLV-12",
    "inbound-group-admits-clients-only": "IN-03",
    "no-return-route-by-alias": "PCX-05",
    "blackhole-for-one-subnet": "NET-03",
    "endpoint-group-empty": "SG-06",
    "literal-address": "AGW-11",
}


@pytest.mark.parametrize("variation", PICKED)
def test_a_trace_of_the_guide_picks_the_cause(variation: str) -> None:
    answer = traced(variation)
    symptom = symptom_of(answer)
    assert symptom is not None
    cause = pick_cause(symptom, answer)
    assert cause is not None
    assert cause.rule == PICKED[variation]


def test_every_refusal_of_the_guide_has_a_cause() -> None:
    for variation in VARIATIONS:
        answer = traced(variation)
        if answer.verdict is Verdict.DENIED:
            symptom = symptom_of(answer)
            assert symptom is not None, variation
            assert pick_cause(symptom, answer) is not None, variation


def test_at_least_fifteen_causes_of_403_are_told_apart() -> None:
    told: dict[tuple[str, str], str] = {}
    for variation in VARIATIONS:
        answer = traced(variation)
        symptom = symptom_of(answer)
        if answer.http is not None and answer.http.status == 403 and symptom is not None:
            cause = pick_cause(symptom, answer)
            assert cause is not None
            assert answer.http.body is not None
            assert symptom in find_symptoms(answer.http.body)  # AWS's own words for it
            told.setdefault((symptom.id, cause.text), variation)
    assert len(told) >= 15, told


def test_a_call_that_works_has_no_symptom() -> None:
    answer = traced("policy-names-the-api-vpc")
    assert answer.verdict is Verdict.ALLOWED
    assert symptom_of(answer) is None


@pytest.mark.parametrize(("block", "text"), [("10.0.1.0/24", "lead to one subnet"), ("10.0.0.0/16", None)])
def test_calls_that_work_now_and_then_have_the_cause_that_a_partial_trace_shows(block, text) -> None:
    guide = build_guide()
    guide.estate.remove_route(guide.requester.route_table, "10.0.0.0/16")
    guide.estate.route(guide.requester.route_table, block, guide.peering)
    answer = api.trace(snapshot_of(guide.estate), guide.requester.host, guide.url)
    shown = symptom_of(answer, find_symptoms("every second call times out"))
    if text is None:
        assert (answer.verdict, shown) == (Verdict.ALLOWED, None)
        return
    assert answer.verdict is Verdict.PARTIAL
    assert shown is not None and shown.id == "intermittent"
    picked = pick_cause(shown, answer)
    assert picked is not None and text in picked.text

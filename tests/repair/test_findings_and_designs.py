"""Findings are taken away by one verified change; designs by the fewest changed lines."""

from pathlib import Path

import pytest

from narrowgate.api.repairs import fix, fix_source
from narrowgate.audit.run import audit
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.guide.responses import tcp, udp
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.repair.change import apply_changes
from narrowgate.repair.fix import find_mending
from narrowgate.repair.goal import Goal

ROOT = Path(__file__).parents[2]


def guide_with(change):
    guide = build_guide()
    change(guide)
    return guide


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("EPT004", lambda g: g.api.estate.set_permissions(g.endpoint_group, ingress=[tcp(443, "0.0.0.0/0")])),
        ("EPT012", lambda g: g.api.estate.set_permissions(g.endpoint_group, ingress=[tcp(22, "10.1.0.0/16")])),
        ("EPT006", lambda g: None),
        (
            "DNS009",
            lambda g: g.api.estate.set_permissions(
                g.api.resolver_group, ingress=[udp(53, "10.0.0.0/8"), tcp(53, "10.0.0.0/8")]
            ),
        ),
    ],
)
def test_a_finding_is_taken_away_and_the_call_still_works(rule, change):
    guide = guide_with(change)
    snapshot = snapshot_of(guide.estate)
    assert any(each.rule == rule for each in audit(snapshot))
    answer = fix(
        snapshot, [Goal(client="requester-host", url=guide.url)] if rule != "EPT012" else [], rules=[rule]
    )
    assert answer.verdict is Verdict.ALLOWED
    assert answer.changes


FORMS = {
    "dns-support-off-in-requester-vpc": "DNS015",
    "dns-hostnames-off-in-api-vpc": "DNS016",
    "inbound-group-admits-clients-only": "DNS024",
    "endpoint-group-without-client-range": "EPT014",
    "policy-not-redeployed": "POL005",
    "method-not-deployed": "API009",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_broken_form_is_mended_by_its_finding_alone(form):
    case = VARIATIONS[form].make()
    snapshot = snapshot_of(case.guide.estate)
    answer = fix(snapshot, [], rules=[FORMS[form]])
    assert answer.verdict is Verdict.ALLOWED, answer
    # What the finding took away is what stood in the way of the call.
    mended = find_mending(snapshot, [], [each for each in audit(snapshot) if each.rule == FORMS[form]])
    goal = Goal(client=case.client, url=case.url, method=case.method, headers=case.headers)
    assert goal.ask(apply_changes(snapshot, mended.changes)).verdict is Verdict.ALLOWED


def test_a_finding_without_a_repair_says_what_to_do():
    answer = fix(snapshot_of(build_guide().estate), [], rules=["EPT003"])
    assert answer.verdict is Verdict.DENIED
    assert any("EPT003" in each for each in answer.hints)


def test_an_unknown_rule_is_refused():
    with pytest.raises(InputError):
        fix(snapshot_of(build_guide().estate), [], rules=["EPT999"])


def test_the_guide_as_written_is_mended_by_lines_of_the_design():
    answer = fix_source(ROOT / "examples" / "guide-as-written" / "narrowgate.yaml", [])
    assert answer.verdict is Verdict.ALLOWED
    assert any(line.startswith("+") for line in answer.changes[0].patch.splitlines())
    assert all(each.holds for each in answer.goals)


def test_a_design_that_holds_is_left_alone():
    answer = fix_source(ROOT / "examples" / "guide" / "narrowgate.yaml", [])
    assert (answer.verdict, answer.changes) == (Verdict.ALLOWED, ())

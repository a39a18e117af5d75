"""Findings are taken away by one verified change; designs by the fewest changed lines; commands are AWS's own."""

import re
import shlex
from pathlib import Path

import botocore.session
import pytest

from narrowgate.api.repairs import fix, fix_source
from narrowgate.audit.run import audit
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.guide.responses import tcp, udp
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.repair.fix import mend
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


def commands():
    for variation in VARIATIONS.values():
        case = variation.make()
        goal = Goal(client=case.client, url=case.url, method=case.method, headers=case.headers)
        for change in mend(snapshot_of(case.guide.estate), [goal]).changes:
            yield from change.commands
    for rule in ("EPT006",):
        for change in fix(snapshot_of(build_guide().estate), [], rules=[rule]).changes:
            yield from change.commands


def test_every_command_names_an_operation_and_parameters_that_aws_has():
    session = botocore.session.get_session()
    models = {}
    for command in sorted(set(commands())):
        text = re.sub(r"^[A-Z]+=\$\((.*)\)$", r"\1", command)
        words = shlex.split(text)
        assert words[0] == "aws", command
        service, verb = words[1], words[2]
        model = models.setdefault(service, session.get_service_model(service))
        operation = next((each for each in model.operation_names if _dashed(each) == verb), None)
        assert operation, command
        members = {_dashed(name) for name in model.operation_model(operation).input_shape.members}
        for word in words[3:]:
            if word.startswith("--") and word not in ("--query", "--output", "--region"):
                name = word[2:]
                assert name in members or name.removeprefix("no-") in members or name in ("egress", "ingress"), (
                    command
                )


def _dashed(name: str) -> str:
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name)
    return text.lower()

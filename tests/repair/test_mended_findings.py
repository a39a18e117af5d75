"""Each audit rule with a repair: its bad example is mended by commands that AWS takes; the page lists them all."""

import re
from pathlib import Path

import pytest
from tests.audit.test_rules import examples_of
from tests.conformance.cases import World
from tests.repair.test_commands import problem_of

from narrowgate.audit.registry import find_rule
from narrowgate.audit.run import audit
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.guide.responses import tcp
from narrowgate.model.answer import Verdict
from narrowgate.repair.findings import mendable_rules
from narrowgate.repair.fix import mend

PAGE = Path(__file__).parents[2] / "docs" / "fix.md"
NARROWING = frozenset({"DNS009", "DNS020", "EPT004", "EPT006", "EPT011", "EPT012", "NET002", "NET011", "POL007"})
"""Rules whose repair takes away only."""


@pytest.mark.parametrize("rule_id", mendable_rules())
def test_the_bad_example_of_a_rule_is_mended(rule_id):
    rule = find_rule(rule_id)
    example = examples_of(rule).bad
    world = World({"base": example.base, "do": example.do})
    snapshot = snapshot_of(world.estate, assume_complete=example.assume_complete)
    answer = mend(snapshot, [], audit(snapshot, [rule]))
    assert answer.verdict is Verdict.ALLOWED, answer.hints
    assert answer.changes
    problems = [told for step in answer.changes for each in step.commands if (told := problem_of(each))]
    assert not problems
    if rule_id in NARROWING:
        assert answer.opened == ()


def test_the_page_lists_every_rule_that_has_a_repair():
    rows = re.findall(r"^\| (`[A-Z]{3}\d{3}`.*?) \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(re.findall(r"[A-Z]{3}\d{3}", " ".join(rows))) == sorted(mendable_rules())


def test_who_is_admitted_by_a_narrow_rule_stays_where_a_wide_one_goes():
    guide = build_guide()
    wide = [tcp(443, "0.0.0.0/0"), tcp(443, "192.168.7.0/24")]
    guide.api.estate.set_permissions(guide.endpoint_group, ingress=wide)
    snapshot = snapshot_of(guide.estate)
    (step,) = mend(snapshot, [], audit(snapshot, [find_rule("EPT004")])).changes
    verbs = [each.split()[2] for each in step.commands]
    assert verbs == ["authorize-security-group-ingress", "revoke-security-group-ingress"]
    assert "192.168.7.0/24" not in step.commands[1]
    assert "0.0.0.0/0" in step.commands[1]

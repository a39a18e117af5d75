"""Every audit rule fires on its bad example, on exactly what that names, and not on its good one."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML
from tests.conformance.cases import World

from narrowgate.audit.registry import RULES
from narrowgate.audit.rule import Rule
from narrowgate.audit.run import CRASHED, audit
from narrowgate.guide.folder import snapshot_of
from narrowgate.model.finding import Finding

EXAMPLES = Path(__file__).parents[2] / "docs" / "audit" / "examples"


class Example(msgspec.Struct, forbid_unknown_fields=True):
    """An estate, by the builders' words, and the resources that a rule names in it."""

    base: str = "guide"
    do: list[Any] = []
    assume_complete: bool = False
    finds: list[str] = []


class Examples(msgspec.Struct, forbid_unknown_fields=True):
    bad: Example
    good: Example


def examples_of(rule: Rule) -> Examples:
    text = (EXAMPLES / f"{rule.name}.yaml").read_text()
    return msgspec.convert(YAML(typ="safe").load(text), Examples)


def findings(rule: Rule, example: Example) -> tuple[list[Finding], list[str]]:
    world = World({"base": example.base, "do": example.do})
    found = audit(snapshot_of(world.estate, assume_complete=example.assume_complete), [rule])
    assert not [each.message for each in found if each.rule == CRASHED]
    return list(found), [world.filled(each) for each in example.finds]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_fires_on_its_bad_example(rule):
    found, wanted = findings(rule, examples_of(rule).bad)
    assert wanted
    assert sorted(each.resource for each in found) == sorted(wanted), [each.message for each in found]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_silent_about_its_good_example(rule):
    found, _ = findings(rule, examples_of(rule).good)
    assert [each.message for each in found] == []


def test_ids_and_names_stand_for_one_rule_each():
    assert len({rule.id for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_every_example_belongs_to_a_rule():
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == {rule.name for rule in RULES}

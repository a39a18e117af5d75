"""Every audit rule fires on its bad example, on exactly what that names, and not on its good one."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from ruamel.yaml import YAML
from tests.conformance.cases import World

from narrowgate import api
from narrowgate.audit.registry import RULES
from narrowgate.audit.rule import Rule
from narrowgate.audit.run import CRASHED, audit
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
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


NOBODYS_FAULT = {
    # The call is wrong, not the estate.
    "literal-address",
    "own-name-without-custom-domain",
    "endpoint-name-without-header",
    "endpoint-name-with-header",
    "unknown-stage",
    "unknown-method",
    "public-api-by-its-own-name",
    # Nothing is wrong.
    "zone-for-the-api",
    "alias-without-resolver",
    "alias-not-associated",
    "policy-names-the-api-vpc",
    "api-not-private",
    "dns-hostnames-off-in-requester-vpc",
    # A host's own group, a server of one's own, and a firewall that lets another API's name pass, may be meant so.
    "client-group-without-443",
    "client-group-without-egress",
    "own-server-forwards-to-the-other-vpc-plus-two",
    "firewall-in-the-requester-vpc",
    # What nobody collected is no defect.
    "route-tables-not-collected",
    "network-acls-refused",
    "private-dns-not-told",
    "other-account-not-collected",
    "views-contradict",
}


def test_every_broken_form_of_the_guide_has_a_finding_of_its_own():
    plain = {(each.rule, each.subject) for each in audit(snapshot_of(build_guide().estate))}
    silent = set()
    for name, variation in VARIATIONS.items():
        found = audit(snapshot_of(variation.make().guide.estate))
        if not {(each.rule, each.subject) for each in found} - plain:
            silent.add(name)
    assert silent == NOBODYS_FAULT


@pytest.mark.parametrize(("attribute", "captures"), [(None, True), ("enableDnsHostnames", False)])
def test_private_dns_that_its_vpc_keeps_idle_captures_nothing(attribute, captures):
    guide = build_guide(resolver=False)
    if attribute is not None:
        guide.api.estate.set_dns_attribute(guide.api.vpc, attribute, value=False)

    found = {each.resource for each in audit(snapshot_of(guide.estate)) if each.rule == "EPT003"}

    assert (guide.endpoint in found) is captures


def test_what_a_template_names_and_does_not_make_is_no_defect_of_it():
    template = Path(__file__).parents[1] / "sources" / "public" / "sam-private-api.yaml"
    found = {each.rule for each in audit(api.load(template))}
    assert "API002" in found
    assert not found & {"API001", "EPT011", "POL007"}

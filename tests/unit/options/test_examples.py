"""Every example holds by the option that it names (or fails where it says so), and by each that may be taken."""

import re
from functools import cache
from pathlib import Path

import pytest
from tests.unit.design.designs import EXAMPLES

from narrowgate.api import design_checks, designs
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CompareAnswer
from narrowgate.options.compare.rank import may_be_taken

CHOSEN = {
    "custom-domain": ("custom-domain", Verdict.ALLOWED),
    "guide": ("hosted-zone", Verdict.ALLOWED),
    "guide-as-written": ("resolver-region", Verdict.DENIED),
    "guide-repaired": ("resolver", Verdict.ALLOWED),
    "hub": ("transit-gateway-hosted-zone", Verdict.ALLOWED),
    "on-premises": ("alias", Verdict.ALLOWED),
    "overlapping-ranges": ("privatelink-alias", Verdict.ALLOWED),
    "privatelink": ("privatelink", Verdict.ALLOWED),
    "two-accounts": ("hosted-zone", Verdict.ALLOWED),
    "two-regions": ("hosted-zone", Verdict.ALLOWED),
    "without-route53": ("alias", Verdict.ALLOWED),
}


@cache
def compared(path: Path) -> CompareAnswer:
    return designs.compare(path)


def test_the_table_holds_every_example():
    assert {path.parent.name for path in EXAMPLES} == set(CHOSEN)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_holds_or_fails_as_it_says(path):
    answer = design_checks.check(path)
    assert (answer.via, answer.verdict) == CHOSEN[path.parent.name]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_what_may_be_taken_holds_in_every_expectation(path):
    for each in compared(path).options:
        if may_be_taken(each):
            assert {call.verdict for call in each.calls} <= {Verdict.ALLOWED}
            assert {line.verdict for line in each.expectations} <= {Verdict.ALLOWED}
            assert each.opened("api", intended=False) == ()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_is_short(path):
    assert len(path.read_text().splitlines()) <= 40


def test_the_guide_as_written_resolves_nothing_because_it_makes_no_endpoint():
    path = next(each for each in EXAMPLES if each.parent.name == "guide-as-written")
    answer = design_checks.check(path)
    assert (answer.decided_by.rule, answer.decided_by.reason) == ("VPCE-DNS-10", "DNS_NO_PRIVATE_ANSWER")


def test_the_guide_as_written_is_refused_by_its_own_policy_once_an_endpoint_is_there(tmp_path):
    path = next(each for each in EXAMPLES if each.parent.name == "guide-as-written")
    copy = tmp_path / "narrowgate.yaml"
    copy.write_text(path.read_text().replace("no_endpoint: true", "no_endpoint: false"))
    answer = design_checks.check(copy)
    assert answer.verdict is Verdict.DENIED
    assert (answer.decided_by.layer, answer.decided_by.reason) == ("resource_policy", "IMPLICIT_DENY")


def test_the_policy_of_the_guide_admits_once_it_names_the_vpc_of_the_endpoint(tmp_path):
    path = next(each for each in EXAMPLES if each.parent.name == "guide-as-written")
    copy = tmp_path / "narrowgate.yaml"
    text = path.read_text().replace("no_endpoint: true", "no_endpoint: false")
    copy.write_text(text.replace("${vpcs.requester}", "${vpcs.api}"))
    assert design_checks.check(copy).verdict is Verdict.ALLOWED


def test_the_readme_of_the_examples_lists_each_with_its_way():
    text = (EXAMPLES[0].parents[1] / "README.md").read_text()
    rows = dict(
        re.findall(r"^\| \[([a-z0-9-]+)\]\(\1/narrowgate.yaml\) \| .* \| (.*) \|$", text, flags=re.MULTILINE)
    )
    assert set(rows) == set(CHOSEN)
    for name, way in rows.items():
        assert f"`{CHOSEN[name][0]}`" in way

"""A design's promises as goals for files that others wrote: mended together, with everything that must not be."""

from pathlib import Path

import pytest
from tests.repair.test_patches import RECORD, RULE, TERRAFORM, apply, without

from narrowgate.api.design_checks import check_against
from narrowgate.api.repairs import fix_source
from narrowgate.api.sources import load
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.sources.terraform import program

DESIGN = """\
region: us-east-1
via: hosted-zone
vpcs:
  web: {cidr: 10.1.0.0/16, subnets: [10.1.1.0/24]}
  api: {cidr: 10.0.0.0/16, subnets: [10.0.1.0/24]}
apis:
  orders: {vpc: api, routes: [GET /orders]}
consumers:
  shop: {vpc: web, may_call: [orders]}
links:
  - peering: [web, api]
expect:
  - shop must not reach 10.0.1.20:22
"""
BROKEN = without(without(TERRAFORM, RULE), RECORD)


@pytest.fixture
def source(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(program.shutil, "which", lambda name: None)
    folder = tmp_path / "infra"
    folder.mkdir()
    (folder / "main.tf").write_text(BROKEN)
    return folder


@pytest.fixture
def design(tmp_path) -> Path:
    path = tmp_path / "narrowgate.yaml"
    path.write_text(DESIGN)
    return path


def test_files_are_mended_until_the_design_holds_in_them(source, design):
    assert check_against(design, load(source), "infra").verdict is Verdict.DENIED
    answer = fix_source(source, [], design=design)
    assert answer.verdict is Verdict.ALLOWED
    assert sorted(each.kind for each in answer.changes) == ["security_group_ingress", "zone_record"]
    assert [each.goal for each in answer.goals if "must not" in each.goal] == ["shop must not reach 10.0.1.20:22"]
    apply(answer, source)
    assert check_against(design, load(source), "infra").verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    "forbidden", ["shop must not call GET orders/orders", "shop must not reach 10.0.1.10:443"]
)
def test_what_the_design_forbids_and_no_change_shuts_is_no_mending(forbidden, source, design):
    design.write_text(DESIGN.replace("shop must not reach 10.0.1.20:22", forbidden))
    answer = fix_source(source, [], design=design)
    assert answer.verdict is not Verdict.ALLOWED
    assert answer.patch == ""
    assert any(not each.holds for each in answer.goals)


def test_a_source_without_what_the_design_names_is_one_clear_error(source, design):
    design.write_text(DESIGN.replace("10.1.0.0/16", "10.8.0.0/16").replace("10.1.1.0", "10.8.1.0"))
    with pytest.raises(InputError) as error:
        fix_source(source, [], design=design)
    assert "nothing here is the design's" in str(error.value)


def test_a_design_is_not_mended_by_a_design(design):
    with pytest.raises(InputError) as error:
        fix_source(design, [], design=design)
    assert "is a design itself" in str(error.value)

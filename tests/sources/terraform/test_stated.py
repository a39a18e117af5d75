"""What the user states of a source, what it cannot take, and what hangs on an account that nothing tells."""

import json
import os
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner
from tests.sources.terraform.reading import GUIDE, alone, copy_of
from tests.tools import terraform_environment

from narrowgate.api import questions
from narrowgate.api.sources import TEMPLATE_SETTINGS, TemplateSettings, load, refuse_unused_settings
from narrowgate.cli.options import source_argument
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform import folder as folders

ACCOUNT = "111122223333"
DESIGN = GUIDE.parents[3] / "examples" / "guide" / "narrowgate.yaml"


def untold(document) -> None:
    """A plan whose provider tells its account no longer."""
    for each in document["configuration"]["provider_config"].values():
        each["expressions"].pop("allowed_account_ids", None)
        each["expressions"].pop("assume_role", None)


@pytest.fixture(scope="module")
def estate(tmp_path_factory) -> Path:
    """The guide's estate without a word of its account."""
    folder = copy_of(GUIDE, tmp_path_factory.mktemp("estate"))
    text = (folder / "main.tf").read_text()
    (folder / "main.tf").write_text(text.replace(f"arn:aws:iam::{ACCOUNT}:role/network", "network"))
    document = json.loads((folder / "plan.json").read_text())
    untold(document)
    (folder / "plan.json").write_text(json.dumps(document))
    return folder / "plan.json"


def traced(snapshot: Snapshot):
    api = next(own for own, each in snapshot.facts.rest_apis.items() if each.name == "orders")
    return questions.trace(snapshot, "10.1.1.20", f"https://{api}.execute-api.us-east-1.amazonaws.com/prod/orders")


def with_policy(snapshot: Snapshot, text: str) -> Snapshot:
    """The estate with this policy on its APIs, and with endpoints that let everything pass."""
    endpoints = snapshot.facts.vpc_endpoints
    for own, each in list(endpoints.items()):
        endpoints[own] = msgspec.structs.replace(each, policy_document=None)
    snapshot.facts.stage_exports.clear()
    apis = snapshot.facts.rest_apis
    for own, each in list(apis.items()):
        apis[own] = msgspec.structs.replace(each, policy=text)
    return snapshot


def policy(*, account: str) -> str:
    """Everybody may call the API of an account."""
    resource = f"arn:aws:execute-api:us-east-1:{account}:*"
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
    return json.dumps({"Statement": [allow]})


def test_what_does_not_hang_on_the_account_is_decided_without_it(estate):
    snapshot = load(estate)
    assert snapshot.stand_in_accounts == {"000000000000"}
    assert traced(snapshot).verdict is Verdict.ALLOWED


def test_a_policy_that_names_an_account_is_undecided_and_the_answer_says_how_to_state_it(estate):
    answer = traced(with_policy(load(estate), policy(account=ACCOUNT)))
    assert answer.verdict is Verdict.UNKNOWN
    (gap,) = (each for each in answer.unknowns if "account" in each.fact)
    assert "--account" in gap.why


@pytest.mark.parametrize(("stated", "verdict"), [(ACCOUNT, Verdict.ALLOWED), ("444455556666", Verdict.DENIED)])
def test_a_stated_account_decides_it(estate, stated, verdict):
    snapshot = load(estate, settings=TemplateSettings(account=stated))
    assert snapshot.stand_in_accounts == frozenset()
    assert traced(with_policy(snapshot, policy(account=ACCOUNT))).verdict is verdict


def test_a_policy_that_decides_alike_for_every_account_that_it_names_is_decided(estate):
    both = json.loads(policy(account="*"))
    both["Statement"].append({**both["Statement"][0], "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}})
    assert traced(with_policy(load(estate), json.dumps(both))).verdict is Verdict.ALLOWED


def test_a_policy_that_speaks_of_the_account_it_is_deployed_in_moves_with_it(estate):
    """A module's own ARN, which holds the stand-in, beside a guest's account."""
    guest = json.loads(policy(account="000000000000"))
    guest["Statement"].append({**guest["Statement"][0], "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}})
    assert traced(with_policy(load(estate), json.dumps(guest))).verdict is Verdict.ALLOWED
    elsewhere = json.loads(policy(account=ACCOUNT))
    elsewhere["Statement"][0]["Effect"] = "Deny"
    guest["Statement"].append(elsewhere["Statement"][0])
    assert traced(with_policy(load(estate), json.dumps(guest))).verdict is Verdict.UNKNOWN


def test_an_account_by_a_pattern_is_undecided(estate):
    assert traced(with_policy(load(estate), policy(account="1111*"))).verdict is Verdict.UNKNOWN


def test_a_region_that_no_provider_tells_can_be_stated(tmp_path):
    def change(document):
        untold(document)
        for each in document["configuration"]["provider_config"].values():
            each["expressions"].pop("region", None)
        text = json.dumps(document).replace("us-east-1", "nowhere").replace("com.amazonaws.nowhere", "x")
        document.clear()
        document.update(json.loads(text))

    plan = alone(GUIDE / "plan.json", tmp_path, change)
    with pytest.raises(InputError, match="nothing tells the Region") as caught:
        load(plan)
    assert "--region" in str(caught.value.help)
    read = load(plan, settings=TemplateSettings(region="eu-west-1"))
    assert {read.region_of(each) for each in read.facts.vpcs} == {"eu-west-1"}


@pytest.mark.parametrize(
    ("source", "way_out"), [(GUIDE / "plan.json", "name the folder"), (DESIGN, "only templates")]
)
def test_a_parameter_for_what_takes_none_is_one_clear_error(source, way_out):
    for told in (
        TemplateSettings(parameters={"A": "b"}),
        TemplateSettings(parameters={"A": "b"}, is_for_one=True),
    ):
        with pytest.raises(InputError) as caught:
            load(source, settings=told)
        assert "parameters" in caught.value.message and way_out in str(caught.value.help)


WITH_VARIABLES = """
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = [var.account_id]
}

variable "account_id" {}
variable "blocks" { type = list(string) }

resource "aws_vpc" "each" {
  for_each   = toset(var.blocks)
  cidr_block = each.value
}
"""
VALUES = {"account_id": "444455556666", "blocks": '["10.7.0.0/16", "10.8.0.0/16"]'}


@pytest.mark.parametrize("has_terraform", [True, False])
def test_a_folder_s_variables_can_be_stated(tmp_path, monkeypatch, has_terraform):
    if has_terraform:
        terraform_environment(tmp_path)
    else:
        monkeypatch.setenv("PATH", failing_terraform(tmp_path / "bin"))
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "main.tf").write_text(WITH_VARIABLES)
    (folder / "terraform.tfvars").write_text('account_id = "111122223333"\n')

    read = load(folder, settings=TemplateSettings(parameters=VALUES))

    assert {(each.cidr_block, each.owner_id) for each in read.facts.vpcs.values()} == {
        ("10.7.0.0/16", "444455556666"),
        ("10.8.0.0/16", "444455556666"),
    }
    assert any("read by its text" in each for each in read.warnings) is not has_terraform
    assert sorted(each.name for each in folder.iterdir()) == ["main.tf", "terraform.tfvars"]


def test_a_value_for_a_variable_that_nothing_declares_is_an_error(tmp_path):
    (tmp_path / "main.tf").write_text(WITH_VARIABLES)

    with pytest.raises(UnknownNameError) as caught:
        load(tmp_path, settings=TemplateSettings(parameters={"acount_id": "444455556666"}))

    assert "did you mean `account_id`?" in str(caught.value.help)


def test_the_command_line_s_parameters_are_for_the_source_that_it_names():
    def ask(source: Path) -> None:
        load(source)

    done = CliRunner().invoke(click.command()(source_argument(ask)), [str(DESIGN), "--parameter", "A=b"])
    assert isinstance(done.exception, InputError)
    assert "parameters" in done.exception.message


def failing_terraform(folder: Path) -> str:
    """A `terraform` that always fails, first on the path."""
    folder.mkdir()
    program = folder / "terraform"
    program.write_text("#!/bin/sh\necho 'Error: no provider can be had here' >&2\nexit 1\n")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_where_terraform_fails_the_text_alone_is_read_and_the_reasons_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", failing_terraform(tmp_path / "bin"))
    told: list[str] = []
    read = folders.load_terraform_folder(copy_of(GUIDE, tmp_path, plan=False), say=told.append)
    assert [each.split(": ", 1)[1][:30] for each in told[:2]] == [
        "not by `terraform test` with m",
        "not by `terraform plan` with d",
    ]
    assert "no provider can be had here" in told[0]
    assert "read by its text alone" in told[-1]
    assert any("read by its text" in each and "no provider can be had here" in each for each in read.warnings)
    assert traced(read).verdict is traced(load(GUIDE / "plan.json")).verdict


def test_where_the_text_does_not_serve_either_every_reason_is_in_the_error(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", failing_terraform(tmp_path / "bin"))
    (tmp_path / "estate").mkdir()
    text = 'data "aws_vpcs" "all" {}\nresource "aws_vpc" "x" {\n  count = length(data.aws_vpcs.all.ids)\n}\n'
    (tmp_path / "estate" / "main.tf").write_text(text)
    with pytest.raises(InputError) as caught:
        folders.load_terraform_folder(tmp_path / "estate", say=lambda _: None)
    assert "`terraform test`" in caught.value.message
    assert "how many of `aws_vpc.x` there are is not computed here" in caught.value.message


def test_settings_of_several_sources_are_refused_where_none_of_them_takes_any():
    token = TEMPLATE_SETTINGS.set(TemplateSettings(parameters={"A": "b"}))
    try:
        refuse_unused_settings([DESIGN, GUIDE / "plan.json"])
        with pytest.raises(InputError, match="takes no account, Region or parameters"):
            refuse_unused_settings([DESIGN])
    finally:
        TEMPLATE_SETTINGS.reset(token)
    refuse_unused_settings([DESIGN])

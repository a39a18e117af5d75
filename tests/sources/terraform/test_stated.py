"""What the user states of a source, what it cannot take, and what hangs on an account that nothing tells."""

import json
import os
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner
from tests.sources.terraform.reading import GUIDE, alone, copy_of

from narrowgate.api import questions
from narrowgate.api.sources import TemplateSettings, load
from narrowgate.cli.options import source_argument
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
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


@pytest.mark.parametrize("source", [GUIDE / "plan.json", GUIDE, DESIGN])
def test_a_parameter_for_what_is_no_template_is_one_clear_error(source):
    for told in (
        TemplateSettings(parameters={"A": "b"}),
        TemplateSettings(parameters={"A": "b"}, is_for_one=True),
    ):
        with pytest.raises(InputError) as caught:
            load(source, settings=told)
        assert "parameters" in caught.value.message and "only templates" in str(caught.value.help)


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

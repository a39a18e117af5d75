"""The guide's estate by the user's own Terraform into the embedded AWS, collected, and judged again."""

import json
import os
import signal
import subprocess
import sys

import boto3
import pytest
from tests.small_design import SMALL
from tests.tools import ROOT, terraform_environment

from narrowgate.deploy.embedded.start import EmbeddedAws

GUIDE = ROOT / "examples" / "guide" / "narrowgate.yaml"


def run(environment, *arguments, **more):
    command = [sys.executable, "-m", "narrowgate", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, **more)


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    """The environment of a user with Terraform."""
    return terraform_environment(tmp_path_factory.mktemp("terraform"))


def test_the_guide_s_estate_is_deployed_collected_and_holds_as_planned(machine, tmp_path):
    """One deployment for all that is asked of it: it takes most of a minute."""
    out, files = tmp_path / "out", tmp_path / "files"
    order = ("deploy", GUIDE, "--target", "embedded", "--via", "resolver", "--out", out, "--format", "json")
    done = run(machine, *order)
    assert done.stdout, done.stderr
    answer = json.loads(done.stdout)

    # Every verdict of the plan is that of what was collected.
    assert {(each["before"], each["after"]) for each in answer["promises"]} == {("allowed", "allowed")}
    assert len(answer["promises"]) == 7
    assert (answer["verdict"], answer["stage"], done.returncode) == ("allowed", "deployed", 0)
    # A second plan is empty.
    assert answer["is_settled"] is True

    # The snapshot answers by itself, with nothing unknown.
    question = ("--from", "requester", answer["calls"][0] + "/orders", "--format", "json")
    traced = json.loads(run(machine, "trace", out / "snapshot", *question).stdout)
    assert (traced["verdict"], traced["unknowns"]) == ("allowed", [])
    assert json.loads((out / "snapshot" / "snapshot.json").read_bytes())["complete"] is True

    # What was applied is what `generate` writes, and nothing of the embedded AWS stays with it.
    run(machine, "generate", "terraform", GUIDE, "--via", "resolver", "--out", files)
    written = {path.relative_to(files) for path in files.rglob("*.tf")}
    kept = out / "terraform"
    assert written
    assert {path.relative_to(kept) for path in kept.rglob("*") if path.suffix == ".tf"} == written
    assert all((kept / each).read_bytes() == (files / each).read_bytes() for each in written)
    names = {path.name for path in kept.rglob("*")}
    assert not names & {"terraform.tfstate", ".terraform", "narrowgate.auto.tfvars.json", "narrowgate.tfplan"}


def test_two_accounts_are_deployed_in_the_right_order_and_both_collected(machine, tmp_path):
    """A provider for each, by a role: peering, acceptance, routes both ways, zone."""
    design, out = tmp_path / "narrowgate.yaml", tmp_path / "out"
    # Logs are deployed with the guide's estate: here they would only take time.
    example = ROOT / "examples" / "two-accounts" / "narrowgate.yaml"
    design.write_text(example.read_text() + "\nlogs: {enabled: false}\n")
    done = run(machine, "deploy", design, "--target", "embedded", "--out", out, "--format", "json")
    assert done.stdout, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["verdict"], answer["is_settled"], done.returncode) == ("allowed", True, 0)
    assert {(each["before"], each["after"]) for each in answer["promises"]} == {("allowed", "allowed")}
    both = {"111122223333", "444455556666"}
    assert {path.name for path in (out / "snapshot").iterdir() if path.is_dir()} == both
    peerings = [
        json.loads(
            (out / "snapshot" / each / "eu-west-1" / "ec2.describe_vpc_peering_connections.json").read_bytes()
        )
        for each in sorted(both)
    ]
    assert len({str(each["VpcPeeringConnections"][0]["VpcPeeringConnectionId"]) for each in peerings}) == 1
    checked = run(machine, "check", out / "snapshot", "--design", design, "--fail-on", "none", "--format", "json")
    verdicts = [each["verdict"] for each in json.loads(checked.stdout)["expectations"]]
    assert verdicts == ["allowed"] * len(answer["promises"])


@pytest.fixture(scope="module")
def account(machine):
    """An account of the user's, played by the embedded AWS."""
    with EmbeddedAws("111122223333") as aws:
        yield {**machine, **{k: v for k, v in aws.environment("us-east-1").items() if k.startswith("AWS_")}}


def ec2(account):
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")  # noqa: S106
    return session.client("ec2", endpoint_url=account["AWS_ENDPOINT_URL"])


def own_vpcs(account):
    return [each for each in ec2(account).describe_vpcs()["Vpcs"] if not each["IsDefault"]]


def test_an_interrupted_deployment_goes_on_and_is_undone(account, tmp_path):
    design, out = tmp_path / "narrowgate.yaml", tmp_path / "out"
    design.write_text(SMALL)
    order = ("deploy", design, "--target", "aws", "--out", out, "--var", "account_id=111122223333")
    command = [sys.executable, "-m", "narrowgate", *map(str, order), "--yes"]
    with subprocess.Popen(
        command, env=account, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        for line in process.stderr:
            if "aws_vpc_peering_connection" in line and "Creation complete" in line:
                # As Ctrl-C in a terminal: to the whole group, Terraform included.
                os.killpg(process.pid, signal.SIGINT)
                break
        process.stderr.read()
    assert process.returncode == 130
    made = json.loads((out / "terraform" / "terraform.tfstate").read_bytes())["resources"]
    assert made

    again = run(account, *order, "--yes", "--format", "json")
    assert again.returncode == 0, again.stderr
    answer = json.loads(again.stdout)
    assert {(each["before"], each["after"]) for each in answer["promises"]} == {("allowed", "allowed")}
    assert answer["is_settled"] is True
    # What was there stays; what was being made when Ctrl-C came may be made anew.
    anew = {each["address"] for each in answer["changes"] if each["action"] in {"delete", "replace"}}
    assert not any(".aws_vpc." in each or ".aws_subnet." in each for each in anew)
    assert len(own_vpcs(account)) == 2
    assert "It opens:" in again.stderr
    assert "US dollars a month" in again.stderr

    asked = run(account, *order, "--destroy", stdin=subprocess.DEVNULL)
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert len(own_vpcs(account)) == 2

    undone = run(account, *order, "--destroy", "--yes")
    assert undone.returncode == 0, undone.stderr
    assert own_vpcs(account) == []


def test_what_exists_has_to_be_told_before_anything_is_asked_of_aws(machine, tmp_path):
    done = run(machine, "deploy", GUIDE, "--target", "aws", "--out", tmp_path / "out", "--yes")
    assert done.returncode == 2
    assert "what exists has to be told: api_vpc_id" in done.stderr
    assert "--var api_vpc_id=" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_failing_promise_is_refused_and_named_and_nothing_is_made(machine, tmp_path):
    design = tmp_path / "narrowgate.yaml"
    design.write_text(GUIDE.read_text() + "  - web must reach 10.0.1.20:5432\n")
    done = run(machine, "deploy", design, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert '--despite "web must reach 10.0.1.20:5432"' in done.stdout
    assert not (tmp_path / "out").exists()


def test_a_name_to_deploy_despite_that_means_nothing_is_refused(machine, tmp_path):
    done = run(machine, "deploy", GUIDE, "--despite", "wbe may call", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "unknown expectation" in done.stderr


def test_without_terraform_one_sentence_says_so(machine, tmp_path):
    done = run({**machine, "PATH": str(tmp_path)}, "deploy", GUIDE)
    assert done.returncode == 2
    assert "Terraform, which is not installed" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3


def test_the_first_error_of_terraform_is_told_with_the_way_on(machine, tmp_path):
    program = tmp_path / "terraform"
    program.write_text(
        "#!/bin/sh\n[ $1 = init ] && exit 0\necho '╷'; echo '│ Error: no valid credential sources'; exit 1\n"
    )
    program.chmod(0o755)
    design = tmp_path / "narrowgate.yaml"
    design.write_text(SMALL)
    arguments = ("--target", "aws", "--out", tmp_path / "out", "--var", "account_id=111122223333", "--yes")
    done = run({**machine, "PATH": f"{tmp_path}:{machine['PATH']}"}, "deploy", design, *arguments)
    assert done.returncode == 4
    assert "terraform plan: no valid credential sources" in done.stderr
    assert "--destroy" in done.stderr


def test_a_dry_run_shows_the_plan_and_applies_nothing(machine, tmp_path):
    program = tmp_path / "terraform"
    change = {"address": "module.a.aws_vpc.api", "change": {"actions": ["delete", "create"]}}
    program.write_text(
        "#!/bin/sh\ncase $1 in\nplan) echo values > narrowgate.tfplan;;\n"
        f"show) echo '{json.dumps({'resource_changes': [change]})}';;\napply) exit 1;;\nesac\n"
    )
    program.chmod(0o755)
    design = tmp_path / "narrowgate.yaml"
    design.write_text(SMALL)
    out = tmp_path / "out"
    arguments = ("--target", "aws", "--out", out, "--var", "account_id=111122223333", "--dry-run")
    done = run({**machine, "PATH": f"{tmp_path}:{machine['PATH']}"}, "deploy", design, *arguments)
    assert (done.returncode, "replace  module.a.aws_vpc.api" in done.stdout) == (0, True), done.stderr
    assert "this was a dry run" in done.stdout
    assert not (out / "terraform" / "narrowgate.tfplan").exists()


def test_nothing_to_destroy_is_said(machine, tmp_path):
    design = tmp_path / "narrowgate.yaml"
    design.write_text(SMALL)
    done = run(machine, "deploy", design, "--target", "aws", "--out", tmp_path / "out", "--destroy", "--yes")
    assert done.returncode == 2
    assert "nothing was deployed from here" in done.stderr

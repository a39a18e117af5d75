"""Generated CloudFormation, judged by cfn-lint, and its order of deployments."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.generate import every

from narrowgate.api.generate import generated_files
from narrowgate.generate.cloudformation.rounds import deployments
from narrowgate.generate.cloudformation.yaml_text import Commented, Tag, write_yaml
from narrowgate.sources.design.text import parse_yaml


@pytest.mark.judge
def test_templates_of_options_and_examples_are_clean(tmp_path):
    for name, files in every.files("cloudformation", every.judged()):
        every.write(tmp_path / name, files)
    program = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run(
        [str(program), f"{tmp_path}/**/*.yaml", "--format", "parseable"], capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stdout[-4000:] + done.stderr[-2000:]


def test_stacks_of_two_accounts_are_deployed_in_rounds_and_a_role_accepts_the_peering():
    plan = every.plan("two-accounts", "hosted-zone")
    order = [(each.side.name, each.round) for each in deployments(plan)]
    assert order == [
        ("shop-eu-west-1", 1),
        ("platform-eu-west-1", 1),
        ("shop-eu-west-1", 2),
        ("platform-eu-west-1", 2),
    ]
    files = generated_files(plan, "cloudformation")
    assert "PeerRoleArn: !Ref RequesterToApiPeeringAccepterArn" in files["shop-eu-west-1.yaml"]
    assert "ec2:AcceptVpcPeeringConnection" in files["platform-eu-west-1.yaml"]


def test_an_endpoint_and_an_api_that_name_each_other_take_two_rounds():
    text = generated_files(every.plan("without-route53", "alias"), "cloudformation")["us-east-1.yaml"]
    assert "PolicyDocument: !If\n        - Round2" in text
    assert "${OrdersApiId}" in text


def test_what_cloudformation_cannot_do_is_said_in_the_template_and_done_by_a_command():
    files = generated_files(every.plan("two-accounts", "peering-dns"), "cloudformation")
    assert "CloudFormation has no resource for it" in files["shop-eu-west-1.yaml"]
    assert "modify-vpc-peering-connection-options" in files["DEPLOY.md"]


def test_a_changed_policy_makes_another_deployment():
    one = generated_files(every.plan("privatelink", "privatelink"), "cloudformation")["us-east-1.yaml"]
    other = generated_files(every.plan("privatelink", "host-header"), "cloudformation")["us-east-1.yaml"]
    names = [re.findall(r"^  (OrdersDeployment[0-9a-f]{8}):", text, re.M) for text in (one, other)]
    assert len(names[0]) == len(names[1]) == 1
    assert names[0] != names[1]


def test_yaml_quotes_what_another_reader_would_take_for_something_else():
    text = write_yaml(
        {
            "A": {"b": "yes", "c": "1", "d": "a: b", "e": "x #y", "f": "", "g": "plain text", "h": "two\nlines"},
            "B": Commented(("why",), {"list": ["NO", "a,b"], "deep": [{"k": [1, True]}]}),
            "C": {"ref": Tag("Ref", "X")},
        }
    )
    assert 'b: "yes"' in text and 'c: "1"' in text and 'd: "a: b"' in text and 'f: ""' in text
    assert "# why\nB:" in text and "ref: !Ref X" in text
    plain = parse_yaml(text.replace("!Ref ", "").encode(), "x").plain()
    assert plain["A"]["h"] == "two\nlines"
    assert plain["B"] == {"list": ["NO", "a,b"], "deep": [{"k": ["1", True]}]}


def test_a_template_keeps_its_comments_as_far_as_aws_takes_them():
    large, small = (
        generated_files(every.plan("hub", option), "cloudformation")["us-east-1.yaml"]
        for option in ("custom-dns", "hosted-zone")
    )
    assert len(small.encode()) < 51_200 and "\n  # " in small
    assert len(large.encode()) < 51_200 and "\n  # " not in large

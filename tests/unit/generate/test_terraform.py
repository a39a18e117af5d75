"""Generated Terraform, judged by Terraform itself with the real provider."""

import json

import pytest
from tests import tools
from tests.unit.generate import every

from narrowgate.api.generate import generated_files
from narrowgate.generate.terraform.hcl import Block, Comment, Raw, Template, write


@pytest.mark.judge
def test_options_and_examples_are_valid_and_formatted(tmp_path):
    environment = tools.terraform_environment(tmp_path)
    calls = []
    for number, (name, files) in enumerate(every.files("terraform", every.judged())):
        every.write(tmp_path / name, files)
        body = [("source", f"./{name}"), *((each, "x-1") for each in every.variables(files))]
        calls.append(Block("module", (f"m{number}",), body))
    (tmp_path / "main.tf").write_text(write(calls))
    tools.terraform(tmp_path, environment, "fmt", "-check", "-recursive")
    tools.terraform(tmp_path, environment, "init", "-backend=false", "-input=false", "-no-color")
    answer = json.loads(tools.terraform(tmp_path, environment, "validate", "-json"))
    assert answer["diagnostics"] == []


OFFLINE = """\
provider "aws" {
  alias                       = "us_east_1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
"""


@pytest.mark.judge
def test_the_guide_is_planned_offline_and_makes_what_the_design_lists(tmp_path):
    environment = tools.terraform_environment(tmp_path)
    plan = every.plan("guide", "hosted-zone")
    files = generated_files(plan, "terraform")
    every.write(tmp_path, files)
    (tmp_path / "zz_override.tf").write_text(OFFLINE.replace("}\n", "  allowed_account_ids = null\n}\n"))
    values = dict.fromkeys(every.variables(files), "vpc-1") | {"account_id": "111122223333"}
    (tmp_path / "x.auto.tfvars.json").write_text(json.dumps(values))
    tools.terraform(tmp_path, environment, "init", "-backend=false", "-input=false", "-no-color")
    tools.terraform(tmp_path, environment, "plan", "-refresh=false", "-input=false", "-no-color", "-out=p")
    told = json.loads(tools.terraform(tmp_path, environment, "show", "-json", "p"))
    changes = {each["address"]: each["change"] for each in told["resource_changes"]}
    assert all(each["actions"] == ["create"] for each in changes.values())
    module = "module.us_east_1."
    endpoint = changes[f'{module}aws_vpc_endpoint.interface["api_execute_api_endpoint"]']["after"]
    assert endpoint["private_dns_enabled"] is False
    assert f'{module}aws_route53_zone.this["requester_zone_for_orders"]' in changes
    assert not any("aws_vpc." in address or "aws_subnet" in address for address in changes)


def test_an_address_keeps_its_form_when_a_second_instance_comes():
    one = generated_files(every.plan("without-route53", "alias"), "terraform")["modules/us-east-1/api.tf"]
    many = generated_files(every.plan("guide", "alias"), "terraform")["modules/us-east-1/api.tf"]
    assert 'for_each = toset(["orders_api"])' in one
    assert "orders_api = {" in many and "billing_api = {" in many


def test_a_deployment_has_no_hash_in_its_address_and_follows_the_policy():
    text = generated_files(every.plan("guide", "hosted-zone"), "terraform")["modules/us-east-1/api.tf"]
    assert 'toset(["orders_deployment"])' in text
    assert 'policy  = aws_api_gateway_rest_api_policy.this["orders_api"].policy' in text.partition("triggers")[2]


def test_text_that_looks_like_a_template_is_escaped():
    assert write([Block("locals", (), [("a", '${x} %{y} "q"\n')])]) == (
        'locals {\n  a = "$${x} %%{y} \\"q\\"\\n"\n}\n'
    )
    shown = write([Block("locals", (), [("a", Template(("${x}", Raw("var.b"))))])])
    assert shown == 'locals {\n  a = "$${x}${var.b}"\n}\n'


def test_assignments_that_follow_each_other_are_aligned_and_others_are_not():
    body = [("a", 1), ("long", 2), ("map", {"k": 1}), Comment("why"), ("b", [True, None])]
    assert write([Block("locals", (), body)]) == (
        "locals {\n  a    = 1\n  long = 2\n  map = {\n    k = 1\n  }\n  # why\n  b = [true, null]\n}\n"
    )


@pytest.mark.parametrize("form", ["cloudformation", "runbook", "terraform"])
def test_the_same_design_gives_the_same_bytes(form):
    plan = every.plan("two-accounts", "hosted-zone")
    assert generated_files(plan, form) == generated_files(plan, form)

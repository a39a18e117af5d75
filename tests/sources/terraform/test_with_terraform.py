"""Folders read by Terraform itself, on copies; plans and schemas of the real provider."""

import json
import os
from pathlib import Path

import pytest
from tests import tools
from tests.sources.terraform.reading import GUIDE, SHAPES, copy_of, unlike

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError
from narrowgate.sources.terraform import folder as folders
from narrowgate.sources.terraform import mocked, planned
from narrowgate.sources.terraform.convert.registry import CONVERTERS, NOT_MODELLED
from narrowgate.sources.terraform.load import load_terraform
from narrowgate.sources.terraform.offers import OFFERED, SAME_AS
from narrowgate.sources.terraform.text import Texts

pytestmark = pytest.mark.judge


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory):
    """The program with the provider of this machine, as a user's own environment would name it."""
    environment = tools.terraform_environment(tmp_path_factory.mktemp("configuration"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TF_CLI_CONFIG_FILE", environment["TF_CLI_CONFIG_FILE"])
        patch.delenv("TF_WORKSPACE", raising=False)
        yield environment


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_read_by_mocked_providers_and_is_left_as_it_was(terraform, tmp_path, capsys):
    estate = copy_of(GUIDE, tmp_path, plan=False)
    before = contents(estate)
    read = load(estate)
    assert "by `terraform test` with mocked providers" in capsys.readouterr().err
    assert contents(estate) == before
    assert unlike(load(GUIDE / "plan.json"), read) == []
    assert read.label == str(estate)


def test_a_newer_plan_in_the_folder_comes_first_and_an_older_one_does_not(tmp_path, capsys):
    estate = copy_of(GUIDE, tmp_path)
    os.utime(estate / "main.tf", (1_000_000_000, 1_000_000_000))
    assert folders.plan_in(estate) == estate / "plan.json"
    os.utime(estate / "main.tf")
    os.utime(estate / "plan.json", (1_000_000_000, 1_000_000_000))
    assert folders.plan_in(estate) is None


def test_where_mocked_providers_fail_a_plan_with_dummy_credentials_tells_the_same(terraform, tmp_path):
    estate = copy_of(GUIDE, tmp_path, plan=False)
    (estate / "outputs.tf").write_text(
        'output "first" {\n  value = tolist(aws_vpc_endpoint.secrets.subnet_configuration)[0].ipv4\n}\n'
    )
    before, told = contents(estate), []
    read = folders.load_terraform_folder(estate, say=told.append)
    assert "not by `terraform test`" in told[0] and "outputs.tf line 2" in told[0]
    assert "`terraform plan` with dummy credentials" in told[1]
    assert contents(estate) == before
    # Made again, the plan is the recorded one.
    assert unlike(load(GUIDE / "plan.json"), read) == []


def test_two_sides_are_told_apart_by_mocked_providers_too(terraform, tmp_path):
    estate = copy_of(SHAPES / "sides", tmp_path, plan=False)
    assert unlike(load(SHAPES / "sides" / "plan.json"), mocked.snapshot_by_test(estate)) == []


def test_a_folder_that_terraform_refuses_is_one_clear_error(terraform, tmp_path):
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "this" {\n  cidr_block = "10.0.0.0/16"\n')
    with pytest.raises(InputError) as told:
        folders.load_terraform_folder(tmp_path, say=lambda _: None)
    assert "Unclosed configuration block" in told.value.message and "main.tf line 1" in told.value.message
    assert "\x1b" not in told.value.message and len(told.value.message.splitlines()) == 1


@pytest.fixture(scope="module")
def schemas(terraform, tmp_path_factory):
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "main.tf").write_text((SHAPES / "sides" / "side" / "main.tf").read_text())
    tools.terraform(folder, terraform, "init", "-backend=false", "-input=false", "-no-color")
    told = json.loads(tools.terraform(folder, terraform, "providers", "schema", "-json"))
    return told["provider_schemas"]["registry.terraform.io/hashicorp/aws"]["resource_schemas"]


def test_every_type_that_is_converted_is_one_of_the_provider(schemas):
    assert [each for each in (*CONVERTERS, *NOT_MODELLED) if each not in schemas] == []


def test_every_attribute_that_others_name_is_one_of_its_type(schemas):
    missing = [
        (kind, name)
        for kind, names in (*OFFERED.items(), *SAME_AS.items())
        for name in names
        if name not in schemas[kind]["block"]["attributes"]
    ]
    assert missing == []


def test_every_argument_that_a_converter_reads_is_one_of_its_type(schemas, tmp_path):
    """Each type of the provider, with no argument known: converted without a crash, and no argument misspelt."""
    read: set[tuple[str, str]] = set()
    for kind in CONVERTERS:
        for name in _arguments_read(kind, tmp_path):
            read.add((kind, name))
    blocks = {kind: schemas[kind]["block"] for kind in CONVERTERS}
    unknown = sorted(
        (kind, name)
        for kind, name in read
        if name not in blocks[kind].get("attributes", {}) and name not in blocks[kind].get("block_types", {})
    )
    assert [each for each in unknown if each not in READ_OF_ANOTHER_FORM] == []


READ_OF_ANOTHER_FORM = {
    # One converter serves two types; an argument of one is not one of the other.
    ("aws_default_vpc", "ipv4_ipam_pool_id"),
    ("aws_internet_gateway_attachment", "vpn_gateway_id"),
    ("aws_vpc_ipv4_cidr_block_association", "assign_generated_ipv6_cidr_block"),
    ("aws_vpc_ipv4_cidr_block_association", "ipv6_cidr_block"),
    ("aws_vpc_ipv6_cidr_block_association", "cidr_block"),
    ("aws_vpc_ipv6_cidr_block_association", "ipv4_ipam_pool_id"),
    ("aws_vpn_gateway_attachment", "internet_gateway_id"),
}


REGION = {"region": {"constant_value": "us-east-1"}}


def _arguments_read(kind: str, folder: Path) -> set[str]:
    plan = {
        "format_version": "1.2",
        "configuration": {
            "provider_config": {"aws": {"expressions": {"region": {"constant_value": "us-east-1"}}}}
        },
        "resource_changes": [
            {
                "address": f"{kind}.this",
                "mode": "managed",
                "type": kind,
                "name": "this",
                "provider_name": "aws",
                "change": {"actions": ["create"], "after": {}, "after_unknown": {}},
            }
        ],
    }
    plan["configuration"]["root_module"] = {
        "resources": [{"address": f"{kind}.this", "mode": "managed", "type": kind, "name": "this"}]
    }
    plan["configuration"]["root_module"]["resources"][0]["provider_config_key"] = "aws"
    path = folder / f"{kind}.json"
    path.write_text(json.dumps(plan))
    seen: set[str] = set()
    from narrowgate.sources.terraform.linking import Linker

    original = Linker.attribute

    def watched(self, instance, name):
        seen.add(name)
        return original(self, instance, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Linker, "attribute", watched)
        load_terraform(path)
    return seen - {"id"}


def test_overrides_name_every_alias(terraform):
    text = planned.override(Texts(SHAPES / "sides"))
    assert text.count('provider "aws"') == 2 and 'alias = "spoke"' in text and text.count("assume_role {") == 2

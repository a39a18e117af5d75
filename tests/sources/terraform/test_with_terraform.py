"""Folders read by Terraform itself, on copies; plans and schemas of the real provider."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests import tools
from tests.sources.terraform.reading import GUIDE, SHAPES, copy_of, unlike

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError
from narrowgate.sources.terraform import folder as folders
from narrowgate.sources.terraform import mocked, planned
from narrowgate.sources.terraform.convert.registry import CONVERTERS, NOT_MODELLED
from narrowgate.sources.terraform.definitions import Definitions
from narrowgate.sources.terraform.document import Plan
from narrowgate.sources.terraform.evaluate import Scope, evaluate
from narrowgate.sources.terraform.hcl.json_syntax import MAPS
from narrowgate.sources.terraform.hcl.parse import parse_expression
from narrowgate.sources.terraform.linking import Linker
from narrowgate.sources.terraform.load import load_terraform
from narrowgate.sources.terraform.offers import OFFERED, SAME_AS
from narrowgate.sources.terraform.places import Places
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


def test_the_arguments_that_are_maps_are_those_of_the_provider(schemas):
    """JSON syntax cannot tell a map from a block by itself."""

    def maps(block):
        for name, each in block.get("attributes", {}).items():
            if isinstance(each.get("type"), list) and each["type"][0] == "map":
                yield name
        for each in block.get("block_types", {}).values():
            yield from maps(each["block"])

    def blocks(block):
        for name, each in block.get("block_types", {}).items():
            yield name
            yield from blocks(each["block"])

    found = {name for kind in CONVERTERS for name in maps(schemas[kind]["block"])}
    assert found == MAPS
    assert not found & {name for kind in CONVERTERS for name in blocks(schemas[kind]["block"])}


def test_every_argument_that_a_converter_reads_is_one_of_its_type(schemas, tmp_path):
    """Each type of the provider, with no argument known: converted without a crash, and no argument misspelt."""
    inside: list[str] = []
    read: set[tuple[str, str]] = set()
    for kind in CONVERTERS:
        for name in _arguments_read(kind, schemas[kind]["block"], tmp_path, inside):
            read.add((kind, name))
    # Enough nested blocks are looked into for the next line to mean something.
    assert len(inside) > 40
    assert [each for each in inside if each.endswith("?")] == []
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


class _Block(dict):
    """A nested block that has nothing set, and notes what it is asked for; `?` marks what the schema lacks."""

    def __init__(self, path: str, schema: dict, notes: list[str]):
        self.path, self.schema, self.notes = path, schema, notes

    def get(self, name, default=None):
        blocks = self.schema.get("block_types", {})
        known = name in blocks or name in self.schema.get("attributes", {})
        self.notes.append(f"{self.path}.{name}" + ("" if known else "?"))
        if name in blocks:
            return [_Block(f"{self.path}.{name}", blocks[name]["block"], self.notes)]
        return default

    __getitem__ = get


def _arguments_read(kind: str, schema: dict, folder: Path, inside: list[str]) -> set[str]:
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
    original = Linker.attribute

    def watched(self, instance, name):
        seen.add(name)
        nested = schema.get("block_types", {}).get(name)
        if nested is not None:
            return [_Block(f"{kind}.{name}", nested["block"], inside)]
        return original(self, instance, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Linker, "attribute", watched)
        load_terraform(path)
    return seen - {"id"}


EXPRESSIONS = (
    'abs(-3)', 'alltrue([true, "true"])', "anytrue([])", "ceil(1.2)", 'chunklist(["a", "b", "c"], 2)',
    'cidrhost("10.0.0.0/16", -2)', 'cidrnetmask("10.0.0.0/20")', 'cidrsubnet("10.0.0.0/16", 8, 3)',
    'cidrsubnets("10.0.0.0/16", 4, 8, 8, 4)', "coalescelist([], [1])",
    'endswith("abc", "bc")', "floor(1.8)", 'index(["a", "b"], "b")', 'reverse(["a", "b"])',
    'setproduct(["a", "b"], ["x", "y"])', 'sort(setintersection(["a", "b"], ["b"]))',
    'sort(setsubtract(["a", "b"], ["b"]))', 'slice(["a", "b", "c"], 1, 3)', 'startswith("abc", "ab")',
    "sum([1, 2])", 'regexall("[a-z]{2}-", "eu-west-1")', 'regexall("([a-z])(\\\\d)", "a1b2")',
    'regexall("x", "abc")',
    'can({ a = 1 }.b)', 'can({ a = 1 }.a)', 'element(["a", "b", "c"], 4)', 'lookup({ a = 1 }, "b", 2)',
    'flatten([["a"], ["b", ["c"]]])', 'zipmap(["a", "b"], [1, 2])', 'merge({ a = 1 }, { a = 2, b = 3 })',
    'format("%s-%d", "a", 7)', 'join("-", ["a", "b"])', 'split(",", "a,b")', 'compact(["a", "", "b"])',
    'distinct(["a", "a"])', 'one(["a"])', 'range(1, 7, 2)', 'replace("a.b", ".", "-")', 'trimprefix("abc", "a")',
    'keys({ b = 1, a = 2 })', 'values({ b = 1, a = 2 })', 'contains(["a"], "a")', 'max(1, 3)', 'tonumber("5")',
    '{ for k, v in { a = 1 } : k => v + 1 }', '[for i, z in ["a", "b"] : "${i}${z}" if z != "a"]',
)  # fmt: skip


def test_functions_are_computed_as_by_terraform(terraform, tmp_path):
    done = subprocess.run(
        ["terraform", "console"],
        cwd=tmp_path,
        env=terraform,
        input=f"jsonencode([{', '.join(EXPRESSIONS)}])",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(json.loads(done.stdout))
    world = Linker([], Definitions(Plan()), Places(Plan(), [], ""))
    computed = [evaluate(parse_expression(each), Scope(module=()), world) for each in EXPRESSIONS]
    assert dict(zip(EXPRESSIONS, computed, strict=True)) == dict(zip(EXPRESSIONS, told, strict=True))


def test_overrides_name_every_alias(terraform):
    text = planned.override(Texts(SHAPES / "sides"))
    assert text.count('provider "aws"') == 2 and 'alias = "spoke"' in text and text.count("assume_role {") == 2

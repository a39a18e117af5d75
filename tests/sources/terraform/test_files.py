"""Plan and state files of every kind: read, or refused with the way out; secrets are never told."""

import json
import random
import zipfile

import pytest
from tests.sources.terraform.reading import GUIDE, SHAPES, alone, by_address

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError

STATE = {
    "format_version": "1.0",
    "terraform_version": "1.11.4",
    "values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_vpc.this",
                    "mode": "managed",
                    "type": "aws_vpc",
                    "name": "this",
                    "provider_name": "registry.terraform.io/hashicorp/aws",
                    "values": {
                        "id": "vpc-0123456789abcdef0",
                        "arn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0123456789abcdef0",
                        "cidr_block": "10.0.0.0/16",
                        "enable_dns_support": True,
                        "enable_dns_hostnames": True,
                        "default_security_group_id": "sg-0123456789abcdef0",
                    },
                    "sensitive_values": {},
                },
                {
                    "address": "aws_subnet.this",
                    "mode": "managed",
                    "type": "aws_subnet",
                    "name": "this",
                    "provider_name": "registry.terraform.io/hashicorp/aws",
                    "values": {
                        "id": "subnet-0123456789abcdef0",
                        "arn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0123456789abcdef0",
                        "vpc_id": "vpc-0123456789abcdef0",
                        "cidr_block": "10.0.1.0/24",
                        "availability_zone": "eu-west-1a",
                    },
                    "sensitive_values": {},
                },
                {
                    "address": "aws_api_gateway_rest_api.this",
                    "mode": "managed",
                    "type": "aws_api_gateway_rest_api",
                    "name": "this",
                    "provider_name": "registry.terraform.io/hashicorp/aws",
                    "values": {
                        "id": "a1b2c3d4e5",
                        "arn": "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5",
                        "name": "orders",
                        "endpoint_configuration": [{"types": ["PRIVATE"], "vpc_endpoint_ids": []}],
                        "policy": '{"Statement": [], "Id": "swordfish"}',
                    },
                    "sensitive_values": {"policy": True},
                },
            ]
        }
    },
}


def test_a_state_keeps_its_ids_and_tells_its_account_and_region(tmp_path):
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    read = load(tmp_path / "state.json")
    assert list(read.facts.vpcs) == ["vpc-0123456789abcdef0"]
    place = read.place("vpc-0123456789abcdef0")
    assert (place.account, place.region, place.address) == ("111122223333", "eu-west-1", "aws_vpc.this")
    assert read.facts.subnets["subnet-0123456789abcdef0"].vpc_id == "vpc-0123456789abcdef0"
    assert "a1b2c3d4e5" in read.facts.rest_apis


def test_what_is_marked_sensitive_is_unknown_and_never_told(tmp_path):
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    read = load(tmp_path / "state.json")
    assert "swordfish" not in repr(read.facts) + repr(read.warnings) + repr(read.untold)
    assert any("marked sensitive" in each for each in read.warnings)


def test_a_state_file_is_read_as_what_it_shows(tmp_path):
    shown = STATE["values"]["root_module"]["resources"]
    file = {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": "d2c1",
        "outputs": {"token": {"value": "swordfish", "type": "string", "sensitive": True}},
        "resources": [
            {
                "mode": each["mode"],
                "type": each["type"],
                "name": each["name"],
                "provider": 'provider["registry.terraform.io/hashicorp/aws"].spoke',
                "instances": [
                    {
                        "schema_version": 1,
                        "attributes": each["values"],
                        "sensitive_attributes": [
                            [{"type": "get_attr", "value": name}] for name in each["sensitive_values"]
                        ],
                    }
                ],
            }
            for each in shown
        ],
    }
    (tmp_path / "terraform.tfstate").write_text(json.dumps(file))
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    one, other = load(tmp_path / "terraform.tfstate"), load(tmp_path / "state.json")
    assert one.facts == other.facts
    assert "swordfish" not in repr(one.facts) + repr(one.warnings)


def refused(path) -> InputError:
    with pytest.raises(InputError) as told:
        load(path)
    return told.value


def test_a_binary_plan_is_refused_with_the_command_that_shows_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "plan.out", "w") as archive:
        archive.writestr("tfplan", b"x")
    error = refused(tmp_path / "plan.out")
    assert "binary plan" in error.message and "terraform show -json plan.out" in error.help


@pytest.mark.parametrize(("version", "way_out"), [("2.0", "newer narrowgate"), ("0.1", "Terraform 1.0 or later")])
def test_another_format_version_is_one_clear_error(tmp_path, version: str, way_out: str):
    plan = alone(GUIDE / "plan.json", tmp_path, lambda document: document.update(format_version=version))
    error = refused(plan)
    assert version in error.message and way_out in error.help


def test_a_newer_minor_version_with_more_in_it_is_read(tmp_path):
    def newer(document):
        document.update(format_version="1.9", something_new=[1])
        document["resource_changes"][0]["something_new"] = {}

    assert load(alone(GUIDE / "plan.json", tmp_path, newer)).facts.vpcs


def test_a_plan_that_failed_is_refused(tmp_path):
    plan = alone(GUIDE / "plan.json", tmp_path, lambda document: document.update(errored=True))
    assert "failed" in refused(plan).message


def test_a_plan_that_was_cut_off_says_so(tmp_path):
    content = (GUIDE / "plan.json").read_text()
    (tmp_path / "plan.json").write_text(content[: len(content) // 2])
    assert "cut off" in refused(tmp_path / "plan.json").message


def test_a_state_file_of_an_old_version_is_refused(tmp_path):
    (tmp_path / "terraform.tfstate").write_text(json.dumps({"version": 3, "serial": 1, "lineage": "x"}))
    error = refused(tmp_path / "terraform.tfstate")
    assert "version 3" in error.message and "terraform show -json" in error.help


def test_wrong_types_are_told_with_their_place_and_without_their_values(tmp_path):
    def wrong(document):
        document["resource_changes"][3]["change"]["after"] = "swordfish"

    error = refused(alone(GUIDE / "plan.json", tmp_path, wrong))
    assert "resource_changes[3]" in error.where and "swordfish" not in f"{error.message}{error.where}{error.help}"


def test_no_region_is_one_clear_error(tmp_path):
    def nowhere(document):
        document["configuration"]["provider_config"] = {}
        for each in document["resource_changes"]:
            for name in ("availability_zone", "service_name"):
                (each["change"]["after"] or {}).pop(name, None)

    error = refused(alone(GUIDE / "plan.json", tmp_path, nowhere))
    assert "Region" in error.message and "region" in error.help


def test_an_account_that_nothing_tells_gets_a_stand_in_and_a_warning(tmp_path):
    read = load(alone(SHAPES / "forms" / "plan.json", tmp_path))
    assert any("000000000000 stands for" in each and "allowed_account_ids" in each for each in read.warnings)


def test_what_a_plan_takes_away_is_not_there_after_it(tmp_path):
    """A rule of its own goes; the group, which the plan leaves alone, still lists it."""
    rule = {"cidr_ipv4": "10.1.0.0/16", "ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    listed = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.1.0.0/16", "10.8.0.0/16"]}

    def existing(document):
        for each in document["resource_changes"]:
            change = each["change"]
            if each["address"] == "aws_security_group.new":
                change["after"] |= {"id": "sg-0aaaabbbbccccdddd", "ingress": [listed]}
                change["actions"] = ["no-op"]
                change["after_unknown"] = {}
            if each["address"].startswith("aws_vpc_security_group_ingress_rule.new"):
                change["before"] = {**rule, "security_group_id": "sg-0aaaabbbbccccdddd"}
                change["actions"], change["after"] = ["delete"], None

    read = load(alone(SHAPES / "forms" / "plan.json", tmp_path, existing))
    group = read.facts.security_groups[by_address(read, "aws_security_group.new")]
    assert [one.cidr_ip for each in group.ip_permissions for one in each.ip_ranges] == ["10.8.0.0/16"]


OLD = '{"Version":"2012-10-17","Statement":[]}'


@pytest.mark.parametrize("deploys", [False, True])
def test_a_policy_that_no_deployment_takes_up_is_told(tmp_path, deploys: bool):
    def existing(document):
        for each in document["resource_changes"]:
            change = each["change"]
            if each["address"] == "aws_api_gateway_rest_api.orders":
                change["before"] = {"id": "a1b2c3d4e5", "policy": OLD}
                change["after"] |= {"id": "a1b2c3d4e5", "policy": '{"Version": "2012-10-17"}'}
                change["actions"] = ["update"]
                change["after_unknown"] = {}
            if each["type"] == "aws_api_gateway_deployment":
                change["before"] = {"rest_api_id": "a1b2c3d4e5"}
                change["actions"] = ["delete", "create"] if deploys else ["no-op"]

    read = load(alone(GUIDE / "plan.json", tmp_path, existing))
    assert any("POL-03" in each for each in read.warnings) is not deploys
    (policy,) = {each.policy for (own, _), each in read.facts.stage_exports.items() if own == "a1b2c3d4e5"}
    assert (policy == OLD) is not deploys


def test_a_plan_that_takes_drift_back_is_judged_without_it(tmp_path):
    """Somebody opened a group by hand; the plan closes it, and what was refreshed still shows it open."""
    wanted = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.1.0.0/16"]}
    drifted = {**wanted, "cidr_blocks": ["0.0.0.0/0"]}

    def existing(document):
        for each in document["resource_changes"]:
            if each["address"] == "aws_security_group.inline":
                change = each["change"]
                change["before"] = {**change["after"], "id": "sg-0aaaabbbbccccdddd", "ingress": [wanted, drifted]}
                change["after"] |= {"id": "sg-0aaaabbbbccccdddd", "ingress": [wanted], "egress": []}
                change["actions"], change["after_unknown"] = ["update"], {}
        document["resource_drift"] = [{"address": "aws_security_group.inline"}]

    read = load(alone(SHAPES / "forms" / "plan.json", tmp_path, existing))
    group = read.facts.security_groups["sg-0aaaabbbbccccdddd"]
    assert [one.cidr_ip for each in group.ip_permissions for one in each.ip_ranges] == ["10.1.0.0/16"]


JUNK = (None, True, -1, "", "x", [], {}, ["x"], {"a": 1}, [None], [{}], "10.0.0.0/99", "${x}", {"references": 1})


@pytest.mark.parametrize("estate", [GUIDE, SHAPES / "forms", SHAPES / "sides"], ids=lambda each: each.name)
def test_values_of_any_shape_are_read_or_refused(estate, tmp_path):
    """Each of these files has one to three values that no Terraform would write there."""
    source = random.Random(estate.name)
    content = (estate / "plan.json").read_text()
    for _ in range(40):
        document = json.loads(content)
        for _ in range(source.randint(1, 3)):
            at = document[source.choice(["resource_changes", "configuration"])]
            while isinstance(at, (dict, list)) and at:
                key = source.choice(list(at)) if isinstance(at, dict) else source.randrange(len(at))
                if not isinstance(at[key], (dict, list)) or source.random() < 0.2:
                    at[key] = json.loads(json.dumps(source.choice(JUNK)))
                    break
                at = at[key]
        (tmp_path / "plan.json").write_text(json.dumps(document))
        try:
            load(tmp_path / "plan.json")
        except InputError as error:
            assert error.message and str(tmp_path) in error.where

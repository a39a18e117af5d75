"""AWS Config's files: which are told, which items of them count, and what is wrong with broken ones."""

import gzip
import json
from typing import Any

import botocore.session
import pytest
from tests.sources.config.recording import RECORDER, aggregated, item, recorder, write_config

from narrowgate.api.sources import load
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.config.gaps import unrecorded_calls
from narrowgate.sources.config.types import QUERY, TYPES
from narrowgate.sources.snapshot import Response
from narrowgate.sources.snapshot.operations import OPERATIONS

ACCOUNT, REGION = "111122223333", "us-east-1"
_PLACE = Response(account=ACCOUNT, region=REGION, operation="", body=None)


def vpc(cidr: str = "10.1.0.0/16", **more: Any) -> dict[str, Any]:
    return {**item(_PLACE, "AWS::EC2::VPC", "vpc-1", {"vpcId": "vpc-1", "cidrBlock": cidr}), **more}


def file(*items: Any, **more: Any) -> dict[str, Any]:
    return {"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": list(items), **more}


def written(tmp_path, content: Any, name: str = "recorded.json") -> Snapshot:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return load(path)


def refusal(tmp_path, content: Any, name: str = "recorded.json") -> InputError:
    with pytest.raises(InputError) as caught:
        written(tmp_path, content, name)
    return caught.value


def is_empty(snapshot: Snapshot, operation: str, region: str = REGION) -> bool:
    return snapshot.missing(operation, ACCOUNT, region) is None


def test_the_item_that_was_captured_last_counts(tmp_path):
    newer = vpc("10.9.0.0/16", configurationItemCaptureTime="2026-11-20T00:00:00Z")
    for items in ((vpc(), newer), (newer, vpc())):
        assert written(tmp_path, file(*items)).facts.vpcs["vpc-1"].cidr_block == "10.9.0.0/16"


@pytest.mark.parametrize("status", ["ResourceDeleted", "ResourceDeletedNotRecorded"])
def test_a_deleted_resource_is_gone_and_an_earlier_item_does_not_bring_it_back(tmp_path, status):
    gone = vpc(configurationItemStatus=status, configurationItemCaptureTime="2026-11-20T00:00:00Z")
    assert not written(tmp_path, file(gone, vpc())).facts.vpcs
    early = vpc(configurationItemStatus=status, configurationItemCaptureTime="2026-11-01T00:00:00Z")
    assert written(tmp_path, file(early, vpc())).facts.vpcs


def test_two_items_of_one_time_that_differ_are_reported(tmp_path):
    snapshot = written(tmp_path, file(vpc(), vpc("10.9.0.0/16")))
    assert snapshot.facts.vpcs["vpc-1"].cidr_block == "10.1.0.0/16"
    assert any("`vpc-1`" in each and "the first counts" in each for each in snapshot.warnings)


def test_a_type_without_an_item_is_unknown_until_the_recorder_says_that_it_records_it(tmp_path):
    assert not is_empty(written(tmp_path, file(vpc())), "ec2.describe_nat_gateways")
    assert is_empty(written(tmp_path, file(vpc(), recorder(ACCOUNT, REGION))), "ec2.describe_nat_gateways")


@pytest.mark.parametrize(
    ("group", "is_known"),
    [
        ({"AllSupported": True}, True),
        ({"ResourceTypes": ["AWS::EC2::VPC"]}, False),
        ({"ResourceTypes": ["AWS::EC2::NatGateway"]}, True),
        (
            {
                "RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::EC2::NatGateway"]},
            },
            False,
        ),
        (
            {
                "RecordingStrategy": {"UseOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "ExclusionByResourceTypes": {"ResourceTypes": ["AWS::EC2::Subnet"]},
            },
            True,
        ),
    ],
)
def test_the_recorder_s_own_item_tells_what_is_recorded(tmp_path, group, is_known):
    snapshot = written(tmp_path, file(vpc(), recorder(ACCOUNT, REGION, **group)))
    assert is_empty(snapshot, "ec2.describe_nat_gateways") is is_known


def test_a_recorder_that_is_stopped_tells_nothing(tmp_path):
    stopped = recorder(ACCOUNT, REGION)
    stopped["configuration"]["Recording"] = False
    assert not is_empty(written(tmp_path, file(vpc(), stopped)), "ec2.describe_nat_gateways")


def test_hosted_zones_are_recorded_in_one_region_alone(tmp_path):
    assert is_empty(written(tmp_path, file(recorder(ACCOUNT, REGION))), "route53.list_hosted_zones")
    elsewhere = written(tmp_path, file(recorder(ACCOUNT, "eu-west-1")))
    assert not is_empty(elsewhere, "route53.list_hosted_zones", "eu-west-1")


def test_a_history_file_holds_what_changed_and_absence_in_it_is_unknown(tmp_path):
    history = file(vpc(), recorder(ACCOUNT, REGION))
    del history["configSnapshotId"]
    snapshot = written(tmp_path, history)
    assert "vpc-1" in snapshot.facts.vpcs
    assert not is_empty(snapshot, "ec2.describe_vpcs")


def test_a_resource_without_a_configuration_leaves_its_type_open(tmp_path):
    other = {
        **vpc(),
        "resourceId": "vpc-2",
        "configuration": None,
        "configurationItemStatus": "ResourceNotRecorded",
    }
    missing = written(tmp_path, file(vpc(), other)).missing("ec2.describe_vpcs", ACCOUNT, REGION)
    assert missing is not None
    assert "vpc-2" in missing.why


def test_a_configuration_may_be_json_inside_a_string_as_the_api_gives_it(tmp_path):
    told = vpc(configuration=json.dumps({"vpcId": "vpc-1", "cidrBlock": "10.3.0.0/16"}))
    answer = {"configurationItems": [told]}
    assert written(tmp_path, answer).facts.vpcs["vpc-1"].cidr_block == "10.3.0.0/16"


def test_an_aggregator_s_answer_is_whole_when_its_query_and_its_last_page_are_known(tmp_path):
    page = aggregated([vpc(), recorder(ACCOUNT, REGION)])
    assert not is_empty(written(tmp_path, page), "ec2.describe_nat_gateways")
    exchange = [{"parameters": {"Expression": QUERY}, "response": page}]
    assert is_empty(written(tmp_path, exchange), "ec2.describe_nat_gateways")
    unfinished = [{"parameters": {"Expression": QUERY}, "response": {**page, "NextToken": "more"}}]
    assert not is_empty(written(tmp_path, unfinished), "ec2.describe_nat_gateways")
    other = [{"parameters": {"Expression": QUERY + " AND awsRegion = 'eu-west-1'"}, "response": page}]
    assert not is_empty(written(tmp_path, other), "ec2.describe_nat_gateways")


def test_the_query_asks_for_every_type_that_is_read_and_fits_into_one_call():
    assert all(f"'{name}'" in QUERY for name in (*TYPES, RECORDER))
    assert len(QUERY) <= 4096


def test_every_type_that_is_read_is_one_that_aws_config_records():
    """botocore's list of them judges; the recorder's own type came later, and stands in AWS's schemas."""
    model = botocore.session.get_session().get_service_model("config")
    assert set(TYPES) <= set(model.shape_for("ResourceType").enum)


def test_every_call_is_answered_by_one_type_or_named_as_a_gap():
    answered = [name for each in TYPES.values() for name in each.calls]
    assert len(answered) == len(set(answered))
    assert set(answered) | set(unrecorded_calls()) == set(OPERATIONS)
    assert not set(answered) & set(unrecorded_calls())


def test_a_zone_with_vpcs_is_private_and_its_records_are_unknown(tmp_path):
    vpcs = [{"VPCId": "vpc-1", "VPCRegion": REGION}]
    zone = item(_PLACE, "AWS::Route53::HostedZone", "Z1", {"Id": "Z1", "Name": "corp.example.", "VPCs": vpcs})
    snapshot = written(tmp_path, file(vpc(), zone))
    assert snapshot.facts.hosted_zones["Z1"].config.private_zone is True
    assert [each.vpc_id for each in snapshot.facts.hosted_zone_vpcs["Z1"]] == ["vpc-1"]
    missing = snapshot.missing("route53.list_resource_record_sets", ACCOUNT, "global", parent="Z1")
    assert missing is not None
    assert "AWS Config does not record it" in missing.why


def test_stages_are_those_of_the_api_in_their_arn(tmp_path):
    api = item(_PLACE, "AWS::ApiGateway::RestApi", "a1", {"id": "a1", "name": "orders"})
    stage = item(_PLACE, "AWS::ApiGateway::Stage", "s", {"stageName": "prod", "deploymentId": "d1"})
    stage["ARN"] = "arn:aws:apigateway:us-east-1::/restapis/a1/stages/prod"
    bare = item(_PLACE, "AWS::ApiGateway::RestApi", "b2", {"id": "b2", "name": "billing"})
    snapshot = written(tmp_path, file(api, bare, stage))
    assert [each.stage_name for each in snapshot.facts.api_stages["a1"]] == ["prod"]
    assert snapshot.facts.api_stages.get("b2", ()) == ()
    assert snapshot.missing("apigateway.get_stages", ACCOUNT, REGION, parent="b2") is None


def test_networking_that_is_not_understood_is_named(tmp_path):
    other = item(_PLACE, "AWS::EC2::ClientVpnEndpoint", "cvpn-1", {})
    told = written(tmp_path, file(vpc(), other)).warnings
    assert any("AWS::EC2::ClientVpnEndpoint" in each for each in told)


@pytest.mark.parametrize(
    ("content", "words", "place"),
    [
        ('{"fileVersion": "1.0", "configurationItems": [', "cut off", "recorded.json:1"),
        ('{"configurationItems": [{"a": }]}', "is not JSON", "recorded.json:1"),
        (file(vpc(), fileVersion="2.0"), "file version `2.0`", "recorded.json"),
        ({"fileVersion": "1.0", "configurationItems": [7]}, "no configuration item", ".configurationItems[0]"),
        (file({"resourceType": "AWS::EC2::VPC"}), "missing the field `", ".configurationItems[0]"),
        (file(vpc(configuration={"cidrBlock": "10.0.0.0/8"})), "`VpcId`", ".configurationItems[0]"),
        (file(vpc(), vpc("10.0.0.0/99", resourceId="v2")), "no CIDR block", ".configurationItems[1]"),
        (file(vpc(configuration=[1])), "object", ".configurationItems[0]"),
        (file(vpc(configuration="{")), "cut off", ".configurationItems[0].configuration"),
        ({"Results": ["{"], "QueryInfo": {}}, "cut off", ".Results[0]"),
        (
            {"Results": [], "QueryInfo": {"SelectFields": [{"Name": "resourceId"}]}},
            "did not select `configuration`",
            "recorded.json",
        ),
    ],
)
def test_a_broken_file_gives_one_error_with_its_place(tmp_path, content, words, place):
    error = refusal(tmp_path, content)
    assert words in str(error)
    assert place in str(error.where)


def test_an_archive_that_is_cut_off_gives_one_error(tmp_path):
    folder = write_config([vpc()], tmp_path / "whole")
    packed = next(folder.iterdir())
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be unpacked"):
        load(packed)


def test_an_archive_that_never_ends_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("narrowgate.sources.config.documents.MAX_FILE_BYTES", 1000)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b'{"configurationItems": [' + b" " * 5000 + b"]}"))
    with pytest.raises(InputError, match="unpacks to more than"):
        load(path)


def test_a_folder_of_aws_answers_alone_stays_a_snapshot(tmp_path):
    path = tmp_path / ACCOUNT / REGION / "ec2.describe_vpcs.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16"}]}))
    snapshot = load(tmp_path)
    assert snapshot.missing("ec2.describe_subnets", ACCOUNT, REGION).why == "not collected"
    assert snapshot.untold == {}

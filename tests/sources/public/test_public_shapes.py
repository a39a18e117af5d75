"""Templates in the shapes that public ones have: read without a crash, and what is not understood is named."""

import json
from pathlib import Path

import pytest
from tests.sources.terraform.reading import by_address

from narrowgate import api
from narrowgate.api.sources import TemplateSettings, load
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.program import TerraformFailed
from narrowgate.sources.terraform.written import snapshot_by_text

HERE = Path(__file__).parent


def read(name: str, **parameters: str) -> Snapshot:
    return load(
        HERE / name, settings=TemplateSettings(account="111122223333", region="us-east-1", parameters=parameters)
    )


def says(snapshot: Snapshot, *words: str) -> bool:
    """True where one warning has all these words."""
    return any(all(word in told for word in words) for told in snapshot.warnings)


def test_every_file_says_where_it_comes_from():
    for path in HERE.rglob("*.*"):
        if path.suffix in (".yaml", ".json", ".tf"):
            assert "Origin: written for narrowgate" in path.read_text()[:120], path


def test_a_quick_start_s_conditions_and_mappings_are_followed():
    snapshot = read("quickstart-vpc.yaml", AvailabilityZones="us-east-1a,us-east-1b")
    blocks = {each.cidr_block: each.availability_zone for each in snapshot.facts.subnets.values()}
    assert blocks == {"10.0.128.0/20": "us-east-1a", "10.0.0.0/19": "us-east-1a"}
    private = next(each for each in snapshot.facts.subnets.values() if each.cidr_block == "10.0.0.0/19")
    assert {(each.key, each.value) for each in private.tags} >= {("Network", "Private"), ("Size", "large")}
    # The gateway endpoint's own ranges, which AWS publishes, may take the address: named, not guessed.
    answer = api.reach(snapshot, "PrivateSubnet1A", "198.51.100.7", api.questions.Flow(port=443))
    assert answer.verdict is Verdict.UNKNOWN
    assert any("get_managed_prefix_list_entries" in each.fact for each in answer.unknowns)
    assert says(snapshot, "Scaling", "instances that it starts are not in the source")


def test_a_quick_start_without_its_zones_says_which_parameter_is_missing():
    snapshot = read("quickstart-vpc.yaml")
    assert says(snapshot, "quickstart-vpc.yaml:76", "AvailabilityZones", "--parameter")


def test_a_quick_start_can_leave_its_private_half_out():
    snapshot = read(
        "quickstart-vpc.yaml", CreatePrivateSubnets="false", Environment="dev", AvailabilityZones="us-east-1a"
    )
    assert [each.cidr_block for each in snapshot.facts.subnets.values()] == ["10.0.128.0/24"]
    assert not snapshot.facts.vpc_endpoints


def test_a_sam_application_that_nobody_packaged_is_read():
    pytest.importorskip("samtranslator", reason="the sam extra is not installed")
    snapshot = read("sam-private-api.yaml")
    (api_,) = snapshot.facts.rest_apis.values()
    assert api_.endpoint_configuration.types == ("PRIVATE",)
    assert api_.endpoint_configuration.vpc_endpoint_ids == ("vpce-0a1b2c3d4e5f60718",)
    assert "vpce-0a1b2c3d4e5f60718" in str(api_.policy)
    assert {each.path for each in snapshot.facts.api_resources[api_.id]} == {"/", "/hello"}


def test_an_api_s_definition_in_a_file_beside_is_read_however_it_is_named():
    pytest.importorskip("samtranslator", reason="the sam extra is not installed")
    snapshot = read("sam-openapi.yaml")
    apis = {place.address: own for own, place in snapshot.places.items() if own in snapshot.facts.rest_apis}
    for address in ("OrdersApi", "BillingApi", "StatusApi"):
        resources = snapshot.facts.api_resources[apis[address]]
        methods = {each.path: sorted(each.resource_methods) for each in resources if each.resource_methods}
        assert methods == {"/orders": ["GET"]}, address
        assert "execute-api:Invoke" in str(snapshot.facts.rest_apis[apis[address]].policy)
    assert says(snapshot, "ElsewhereApi", "definition stands in S3")


def test_a_definition_that_is_no_yaml_is_one_error_with_its_own_file(tmp_path):
    (tmp_path / "openapi.yaml").write_text("paths: [\n")
    api_ = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "x", "BodyS3Location": "openapi.yaml"}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"Api": api_}}))
    with pytest.raises(InputError) as caught:
        load(tmp_path / "t.json")
    assert "openapi.yaml:" in str(caught.value.where)


@pytest.mark.parametrize("location", ["x" * 5000, "\x00", "", ".", "../"])
def test_a_path_that_no_file_can_have_is_none(tmp_path, location):
    api_ = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "x", "BodyS3Location": location}}
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": location}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"Api": api_, "Inner": stack}}))
    snapshot = load(tmp_path / "t.json")
    assert says(snapshot, "Inner: its template is not read")


def test_what_the_cdk_writes_is_followed_and_its_custom_resource_is_named():
    snapshot = read("cdk-output.json")
    assert says(snapshot, "Custom::VpcRestrictDefaultSG", "is not understood")
    answer = api.trace(
        snapshot,
        "CoreVpcisolatedSubnet1Subnet0A11",
        "https://${Api3B7}.execute-api.us-east-1.amazonaws.com/prod/",
    )
    assert (answer.verdict, answer.unknowns) == (Verdict.ALLOWED, ())


def test_a_nested_stack_in_a_bucket_leaves_open_what_hangs_on_it_and_nothing_else():
    snapshot = read("nested")
    assert {each.cidr_block for each in snapshot.facts.subnets.values()} == {"10.30.0.0/24", "10.30.1.0/24"}
    assert says(snapshot, "Security: its template is not read", "stands elsewhere")
    answer = api.reach(snapshot, "Network/First", "Endpoint", api.questions.Flow(port=443))
    assert answer.verdict is Verdict.UNKNOWN
    assert any("stands elsewhere" in each.why or "Groups" in each.fact for each in answer.unknowns)


def test_a_macro_of_somebody_s_own_is_one_error_with_the_way_out():
    with pytest.raises(InputError, match="CompanyDefaults") as caught:
        read("macro.yaml")
    assert "--template-stage Processed" in str(caught.value.help)


def test_pieces_that_macros_write_are_unknown_each_by_its_name():
    snapshot = read("include.yaml")
    assert says(snapshot, "Group", "SecurityGroupIngress", "AWS::Include")
    assert says(snapshot, "Secret", "ServiceName", "dynamic reference")
    assert says(snapshot, "Api", "resources and methods", "AWS::Include")
    assert says(snapshot, "Other", "definition stands in S3")
    assert says(snapshot, "Look", "Custom::FindPeering", "is not understood")
    assert says(snapshot, "Route", "RouteTableId", "Look")


def test_loops_over_known_lists_are_unrolled_and_others_named():
    snapshot = read("foreach.yaml")
    assert {each.cidr_block for each in snapshot.facts.subnets.values()} == {"10.60.0.0/24", "10.60.1.0/24"}
    assert says(snapshot, "Fn::ForEach::Endpoints", "Services")
    told = read("foreach.yaml", Services="sqs,logs")
    assert {each.service_name for each in told.facts.vpc_endpoints.values()} == {
        "com.amazonaws.us-east-1.sqs",
        "com.amazonaws.us-east-1.logs",
    }


def test_a_landing_zone_s_hub_names_what_may_stand_in_the_way():
    snapshot = read("landing-zone-hub.yaml")
    assert says(snapshot, "Firewall", "is not modelled")
    assert says(snapshot, "Multicast", "is not modelled")
    assert says(snapshot, "Baseline", "StackSet", "is not understood")
    assert says(snapshot, "Module", "MODULE", "is not understood")
    assert says(snapshot, "ToFirewall", "VpcEndpointId")
    assert len(snapshot.facts.resolver_endpoints) == 1
    assert snapshot.facts.hosted_zones


def test_a_vpc_module_of_the_popular_kind_is_computed_from_its_text():
    snapshot = snapshot_by_text(HERE / "vpc-module")
    zones = {each.cidr_block: each.availability_zone for each in snapshot.facts.subnets.values()}
    assert zones == {
        "10.80.0.0/24": "eu-west-1a",
        "10.80.1.0/24": "eu-west-1b",
        "10.80.4.0/24": "eu-west-1a",
        "10.80.5.0/24": "eu-west-1b",
    }
    group = snapshot.facts.security_groups[by_address(snapshot, "aws_security_group.endpoint")]
    assert {(each.ip_protocol, each.from_port, each.to_port) for each in group.ip_permissions} == {
        ("tcp", 443, 443),
        ("udp", 53, 53),
    }
    assert says(snapshot, "aws_networkmanager_core_network", "not understood")
    endpoint = by_address(snapshot, 'aws_vpc_endpoint.this["execute-api"]')
    answer = api.reach(snapshot, "module.vpc.aws_subnet.private[0]", endpoint, api.questions.Flow(port=443))
    assert answer.verdict is Verdict.ALLOWED


def test_a_module_of_a_registry_that_is_not_there_is_named():
    with pytest.raises(TerraformFailed, match="module `network` is not in the folder"):
        snapshot_by_text(HERE / "private-api-module")

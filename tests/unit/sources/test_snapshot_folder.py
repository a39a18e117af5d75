"""Reading a folder of AWS responses: what is understood, what is unknown, what is refused and how."""

import json
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import snapshot_of, write_snapshot
from narrowgate.model.errors import InputError
from narrowgate.sources.snapshot import folder, load_snapshot

ACCOUNT = "111122223333"
VPC = {"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/16", "OwnerId": ACCOUNT, "DhcpOptionsId": "dopt-0a"}


def put(root: Path, name: str, content: object) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def vpcs(root: Path, content: object, account: str = ACCOUNT) -> Path:
    return put(root, f"{account}/us-east-1/ec2.describe_vpcs.json", content)


@pytest.fixture(scope="module")
def guide_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("guide")
    write_snapshot(build_guide().estate, root)
    return root


def test_a_folder_reads_as_the_estate_it_was_written_from(guide_folder):
    from_folder = load_snapshot(guide_folder)
    in_memory = snapshot_of(build_guide().estate)
    assert from_folder.facts == in_memory.facts
    assert from_folder.warnings == ()


def test_account_and_region_come_from_the_path(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC]})
    snapshot = load_snapshot(tmp_path)
    assert (snapshot.account_of("vpc-0a"), snapshot.region_of("vpc-0a")) == (ACCOUNT, "us-east-1")


def test_folders_above_the_account_do_not_matter(tmp_path):
    put(tmp_path, f"aws_configs/accounts/{ACCOUNT}/us-east-1/ec2.describe_vpcs.json", {"Vpcs": [VPC]})
    assert load_snapshot(tmp_path).place("vpc-0a").account == ACCOUNT


def test_a_foreign_file_name_is_known_by_its_key(tmp_path):
    put(tmp_path, "Vpcs.json", {"Vpcs": [VPC]})
    assert "vpc-0a" in load_snapshot(tmp_path).facts.vpcs


def test_route_53_has_no_region_wherever_its_file_lies(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC]})
    put(tmp_path, f"{ACCOUNT}/us-east-1/route53.list_hosted_zones.json", {"HostedZones": []})
    assert load_snapshot(tmp_path).missing("route53.list_hosted_zones", ACCOUNT, "global") is None


@pytest.mark.parametrize(("is_private", "is_known"), [(True, False), (False, True)])
def test_a_private_zone_s_answer_without_vpcs_does_not_tell_which_they_are(tmp_path, is_private, is_known):
    zone = {"Id": "/hostedzone/Z1", "Name": "corp.example.", "Config": {"PrivateZone": is_private}}
    put(tmp_path, f"{ACCOUNT}/global/route53.list_hosted_zones.json", {"HostedZones": [zone]})
    asked = [{"parameters": {"Id": "Z1"}, "response": {"HostedZone": zone}}]
    put(tmp_path, f"{ACCOUNT}/global/route53.get_hosted_zone.json", asked)
    missing = load_snapshot(tmp_path).missing("route53.get_hosted_zone", ACCOUNT, "global", parent="Z1")
    assert (missing is None) is is_known


def test_a_file_that_nobody_understands_is_reported(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC]})
    put(tmp_path, "RdsInstances.json", {"DBInstances": []})
    assert load_snapshot(tmp_path).warnings == (
        "RdsInstances.json: not understood: no AWS response that narrowgate knows",
    )


def test_service_and_customer_prefix_lists_are_told_apart(tmp_path):
    put(tmp_path, "PrefixLists.json", {"PrefixLists": [{"PrefixListId": "pl-1", "Cidrs": ["10.0.0.0/8"]}]})
    put(tmp_path, "more/PrefixLists.json", {"PrefixLists": [{"PrefixListId": "pl-2", "OwnerId": ACCOUNT}]})
    facts = load_snapshot(tmp_path).facts
    assert (list(facts.prefix_lists), list(facts.managed_prefix_lists)) == (["pl-1"], ["pl-2"])


def test_an_absent_file_is_unknown_and_an_empty_list_is_not(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC]})
    put(tmp_path, f"{ACCOUNT}/us-east-1/ec2.describe_nat_gateways.json", {"NatGateways": []})
    snapshot = load_snapshot(tmp_path)
    assert snapshot.missing("ec2.describe_nat_gateways", ACCOUNT, "us-east-1") is None
    missing = snapshot.missing("ec2.describe_route_tables", ACCOUNT, "us-east-1")
    assert missing is not None
    assert missing.why == "not collected"


def test_assume_complete_takes_absent_files_as_empty_but_not_refused_calls(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC]})
    refusal = {
        "account": ACCOUNT,
        "region": "us-east-1",
        "service": "ec2",
        "operation": "describe_route_tables",
        "code": "UnauthorizedOperation",
        "error": "You are not authorized to perform this operation.",
    }
    put(tmp_path, "snapshot.json", {"format": "narrowgate.snapshot/1", "calls": [refusal]})
    snapshot = load_snapshot(tmp_path, assume_complete=True)
    assert snapshot.missing("ec2.describe_subnets", ACCOUNT, "us-east-1") is None
    refused = snapshot.missing("ec2.describe_route_tables", ACCOUNT, "us-east-1")
    assert refused is not None
    assert refused.why.startswith("refused: UnauthorizedOperation")


def test_the_owner_s_view_wins_over_another_account_s(tmp_path):
    vpcs(tmp_path, {"Vpcs": [{**VPC, "CidrBlock": "10.9.0.0/16"}]}, account="444455556666")
    vpcs(tmp_path, {"Vpcs": [VPC]})
    snapshot = load_snapshot(tmp_path)
    assert snapshot.facts.vpcs["vpc-0a"].cidr_block == "10.0.0.0/16"
    assert snapshot.contradictions == {}


def peering(code: str, **requester: object) -> dict[str, object]:
    return {
        "VpcPeeringConnections": [
            {
                "VpcPeeringConnectionId": "pcx-0a",
                "RequesterVpcInfo": {"VpcId": "vpc-0r", "OwnerId": ACCOUNT, **requester},
                "AccepterVpcInfo": {"VpcId": "vpc-0a", "OwnerId": "444455556666"},
                "Status": {"Code": code},
            }
        ]
    }


def test_two_views_of_a_peering_fill_each_other_in(tmp_path):
    options = {"PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": True}}
    put(tmp_path, f"{ACCOUNT}/us-east-1/ec2.describe_vpc_peering_connections.json", peering("active", **options))
    put(tmp_path, "444455556666/us-east-1/ec2.describe_vpc_peering_connections.json", peering("active"))
    snapshot = load_snapshot(tmp_path)
    side = snapshot.facts.vpc_peering_connections["pcx-0a"].requester_vpc_info
    assert side.peering_options is not None
    assert side.peering_options.allow_dns_resolution_from_remote_vpc is True
    assert snapshot.contradictions == {}


def test_views_that_contradict_each_other_are_reported(tmp_path):
    put(tmp_path, f"{ACCOUNT}/us-east-1/ec2.describe_vpc_peering_connections.json", peering("active"))
    put(tmp_path, "444455556666/us-east-1/ec2.describe_vpc_peering_connections.json", peering("deleted"))
    snapshot = load_snapshot(tmp_path)
    assert snapshot.contradictions == {"pcx-0a": ("Status",)}
    assert "contradict each other on Status" in snapshot.warnings[0]


def test_a_policy_inside_a_string_stays_as_aws_gives_it(tmp_path):
    policy = '{\\"Version\\":\\"2012-10-17\\"}'
    put(
        tmp_path,
        f"{ACCOUNT}/us-east-1/apigateway.get_rest_apis.json",
        {"items": [{"id": "a1", "policy": policy, "endpointConfiguration": {"types": ["PRIVATE"]}}]},
    )
    assert load_snapshot(tmp_path).facts.rest_apis["a1"].policy == policy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"Vpcs": [{"VpcId": "vpc-0a", "Cidr', "ends in the middle of a value"),
        (b"", "empty, where an AWS response in JSON was expected"),
        (b"<html>not JSON</html>", "is not JSON"),
        ({"Vpcs": [{"VpcId": 7, "CidrBlock": "10.0.0.0/16"}]}, "expected text, got a whole number"),
        ({"Vpcs": [{"CidrBlock": "10.0.0.0/16"}]}, "missing the field"),
        ({"Vpcs": {"VpcId": "vpc-0a"}}, "expected a list, got an object"),
        ({"Subnets": []}, "has no `Vpcs`"),
        (b'{"Vpcs": ' + b"[" * 9 + b"]" * 9 + b"}", "expected an object, got a list"),
        (b'{"Vpcs": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "nested too deeply"),
        (b'{"Vpcs": [], "x": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"Vpcs": [{"VpcId": "\xff\xfe", "CidrBlock": "10.0.0.0/16"}]}', "not UTF-8"),
        ({"Vpcs": [VPC, {**VPC, "CidrBlock": "10.7.0.0/16"}]}, "stands here a second time"),
    ],
)
def test_a_wrong_file_is_one_error_with_its_place(tmp_path, content, says):
    vpcs(tmp_path, content)
    with pytest.raises(InputError, match=says) as caught:
        load_snapshot(tmp_path)
    assert caught.value.where.startswith(f"{ACCOUNT}/us-east-1/ec2.describe_vpcs.json")


def test_a_wrong_type_is_named_by_its_pointer(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC, {**VPC, "VpcId": "vpc-0b", "Tags": [{"Key": 5}]}]})
    with pytest.raises(InputError) as caught:
        load_snapshot(tmp_path)
    assert caught.value.where.endswith(".Vpcs[1].Tags[0].Key")


def test_a_null_where_aws_sends_a_value_is_a_field_left_out(tmp_path):
    vpcs(tmp_path, {"Vpcs": [{**VPC, "Tags": None, "CidrBlockAssociationSet": None}, {**VPC, "VpcId": "vpc-0b"}]})
    found = load_snapshot(tmp_path).facts.vpcs
    assert found["vpc-0a"] == msgspec.structs.replace(found["vpc-0b"], vpc_id="vpc-0a")


def test_a_null_for_what_nothing_goes_without_is_named_by_its_pointer(tmp_path):
    vpcs(tmp_path, {"Vpcs": [VPC, {**VPC, "VpcId": None}]})
    with pytest.raises(InputError, match="VpcId") as caught:
        load_snapshot(tmp_path)
    assert caught.value.where.endswith(".Vpcs[1]")


ELEMENTS = {
    "ec2.describe_vpcs": ("Vpcs", {**VPC, "CidrBlock": "10.0.0.0/33"}, "CidrBlock", "no CIDR block"),
    "ec2.describe_subnets": (
        "Subnets",
        {"SubnetId": "subnet-0a", "VpcId": "vpc-0a", "CidrBlock": "10.0.1.0/x"},
        "CidrBlock",
        "no CIDR block",
    ),
    "ec2.describe_network_interfaces": (
        "NetworkInterfaces",
        {"NetworkInterfaceId": "eni-0a", "PrivateIpAddress": "10.0.1.256"},
        "PrivateIpAddress",
        "no IP address",
    ),
    "ec2.describe_route_tables": (
        "RouteTables",
        {"RouteTableId": "rtb-0a", "VpcId": "vpc-0a", "Routes": [{"DestinationCidrBlock": "10.0.0.0/40"}]},
        "Routes[0].DestinationCidrBlock",
        "no CIDR block",
    ),
    "ec2.describe_security_groups": (
        "SecurityGroups",
        {"GroupId": "sg-0a", "IpPermissions": [{"IpProtocol": "tpc", "FromPort": 443, "ToPort": 443}]},
        "IpPermissions[0].IpProtocol",
        "no protocol that EC2 knows",
    ),
    "route53resolver.list_resolver_rules": (
        "ResolverRules",
        {"Id": "rslvr-rr-1", "TargetIps": [{"Ip": "10.0.1.999", "Port": 53}]},
        "TargetIps[0].Ip",
        "no IP address",
    ),
}


@pytest.mark.parametrize("call", ELEMENTS)
def test_an_address_or_protocol_out_of_range_is_named_by_its_pointer_although_nobody_asks_for_it(tmp_path, call):
    key, element, pointer, says = ELEMENTS[call]
    put(tmp_path, f"{ACCOUNT}/us-east-1/{call}.json", {key: [element]})
    with pytest.raises(InputError, match=says) as caught:
        load_snapshot(tmp_path)
    assert caught.value.where == f"{ACCOUNT}/us-east-1/{call}.json: .{key}[0].{pointer}"


@pytest.mark.parametrize("text", ["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.0.0.5/16"])
def test_blocks_as_aws_prints_them_are_read(tmp_path, text):
    vpcs(tmp_path, {"Vpcs": [{**VPC, "CidrBlock": text}]})
    assert load_snapshot(tmp_path).facts.vpcs["vpc-0a"].cidr_block == text


@pytest.mark.parametrize(
    ("server", "says"),
    [
        ({"ip": "10.0.0.999"}, "no IP address"),
        ({"ip": "10.0.0.9", "forward": [{"domain": ".", "to": "nowhere"}]}, "neither an IP address nor `public`"),
    ],
)
def test_a_server_of_one_s_own_needs_an_address(tmp_path, server, says):
    vpcs(tmp_path, {"Vpcs": []})
    put(tmp_path, "outside.json", {"schema": "narrowgate.outside/1", "dns_servers": [server]})
    with pytest.raises(InputError, match=says) as caught:
        load_snapshot(tmp_path)
    assert caught.value.where.startswith("outside.json: .dns_servers[0]")


def test_a_syntax_error_is_named_by_its_line(tmp_path):
    vpcs(tmp_path, b'{\n  "Vpcs": [\n    nonsense\n  ]\n}\n')
    with pytest.raises(InputError) as caught:
        load_snapshot(tmp_path)
    assert caught.value.where.endswith("ec2.describe_vpcs.json:3")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = vpcs(tmp_path, {"Vpcs": []})
    monkeypatch.setattr(folder, "MAX_FILE_BYTES", path.stat().st_size - 1)
    with pytest.raises(InputError, match="is read up to"):
        load_snapshot(tmp_path)


def test_a_folder_without_any_known_file_is_refused(tmp_path):
    put(tmp_path, "notes.json", {"hello": "world"})
    with pytest.raises(InputError, match="holds no AWS response"):
        load_snapshot(tmp_path)


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        load_snapshot(tmp_path / "nowhere")


def test_a_manifest_of_another_format_is_refused(tmp_path):
    vpcs(tmp_path, {"Vpcs": []})
    put(tmp_path, "snapshot.json", {"format": "narrowgate.snapshot/9"})
    with pytest.raises(InputError, match=r"narrowgate\.snapshot/9"):
        load_snapshot(tmp_path)


def test_unknown_fields_of_outside_facts_are_refused(tmp_path):
    vpcs(tmp_path, {"Vpcs": []})
    put(tmp_path, "outside.json", {"schema": "narrowgate.outside/1", "dns_server": []})
    with pytest.raises(InputError, match="dns_server"):
        load_snapshot(tmp_path)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_damaged_bytes_never_end_in_anything_but_an_input_error(guide_folder, tmp_path_factory, seed):
    """One file of a good snapshot, with bytes cut, doubled, swapped or overwritten."""
    chance = random.Random(seed)
    files = sorted(guide_folder.rglob("*.json"))
    victim = chance.choice(files)
    data = bytearray(victim.read_bytes())
    for _ in range(chance.randint(1, 6)):
        where = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                del data[where:]
            case 1:
                data[where:where] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 9)))
            case 2:
                data[where : where + chance.randint(1, 40)] = b""
            case _:
                piece = data[where : where + chance.randint(1, 200)]
                data[where:where] = piece
    root = tmp_path_factory.mktemp("damaged")
    put(root, f"{ACCOUNT}/us-east-1/ec2.describe_subnets.json", {"Subnets": []})
    put(root, victim.relative_to(guide_folder).as_posix(), bytes(data))
    try:
        load_snapshot(root)
    except InputError as error:
        assert error.message
        assert error.where

"""References by module, key and provider; forms that mean the same; defaults of AWS and of the provider."""

import pytest
from tests.sources.terraform.reading import SHAPES, alone, by_address, copy_of

from narrowgate.api.sources import load
from narrowgate.model.snapshot import Snapshot


@pytest.fixture(scope="module", params=["with its text", "alone"])
def sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    plan = SHAPES / "sides" / "plan.json"
    if request.param == "with its text":
        return load(plan)

    def roles(document):
        # The override file of an offline plan takes the roles away, which a user's own plan shows.
        configs = document["configuration"]["provider_config"]
        for key, role in (("aws", "111122223333:role/hub"), ("aws.spoke", "444455556666:role/spoke")):
            block = {"role_arn": {"constant_value": f"arn:aws:iam::{role}"}}
            configs[key]["expressions"]["assume_role"] = [block]

    return load(alone(plan, tmp_path_factory.mktemp("alone"), roles))


@pytest.fixture(scope="module")
def forms() -> Snapshot:
    return load(SHAPES / "forms" / "plan.json")


def test_each_provider_has_its_account_and_region(sides: Snapshot):
    places = {
        name: sides.place(by_address(sides, address))
        for name, address in (
            ("hub", "module.hub.aws_vpc.this"),
            ("shop", 'module.spokes["shop"].aws_vpc.this'),
        )
    }
    assert (places["hub"].account, places["hub"].region) == ("111122223333", "us-east-1")
    assert (places["shop"].account, places["shop"].region) == ("444455556666", "eu-west-1")


def test_a_peering_is_active_only_where_its_accepter_is_there(sides: Snapshot):
    states = {
        key: sides.facts.vpc_peering_connections[
            by_address(sides, f'aws_vpc_peering_connection.this["{key}"]')
        ].status.code
        for key in ("shop", "bank")
    }
    assert states == {"shop": "active", "bank": "pending-acceptance"}


def test_options_of_one_side_open_that_side_only(sides: Snapshot):
    peering = sides.facts.vpc_peering_connections[by_address(sides, 'aws_vpc_peering_connection.this["shop"]')]
    sides_open = [
        each.peering_options is not None and each.peering_options.allow_dns_resolution_from_remote_vpc
        for each in (peering.requester_vpc_info, peering.accepter_vpc_info)
    ]
    assert sides_open == [True, False]


def test_a_zone_has_the_vpcs_that_other_accounts_associate(sides: Snapshot):
    (vpcs,) = (each for each in sides.facts.hosted_zone_vpcs.values())
    assert {each.vpc_region for each in vpcs} == {"us-east-1", "eu-west-1"}
    assert len(vpcs) == 3


def test_the_three_ways_to_write_a_groups_rules_mean_the_same(forms: Snapshot):
    own = {name: by_address(forms, f"aws_security_group.{name}") for name in ("inline", "old", "new")}
    client = by_address(forms, "aws_security_group.client")
    found = {}
    for name, group in own.items():
        (rule,) = forms.facts.security_groups[group].ip_permissions
        pairs = {"self" if each.group_id == group else each.group_id for each in rule.user_id_group_pairs}
        found[name] = (rule.ip_protocol, rule.from_port, [each.cidr_ip for each in rule.ip_ranges], pairs)
    assert found["inline"] == found["old"] == found["new"] == ("tcp", 443, ["10.1.0.0/16"], {"self", client})


def test_the_provider_takes_a_groups_open_egress_away(forms: Snapshot):
    egress = forms.facts.security_groups[by_address(forms, "aws_security_group.old")].ip_permissions_egress
    assert egress == ()


def test_a_dynamic_block_is_computed_from_the_text(forms: Snapshot):
    (rule,) = forms.facts.security_groups[by_address(forms, "aws_security_group.client")].ip_permissions_egress
    assert [each.cidr_ip for each in rule.ip_ranges] == ["10.0.0.0/16"]


def test_what_ec2_made_with_a_vpc_is_taken_over(forms: Snapshot):
    vpc = by_address(forms, "aws_vpc.this")
    groups = [each for each in forms.facts.security_groups.values() if each.vpc_id == vpc]
    default = next(each for each in groups if each.group_name == "default")
    assert default.ip_permissions == () == default.ip_permissions_egress
    (acl,) = (each for each in forms.facts.network_acls.values() if each.vpc_id == vpc)
    numbers = [(each.egress, each.rule_number) for each in acl.entries]
    assert numbers == [(True, 32767), (False, 10), (False, 32767)]
    assert len(acl.associations) == 2


def test_the_main_table_is_the_one_that_was_made_it(forms: Snapshot):
    own = by_address(forms, "aws_route_table.this")
    vpc = by_address(forms, "aws_vpc.this")
    tables = [each for each in forms.facts.route_tables.values() if each.vpc_id == vpc]
    assert [each.route_table_id for each in tables if any(one.main for one in each.associations)] == [own]
    (adopted,) = (each for each in tables if each.route_table_id != own)
    assert {each.destination_cidr_block for each in adopted.routes} == {"10.0.0.0/16", "10.9.0.0/16", "0.0.0.0/0"}


def test_a_peering_without_auto_accept_waits_and_its_routes_are_blackholes(forms: Snapshot):
    (peering,) = forms.facts.vpc_peering_connections.values()
    assert peering.status.code == "pending-acceptance"
    table = forms.facts.route_tables[by_address(forms, "aws_route_table.this")]
    (route,) = (each for each in table.routes if each.vpc_peering_connection_id)
    assert route.state == "blackhole"


def test_an_endpoint_in_pieces_is_whole(forms: Snapshot):
    endpoint = forms.facts.vpc_endpoints[by_address(forms, "aws_vpc_endpoint.pieces")]
    assert len(endpoint.subnet_ids) == 2
    assert [each.group_id for each in endpoint.groups] == [by_address(forms, "aws_security_group.inline")]
    assert endpoint.private_dns_enabled is True


def test_a_policy_written_as_text_names_the_endpoint(forms: Snapshot):
    (api,) = forms.facts.rest_apis.values()
    assert by_address(forms, "aws_vpc_endpoint.pieces") in str(api.policy)


def test_what_is_not_understood_is_told_and_leaves_unknown_what_hangs_on_it(forms: Snapshot):
    told = [each for each in forms.warnings if "aws_networkfirewall_firewall" in each]
    assert told and "main.tf:" in told[0]
    assert forms.missing("ec2.describe_network_interfaces", "111122223333", "us-east-1") is not None


def test_nothing_of_a_functions_environment_is_read(forms: Snapshot):
    (function,) = forms.facts.functions.values()
    assert "never-told" not in repr(function) and "never-told" not in repr(forms.warnings)


def test_without_text_a_group_that_a_dynamic_block_might_fill_is_unknown(tmp_path):
    plan = copy_of(SHAPES / "forms", tmp_path) / "plan.json"
    document = alone(plan, tmp_path)
    read = load(document)
    group = read.facts.security_groups[by_address(read, "aws_security_group.inline")]
    assert "unknown" in repr(group.ip_permissions_egress)
    assert any("`dynamic` block" in each and "aws_security_group.inline" in each for each in read.warnings)

"""PCX-01 to PCX-12: what a VPC peering connection carries, and what it does not."""

import pytest
from tests.builders import any_protocol, tcp
from tests.unit.network.estates import FAR, NEAR, OTHER_ACCOUNT, Pair, causes, decided, missing, peered, side

from narrowgate.model.answer import Verdict


def test_a_pending_peering_shows_as_blackhole_routes_and_as_its_own_state():
    pair = peered(state="pending-acceptance")
    answer = pair.ask()
    assert decided(answer) == ("forward", "BAD_STATE_ROUTE", pair.near.table)
    assert ("forward", "BAD_STATE", pair.link) in causes(answer)


@pytest.mark.parametrize(
    "state", ["pending-acceptance", "provisioning", "rejected", "expired", "failed", "deleted"]
)
def test_only_an_active_peering_carries_packets_whatever_the_routes_say(state):
    pair = peered()
    pair.estate.resource(pair.link)["Status"]["Code"] = state
    assert decided(pair.ask()) == ("forward", "BAD_STATE", pair.link)


def test_a_peering_without_a_state_is_unknown():
    pair = peered()
    pair.estate.resource(pair.link)["Status"] = {}
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("VpcPeeringConnection.Status.Code", pair.link)],
    )


def test_two_owners_who_tell_two_states_leave_it_unknown():
    pair = peered(far_account=OTHER_ACCOUNT)
    views = pair.estate.views("ec2.describe_vpc_peering_connections", pair.link, "VpcPeeringConnectionId")
    views[1]["Status"] = {"Code": "deleted", "Message": ""}
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (Verdict.UNKNOWN, [("Status", pair.link)])


def test_a_peering_that_is_named_by_a_route_only_is_unknown():
    pair = peered()
    pair.estate.remove("ec2.describe_vpc_peering_connections", pair.link, "VpcPeeringConnectionId")
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.describe_vpc_peering_connections", pair.link) in missing(answer)


@pytest.mark.parametrize(
    ("account", "region"), [(OTHER_ACCOUNT, None), (None, "eu-west-1"), (OTHER_ACCOUNT, "eu-west-1")]
)
def test_peering_crosses_accounts_and_regions(account, region):
    assert peered(far_account=account, far_region=region).ask().verdict is Verdict.ALLOWED


def test_overlapping_blocks_under_an_active_peering_are_refused_by_aws():
    pair = peered()
    pair.estate.resource(pair.near.vpc)["CidrBlockAssociationSet"].append(
        {"CidrBlock": "10.2.128.0/20", "CidrBlockState": {"State": "associated"}}
    )
    answer = pair.ask()
    assert (answer.verdict, decided(answer)) == (
        Verdict.INVALID,
        ("config", "OVERLAPPING_CIDRS", pair.link),
    )


def test_neighbouring_blocks_do_not_overlap():
    pair = peered()
    pair.estate.resource(pair.near.vpc)["CidrBlockAssociationSet"].append(
        {"CidrBlock": "10.3.0.0/16", "CidrBlockState": {"State": "associated"}}
    )
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_route_for_one_subnet_leaves_an_endpoint_partly_reached():
    pair = peered()
    estate = pair.estate
    second = estate.subnet(pair.far.vpc, "10.2.2.0/24", "b")
    estate.use_route_table(second, pair.far.table)
    endpoint = estate.interface_endpoint([pair.far.subnet, second], [pair.far.group])
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED
    estate.remove_route(pair.near.table, FAR)
    estate.route(pair.near.table, "10.2.1.0/24", pair.link)
    answer = pair.ask(target=endpoint)
    assert (answer.verdict, decided(answer)) == (
        Verdict.PARTIAL,
        ("forward", "NO_ROUTE_TO_DESTINATION", pair.near.table),
    )
    interfaces = estate.resource(endpoint)["NetworkInterfaceIds"]
    assert (answer.works, answer.fails) == ((interfaces[0],), (interfaces[1],))


@pytest.mark.parametrize("block", ["10.2.1.10/32", "10.2.1.0/24", "10.0.0.0/8", "0.0.0.0/0"])
def test_a_route_may_be_narrower_or_wider_than_the_peers_block(block):
    pair = peered()
    pair.estate.remove_route(pair.near.table, FAR)
    pair.estate.route(pair.near.table, block, pair.link)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_peering_carries_nothing_to_an_address_outside_the_peer():
    pair = peered()
    pair.estate.route(pair.near.table, "0.0.0.0/0", pair.link)
    assert decided(pair.ask(target="10.77.0.1")) == (
        "forward",
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
        pair.link,
    )


def test_a_secondary_block_of_the_peer_counts():
    pair = peered()
    estate, far = pair.estate, pair.far
    block = {"CidrBlock": "10.7.0.0/16", "CidrBlockState": {"State": "associated"}}
    estate.resource(far.vpc)["CidrBlockAssociationSet"].append(block)
    subnet = estate.subnet(far.vpc, "10.7.1.0/24", "b")
    estate.use_route_table(subnet, far.table)
    host = estate.interface(subnet, [far.group])
    assert decided(pair.ask(target=host)) == ("forward", "NO_ROUTE_TO_DESTINATION", pair.near.table)
    estate.route(pair.near.table, "10.7.0.0/16", pair.link)
    assert pair.ask(target=host).verdict is Verdict.ALLOWED


def _chain() -> tuple[Pair, str]:
    """Near and far are both peered with a VPC between them, but not with each other."""
    pair = peered()
    estate = pair.estate
    middle = side(estate, "10.5.0.0/16", "middle")
    first, second = estate.peering(pair.near.vpc, middle.vpc), estate.peering(middle.vpc, pair.far.vpc)
    estate.route(pair.near.table, FAR, first)
    estate.route(middle.table, FAR, second)
    estate.route(middle.table, NEAR, first)
    estate.route(pair.far.table, NEAR, second)
    return pair, first


def test_peering_is_not_transitive():
    pair, first = _chain()
    assert decided(pair.ask()) == ("forward", "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", first)


def test_the_peers_nat_gateway_and_internet_gateway_cannot_be_used():
    pair = peered()
    pair.estate.internet_gateway(pair.far.vpc)
    pair.estate.route(pair.near.table, "0.0.0.0/0", pair.link)
    assert decided(pair.ask(target="198.51.100.7")) == (
        "forward",
        "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
        pair.link,
    )


def test_an_interface_endpoint_of_the_peer_can_be_used():
    pair = peered()
    endpoint = pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group])
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED


def test_ipv6_needs_its_own_routes_rules_and_entries():
    pair = peered(ipv6=True)
    estate = pair.estate
    assert pair.ask(ip_version=6).verdict is Verdict.DENIED
    estate.route(pair.near.table, "2001:db8:2::/56", pair.link)
    estate.route(pair.far.table, "2001:db8:1::/56", pair.link)
    estate.set_permissions(pair.near.group, egress=[any_protocol("::/0")])
    answer = pair.ask(ip_version=6)
    assert decided(answer) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)
    estate.set_permissions(pair.far.group, ingress=[tcp(443, "2001:db8:1::/56")])
    assert pair.ask(ip_version=6).verdict is Verdict.ALLOWED
    assert pair.ask(ip_version=4).verdict is Verdict.DENIED


def test_an_end_without_an_address_of_the_family_is_named():
    pair = peered()
    assert decided(pair.ask(ip_version=6)) == ("forward", "NO_ADDRESS_OF_FAMILY", pair.far.host)


def _reference(pair: Pair, group: str) -> None:
    pair.far.estate.set_permissions(pair.far.group, ingress=[tcp(443, group)])


def test_a_rule_may_name_the_peers_group_inside_one_region():
    pair = peered()
    _reference(pair, pair.near.group)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_rule_may_name_the_peers_group_of_another_account():
    pair = peered(far_account=OTHER_ACCOUNT)
    _reference(pair, f"{pair.estate.account}/{pair.near.group}")
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_rule_that_names_another_group_of_the_peer_does_not_match():
    pair = peered()
    _reference(pair, pair.estate.security_group(pair.near.vpc, "another"))
    assert decided(pair.ask()) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)


def test_a_rule_cannot_name_a_group_of_another_region():
    pair = peered(far_region="eu-west-1")
    _reference(pair, pair.near.group)
    assert decided(pair.ask()) == ("forward", "SG_REFERENCES_NOT_PRESERVED", pair.far.group)


def test_an_egress_rule_may_name_the_peers_group_too():
    pair = peered()
    pair.estate.set_permissions(pair.near.group, egress=[tcp(443, pair.far.group)])
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.set_permissions(
        pair.near.group, egress=[tcp(443, pair.estate.security_group(pair.far.vpc, "another"))]
    )
    assert decided(pair.ask()) == ("forward", "ENI_SG_RULES_MISMATCH", pair.near.group)


def test_a_stale_reference_through_the_active_peering_contradicts_itself():
    pair = peered()
    _reference(pair, pair.near.group)
    reference = pair.estate.resource(pair.far.group)["IpPermissions"][0]["UserIdGroupPairs"][0]
    reference.update(VpcPeeringConnectionId=pair.link, PeeringStatus="deleted")
    assert pair.ask().verdict is Verdict.UNKNOWN


def test_a_stale_reference_revives_when_the_same_vpcs_peer_again():
    pair = peered()
    _reference(pair, pair.near.group)
    reference = pair.estate.resource(pair.far.group)["IpPermissions"][0]["UserIdGroupPairs"][0]
    reference.update(VpcPeeringConnectionId="pcx-0eeeeeeeeeeeeeeee", PeeringStatus="deleted")
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_peers_group_in_a_rule_of_an_interface_endpoint_is_not_documented():
    pair = peered()
    endpoint = pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group])
    _reference(pair, pair.near.group)
    answer = pair.ask(target=endpoint)
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.unknowns[0].fact.startswith("SG-09")


def test_an_address_rule_beside_it_decides_without_the_doubt():
    pair = peered()
    endpoint = pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group])
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, pair.near.group), tcp(443, NEAR)])
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED


def _two_peers_of_one_range() -> tuple[Pair, str]:
    """The far VPC has two peers with the same block, and its table names the other one."""
    pair = peered()
    twin = side(pair.estate, NEAR, "twin")
    other = pair.estate.peering(twin.vpc, pair.far.vpc)
    pair.estate.route(twin.table, FAR, other)
    pair.estate.route(pair.far.table, NEAR, other)
    return pair, other


def test_a_reply_to_a_shared_block_goes_where_the_table_says():
    pair, _ = _two_peers_of_one_range()
    assert decided(pair.ask()) == ("return", "RETURN_ROUTE_MISMATCH", pair.far.table)


def test_a_more_specific_return_route_settles_a_shared_block():
    pair, _ = _two_peers_of_one_range()
    pair.estate.route(pair.far.table, "10.1.1.0/24", pair.link)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_the_peers_own_resolver_cannot_be_queried():
    pair = peered()
    assert decided(pair.ask(target="10.2.0.2", port=53, protocol="udp")) == (
        "forward",
        "PEER_DNS_NOT_QUERYABLE",
        "10.2.0.2",
    )


def test_a_route_to_a_peering_of_two_other_vpcs_is_refused_by_aws():
    pair = peered()
    others = [side(pair.estate, f"10.{number}.0.0/16", f"other-{number}") for number in (3, 4)]
    foreign = pair.estate.peering(others[0].vpc, others[1].vpc)
    pair.estate.route(pair.near.table, FAR, foreign)
    answer = pair.ask()
    assert (answer.verdict, decided(answer)) == (Verdict.INVALID, ("config", "INVALID_ROUTE", foreign))


def test_the_far_account_not_collected_leaves_its_side_unknown():
    pair = peered(far_account=OTHER_ACCOUNT)
    for where in [each for each in pair.estate.ledger.sites if each.account == OTHER_ACCOUNT]:
        del pair.estate.ledger.sites[where]
    answer = pair.ask(target=pair.far.address)
    assert answer.verdict is Verdict.UNKNOWN
    assert missing(answer) == [
        ("ec2.describe_subnets", pair.far.address),
        ("ec2.describe_network_interfaces", pair.far.vpc),
        ("ec2.describe_network_interfaces", pair.far.address),
    ]
    assert "(444455556666/us-east-1)" in answer.unknowns[1].fact


def test_a_certain_failure_decides_although_the_far_side_is_unknown():
    pair = peered(far_account=OTHER_ACCOUNT)
    pair.estate.remove_route(pair.near.table, FAR)
    for where in [each for each in pair.estate.ledger.sites if each.account == OTHER_ACCOUNT]:
        del pair.estate.ledger.sites[where]
    assert decided(pair.ask(target=pair.far.address)) == (
        "forward",
        "NO_ROUTE_TO_DESTINATION",
        pair.near.table,
    )

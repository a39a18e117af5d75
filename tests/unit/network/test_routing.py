"""NET-01 to NET-12: which table, which route, and what a route inside the VPC may do."""

import pytest
from tests.unit.network.estates import FAR, NEAR, causes, decided, missing, peered, side

from narrowgate.model.answer import Verdict


def test_two_hosts_with_routes_both_ways_reach_each_other():
    answer = peered().ask()
    assert (answer.verdict, answer.decided_by, answer.blocking, answer.unknowns) == (Verdict.ALLOWED, None, (), ())


def test_a_subnet_on_a_table_of_its_own_does_not_use_the_main_tables_route():
    pair = peered()
    pair.estate.remove_route(pair.near.table, FAR)
    pair.estate.route(pair.estate.main_route_table(pair.near.vpc), FAR, pair.link)
    assert decided(pair.ask()) == ("forward", "NO_ROUTE_TO_DESTINATION", pair.near.table)


def test_a_subnet_without_a_table_of_its_own_uses_the_main_table():
    pair = peered()
    main = pair.estate.main_route_table(pair.near.vpc)
    pair.estate.resource(pair.near.table)["Associations"] = []
    assert decided(pair.ask()) == ("forward", "NO_ROUTE_TO_DESTINATION", main)
    pair.estate.route(main, FAR, pair.link)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_the_main_table_is_no_answer_where_the_owners_tables_were_not_collected():
    pair = peered()
    pair.estate.route(pair.estate.main_route_table(pair.near.vpc), FAR, pair.link)
    pair.estate.resource(pair.near.table)["Associations"] = []
    pair.estate.forget("ec2.describe_route_tables")
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.describe_route_tables", pair.near.subnet) in missing(answer)


def test_no_route_table_at_all_is_unknown_even_when_absent_facts_count_as_empty():
    pair = peered()
    pair.estate.forget("ec2.describe_route_tables")
    answer = pair.ask(complete=True)
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.describe_route_tables", pair.near.subnet) in missing(answer)


def test_a_local_route_exists_for_every_block_even_if_the_table_does_not_list_it():
    pair = peered()
    estate, near = pair.estate, pair.near
    estate.resource(near.vpc)["CidrBlockAssociationSet"].append(
        {"CidrBlock": "10.9.0.0/16", "CidrBlockState": {"State": "associated"}}
    )
    subnet = estate.subnet(near.vpc, "10.9.1.0/24")
    estate.route_table(near.vpc, "second", subnets=[subnet])
    host = estate.interface(subnet, [near.group])
    estate.resource(near.table)["Routes"] = []
    estate.set_permissions(near.group, ingress=[pair.estate.resource(near.group)["IpPermissionsEgress"][0]])
    assert pair.ask(target=host).verdict is Verdict.ALLOWED


def test_a_block_that_was_taken_off_the_vpc_has_no_local_route():
    pair = peered()
    pair.estate.resource(pair.near.vpc)["CidrBlockAssociationSet"].append(
        {"CidrBlock": FAR, "CidrBlockState": {"State": "disassociated"}}
    )
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_destination_in_the_own_block_never_leaves_by_a_peering():
    pair = peered()
    pair.estate.resource(pair.near.vpc)["CidrBlockAssociationSet"].append(
        {"CidrBlock": "10.2.0.0/20", "CidrBlockState": {"State": "associated"}}
    )
    assert decided(pair.ask()) == ("forward", "VPC_LOCAL_ROUTE_CIDR_RESTRICTION", pair.near.table)
    assert decided(pair.ask(target=pair.far.address)) == (
        "forward",
        "VPC_LOCAL_ROUTE_CIDR_RESTRICTION",
        pair.near.table,
    )


def test_the_longest_prefix_wins_over_a_default_route():
    pair = peered()
    gateway = pair.estate.internet_gateway(pair.near.vpc)
    pair.estate.route(pair.near.table, "0.0.0.0/0", gateway)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_an_ipv4_default_route_says_nothing_about_ipv6():
    pair = peered(ipv6=True)
    pair.estate.route(pair.near.table, "0.0.0.0/0", pair.link)
    assert decided(pair.ask(ip_version=6)) is not None
    assert ("forward", "NO_ROUTE_TO_DESTINATION", pair.near.table) in causes(pair.ask(ip_version=6))


def test_a_blackhole_drops_although_a_less_specific_route_is_good():
    pair = peered()
    pair.estate.route(pair.near.table, "10.2.1.0/24", "eni-0aaaaaaaaaaaaaaaa", state="blackhole")
    assert decided(pair.ask()) == ("forward", "BAD_STATE_ROUTE", pair.near.table)


def test_a_blackhole_less_specific_than_a_good_route_does_not_matter():
    pair = peered()
    pair.estate.route(pair.near.table, "10.0.0.0/8", "eni-0aaaaaaaaaaaaaaaa", state="blackhole")
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_filtered_route_fails_like_any_that_is_not_active():
    pair = peered()
    pair.estate.route(pair.near.table, FAR, pair.link, state="filtered")
    assert decided(pair.ask()) == ("forward", "BAD_STATE_ROUTE", pair.near.table)


def test_a_route_without_a_state_is_unknown_unless_absent_facts_count_as_empty():
    pair = peered()
    for route in pair.estate.resource(pair.near.table)["Routes"]:
        route.pop("State")
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (Verdict.UNKNOWN, [("Route.State", pair.near.table)])
    assert pair.ask(complete=True).verdict is Verdict.ALLOWED


def test_a_static_route_beats_a_prefix_list_with_the_same_block():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    pair.estate.route(pair.near.table, pair.estate.prefix_list("same", [FAR]), wrong)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_prefix_list_with_a_longer_block_beats_a_static_route():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    pair.estate.route(pair.near.table, pair.estate.prefix_list("longer", ["10.2.1.0/24"]), wrong)
    assert decided(pair.ask()) == ("forward", "MORE_SPECIFIC_ROUTE", pair.near.table)


def test_a_prefix_list_route_carries_what_its_entries_cover():
    pair = peered()
    pair.estate.remove_route(pair.near.table, FAR)
    pair.estate.route(pair.near.table, pair.estate.prefix_list("far", ["10.8.0.0/16", FAR]), pair.link)
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.remove_route(
        pair.near.table, pair.estate.resource(pair.near.table)["Routes"][-1]["DestinationPrefixListId"]
    )
    pair.estate.route(pair.near.table, pair.estate.prefix_list("else", ["10.8.0.0/16"]), pair.link)
    assert decided(pair.ask()) == ("forward", "NO_ROUTE_TO_DESTINATION", pair.near.table)


def test_two_prefix_lists_that_send_one_block_to_two_targets_are_indeterminate():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    pair.estate.remove_route(pair.near.table, FAR)
    pair.estate.route(pair.near.table, pair.estate.prefix_list("right", [FAR]), pair.link)
    pair.estate.route(pair.near.table, pair.estate.prefix_list("wrong", [FAR]), wrong)
    answer = pair.ask()
    assert answer.verdict is Verdict.INDETERMINATE
    assert decided(answer) == ("forward", "PREFIX_LIST_CONFLICT", pair.near.table)


def test_two_prefix_lists_that_fail_alike_are_denied():
    pair = peered()
    others = [side(pair.estate, f"10.{number}.0.0/16", f"other-{number}") for number in (3, 4)]
    pair.estate.remove_route(pair.near.table, FAR)
    for number, other in enumerate(others):
        wrong = pair.estate.peering(pair.near.vpc, other.vpc)
        pair.estate.route(pair.near.table, pair.estate.prefix_list(f"list-{number}", [FAR]), wrong)
    answer = pair.ask()
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by.reason.value == "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"


def test_two_prefix_lists_with_one_target_do_not_conflict():
    pair = peered()
    pair.estate.remove_route(pair.near.table, FAR)
    for name in ("one", "two"):
        pair.estate.route(pair.near.table, pair.estate.prefix_list(name, [FAR]), pair.link)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_prefix_list_that_was_not_collected_leaves_the_route_unknown():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    unread = pair.estate.prefix_list("unread", ["10.77.0.0/16"])
    pair.estate.route(pair.near.table, unread, wrong)
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.forget("ec2.get_managed_prefix_list_entries", unread)
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("ec2.get_managed_prefix_list_entries", unread)],
    )


def test_an_unread_prefix_list_to_the_same_target_changes_nothing():
    pair = peered()
    unread = pair.estate.prefix_list("unread", ["10.77.0.0/16"])
    pair.estate.route(pair.near.table, unread, pair.link)
    pair.estate.forget("ec2.get_managed_prefix_list_entries", unread)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_the_list_of_a_gateway_endpoint_holds_no_private_address():
    pair = peered()
    pair.estate.gateway_endpoint(pair.near.vpc, [pair.near.table])
    pair.estate.forget("ec2.get_managed_prefix_list_entries")
    pair.estate.forget("ec2.describe_managed_prefix_lists")
    pair.estate.forget("ec2.describe_prefix_lists")
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_propagated_route_loses_to_a_static_one_of_the_same_block():
    pair = peered()
    pair.estate.route(pair.near.table, "10.2.0.0/17", "vgw-0aaaaaaaaaaaaaaaa")
    routes = pair.estate.resource(pair.near.table)["Routes"]
    routes[-1]["Origin"] = "EnableVgwRoutePropagation"
    routes[-1]["DestinationCidrBlock"] = FAR
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_propagated_route_more_specific_than_the_static_one_takes_the_packet_to_a_vpn():
    pair = peered()
    pair.estate.route(pair.near.table, "10.2.1.0/24", "vgw-0aaaaaaaaaaaaaaaa")
    pair.estate.resource(pair.near.table)["Routes"][-1]["Origin"] = "EnableVgwRoutePropagation"
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("route to a virtual private gateway", "vgw-0aaaaaaaaaaaaaaaa")],
    )


def test_a_propagated_route_inside_the_own_block_loses_to_local():
    pair = peered()
    estate, near = pair.estate, pair.near
    second = estate.subnet(near.vpc, "10.1.2.0/24", "b")
    host = estate.interface(second, [near.group])
    estate.set_permissions(near.group, ingress=estate.resource(near.group)["IpPermissionsEgress"])
    estate.route(near.table, "10.1.2.0/24", "vgw-0aaaaaaaaaaaaaaaa")
    estate.resource(near.table)["Routes"][-1]["Origin"] = "EnableVgwRoutePropagation"
    assert pair.ask(target=host).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(("destination", "target"), [("10.1.2.0/24", "pcx"), ("10.1.2.128/25", "eni")])
def test_a_route_inside_the_own_block_that_aws_would_refuse_is_invalid(destination, target):
    pair = peered()
    estate, near = pair.estate, pair.near
    second = estate.subnet(near.vpc, "10.1.2.0/24", "b")
    host = estate.interface(second, [near.group], address="10.1.2.200")
    appliance = estate.interface(near.subnet, [near.group])
    estate.resource(appliance)["SourceDestCheck"] = False
    estate.route(near.table, destination, pair.link if target == "pcx" else appliance)
    answer = pair.ask(target=host)
    assert (answer.verdict, decided(answer)) == (Verdict.INVALID, ("config", "INVALID_ROUTE", near.table))


def test_a_route_to_an_appliance_for_exactly_one_subnet_is_valid_and_unknown():
    pair = peered()
    estate, near = pair.estate, pair.near
    second = estate.subnet(near.vpc, "10.1.2.0/24", "b")
    host = estate.interface(second, [near.group])
    appliance = estate.interface(near.subnet, [near.group])
    estate.resource(appliance)["SourceDestCheck"] = False
    estate.route(near.table, "10.1.2.0/24", appliance)
    estate.set_permissions(near.group, ingress=estate.resource(near.group)["IpPermissionsEgress"])
    answer = pair.ask(target=host)
    assert answer.verdict is Verdict.UNKNOWN
    assert ("what an appliance does with the packet", appliance) in missing(answer)


def test_an_appliance_with_its_source_destination_check_on_drops():
    pair = peered()
    estate, near = pair.estate, pair.near
    appliance = estate.interface(near.subnet, [near.group])
    estate.remove_route(near.table, FAR)
    estate.route(near.table, FAR, appliance)
    assert decided(pair.ask()) == ("forward", "ENI_SOURCE_DEST_CHECK_RESTRICTION", appliance)


def test_the_local_route_itself_may_lead_to_an_appliance():
    pair = peered()
    estate, near = pair.estate, pair.near
    second = estate.subnet(near.vpc, "10.1.2.0/24", "b")
    host = estate.interface(second, [near.group])
    appliance = estate.interface(near.subnet, [near.group])
    estate.resource(appliance)["SourceDestCheck"] = False
    estate.route(near.table, NEAR, appliance)
    estate.set_permissions(near.group, ingress=estate.resource(near.group)["IpPermissionsEgress"])
    assert pair.ask(target=host).verdict is Verdict.UNKNOWN


def test_the_reply_is_routed_by_the_targets_own_table():
    pair = peered()
    pair.estate.remove_route(pair.far.table, NEAR)
    answer = pair.ask()
    assert decided(answer) == ("return", "NO_ROUTE_TO_DESTINATION", pair.far.table)
    assert [step.verdict for step in answer.forward] == [Verdict.ALLOWED] * len(answer.forward)


def test_both_missing_routes_are_named():
    pair = peered()
    pair.estate.remove_route(pair.near.table, FAR)
    pair.estate.remove_route(pair.far.table, NEAR)
    assert causes(pair.ask()) == [
        ("forward", "NO_ROUTE_TO_DESTINATION", pair.near.table),
        ("return", "NO_ROUTE_TO_DESTINATION", pair.far.table),
    ]


def test_a_gateways_own_route_table_does_not_steer_peering_traffic():
    pair = peered()
    estate = pair.estate
    gateway = estate.internet_gateway(pair.far.vpc)
    edge = estate.route_table(pair.far.vpc, "edge")
    estate.resource(edge)["Associations"] = [{"GatewayId": gateway, "Main": False}]
    estate.route(edge, "10.2.1.0/24", estate.interface(pair.far.subnet, [pair.far.group]))
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_more_specific_route_that_leads_elsewhere_is_named_where_the_wider_one_would_do():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    pair.estate.route(pair.near.table, "10.2.1.0/24", wrong)
    assert causes(pair.ask())[0] == ("forward", "MORE_SPECIFIC_ROUTE", pair.near.table)


def test_a_route_that_leads_elsewhere_with_no_better_one_is_the_peerings_fault():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    pair.estate.route(pair.near.table, FAR, wrong)
    assert decided(pair.ask()) == ("forward", "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", wrong)


def test_a_wider_blackhole_would_not_have_led_there_either():
    pair = peered()
    third = side(pair.estate, "10.3.0.0/16", "third")
    wrong = pair.estate.peering(pair.near.vpc, third.vpc)
    pair.estate.route(pair.near.table, "10.2.1.0/24", wrong)
    pair.estate.route(pair.near.table, FAR, pair.link, state="blackhole")
    assert decided(pair.ask()) == ("forward", "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", wrong)


def test_an_appliance_whose_check_is_not_told_is_unknown():
    pair = peered()
    estate, near = pair.estate, pair.near
    appliance = estate.interface(near.subnet, [near.group])
    del estate.resource(appliance)["SourceDestCheck"]
    estate.route(near.table, FAR, appliance)
    assert pair.ask().verdict is Verdict.UNKNOWN
    assert decided(pair.ask(complete=True)) == ("forward", "ENI_SOURCE_DEST_CHECK_RESTRICTION", appliance)

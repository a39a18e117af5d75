"""TGW-01 to TGW-09, ACL-10, IP6-03: attachments, zones, gateway tables, gateways behind gateways."""

import pytest
from tests.builders import Estate, allow, any_protocol, tcp
from tests.unit.network.estates import (
    FAR,
    NEAR,
    OTHER_ACCOUNT,
    Pair,
    causes,
    decided,
    hubbed,
    missing,
    side,
)

from narrowgate.model.answer import Verdict

ANYWHERE = "0.0.0.0/0"
_ROUTES = "ec2.search_transit_gateway_routes"


def _views(pair: Pair, name: str) -> list[dict]:
    return pair.estate.views(
        "ec2.describe_transit_gateway_vpc_attachments",
        pair.extra[f"{name} attachment"],
        "TransitGatewayAttachmentId",
    )


def _routes(pair: Pair, table: str = "") -> dict:
    return pair.estate.ledger.answer(_ROUTES, table or pair.extra["table"])


def _drop_route(pair: Pair, block: str) -> None:
    answer = _routes(pair)
    answer["Routes"] = [each for each in answer["Routes"] if each["DestinationCidrBlock"] != block]


def test_two_vpcs_on_one_hub_reach_each_other():
    answer = hubbed().ask()
    assert (answer.verdict, answer.unknowns) == (Verdict.ALLOWED, ())


@pytest.mark.parametrize(("name", "leg"), [("near", "forward"), ("far", "forward")])
@pytest.mark.parametrize("state", ["pendingAcceptance", "modifying", "deleted", "failed", "rejected"])
def test_only_an_available_attachment_forwards(name, leg, state):
    pair = hubbed()
    for view in _views(pair, name):
        view["State"] = state
    assert decided(pair.ask()) == (leg, "BAD_STATE_ATTACHMENT", pair.extra[f"{name} attachment"])


def test_an_attachment_without_a_state_is_unknown():
    pair = hubbed()
    for view in _views(pair, "near"):
        del view["State"]
    assert missing(pair.ask()) == [("TransitGatewayVpcAttachment.State", pair.extra["near attachment"])]
    assert pair.ask(complete=True).verdict is Verdict.ALLOWED


def test_a_gateway_that_is_being_deleted_carries_nothing():
    pair = hubbed()
    pair.estate.resource(pair.link)["State"] = "deleting"
    assert decided(pair.ask()) == ("forward", "BAD_STATE", pair.link)


def test_a_gateway_that_only_a_route_names_is_unknown():
    pair = hubbed()
    pair.estate.remove("ec2.describe_transit_gateways", pair.link, "TransitGatewayId")
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.describe_transit_gateways", pair.link) in missing(answer)


def test_a_vpc_that_is_not_attached_cannot_use_the_gateway():
    pair = hubbed()
    pair.estate.remove(
        "ec2.describe_transit_gateway_vpc_attachments",
        pair.extra["near attachment"],
        "TransitGatewayAttachmentId",
    )
    assert decided(pair.ask()) == ("forward", "UNASSOCIATED_COMPONENT", pair.link)
    pair.estate.forget("ec2.describe_transit_gateway_vpc_attachments")
    assert pair.ask().verdict is Verdict.UNKNOWN


def test_the_sender_needs_an_attachment_subnet_in_its_own_zone():
    pair = hubbed(near_zone="b")
    answer = pair.ask()
    assert decided(answer) == ("forward", "TGW_ROUTE_AZ_RESTRICTION", pair.extra["near attachment"])


def test_the_reply_of_a_target_in_an_uncovered_zone_is_dropped_as_well():
    pair = hubbed(far_zone="b")
    assert decided(pair.ask()) == ("return", "TGW_ROUTE_AZ_RESTRICTION", pair.extra["far attachment"])


def test_zones_are_compared_by_id_and_not_by_name():
    pair = hubbed()
    pair.estate.resource(pair.extra["near hub subnet"])["AvailabilityZone"] = "us-east-1f"
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.resource(pair.extra["near hub subnet"])["AvailabilityZoneId"] = "use1-az6"
    assert decided(pair.ask()) == ("forward", "TGW_ROUTE_AZ_RESTRICTION", pair.extra["near attachment"])


def test_zone_names_compare_inside_one_account_where_ids_are_missing():
    pair = hubbed()
    for each in (pair.near.subnet, pair.extra["near hub subnet"]):
        del pair.estate.resource(each)["AvailabilityZoneId"]
    pair.estate.forget("ec2.describe_availability_zones")
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_zone_that_is_not_known_leaves_the_coverage_unknown():
    pair = hubbed()
    subnet = pair.estate.resource(pair.near.subnet)
    del subnet["AvailabilityZoneId"], subnet["AvailabilityZone"]
    assert missing(pair.ask()) == [("Subnet.AvailabilityZoneId", pair.near.subnet)]


def test_an_attachment_whose_subnets_are_unknown_leaves_the_coverage_unknown():
    pair = hubbed()
    for view in _views(pair, "near"):
        del view["SubnetIds"]
    assert pair.ask().verdict is Verdict.UNKNOWN


def test_attaching_adds_no_route_to_the_vpcs():
    pair = hubbed()
    pair.estate.remove_route(pair.far.table, NEAR)
    assert decided(pair.ask()) == ("return", "NO_ROUTE_TO_DESTINATION", pair.far.table)


def test_an_attachment_without_association_has_no_table():
    pair = hubbed()
    answer = pair.estate.ledger.answer("ec2.get_transit_gateway_route_table_associations", pair.extra["table"])
    answer["Associations"] = answer["Associations"][1:]
    for view in pair.estate.views(
        "ec2.describe_transit_gateway_attachments", pair.extra["near attachment"], "TransitGatewayAttachmentId"
    ):
        view.pop("Association")
    assert decided(pair.ask()) == (
        "forward",
        "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
        pair.extra["near attachment"],
    )
    pair.estate.forget("ec2.get_transit_gateway_route_table_associations")
    assert pair.ask().verdict is Verdict.UNKNOWN


def _segmented() -> tuple[Pair, str, str]:
    """Spokes and services use two tables: each knows only the other's blocks."""
    pair = hubbed()
    estate = pair.estate
    spokes, services = (
        estate.transit_route_table(pair.link, "spokes"),
        estate.transit_route_table(pair.link, "svc"),
    )
    default = estate.ledger.answer("ec2.get_transit_gateway_route_table_associations", pair.extra["table"])
    default["Associations"] = []
    for name, own, other in (("near", spokes, services), ("far", services, spokes)):
        attachment = pair.extra[f"{name} attachment"]
        for view in estate.views(
            "ec2.describe_transit_gateway_attachments", attachment, "TransitGatewayAttachmentId"
        ):
            view.pop("Association", None)
        estate.associate_attachment(attachment, own)
        estate.propagate(attachment, other)
    return pair, spokes, services


def test_request_and_reply_use_the_tables_of_their_own_attachments():
    pair, _, _ = _segmented()
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_missing_propagation_stops_one_direction():
    pair, spokes, services = _segmented()
    pair.estate.ledger.answer(_ROUTES, spokes)["Routes"] = []
    assert decided(pair.ask()) == ("forward", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", spokes)
    pair, spokes, services = _segmented()
    pair.estate.ledger.answer(_ROUTES, services)["Routes"] = []
    assert decided(pair.ask()) == ("return", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", services)


def test_a_blackhole_of_the_gateway_drops():
    pair = hubbed()
    pair.estate.transit_route(pair.extra["table"], "10.2.1.0/24", None)
    assert decided(pair.ask()) == ("forward", "TGW_RTB_BAD_STATE_ROUTE", pair.extra["table"])


def test_a_gateway_route_that_turned_into_a_blackhole_drops_although_it_names_an_attachment():
    pair = hubbed()
    for route in _routes(pair)["Routes"]:
        route["State"] = "blackhole"
    assert decided(pair.ask()) == ("forward", "TGW_RTB_BAD_STATE_ROUTE", pair.extra["table"])


def test_a_wider_blackhole_of_the_gateway_does_not_matter():
    pair = hubbed()
    pair.estate.transit_route(pair.extra["table"], "10.0.0.0/8", None)
    assert pair.ask().verdict is Verdict.ALLOWED


def _third(pair: Pair, block: str = "10.3.0.0/16") -> str:
    third = side(pair.estate, block, "third")
    return pair.estate.attach_vpc(pair.link, [third.subnet], default_tables=False)


def test_a_more_specific_gateway_route_to_another_vpc_takes_the_packet():
    pair = hubbed()
    pair.estate.transit_route(pair.extra["table"], "10.2.1.0/24", _third(pair))
    assert decided(pair.ask()) == ("forward", "TGW_RTB_MORE_SPECIFIC_ROUTE", pair.extra["table"])


def test_a_static_gateway_route_beats_a_propagated_one():
    pair = hubbed()
    pair.estate.transit_route(pair.extra["table"], FAR, _third(pair))
    assert decided(pair.ask()) == ("forward", "TGW_RTB_HIGHER_PRIORITY_ROUTE", pair.extra["table"])


def test_a_propagated_gateway_route_does_not_beat_a_static_one():
    pair = hubbed()
    _drop_route(pair, FAR)
    pair.estate.transit_route(pair.extra["table"], FAR, pair.extra["far attachment"])
    pair.estate.transit_route(pair.extra["table"], FAR, _third(pair), propagated=True)
    assert pair.ask().verdict is Verdict.ALLOWED


def test_of_two_vpcs_with_one_range_only_the_first_is_routed_to():
    pair = hubbed()
    twin = _third(pair, FAR)
    _drop_route(pair, FAR)
    pair.estate.transit_route(pair.extra["table"], FAR, twin, propagated=True)
    assert decided(pair.ask()) == ("forward", "OVERLAPPING_CIDRS", pair.extra["table"])


def test_an_address_takes_the_packet_to_whichever_vpc_the_gateway_routes_to():
    pair = hubbed()
    estate = pair.estate
    twin = side(estate, FAR, "twin")
    attachment = estate.attach_vpc(pair.link, [twin.subnet], default_tables=False)
    estate.route(twin.table, NEAR, pair.link)
    estate.set_permissions(twin.group, ingress=[tcp(443, NEAR)])
    estate.associate_attachment(attachment, pair.extra["table"])
    _drop_route(pair, FAR)
    estate.transit_route(pair.extra["table"], FAR, attachment, propagated=True)
    answer = pair.ask(target=pair.far.address)
    assert (answer.verdict, answer.paths[0].target) == (Verdict.ALLOWED, twin.host)


@pytest.mark.parametrize(
    "filters",
    [
        [{"Name": "state", "Values": ["active"]}],
        [{"Name": "type", "Values": ["propagated"]}],
        [{"Name": "route-search.exact-match", "Values": [FAR]}],
        [{"Name": "attachment.resource-id", "Values": ["vpc-0aaaaaaaaaaaaaaaa"]}],
    ],
)
def test_a_search_that_filters_leave_incomplete_is_unknown(filters):
    pair = hubbed()
    _refilter(pair, filters)
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert ("ec2.search_transit_gateway_routes", pair.extra["table"]) in missing(answer)


@pytest.mark.parametrize(
    "filters",
    [
        [{"Name": "type", "Values": ["static", "propagated"]}],
        [
            {"Name": "state", "Values": ["blackhole", "active"]},
            {"Name": "type", "Values": ["propagated", "static"]},
        ],
        [{"Name": "route-search.subnet-of-match", "Values": ["0.0.0.0/0"]}],
    ],
)
def test_a_search_whose_filters_leave_all_routes_in_is_complete(filters):
    pair = hubbed()
    _refilter(pair, filters)
    assert pair.ask().verdict is Verdict.ALLOWED


def _refilter(pair: Pair, filters: list[dict]) -> None:
    for exchanges in pair.estate.ledger.exchanges.values():
        for exchange in exchanges:
            if exchange.parent == pair.extra["table"] and "Filters" in exchange.parameters:
                exchange.parameters["Filters"] = filters


def test_a_search_that_was_cut_short_is_unknown():
    pair = hubbed()
    _routes(pair)["AdditionalRoutesAvailable"] = True
    assert pair.ask().verdict is Verdict.UNKNOWN


def test_gateway_routes_that_nobody_searched_are_unknown():
    pair = hubbed()
    pair.estate.forget(_ROUTES)
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert any(step.reason == "TGW_RTB_ROUTES_ARE_UNKNOWN" for step in answer.forward)


def test_what_propagates_stands_for_the_routes_where_absent_facts_count_as_empty():
    pair = hubbed()
    pair.estate.forget(_ROUTES)
    assert pair.ask(complete=True).verdict is Verdict.ALLOWED


def test_a_gateway_prefix_list_reference_is_expanded_and_loses_to_a_static_route():
    pair = hubbed()
    listed = pair.estate.prefix_list("far", [FAR])
    _drop_route(pair, FAR)
    attached = {"TransitGatewayAttachmentId": pair.extra["far attachment"], "ResourceType": "vpc"}
    _routes(pair)["Routes"].append(
        {"PrefixListId": listed, "TransitGatewayAttachments": [attached], "Type": "static", "State": "active"}
    )
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.transit_route(pair.extra["table"], FAR, _third(pair))
    assert decided(pair.ask()) == ("forward", "TGW_RTB_HIGHER_PRIORITY_ROUTE", pair.extra["table"])


@pytest.mark.parametrize("kind", ["vpn", "direct-connect-gateway", "connect"])
def test_an_attachment_that_is_no_vpc_is_named_and_unknown(kind):
    pair = hubbed()
    _drop_route(pair, FAR)
    attached = {"TransitGatewayAttachmentId": "tgw-attach-0aaaaaaaaaaaaaaaa", "ResourceType": kind}
    _routes(pair)["Routes"].append(
        {
            "DestinationCidrBlock": FAR,
            "TransitGatewayAttachments": [attached],
            "Type": "propagated",
            "State": "active",
        }
    )
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert (f"transit gateway attachment to a {kind}", "tgw-attach-0aaaaaaaaaaaaaaaa") in missing(answer)


# --- ACL-10: an ACL of its own for one subnet, open but for one direction


def _guard(pair: Pair, name: str, subnet: str, *, inbound: list[str], outbound: list[str]) -> str:
    entries = [allow(100 + number, block) for number, block in enumerate(inbound)]
    entries += [allow(100 + number, block, egress=True) for number, block in enumerate(outbound)]
    return pair.estate.network_acl(getattr(pair, name).vpc, f"{name}-hub", entries=entries, subnets=[subnet])


@pytest.mark.parametrize("name", ["near", "far"])
def test_a_dedicated_hub_subnet_tests_in_from_its_vpc_and_out_to_it(name):
    pair = hubbed()
    here, there = (NEAR, FAR) if name == "near" else (FAR, NEAR)
    _guard(pair, name, pair.extra[f"{name} hub subnet"], inbound=[here], outbound=[here])
    assert pair.ask().verdict is Verdict.ALLOWED
    acl = _guard(pair, name, pair.extra[f"{name} hub subnet"], inbound=[there], outbound=[there])
    legs = [leg for leg, reason, resource in causes(pair.ask()) if resource == acl]
    assert legs == ["forward", "return"]


def test_a_dedicated_hub_subnet_that_lets_nothing_in_stops_the_request():
    pair = hubbed()
    acl = _guard(pair, "near", pair.extra["near hub subnet"], inbound=[], outbound=[ANYWHERE])
    assert causes(pair.ask()) == [("forward", "SUBNET_ACL_RESTRICTION", acl)]


def test_a_dedicated_hub_subnet_that_lets_nothing_out_stops_the_reply():
    pair = hubbed()
    acl = _guard(pair, "near", pair.extra["near hub subnet"], inbound=[ANYWHERE], outbound=[])
    assert causes(pair.ask()) == [("return", "SUBNET_ACL_RESTRICTION", acl)]


def test_a_shared_hub_subnet_tests_out_and_in_on_the_way_to_the_gateway():
    pair = hubbed(shared=True)
    # In: the sender's own address; nothing is asked of what the gateway delivers.
    _guard(pair, "near", pair.near.subnet, inbound=[NEAR], outbound=[FAR])
    assert pair.ask().verdict is Verdict.ALLOWED
    acl = _guard(pair, "near", pair.near.subnet, inbound=[FAR], outbound=[FAR])
    assert causes(pair.ask()) == [("forward", "SUBNET_ACL_RESTRICTION", acl)]


def test_a_shared_subnet_that_only_admits_the_remote_range_fails_on_the_reply():
    pair = hubbed(shared=True)
    acl = _guard(pair, "far", pair.far.subnet, inbound=[NEAR], outbound=[NEAR])
    assert causes(pair.ask()) == [("return", "SUBNET_ACL_RESTRICTION", acl)]


def test_a_hub_delivers_to_a_shared_subnet_without_any_test():
    pair = hubbed(shared=True)
    _guard(pair, "far", pair.far.subnet, inbound=[FAR], outbound=[NEAR])
    assert pair.ask().verdict is Verdict.ALLOWED


def test_the_workloads_own_acl_is_asked_beside_a_dedicated_hub_subnet():
    pair = hubbed()
    acl = _guard(pair, "far", pair.far.subnet, inbound=[FAR], outbound=[ANYWHERE])
    assert decided(pair.ask()) == ("forward", "SUBNET_ACL_RESTRICTION", acl)


def _two_zones(*, appliance: bool = False, sender_zone: str = "a") -> tuple[Pair, str]:
    """The far VPC is attached in two zones; the subnet in zone b lets nothing out."""
    pair = hubbed(near_zone=sender_zone)
    estate = pair.estate
    if sender_zone != "a":
        near = estate.subnet(pair.near.vpc, "10.1.8.0/28", sender_zone, "near-hub-more")
        for view in _views(pair, "near"):
            view["SubnetIds"].append(near)
    second = estate.subnet(pair.far.vpc, "10.2.8.0/28", "b", "far-hub-b")
    estate.network_acl(pair.far.vpc, "closed", entries=[allow(100, ANYWHERE)], subnets=[second])
    for view in _views(pair, "far"):
        view["SubnetIds"].append(second)
        view["Options"]["ApplianceModeSupport"] = "enable" if appliance else "disable"
    return pair, second


def test_a_gateway_keeps_the_packet_in_the_senders_zone():
    pair, _ = _two_zones(sender_zone="a")
    assert pair.ask().verdict is Verdict.ALLOWED
    pair, _ = _two_zones(sender_zone="b")
    assert pair.ask().decided_by.reason == "SUBNET_ACL_RESTRICTION"


def test_appliance_mode_spreads_flows_over_all_zones():
    pair, _ = _two_zones(appliance=True)
    assert pair.ask().verdict is Verdict.PARTIAL


def test_a_zone_that_refuses_and_one_that_nobody_knows_of_leave_it_unknown():
    pair, _ = _two_zones(appliance=True)
    estate, far = pair.estate, pair.far
    first = estate.subnet(far.vpc, "10.2.9.0/28", "a", "far-hub-a")
    for view in _views(pair, "far"):
        view["SubnetIds"][0] = first
    assert pair.ask().verdict is Verdict.PARTIAL
    appliance = estate.interface(far.subnet, [far.group])
    estate.route(estate.route_table(far.vpc, subnets=[first]), "10.2.1.0/24", appliance)
    assert pair.ask().verdict is Verdict.UNKNOWN


# --- IPv6


def test_ipv6_is_off_on_an_attachment_unless_switched_on():
    estate = Estate()
    near, far = side(estate, NEAR, "near", ipv6=1), side(estate, FAR, "far", ipv6=2)
    gateway = estate.transit_gateway("hub")
    pair = Pair(estate, near, far, gateway)
    for name, each, block in (("near", near, "2001:db8:1::/56"), ("far", far, "2001:db8:2::/56")):
        attachment = pair.extra[f"{name} attachment"] = estate.attach_vpc(gateway, [each.subnet])
        table = estate.resource(gateway)["Options"]["AssociationDefaultRouteTableId"]
        estate.transit_route(table, block, attachment, propagated=True)
        estate.set_permissions(each.group, ingress=[any_protocol("::/0")], egress=[any_protocol("::/0")])
    estate.route(near.table, "2001:db8:2::/56", gateway)
    estate.route(far.table, "2001:db8:1::/56", gateway)
    assert decided(pair.ask(ip_version=6)) == ("forward", "PROTOCOL_RESTRICTION", pair.extra["near attachment"])
    for name in ("near", "far"):
        for view in _views(pair, name):
            view["Options"]["Ipv6Support"] = "enable"
    assert pair.ask(ip_version=6).verdict is Verdict.ALLOWED


# --- TGW-09


def _two_gateways(state: str = "available") -> Pair:
    """Near and far hang on two gateways in two Regions, peered, with static routes both ways."""
    estate = Estate()
    abroad = estate.at(region="eu-west-1")
    near, far = side(estate, NEAR, "near"), side(abroad, FAR, "far")
    here, there = estate.transit_gateway("here"), abroad.transit_gateway("there")
    pair = Pair(estate, near, far, "tgw-attach-0bbbbbbbbbbbbbbbb")
    for each, gateway in ((near, here), (far, there)):
        each.estate.attach_vpc(gateway, [each.subnet])
    estate.route(near.table, FAR, here)
    abroad.route(far.table, NEAR, there)
    estate.set_permissions(far.group, ingress=[tcp(443, NEAR)])
    element = {
        "TransitGatewayAttachmentId": pair.link,
        "RequesterTgwInfo": {"TransitGatewayId": here, "OwnerId": estate.account, "Region": estate.region},
        "AccepterTgwInfo": {"TransitGatewayId": there, "OwnerId": estate.account, "Region": abroad.region},
        "State": state,
        "Tags": [],
    }
    attached = {"TransitGatewayAttachmentId": pair.link, "ResourceType": "peering"}
    for builder, gateway, block in ((estate, here, FAR), (abroad, there, NEAR)):
        builder._add("ec2.describe_transit_gateway_peering_attachments", dict(element), pair.link)
        table = builder.resource(gateway)["Options"]["AssociationDefaultRouteTableId"]
        pair.extra[gateway] = table
        builder.ledger.answer("ec2.get_transit_gateway_route_table_associations", table)["Associations"].append(
            attached | {"ResourceId": gateway, "State": "associated"}
        )
        builder.ledger.answer(_ROUTES, table)["Routes"].append(
            {
                "DestinationCidrBlock": block,
                "TransitGatewayAttachments": [attached],
                "Type": "static",
                "State": "active",
            }
        )
    pair.extra["here"], pair.extra["there"] = here, there
    return pair


def test_peered_gateways_carry_packets_between_regions():
    assert _two_gateways().ask().verdict is Verdict.ALLOWED


def test_a_gateway_peering_must_be_accepted():
    pair = _two_gateways("pendingAcceptance")
    assert decided(pair.ask()) == ("forward", "BAD_STATE_ATTACHMENT", pair.link)


def test_a_missing_static_route_on_the_far_gateway_stops_the_reply():
    pair = _two_gateways()
    table = pair.extra[pair.extra["there"]]
    answer = pair.estate.ledger.answer(_ROUTES, table)
    answer["Routes"] = [each for each in answer["Routes"] if each["DestinationCidrBlock"] != NEAR]
    assert decided(pair.ask()) == ("return", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", table)


def test_group_references_do_not_cross_peered_gateways():
    pair = _two_gateways()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, pair.near.group)])
    assert decided(pair.ask()) == ("forward", "SG_REFERENCES_NOT_PRESERVED", pair.far.group)


def test_gateways_that_send_a_packet_in_a_circle_drop_it():
    pair = _two_gateways()
    table = pair.extra[pair.extra["there"]]
    answer = pair.estate.ledger.answer(_ROUTES, table)
    for route in answer["Routes"]:
        route["TransitGatewayAttachments"] = [{"TransitGatewayAttachmentId": pair.link, "ResourceType": "peering"}]
    assert decided(pair.ask()) == ("forward", "TGW_RTB_CANNOT_ROUTE", pair.link)


def test_another_accounts_attachment_that_was_not_collected_is_unknown():
    estate = Estate()
    near, far = side(estate, NEAR, "near"), side(estate.at(OTHER_ACCOUNT), FAR, "far")
    gateway = estate.transit_gateway("hub", shared_with=[OTHER_ACCOUNT])
    pair = Pair(estate, near, far, gateway)
    for each in (near, far):
        each.estate.attach_vpc(gateway, [each.subnet])
    estate.route(near.table, FAR, gateway)
    far.estate.route(far.table, NEAR, gateway)
    far.estate.set_permissions(far.group, ingress=[tcp(443, NEAR)])
    assert pair.ask().verdict is Verdict.ALLOWED
    for where in [each for each in estate.ledger.sites if each.account == OTHER_ACCOUNT]:
        del estate.ledger.sites[where]
    answer = pair.ask(target=far.address)
    assert answer.verdict is Verdict.UNKNOWN

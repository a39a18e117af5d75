"""SG-01 to SG-11: which rule admits a connection, and what a rule that names a group means."""

import pytest
from tests.builders import Estate, any_protocol, snapshot_of, tcp, udp
from tests.unit.network.estates import FAR, NEAR, OTHER_ACCOUNT, Pair, causes, decided, hubbed, missing, peered

from narrowgate.model.answer import Verdict

ANYWHERE = "0.0.0.0/0"


def test_no_rule_at_all_and_no_matching_rule_are_told_apart():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[])
    assert decided(pair.ask()) == ("forward", "SG_HAS_NO_RULES", pair.far.group)
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.9.0.0/16")])
    assert decided(pair.ask()) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)


def test_the_rules_of_all_groups_of_an_interface_form_one_union():
    pair = peered()
    second = pair.estate.security_group(pair.far.vpc, "second", ingress=[tcp(443, NEAR)])
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(22, NEAR)])
    pair.estate.set_groups(pair.far.host, [pair.far.group, second])
    assert pair.ask().verdict is Verdict.ALLOWED
    pair.estate.set_permissions(second, ingress=[tcp(80, NEAR)])
    assert decided(pair.ask()) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.host)


def test_replies_pass_whatever_the_opposite_direction_says():
    pair = peered()
    pair.estate.set_permissions(pair.near.group, ingress=[])
    pair.estate.set_permissions(pair.far.group, egress=[])
    assert pair.ask().verdict is Verdict.ALLOWED


def test_egress_of_the_client_and_ingress_of_the_target_are_both_asked():
    pair = peered()
    pair.estate.set_permissions(pair.near.group, egress=[tcp(80, ANYWHERE)])
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(80, ANYWHERE)])
    assert causes(pair.ask()) == [
        ("forward", "ENI_SG_RULES_MISMATCH", pair.near.group),
        ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group),
    ]


@pytest.mark.parametrize(
    ("permission", "is_admitted"),
    [
        (tcp((443, 443), NEAR), True),
        (tcp((440, 450), NEAR), True),
        (tcp((444, 450), NEAR), False),
        (tcp((0, 442), NEAR), False),
        (udp(443, NEAR), False),
        (any_protocol(NEAR), True),
        (any_protocol("::/0"), False),
        ({**any_protocol(NEAR), "IpProtocol": "6", "FromPort": 443, "ToPort": 443}, True),
        ({**any_protocol(NEAR), "IpProtocol": "50"}, False),
        ({**tcp(443, NEAR), "IpProtocol": "icmp"}, False),
        (tcp(443, "10.1.1.10/32"), True),
        (tcp(443, "10.1.1.11/32"), False),
    ],
)
def test_a_rule_matches_protocol_port_and_block(permission, is_admitted):
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[permission])
    assert (pair.ask().verdict is Verdict.ALLOWED) is is_admitted


def test_a_tcp_rule_without_ports_is_unknown():
    pair = peered()
    permission = tcp(443, NEAR)
    del permission["FromPort"], permission["ToPort"]
    pair.estate.set_permissions(pair.far.group, ingress=[permission])
    assert pair.ask().verdict is Verdict.UNKNOWN


def test_a_prefix_list_matches_any_of_its_entries():
    pair = peered()
    estate = pair.estate
    inside = estate.prefix_list("inside", ["10.8.0.0/16", NEAR])
    outside = estate.prefix_list("outside", ["10.8.0.0/16"])
    estate.set_permissions(pair.far.group, ingress=[tcp(443, inside)])
    assert pair.ask().verdict is Verdict.ALLOWED
    estate.set_permissions(pair.far.group, ingress=[tcp(443, outside)])
    assert decided(pair.ask()) == ("forward", "ENI_SG_RULES_MISMATCH", pair.far.group)


def test_a_prefix_list_without_entries_in_the_source_is_unknown_unless_another_rule_matches():
    pair = peered()
    estate = pair.estate
    listed = estate.prefix_list("listed", [NEAR])
    estate.forget("ec2.get_managed_prefix_list_entries", listed)
    estate.set_permissions(pair.far.group, ingress=[tcp(443, listed)])
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("ec2.get_managed_prefix_list_entries", listed)],
    )
    estate.set_permissions(pair.far.group, ingress=[tcp(443, listed), tcp(443, NEAR)])
    assert pair.ask().verdict is Verdict.ALLOWED


def test_a_list_that_only_a_rule_names_is_unknown_even_when_absent_facts_count_as_empty():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "pl-0aaaaaaaaaaaaaaaa")])
    assert pair.ask(complete=True).verdict is Verdict.UNKNOWN


def _neighbours() -> tuple[Pair, str]:
    """A second host in another subnet of the near VPC."""
    pair = peered()
    estate, near = pair.estate, pair.near
    subnet = estate.subnet(near.vpc, "10.1.2.0/24", "b")
    estate.use_route_table(subnet, near.table)
    group = estate.security_group(near.vpc, "neighbour")
    return pair, estate.interface(subnet, [group], address="10.1.2.10")


def test_a_rule_that_names_a_group_matches_interfaces_in_it():
    pair, neighbour = _neighbours()
    group = pair.estate.resource(neighbour)["Groups"][0]["GroupId"]
    pair.estate.set_permissions(group, ingress=[tcp(443, pair.near.group)])
    assert pair.ask(target=neighbour).verdict is Verdict.ALLOWED
    pair.estate.set_permissions(group, ingress=[tcp(443, group)])
    assert decided(pair.ask(target=neighbour)) == ("forward", "ENI_SG_RULES_MISMATCH", group)


def test_a_group_that_names_itself_admits_its_own_members():
    pair, neighbour = _neighbours()
    pair.estate.set_groups(neighbour, [pair.near.group])
    pair.estate.set_permissions(pair.near.group, ingress=[tcp(443, pair.near.group)])
    assert pair.ask(target=neighbour).verdict is Verdict.ALLOWED


def test_group_membership_is_not_transitive():
    pair, neighbour = _neighbours()
    group = pair.estate.resource(neighbour)["Groups"][0]["GroupId"]
    middle = pair.estate.security_group(pair.near.vpc, "middle", ingress=[tcp(443, pair.near.group)])
    pair.estate.set_permissions(group, ingress=[tcp(443, middle)])
    assert decided(pair.ask(target=neighbour)) == ("forward", "ENI_SG_RULES_MISMATCH", group)


def test_a_host_that_could_be_started_is_in_no_group_that_a_rule_names():
    pair, neighbour = _neighbours()
    group = pair.estate.resource(neighbour)["Groups"][0]["GroupId"]
    pair.estate.set_permissions(group, ingress=[tcp(443, pair.near.group)])
    subnet = pair.near.subnet
    assert decided(pair.ask(subnet, neighbour)) == ("forward", "ENI_SG_RULES_MISMATCH", group)
    answer = pair.ask(subnet, neighbour, security_groups=[pair.near.group])
    assert answer.verdict is Verdict.ALLOWED


def test_a_client_whose_groups_are_unknown_may_or_may_not_be_in_the_group():
    pair, neighbour = _neighbours()
    group = pair.estate.resource(neighbour)["Groups"][0]["GroupId"]
    pair.estate.set_permissions(group, ingress=[tcp(443, pair.near.group)])
    del pair.estate.resource(pair.near.host)["Groups"]
    answer = pair.ask(target=neighbour)
    assert answer.verdict is Verdict.UNKNOWN
    assert ("NetworkInterface.Groups", pair.near.host) in missing(answer)


def test_an_interface_that_carries_an_uncollected_group_is_unknown():
    pair = peered()
    pair.estate.remove("ec2.describe_security_groups", pair.far.group, "GroupId")
    answer = pair.ask()
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("ec2.describe_security_groups", pair.far.group)],
    )


def test_a_group_without_permissions_in_the_source_is_unknown_or_empty():
    pair = peered()
    del pair.estate.resource(pair.far.group)["IpPermissions"]
    assert missing(pair.ask()) == [("SecurityGroup.IpPermissions", pair.far.group)]
    assert decided(pair.ask(complete=True)) == ("forward", "SG_HAS_NO_RULES", pair.far.group)


def test_a_group_of_another_vpc_works_where_it_is_associated():
    pair, neighbour = _neighbours()
    estate = pair.estate
    shared = estate.security_group(pair.far.vpc, "shared", ingress=[tcp(443, NEAR)])
    estate.associate_group(shared, pair.near.vpc)
    estate.set_groups(neighbour, [shared])
    assert pair.ask(target=neighbour).verdict is Verdict.ALLOWED


def _through_hub(*, gateway: str = "enable", near: str = "enable", far: str = "enable", **zones: str) -> Pair:
    pair = hubbed(**zones)
    estate = pair.estate
    estate.resource(pair.link)["Options"]["SecurityGroupReferencingSupport"] = gateway
    for name, setting in (("near", near), ("far", far)):
        for view in estate.views(
            "ec2.describe_transit_gateway_vpc_attachments",
            pair.extra[f"{name} attachment"],
            "TransitGatewayAttachmentId",
        ):
            view["Options"]["SecurityGroupReferencingSupport"] = setting
    estate.set_permissions(pair.far.group, ingress=[tcp(443, pair.near.group)])
    return pair


def test_a_transit_gateway_carries_group_references_where_all_three_switches_are_on():
    assert _through_hub().ask().verdict is Verdict.ALLOWED


@pytest.mark.parametrize("switch", ["gateway", "near", "far"])
def test_one_switch_off_stops_references_through_a_transit_gateway(switch):
    pair = _through_hub(**{switch: "disable"})
    assert decided(pair.ask()) == ("forward", "SG_REFERENCING_SUPPORT", pair.far.group)


def test_an_unknown_switch_leaves_the_reference_unknown():
    pair = _through_hub()
    del pair.estate.resource(pair.link)["Options"]["SecurityGroupReferencingSupport"]
    assert missing(pair.ask()) == [("TransitGateway.Options.SecurityGroupReferencingSupport", pair.link)]


def test_references_through_a_transit_gateway_work_in_inbound_rules_only():
    pair = _through_hub()
    pair.estate.set_permissions(pair.near.group, egress=[tcp(443, pair.far.group)])
    assert decided(pair.ask()) == ("forward", "SG_REFERENCES_NOT_PRESERVED", pair.near.group)


def test_references_through_a_transit_gateway_do_not_work_for_interface_endpoints():
    pair = _through_hub()
    endpoint = pair.estate.interface_endpoint([pair.far.subnet], [pair.far.group])
    assert decided(pair.ask(target=endpoint)) == ("forward", "SG_REFERENCES_NOT_PRESERVED", pair.far.group)


def test_references_through_a_transit_gateway_do_not_work_in_one_zone():
    pair = _through_hub()
    pair.estate.resource(pair.near.subnet)["AvailabilityZoneId"] = "use1-az3"
    pair.estate.resource(pair.extra["near hub subnet"])["AvailabilityZoneId"] = "use1-az3"
    assert decided(pair.ask()) == ("forward", "SG_REFERENCES_NOT_PRESERVED", pair.far.group)


def test_an_endpoint_made_without_a_group_has_the_default_one_that_admits_no_other_vpc():
    pair = peered()
    endpoint = pair.estate.interface_endpoint([pair.far.subnet])
    default = pair.estate.default_of(pair.far.vpc, "ec2.describe_security_groups")
    answer = pair.ask(target=endpoint)
    assert decided(answer) == ("forward", "ENI_SG_RULES_MISMATCH", default)
    assert answer.decided_by.rule == "SG-06"


def test_a_participants_group_of_another_account_is_named_with_its_account():
    estate = Estate()
    owner_vpc = estate.vpc(FAR, "shared")
    subnet = estate.subnet(owner_vpc, "10.2.1.0/24", "a")
    estate.share_subnet(subnet, OTHER_ACCOUNT)
    participant = estate.at(OTHER_ACCOUNT)
    theirs = participant.security_group(owner_vpc, "participant")
    ours = estate.security_group(owner_vpc, "owner", ingress=[tcp(443, f"{OTHER_ACCOUNT}/{theirs}")])
    client = participant.interface(subnet, [theirs])
    target = estate.interface(subnet, [ours])
    pair = Pair(estate, None, None)  # type: ignore[arg-type]
    assert pair.ask(client, target).verdict is Verdict.ALLOWED
    assert snapshot_of(estate).facts.security_groups[theirs].owner_id == OTHER_ACCOUNT

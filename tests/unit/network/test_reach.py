"""RCH-01, RCH-02, ALT-01: every host of the client, every address of the target, one answer."""

import pytest
from tests.builders import allow, any_protocol, tcp
from tests.unit.network.estates import FAR, NEAR, Pair, causes, decided, missing, peered

from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.errors import InputError


def test_steps_come_in_the_order_in_which_aws_judges_a_packet():
    answer = peered().ask()
    assert [step.layer for step in answer.forward] == [
        "security_group",
        "network_acl",
        "route_table",
        "vpc_peering_connection",
        "network_acl",
        "security_group",
    ]
    assert [step.layer for step in answer.back] == [
        "network_acl",
        "route_table",
        "vpc_peering_connection",
        "network_acl",
    ]
    assert {step.leg for step in answer.forward} == {Leg.FORWARD}
    assert {step.leg for step in answer.back} == {Leg.RETURN}


def test_every_step_cites_a_rule_and_every_decision_a_fact():
    answer = peered().ask()
    for step in (*answer.forward, *answer.back):
        assert step.rule
        assert step.component
        assert step.evidence
        assert step.evidence[0].source.endswith(".json")


def test_every_independent_failure_is_named_and_the_first_decides():
    pair = peered()
    estate = pair.estate
    estate.set_permissions(pair.far.group, ingress=[])
    estate.remove_route(pair.far.table, NEAR)
    acl = estate.network_acl(pair.near.vpc, "closed", entries=[allow(1, FAR)], subnets=[pair.near.subnet])
    answer = pair.ask()
    assert causes(answer) == [
        ("forward", "SUBNET_ACL_RESTRICTION", acl),
        ("forward", "SG_HAS_NO_RULES", pair.far.group),
        ("return", "NO_ROUTE_TO_DESTINATION", pair.far.table),
    ]
    assert answer.decided_by == answer.blocking[0]


def test_a_certain_failure_decides_and_unknowns_are_still_named():
    pair = peered()
    pair.estate.forget("ec2.describe_network_acls")
    pair.estate.set_permissions(pair.far.group, ingress=[])
    answer = pair.ask()
    assert decided(answer) == ("forward", "SG_HAS_NO_RULES", pair.far.group)
    assert {fact for fact, _ in missing(answer)} == {"ec2.describe_network_acls"}


@pytest.mark.parametrize(
    "call",
    [
        "ec2.describe_route_tables",
        "ec2.describe_network_acls",
        "ec2.describe_security_groups",
        "ec2.describe_vpc_peering_connections",
    ],
)
def test_a_call_that_nobody_made_is_never_an_allowed_and_never_a_denied(call):
    pair = peered()
    pair.estate.forget(call)
    answer = pair.ask()
    assert answer.verdict is Verdict.UNKNOWN
    assert any(each.fact.startswith(call) for each in answer.unknowns)


def test_a_refused_call_is_unknown_even_when_absent_facts_count_as_empty():
    pair = peered()
    pair.estate.refuse("ec2.describe_network_acls")
    answer = pair.ask(complete=True)
    assert answer.verdict is Verdict.UNKNOWN


def _two_subnets() -> Pair:
    """The near VPC has a second subnet on a table without a route to the far VPC."""
    pair = peered()
    second = pair.estate.subnet(pair.near.vpc, "10.1.2.0/24", "b")
    pair.extra["second"] = second
    pair.extra["table"] = pair.estate.route_table(pair.near.vpc, "second", subnets=[second])
    return pair


def test_subnets_of_a_vpc_that_fare_differently_are_partial_with_both_lists():
    pair = _two_subnets()
    answer = pair.ask(pair.near.vpc)
    assert (answer.verdict, answer.works, answer.fails) == (
        Verdict.PARTIAL,
        (pair.near.subnet,),
        (pair.extra["second"],),
    )
    assert decided(answer) == ("forward", "NO_ROUTE_TO_DESTINATION", pair.extra["table"])


def test_subnets_that_fare_alike_give_one_answer():
    pair = _two_subnets()
    pair.estate.route(pair.extra["table"], FAR, pair.link)
    answer = pair.ask(pair.near.vpc)
    assert (answer.verdict, answer.fails) == (Verdict.ALLOWED, ())
    pair.estate.set_permissions(pair.far.group, ingress=[])
    answer = pair.ask(pair.near.vpc)
    assert (answer.verdict, answer.works, len(answer.blocking)) == (Verdict.DENIED, (), 1)


def test_a_vpc_whose_other_subnets_are_unknown_is_not_allowed():
    pair = peered()
    pair.estate.forget("ec2.describe_subnets")
    answer = pair.ask(pair.near.vpc)
    assert answer.verdict is Verdict.UNKNOWN
    assert any(fact == "ec2.describe_subnets" for fact, _ in missing(answer))


def test_a_group_rule_that_cuts_through_a_subnet_is_partial_and_says_which_addresses():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.1.1.0/25")])
    answer = pair.ask(pair.near.subnet)
    assert answer.verdict is Verdict.PARTIAL
    assert answer.works == (f"{pair.near.subnet} (10.1.1.0-10.1.1.127)",)
    assert answer.fails == (f"{pair.near.subnet} (10.1.1.128-10.1.1.255)",)


def test_a_rule_for_addresses_that_are_taken_cuts_nothing():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.1.1.10/32"), tcp(443, NEAR)])
    assert pair.ask(pair.near.subnet).works == (pair.far.host,)
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.1.1.10/32")])
    answer = pair.ask(pair.near.subnet)
    assert (answer.verdict, answer.fails) == (Verdict.DENIED, (pair.far.host,))


def test_an_acl_entry_that_cuts_through_a_subnet_is_partial():
    pair = peered()
    entries = [allow(100, "10.1.1.64/26"), allow(100, "0.0.0.0/0", egress=True)]
    pair.estate.network_acl(pair.far.vpc, "cut", entries=entries, subnets=[pair.far.subnet])
    answer = pair.ask(pair.near.subnet)
    assert answer.verdict is Verdict.PARTIAL
    assert answer.works == (f"{pair.near.subnet} (10.1.1.64-10.1.1.127)",)


def test_a_return_route_that_cuts_through_a_subnet_is_partial():
    pair = peered()
    pair.estate.remove_route(pair.far.table, NEAR)
    pair.estate.route(pair.far.table, "10.1.1.128/25", pair.link)
    answer = pair.ask(pair.near.subnet)
    assert (answer.verdict, answer.works) == (
        Verdict.PARTIAL,
        (f"{pair.near.subnet} (10.1.1.128-10.1.1.255)",),
    )


def test_a_fixed_address_is_not_spread_over_its_subnet():
    pair = peered()
    pair.estate.set_permissions(pair.far.group, ingress=[tcp(443, "10.1.1.0/25")])
    assert pair.ask("10.1.1.99").verdict is Verdict.ALLOWED
    assert pair.ask("10.1.1.199").verdict is Verdict.DENIED


def test_all_interfaces_of_an_endpoint_must_be_reached():
    pair = peered()
    estate = pair.estate
    second = estate.subnet(pair.far.vpc, "10.2.2.0/24", "b")
    endpoint = estate.interface_endpoint([pair.far.subnet, second], [pair.far.group])
    answer = pair.ask(target=endpoint)  # the second subnet is on the main table, which has no route back
    main = estate.main_route_table(pair.far.vpc)
    assert (answer.verdict, decided(answer)) == (
        Verdict.PARTIAL,
        ("return", "NO_ROUTE_TO_DESTINATION", main),
    )
    estate.use_route_table(second, pair.far.table)
    assert pair.ask(target=endpoint).verdict is Verdict.ALLOWED


def test_an_interface_that_was_not_collected_leaves_the_rest_undecided():
    pair = peered()
    estate = pair.estate
    second = estate.subnet(pair.far.vpc, "10.2.2.0/24", "b")
    estate.use_route_table(second, pair.far.table)
    endpoint = estate.interface_endpoint([pair.far.subnet, second], [pair.far.group])
    gone = estate.resource(endpoint)["NetworkInterfaceIds"][1]
    estate.remove("ec2.describe_network_interfaces", gone, "NetworkInterfaceId")
    answer = pair.ask(target=endpoint)
    assert (answer.verdict, missing(answer)) == (
        Verdict.UNKNOWN,
        [("ec2.describe_network_interfaces", gone)],
    )


@pytest.mark.parametrize("asked", [{"port": 0}, {"port": 65536}, {"protocol": "icmp"}, {"client_ports": (9, 3)}])
def test_a_flow_that_cannot_be_is_refused(asked):
    with pytest.raises(InputError):
        peered().ask(**asked)


def test_ipv4_is_taken_where_both_ends_have_it():
    assert peered(ipv6=True).ask().paths[0].client_address == "10.1.1.10"


# --- ALT-01


def _balanced(kind: str = "application") -> tuple[Pair, str, str]:
    """A balancer in the far VPC forwards 443 to an endpoint there."""
    pair = peered()
    estate = pair.estate
    behind = estate.subnet(pair.far.vpc, "10.2.2.0/24", "a")
    group = estate.security_group(pair.far.vpc, "endpoint", ingress=[tcp(443, "10.2.1.0/24")])
    endpoint = estate.interface_endpoint([behind], [group])
    groups = [pair.far.group] if kind == "application" else []
    arn = estate.load_balancer("front", [pair.far.subnet], groups, kind=kind, targets=estate.addresses(endpoint))
    pair.extra.update(endpoint=endpoint, group=group, behind=behind)
    return pair, arn, group


@pytest.mark.parametrize("kind", ["application", "network"])
def test_a_balancer_before_an_endpoint_is_two_hops(kind):
    pair, arn, _ = _balanced(kind)
    answer = pair.ask(target=arn)
    assert answer.verdict is Verdict.ALLOWED
    assert "load_balancer" in [step.layer for step in answer.forward]


def test_the_endpoints_group_must_admit_the_balancer():
    pair, arn, group = _balanced()
    pair.estate.set_permissions(group, ingress=[tcp(443, NEAR)])
    assert decided(pair.ask(target=arn)) == ("forward", "ENI_SG_RULES_MISMATCH", group)


def test_the_balancers_own_group_must_admit_the_client():
    pair, arn, _ = _balanced()
    pair.estate.set_permissions(pair.far.group, ingress=[])
    assert decided(pair.ask(target=arn)) == ("forward", "SG_HAS_NO_RULES", pair.far.group)


def test_a_network_balancer_without_groups_filters_nothing():
    pair, arn, _ = _balanced("network")
    pair.estate.set_permissions(pair.far.group, ingress=[])
    assert pair.ask(target=arn).verdict is Verdict.ALLOWED


def test_a_balancer_serves_its_listeners_ports_only():
    pair, arn, _ = _balanced()
    pair.estate.set_permissions(pair.far.group, ingress=[any_protocol(NEAR)])
    assert decided(pair.ask(target=arn, port=80)) == ("forward", "NOTHING_LISTENS", arn)
    pair.estate.forget("elbv2.describe_listeners")
    assert pair.ask(target=arn, port=80).verdict is Verdict.UNKNOWN


def test_one_reachable_target_is_enough_for_a_balancer():
    pair, arn, _ = _balanced()
    estate = pair.estate
    closed = estate.security_group(pair.far.vpc, "closed")
    other = estate.interface_endpoint([pair.far.subnet], [closed], private_dns=False)
    for exchanges in estate.ledger.exchanges.values():
        for exchange in exchanges:
            if "TargetHealthDescriptions" in exchange.body:
                first = exchange.body["TargetHealthDescriptions"][0]
                wrong = first | {"Target": first["Target"] | {"Id": estate.addresses(other)[0]}}
                exchange.body["TargetHealthDescriptions"].insert(0, wrong)
    assert pair.ask(target=arn).verdict is Verdict.ALLOWED

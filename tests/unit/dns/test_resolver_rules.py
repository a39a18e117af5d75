"""Which of rules, zones, private DNS and autodefined rules answers (RSLV-*, VPCE-DNS-07, PHZ-08)."""

import pytest
from tests.builders import tcp, udp
from tests.unit.dns.estates import (
    BILLING_NAME,
    DOMAIN,
    ENDPOINT_IPS,
    ORDERS_NAME,
    PUBLIC_NAME,
    World,
    forwarded,
    inbound_ips,
    peered,
)

from narrowgate.model.answer import Leg, Rcode, Verdict
from narrowgate.model.reason import Reason

ELSEWHERE = ["10.9.0.1"]


def _forward_to_inbound(world: World, domain: str) -> str:
    """A second FORWARD rule to the same inbound endpoint."""
    outbound = world.guide.requester.resolver_endpoint
    rule = world.estate.resolver_rule(domain, outbound, inbound_ips(world), name=domain)
    world.estate.associate_rule(rule, world.vpc)
    return rule


def test_a_rule_covers_its_domain_and_everything_below() -> None:
    world = forwarded("corp.internal")
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)
    world.api_estate.record(world.guide.corp_zone, "corp.internal", "A", ["10.9.0.1"])
    assert world.ask("corp.internal").addresses == ("10.9.0.1",)


def test_a_rule_matches_whole_labels_only() -> None:
    world = forwarded("corp.internal")
    world.estate.record(world.zone("notcorp.internal"), "x.notcorp.internal", "A", ELSEWHERE)
    assert world.ask("x.notcorp.internal").addresses == ("10.9.0.1",)
    assert world.ask("internal").rcode is Rcode.NXDOMAIN


def test_most_labels_win_whatever_the_kind() -> None:
    world = forwarded(DOMAIN)
    zone = world.zone(BILLING_NAME, apex="10.9.0.1")
    answer = world.ask(BILLING_NAME)
    assert (answer.addresses, answer.answered_by) == (("10.9.0.1",), zone)
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_on_one_name_a_rule_shadows_a_zone() -> None:
    world = forwarded("corp.internal")
    world.zone("corp.internal", db="10.9.0.1")
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)
    world.estate.remove("route53resolver.list_resolver_rule_associations", world.guide.rule_association, "Id")
    assert world.ask("db.corp.internal").addresses == ("10.9.0.1",)


def test_on_one_name_a_rule_shadows_the_vpcs_own_private_dns() -> None:
    world = forwarded(DOMAIN)
    subnets, group = world.guide.requester.subnets, world.guide.requester.host_group
    own = world.estate.interface_endpoint(subnets, [group], name="own")
    assert world.ask(ORDERS_NAME).target == world.endpoint
    world.estate.resource(world.guide.rule)["DomainName"] = "us-east-1.amazonaws.com."
    assert world.ask(ORDERS_NAME).target == own


def test_a_negative_answer_of_a_target_is_final() -> None:
    world = forwarded("corp.internal")
    world.zone("internal", any="10.9.0.1")
    answer = world.ask("absent.corp.internal")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.NXDOMAIN)


def test_a_system_rule_stops_a_less_specific_forward() -> None:
    world = forwarded(DOMAIN)
    assert world.ask(PUBLIC_NAME).addresses == ENDPOINT_IPS
    world.rule(PUBLIC_NAME)
    answer = world.ask(PUBLIC_NAME)
    assert (answer.verdict, answer.target) == (Verdict.ALLOWED, "public")
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_a_system_rule_does_not_stop_a_more_specific_forward() -> None:
    world = forwarded(ORDERS_NAME)
    world.rule(DOMAIN)
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_after_a_system_rule_local_zones_answer_less_specific_rules_do_not() -> None:
    world = forwarded("internal")
    world.zone("corp.internal", db="10.9.0.1")
    world.rule("db.corp.internal")
    assert world.ask("db.corp.internal").addresses == ("10.9.0.1",)
    plain = forwarded("internal")
    plain.rule("db.corp.internal")
    assert plain.ask("db.corp.internal").rcode is Rcode.NXDOMAIN


def test_a_system_rule_beside_a_rule_for_everything_keeps_amazon_names_local() -> None:
    world = forwarded(".")
    world.rule("amazonaws.com")
    assert world.ask(ORDERS_NAME).verdict is Verdict.DENIED
    assert world.ask("secretsmanager.us-east-1.amazonaws.com").target == "public"
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)


def test_a_rule_for_everything_leaves_zones_and_autodefined_names_alone() -> None:
    world = forwarded(".")
    world.zone("corp.internal", db="10.9.0.1")
    assert world.ask("db.corp.internal").addresses == ("10.9.0.1",)
    assert world.ask("ip-10-1-1-10.ec2.internal").addresses == ("10.1.1.10",)
    assert world.ask("localhost").addresses == ("127.0.0.1",)


def test_the_internet_resolver_rule_is_no_custom_rule_for_everything() -> None:
    world = forwarded(".")
    associations = [each for each in world.estate.ledger.elements.items() if "rule_associations" in each[0][1]]
    assert any("internet-resolver" in str(each) for each in associations)
    assert world.ask(ORDERS_NAME).verdict is Verdict.ALLOWED


@pytest.mark.parametrize("status", ["CREATING", "FAILED", "DELETING", "OVERRIDDEN"])
def test_an_association_that_is_not_complete_does_not_count_and_is_told(status: str) -> None:
    world = forwarded(ORDERS_NAME)
    world.estate.resource(world.guide.rule_association)["Status"] = status
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None
    assert (answer.decided_by.resource, answer.decided_by.rule) == (world.guide.rule, "RSLV-10")
    assert any(status in text for text in answer.warnings)


def test_an_association_of_unknown_status_leaves_the_answer_open() -> None:
    world = forwarded(ORDERS_NAME)
    del world.estate.resource(world.guide.rule_association)["Status"]
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.UNKNOWN
    assert [missing.fact for missing in answer.unknowns] == ["ResolverRuleAssociation.Status"]
    assert world.ask("db.corp.internal").verdict is Verdict.DENIED


def test_an_association_of_unknown_status_does_not_matter_where_both_ways_agree() -> None:
    world = forwarded(ORDERS_NAME)
    zone = world.zone(ORDERS_NAME)
    world.estate.alias_to_endpoint(zone, ORDERS_NAME, world.endpoint)
    del world.estate.resource(world.guide.rule_association)["Status"]
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.addresses, answer.unknowns) == (Verdict.ALLOWED, ENDPOINT_IPS, ())


def test_two_rules_for_one_domain_are_refused_by_aws() -> None:
    world = forwarded(ORDERS_NAME)
    world.rule(ORDERS_NAME)
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.INVALID
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule, answer.decided_by.leg) == (
        Reason.DNS_RULES_CONFLICT,
        "RSLV-10",
        Leg.CONFIG,
    )
    assert world.ask(BILLING_NAME).verdict is Verdict.DENIED


def test_a_rule_acts_only_where_it_is_associated() -> None:
    world = forwarded(ORDERS_NAME)
    other = world.estate.vpc("10.8.0.0/16", "other")
    world.estate.subnet(other, "10.8.1.0/24", "a", "other-a")
    answer = world.ask(ORDERS_NAME, client="other-a")
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None
    assert (answer.decided_by.rule, answer.decided_by.resource) == ("RSLV-12", world.guide.rule)
    world.estate.associate_rule(world.guide.rule, other)
    assert world.ask(ORDERS_NAME, client="other-a").addresses == ENDPOINT_IPS


def test_a_rule_of_another_account_serves_where_it_is_shared_and_associated() -> None:
    world = forwarded(ORDERS_NAME, two_accounts=True)
    third = world.estate.at("777788889999", "us-east-1")
    vpc = third.vpc("10.8.0.0/16", "third")
    third.subnet(vpc, "10.8.1.0/24", "a", "third-a")
    third.associate_rule(world.guide.rule, vpc)
    assert world.ask(ORDERS_NAME, client="third-a").addresses == ENDPOINT_IPS


def test_a_rule_that_is_in_no_list_could_cover_any_name() -> None:
    world = forwarded(ORDERS_NAME)
    world.estate.remove("route53resolver.list_resolver_rules", world.guide.rule, "Id")
    answer = world.ask(PUBLIC_NAME)
    assert answer.verdict is Verdict.UNKNOWN
    assert (answer.unknowns[0].fact, answer.unknowns[0].resource) == (
        "route53resolver.list_resolver_rules",
        world.guide.rule,
    )


def test_a_rule_for_the_very_name_is_sure_whatever_else_is_not_known() -> None:
    world = forwarded(ORDERS_NAME)
    world.estate.forget("route53resolver.list_resolver_rule_associations")
    assert world.ask(ORDERS_NAME).verdict is Verdict.UNKNOWN
    sure = forwarded(ORDERS_NAME, two_accounts=True)
    sure.estate.forget("ec2.describe_vpc_endpoints")
    assert sure.ask(ORDERS_NAME).verdict is Verdict.ALLOWED
    assert sure.ask(PUBLIC_NAME).verdict is Verdict.UNKNOWN


def test_two_private_dns_endpoints_of_one_service_are_refused_by_aws() -> None:
    world = peered()
    subnets, group = world.guide.requester.subnets, world.guide.requester.host_group
    world.estate.interface_endpoint(subnets, [group], name="first")
    second = world.estate.interface_endpoint(subnets, [group], name="second")
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.INVALID
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.DNS_PRIVATE_DNS_CONFLICT, "VPCE-DNS-07")
    world.estate.set_private_dns(second, enabled=False)
    assert world.ask(ORDERS_NAME).verdict is Verdict.ALLOWED


def test_a_zone_for_the_region_beside_private_dns_is_refused_by_aws() -> None:
    world = peered()
    subnets, group = world.guide.requester.subnets, world.guide.requester.host_group
    world.estate.interface_endpoint(subnets, [group], name="own")
    world.zone(BILLING_NAME, apex="10.9.0.1")
    assert world.ask(BILLING_NAME).addresses == ("10.9.0.1",)
    world.zone(DOMAIN, any="10.9.0.2")
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.INVALID
    assert answer.decided_by is not None
    assert answer.decided_by.rule == "PHZ-08"
    assert world.ask(BILLING_NAME).addresses == ("10.9.0.1",)


def test_a_rule_whose_target_is_the_vpcs_own_inbound_endpoint_is_refused_by_aws() -> None:
    world = forwarded(ORDERS_NAME)
    world.estate.associate_rule(world.guide.rule, world.api_vpc)
    for client in ("requester-host", "database"):
        answer = world.ask(ORDERS_NAME, client=client)
        assert (answer.verdict, answer.rcode) == (Verdict.INVALID, Rcode.SERVFAIL)
        assert answer.decided_by is not None
        assert (answer.decided_by.rule, answer.decided_by.leg) == ("RSLV-15", Leg.CONFIG)
    assert world.ask("db.corp.internal", client="database").verdict is Verdict.ALLOWED


def test_an_indirect_loop_ends_in_servfail() -> None:
    world = forwarded("corp.internal")
    requester, api = world.guide.requester, world.guide.api
    both = [udp(53, "10.0.0.0/8"), tcp(53, "10.0.0.0/8")]
    inbound = world.estate.resolver_endpoint(
        "INBOUND", requester.subnets, [world.estate.security_group(world.vpc, "in", ingress=both)], name="in2"
    )
    outbound = world.api_estate.resolver_endpoint(
        "OUTBOUND", api.subnets, [world.api_estate.security_group(world.api_vpc, "out")], name="out2"
    )
    targets = world.estate.resolver_addresses(inbound)
    back = world.api_estate.resolver_rule("db.corp.internal", outbound, targets, name="back")
    world.api_estate.associate_rule(back, world.api_vpc)
    for client in ("requester-host", "database"):
        answer = world.ask("db.corp.internal", client=client)
        assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.SERVFAIL)
        assert answer.decided_by is not None
        assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.DNS_FORWARD_LOOP, "RSLV-15")
    assert world.ask("reports.corp.internal", "CNAME").verdict is Verdict.ALLOWED


def test_the_forward_loop_is_told_whoever_was_asked_first() -> None:
    world = forwarded(ORDERS_NAME)
    first = world.ask(ORDERS_NAME)
    again = world.ask(ORDERS_NAME)
    assert first == again


def test_a_delegate_rule_sends_to_the_name_servers_of_a_zones_ns_records() -> None:
    world = forwarded("unused.example")
    zone = world.zone("corp.example", plain="10.9.0.1")
    world.api_estate.record(
        world.api_estate.private_zone("sub.corp.example", [world.api_vpc]),
        "web.sub.corp.example",
        "A",
        ["10.9.0.5"],
    )
    world.estate.record(zone, "sub.corp.example", "NS", ["ns1.sub.corp.example"])
    assert world.ask("web.sub.corp.example").rcode is Rcode.NXDOMAIN
    rule = world.rule("sub.corp.example", kind="DELEGATE")
    element = world.estate.resource(rule)
    element["DelegationRecord"] = "sub.corp.example."
    element["ResolverEndpointId"] = world.guide.requester.resolver_endpoint
    assert world.ask("web.sub.corp.example").verdict is Verdict.UNKNOWN
    world.estate.record(zone, "ns1.sub.corp.example", "A", inbound_ips(world))
    assert world.ask("web.sub.corp.example").addresses == ("10.9.0.5",)
    assert world.ask("plain.corp.example").addresses == ("10.9.0.1",)


def test_a_delegate_rule_for_other_name_servers_does_nothing() -> None:
    world = forwarded("unused.example")
    zone = world.zone("corp.example")
    world.estate.record(zone, "sub.corp.example", "NS", ["ns1.sub.corp.example"])
    rule = world.rule("elsewhere.example", kind="DELEGATE")
    world.estate.resource(rule)["DelegationRecord"] = "elsewhere.example."
    assert world.ask("web.sub.corp.example").rcode is Rcode.NXDOMAIN


def test_what_was_passed_over_stands_in_the_steps() -> None:
    world = forwarded(DOMAIN)
    world.zone(BILLING_NAME, apex="10.9.0.1")
    chosen = next(step for step in world.ask(BILLING_NAME).steps if step.considered)
    assert [each.outcome for each in chosen.considered] == ["chosen", "rejected"]
    assert world.guide.rule in chosen.considered[1].item

"""The way of a forwarded question: outbound endpoint, targets, inbound endpoint (IN-*, OUT-*, DNS-03)."""

from typing import Any

import pytest
from tests.builders import allow, deny, tcp, udp
from tests.unit.dns.estates import (
    DOMAIN,
    ENDPOINT_IPS,
    ORDERS_NAME,
    PUBLIC_NAME,
    World,
    forwarded,
    inbound_ips,
    open_inbound,
    peered,
)

from narrowgate.model.answer import Leg, Rcode, ResolveAnswer, Verdict
from narrowgate.model.reason import Reason


def _targets(world: World, *targets: str, **fields: Any) -> None:
    rule = world.estate.resource(world.guide.rule)
    rule["TargetIps"] = [{"Ip": target, "Port": 53, "Protocol": "Do53"} | fields for target in targets]


def _assert_unheard(answer: ResolveAnswer, reason: Reason, resource: str, leg: Leg = Leg.FORWARD) -> None:
    """SERVFAIL, the underlying fact first, then that nobody answers."""
    assert (answer.verdict, answer.rcode, answer.addresses) == (Verdict.DENIED, Rcode.SERVFAIL, ())
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource, answer.decided_by.leg) == (reason, resource, leg)
    assert answer.blocking[0] == answer.decided_by
    assert answer.blocking[-1].reason is Reason.DNS_FORWARD_UNREACHABLE


def test_the_guides_rule_leads_to_the_endpoint_over_both_resolver_endpoints() -> None:
    world = forwarded()
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.addresses, answer.target) == (Verdict.ALLOWED, ENDPOINT_IPS, world.endpoint)
    assert (answer.warnings, answer.unknowns, answer.blocking) == ((), (), ())
    components = [step.component for step in answer.steps]
    assert components.index(world.guide.rule) < components.index(world.guide.api.resolver_endpoint)


def test_no_route_there() -> None:
    world = forwarded()
    table = world.guide.requester.route_table
    world.estate.remove_route(table, "10.0.0.0/16")
    _assert_unheard(world.ask(ORDERS_NAME), Reason.NO_ROUTE_TO_DESTINATION, table)


def test_no_route_back() -> None:
    world = forwarded()
    table = world.guide.api.route_table
    world.api_estate.remove_route(table, "10.1.0.0/16")
    _assert_unheard(world.ask(ORDERS_NAME), Reason.NO_ROUTE_TO_DESTINATION, table, Leg.RETURN)


def test_the_inbound_group_must_admit_the_outbound_addresses_not_the_client() -> None:
    world = forwarded()
    group = world.guide.api.resolver_group
    world.api_estate.set_permissions(group, ingress=[udp(53, "10.1.1.10/32"), tcp(53, "10.1.1.10/32")])
    _assert_unheard(world.ask(ORDERS_NAME), Reason.ENI_SG_RULES_MISMATCH, group)


def test_only_udp_works_until_an_answer_is_truncated() -> None:
    world = forwarded()
    world.api_estate.set_permissions(world.guide.api.resolver_group, ingress=[udp(53, "10.1.0.0/16")])
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.blocking) == (Verdict.ALLOWED, ())
    assert any("TCP" in text for text in answer.warnings)


def test_only_tcp_is_an_error() -> None:
    world = forwarded()
    group = world.guide.api.resolver_group
    world.api_estate.set_permissions(group, ingress=[tcp(53, "10.1.0.0/16")])
    _assert_unheard(world.ask(ORDERS_NAME), Reason.ENI_SG_RULES_MISMATCH, group)


def test_an_acl_without_the_ports_that_replies_go_to() -> None:
    world = forwarded()
    acl = world.api_estate.default_of(world.api_vpc, "ec2.describe_network_acls")
    world.api_estate.set_entries(
        acl,
        [
            allow(100, "0.0.0.0/0"),
            allow(100, "0.0.0.0/0", protocol="udp", ports=53, egress=True),
        ],
    )
    _assert_unheard(world.ask(ORDERS_NAME), Reason.SUBNET_ACL_RESTRICTION, acl, Leg.RETURN)


def test_an_acl_that_lets_some_reply_ports_through_makes_it_partial() -> None:
    world = forwarded()
    acl = world.api_estate.default_of(world.api_vpc, "ec2.describe_network_acls")
    world.api_estate.set_entries(
        acl,
        [
            allow(100, "0.0.0.0/0"),
            deny(90, "0.0.0.0/0", protocol="udp", ports=(32768, 65535), egress=True),
            allow(100, "0.0.0.0/0", egress=True),
        ],
    )
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.addresses) == (Verdict.PARTIAL, ENDPOINT_IPS)
    assert answer.blocking[-1].reason is Reason.DNS_FORWARD_PARTIAL


def test_one_dead_target_of_two_only_slows() -> None:
    world = forwarded()
    _targets(world, inbound_ips(world)[0], "10.0.1.99")
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.addresses) == (Verdict.ALLOWED, ENDPOINT_IPS)
    assert any("10.0.1.99" in text and "slow" in text for text in answer.warnings)
    _targets(world, "10.0.1.98", "10.0.1.99")
    assert world.ask(ORDERS_NAME).rcode is Rcode.SERVFAIL


def test_an_outbound_address_that_hears_no_target_makes_it_partial() -> None:
    world = forwarded()
    senders = world.estate.resolver_addresses(world.guide.requester.resolver_endpoint)
    only = f"{senders[0]}/32"
    world.api_estate.set_permissions(world.guide.api.resolver_group, ingress=[udp(53, only), tcp(53, only)])
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.PARTIAL
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.ENI_SG_RULES_MISMATCH


def test_the_other_vpcs_plus_two_never_answers() -> None:
    world = forwarded()
    _targets(world, "10.0.0.2")
    answer = world.ask(ORDERS_NAME)
    _assert_unheard(answer, Reason.PEER_DNS_NOT_QUERYABLE, "10.0.0.2")
    assert answer.decided_by is not None
    assert (answer.decided_by.layer, answer.decided_by.rule) == ("dns", "DNS-03")


def test_the_other_vpcs_plus_two_beside_the_inbound_endpoint_only_slows() -> None:
    world = forwarded()
    _targets(world, *inbound_ips(world), "10.0.0.2")
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.addresses) == (Verdict.ALLOWED, ENDPOINT_IPS)
    assert any("10.0.0.2" in text for text in answer.warnings)


def test_a_target_that_nobody_knows_is_unknown() -> None:
    world = forwarded()
    group = world.estate.security_group(world.vpc, "server", ingress=[udp(53, "0.0.0.0/0"), tcp(53, "0.0.0.0/0")])
    world.estate.instance(world.guide.requester.subnets[0], "server", [group], address="10.1.1.77")
    world.estate.set_permissions(world.guide.requester.resolver_group, egress=[udp(53, "0.0.0.0/0")])
    _targets(world, "10.1.1.77")
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.UNKNOWN, None)
    assert "outside.json dns_servers" in [missing.fact for missing in answer.unknowns]
    _targets(world, "10.1.1.77", *inbound_ips(world))
    assert world.ask(ORDERS_NAME).verdict is Verdict.UNKNOWN


def test_targets_that_disagree_are_indeterminate() -> None:
    world = forwarded("corp.internal")
    other = world.api_estate.vpc("10.3.0.0/16", "other")
    subnets = [
        world.api_estate.subnet(other, "10.3.1.0/24", "a", "other-a"),
        world.api_estate.subnet(other, "10.3.2.0/24", "b", "other-b"),
    ]
    table = world.api_estate.route_table(other, "other", subnets=subnets)
    peering = world.estate.peering(world.vpc, other)
    world.api_estate.route(table, "10.1.0.0/16", peering)
    world.estate.route(world.guide.requester.route_table, "10.3.0.0/16", peering)
    group = world.api_estate.security_group(other, "in", ingress=[udp(53, "10.1.0.0/16"), tcp(53, "10.1.0.0/16")])
    inbound = world.api_estate.resolver_endpoint("INBOUND", subnets, [group], name="second")
    world.estate.set_permissions(
        world.guide.requester.resolver_group, egress=[udp(53, "0.0.0.0/0"), tcp(53, "0.0.0.0/0")]
    )
    _targets(world, inbound_ips(world)[0], world.api_estate.resolver_addresses(inbound)[0])
    answer = world.ask("db.corp.internal")
    assert answer.verdict is Verdict.INDETERMINATE
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.DNS_TARGETS_DISAGREE, "OUT-03")
    world.api_estate.associate_zone(world.guide.corp_zone, other)
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)


def test_the_answer_is_that_of_the_inbound_endpoints_vpc() -> None:
    world = forwarded(DOMAIN)
    world.zone("unrelated.example")
    world.api_estate.set_private_dns(world.endpoint, enabled=False)
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, None)
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource) == (Reason.DNS_NO_PRIVATE_ANSWER, world.endpoint)
    assert Reason.DNS_PRIVATE_DNS_OFF in [cause.reason for cause in answer.blocking]
    assert world.ask(PUBLIC_NAME).target == "public"


@pytest.mark.parametrize("status", ["CREATING", "DELETING"])
@pytest.mark.parametrize("side", ["requester", "api"])
def test_a_resolver_endpoint_that_does_not_work_answers_nothing(side: str, status: str) -> None:
    world = forwarded()
    endpoint = getattr(world.guide, side).resolver_endpoint
    world.estate.home(endpoint).resource(endpoint)["Status"] = status
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.SERVFAIL)
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource) == (
        Reason.DNS_ENDPOINT_NOT_OPERATIONAL,
        endpoint,
    )


@pytest.mark.parametrize("status", ["AUTO_RECOVERING", "ACTION_NEEDED"])
@pytest.mark.parametrize("side", ["requester", "api"])
def test_a_resolver_endpoint_that_may_not_work_is_unknown(side: str, status: str) -> None:
    world = forwarded()
    endpoint = getattr(world.guide, side).resolver_endpoint
    world.estate.home(endpoint).resource(endpoint)["Status"] = status
    assert world.ask(ORDERS_NAME).verdict is Verdict.UNKNOWN


def test_an_endpoint_that_is_being_updated_works() -> None:
    world = forwarded()
    world.api_estate.resource(world.guide.api.resolver_endpoint)["Status"] = "UPDATING"
    assert world.ask(ORDERS_NAME).verdict is Verdict.ALLOWED


def test_a_detached_address_of_the_inbound_endpoint_does_not_answer() -> None:
    world = forwarded()
    endpoint = world.guide.api.resolver_endpoint
    body = world.estate.ledger.answer("route53resolver.list_resolver_endpoint_ip_addresses", endpoint)
    body["IpAddresses"][0]["Status"] = "DETACHING"
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.ALLOWED
    assert any("slow" in text for text in answer.warnings)
    body["IpAddresses"][1]["Status"] = "FAILED_RESOURCE_GONE"
    assert world.ask(ORDERS_NAME).rcode is Rcode.SERVFAIL


def test_one_outbound_endpoint_serves_vpcs_without_any_network_path() -> None:
    world = forwarded()
    island = world.estate.vpc("10.9.0.0/16", "island")
    world.estate.subnet(island, "10.9.1.0/24", "a", "island-a")
    world.estate.associate_rule(world.guide.rule, island)
    assert world.ask(ORDERS_NAME, client="island-a").addresses == ENDPOINT_IPS


def test_an_inbound_endpoint_listens_on_its_own_port_only() -> None:
    world = forwarded()
    world.estate.set_permissions(world.guide.requester.resolver_group, egress=[udp((1, 65535), "0.0.0.0/0")])
    world.api_estate.set_permissions(world.guide.api.resolver_group, ingress=[udp((1, 65535), "0.0.0.0/0")])
    assert world.ask(ORDERS_NAME).verdict is Verdict.ALLOWED
    _targets(world, *inbound_ips(world), Port=5353)
    answer = world.ask(ORDERS_NAME)
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.NOTHING_LISTENS


def test_https_targets_need_https_at_the_inbound_endpoint_and_tcp_443() -> None:
    world = forwarded()
    _targets(world, *inbound_ips(world), Protocol="DoH")
    world.estate.set_permissions(world.guide.requester.resolver_group, egress=[tcp(443, "0.0.0.0/0")])
    world.api_estate.set_permissions(world.guide.api.resolver_group, ingress=[tcp(443, "10.1.0.0/16")])
    assert world.ask(ORDERS_NAME).rcode is Rcode.SERVFAIL
    world.api_estate.resource(world.guide.api.resolver_endpoint)["Protocols"] = ["Do53", "DoH"]
    assert world.ask(ORDERS_NAME).verdict is Verdict.ALLOWED


def test_a_delegation_endpoint_answers_zones_and_nobody_knows_what_else() -> None:
    world = forwarded("corp.internal")
    world.api_estate.resource(world.guide.api.resolver_endpoint)["Direction"] = "INBOUND_DELEGATION"
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)
    managed = forwarded(ORDERS_NAME)
    managed.api_estate.resource(managed.guide.api.resolver_endpoint)["Direction"] = "INBOUND_DELEGATION"
    assert managed.ask(ORDERS_NAME).verdict is Verdict.UNKNOWN


def test_the_endpoint_of_another_account_that_was_not_collected_is_unknown() -> None:
    world = forwarded(two_accounts=True)
    world.estate.forget("route53resolver.list_resolver_endpoints")
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.UNKNOWN
    assert any("list_resolver_endpoints" in missing.fact for missing in answer.unknowns)


def test_a_client_asks_an_inbound_endpoint_itself_where_its_group_admits_it() -> None:
    world = forwarded()
    server = inbound_ips(world)[0]
    shut = world.ask("db.corp.internal", server=server)
    assert (shut.verdict, shut.rcode) == (Verdict.DENIED, Rcode.TIMEOUT)
    assert shut.decided_by is not None
    assert shut.decided_by.resource == world.guide.api.resolver_group
    assert shut.blocking[-1].reason is Reason.DNS_SERVER_UNREACHABLE
    open_inbound(world)
    answer = world.ask("db.corp.internal", server=server)
    assert (answer.addresses, answer.server) == (("10.0.1.20",), server)


def test_an_outbound_endpoint_answers_nobody() -> None:
    world = forwarded()
    group = world.guide.requester.resolver_group
    world.estate.set_permissions(group, ingress=[udp(53, "0.0.0.0/0"), tcp(53, "0.0.0.0/0")])
    server = world.estate.resolver_addresses(world.guide.requester.resolver_endpoint)[0]
    answer = world.ask(ORDERS_NAME, server=server)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.TIMEOUT)
    assert answer.decided_by is not None
    assert answer.decided_by.rule == "OUT-01"


@pytest.mark.parametrize("server", ["10.1.0.2", "169.254.169.253", "fd00:ec2::253"])
def test_the_own_resolver_answers_under_each_of_its_addresses(server: str) -> None:
    world = forwarded()
    assert world.ask(ORDERS_NAME, server=server).addresses == ENDPOINT_IPS


def test_another_vpcs_resolver_cannot_be_asked() -> None:
    world = forwarded()
    answer = world.ask(ORDERS_NAME, server="10.0.0.2")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.TIMEOUT)
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.PEER_DNS_NOT_QUERYABLE, "DNS-03")


def test_plus_two_is_that_of_the_primary_block_only() -> None:
    world = peered()
    vpc = world.estate.resource(world.vpc)
    vpc["CidrBlockAssociationSet"].append(
        {"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}, "AssociationId": "x"}
    )
    assert world.ask("localhost", server="10.1.0.2").verdict is Verdict.ALLOWED
    assert world.ask("localhost", server="100.64.0.2").verdict is not Verdict.ALLOWED


def test_no_group_or_acl_stands_before_the_own_resolver() -> None:
    world = forwarded()
    world.estate.set_permissions(world.guide.requester.host_group, egress=[])
    acl = world.estate.default_of(world.vpc, "ec2.describe_network_acls")
    zone = world.zone("app.example", web="10.9.0.1")
    world.estate.set_entries(acl, [])
    answer = world.ask("web.app.example")
    assert (answer.verdict, answer.answered_by) == (Verdict.ALLOWED, zone)


def test_a_public_resolver_answers_publicly_where_the_internet_is_reached() -> None:
    world = forwarded()
    name = world.api_estate.endpoint_name(world.endpoint)
    assert world.ask(name, server="8.8.8.8").rcode is Rcode.TIMEOUT
    gateway = world.estate.internet_gateway(world.vpc)
    world.estate.route(world.guide.requester.route_table, "0.0.0.0/0", gateway)
    host = world.estate.resource(world.guide.requester.host)
    interface = world.estate.resource(host["NetworkInterfaces"][0]["NetworkInterfaceId"])
    interface["Association"] = {"IpOwnerId": "amazon", "PublicDnsName": "", "PublicIp": "198.51.100.9"}
    assert world.ask(name, server="8.8.8.8").addresses == ENDPOINT_IPS
    assert world.ask(ORDERS_NAME, server="8.8.8.8").verdict is Verdict.DENIED
    assert world.ask(ORDERS_NAME, server="203.0.113.53").verdict is Verdict.UNKNOWN

"""Whom a host asks first, and DNS servers of one's own (DNS-07, CUST-01, CUST-02)."""

from typing import Any

import pytest
from tests.builders import any_protocol, snapshot_of
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

from narrowgate.engine.dns.resolve import resolve
from narrowgate.engine.network.clients import find_client
from narrowgate.model.answer import Rcode, Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.reason import Reason

SERVER, FAR_SERVER = "10.1.1.99", "10.0.1.99"


def _server(world: World, address: str, **described: Any) -> None:
    """An instance that is described as a DNS server; nothing is described without fields."""
    side = world.guide.requester if address.startswith("10.1.") else world.guide.api
    group = side.estate.security_group(side.vpc, f"dns-{address}", ingress=[any_protocol("10.0.0.0/8")])
    side.estate.instance(side.subnets[0], f"dns-{address}", [group], address=address)
    if described:
        known = (world.estate.outside or {}).get("dns_servers", [])
        world.outside(dns_servers=[*known, {"ip": address, "vpc": side.vpc} | described])


def _ask_first(world: World, *servers: str) -> None:
    world.estate.resource(world.vpc)["DhcpOptionsId"] = world.estate.dhcp_options(list(servers))


def _forward(domain: str, to: str) -> dict[str, str]:
    return {"domain": domain, "to": to}


def _answer(name: str, value: str, type: str = "A") -> dict[str, str]:
    return {"name": name, "type": type, "value": value}


def test_custom_servers_take_the_vpcs_own_view_away() -> None:
    world = peered()
    world.zone("app.example", web="10.9.0.1")
    _server(world, SERVER, answers=[_answer("web.app.example", "10.9.0.7")])
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)
    _ask_first(world, SERVER)
    assert world.ask("web.app.example").addresses == ("10.9.0.7",)


@pytest.mark.parametrize("server", ["AmazonProvidedDNS", "10.1.0.2", "169.254.169.253"])
def test_the_option_may_name_amazons_resolver_in_each_of_its_forms(server: str) -> None:
    world = forwarded()
    _ask_first(world, server)
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_servers_that_are_another_vpcs_inbound_endpoint_answer_with_its_view() -> None:
    world = forwarded("unused.example")
    _ask_first(world, *inbound_ips(world))
    answer = world.ask("db.corp.internal")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.TIMEOUT)
    open_inbound(world)
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)


def test_a_server_that_nobody_describes_is_unknown() -> None:
    world = peered()
    _server(world, SERVER)
    _ask_first(world, SERVER)
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.UNKNOWN, None)
    assert (answer.unknowns[0].fact, answer.unknowns[0].resource) == ("outside.json dns_servers", SERVER)


def test_a_server_that_cannot_be_reached_is_a_time_out() -> None:
    world = peered()
    _server(world, SERVER, answers=[_answer("x.example", "10.9.0.1")])
    world.estate.set_permissions(world.guide.requester.host_group, egress=[])
    answer = world.ask("x.example", server=SERVER)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.TIMEOUT)
    assert answer.decided_by is not None
    assert answer.decided_by.resource == world.guide.requester.host_group


def test_a_silent_server_beside_one_that_answers_only_slows() -> None:
    world = peered()
    _server(world, SERVER, answers=[_answer("x.example", "10.9.0.1")])
    _ask_first(world, "10.1.1.250", SERVER)
    answer = world.ask("x.example")
    assert (answer.verdict, answer.addresses) == (Verdict.ALLOWED, ("10.9.0.1",))
    assert any("slow" in text for text in answer.warnings)


def test_servers_that_disagree_are_indeterminate() -> None:
    world = peered()
    _server(world, SERVER, answers=[_answer("x.example", "10.9.0.1"), _answer("y.example", "10.9.0.3")])
    _server(world, "10.1.1.98", answers=[_answer("x.example", "10.9.0.2"), _answer("y.example", "10.9.0.3")])
    _ask_first(world, SERVER, "10.1.1.98")
    answer = world.ask("x.example")
    assert answer.verdict is Verdict.INDETERMINATE
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.DNS_TARGETS_DISAGREE
    assert world.ask("y.example").addresses == ("10.9.0.3",)


def test_dhcp_options_that_nobody_collected_leave_everything_open() -> None:
    world = forwarded()
    world.estate.forget("ec2.describe_dhcp_options")
    answer = world.ask(ORDERS_NAME)
    assert answer.verdict is Verdict.UNKNOWN
    assert "ec2.describe_dhcp_options" in answer.unknowns[0].fact
    assert world.ask(ORDERS_NAME, server="10.1.0.2").verdict is Verdict.ALLOWED
    assert world.ask(ORDERS_NAME, complete=True).verdict is Verdict.ALLOWED


def test_a_vpc_without_options_says_nothing_about_its_hosts() -> None:
    world = forwarded()
    del world.estate.resource(world.vpc)["DhcpOptionsId"]
    assert world.ask(ORDERS_NAME).unknowns[0].fact == "Vpc.DhcpOptionsId"


def test_a_server_in_the_api_vpc_forwards_to_its_own_resolver_and_serves_the_requester() -> None:
    world = peered()
    _server(world, FAR_SERVER, forward=[_forward(".", "10.0.0.2")])
    _ask_first(world, FAR_SERVER)
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_a_server_in_the_requester_vpc_cannot_forward_to_the_api_vpcs_resolver() -> None:
    world = peered()
    _server(world, SERVER, forward=[_forward(DOMAIN, "10.0.0.2"), _forward(".", "10.1.0.2")])
    _ask_first(world, SERVER)
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.SERVFAIL)
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource) == (Reason.PEER_DNS_NOT_QUERYABLE, "10.0.0.2")
    world.zone("app.example", web="10.9.0.1")
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)


def test_a_server_forwards_to_an_inbound_endpoint_that_admits_it() -> None:
    world = forwarded("unused.example")
    _server(world, SERVER, forward=[_forward(DOMAIN, inbound_ips(world)[0])])
    _ask_first(world, SERVER)
    assert world.ask(ORDERS_NAME).rcode is Rcode.SERVFAIL
    open_inbound(world)
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_the_most_specific_forward_wins_and_own_records_come_first() -> None:
    world = peered()
    _server(
        world,
        SERVER,
        forward=[_forward("example", "10.1.0.2"), _forward("deep.app.example", "public")],
        answers=[_answer("own.app.example", "10.9.0.5")],
    )
    _ask_first(world, SERVER)
    world.zone("app.example", web="10.9.0.1", own="10.9.0.6")
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)
    assert world.ask("own.app.example").addresses == ("10.9.0.5",)
    assert world.ask("x.deep.app.example").rcode is Rcode.NXDOMAIN


def test_a_server_without_a_forward_for_the_name() -> None:
    world = peered()
    _server(world, SERVER, answers=[_answer("web.app.example", "10.9.0.1")])
    _ask_first(world, SERVER)
    assert world.ask("absent.app.example").rcode is Rcode.NXDOMAIN
    assert world.ask("web.app.example", "AAAA").rcode is Rcode.NODATA
    assert world.ask("www.example.com").verdict is Verdict.UNKNOWN


def test_a_server_follows_its_own_cname() -> None:
    world = peered()
    _server(
        world,
        SERVER,
        answers=[_answer("www.app.example", "web.app.example.", "CNAME"), _answer("web.app.example", "10.9.0.1")],
    )
    _ask_first(world, SERVER)
    answer = world.ask("www.app.example")
    assert answer.records == ("www.app.example CNAME web.app.example", "web.app.example A 10.9.0.1")


def test_a_forward_to_public_dns_finds_public_names_only() -> None:
    world = peered()
    _server(world, SERVER, forward=[_forward(".", "public")])
    _ask_first(world, SERVER)
    assert world.ask(world.api_estate.endpoint_name(world.endpoint)).addresses == ENDPOINT_IPS
    assert world.ask(PUBLIC_NAME).target == "public"
    assert world.ask(ORDERS_NAME).verdict is Verdict.DENIED


def test_a_rule_forwards_to_an_own_server() -> None:
    world = forwarded("corp.example")
    _server(world, SERVER, answers=[_answer("db.corp.example", "10.9.0.1")])
    rule = world.estate.resource(world.guide.rule)
    rule["TargetIps"] = [{"Ip": SERVER, "Port": 53, "Protocol": "Do53"}]
    world.estate.set_permissions(world.guide.requester.resolver_group, egress=[any_protocol("0.0.0.0/0")])
    assert world.ask("db.corp.example").addresses == ("10.9.0.1",)
    assert world.ask("absent.corp.example").rcode is Rcode.NXDOMAIN


def test_a_loop_over_an_own_server_ends_in_servfail() -> None:
    world = forwarded("corp.example")
    _server(world, SERVER, forward=[_forward(".", "10.1.0.2")])
    rule = world.estate.resource(world.guide.rule)
    rule["TargetIps"] = [{"Ip": SERVER, "Port": 53, "Protocol": "Do53"}]
    world.estate.set_permissions(world.guide.requester.resolver_group, egress=[any_protocol("0.0.0.0/0")])
    answer = world.ask("db.corp.example")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.SERVFAIL)
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.DNS_FORWARD_LOOP


def test_servers_that_forward_to_each_other_end_in_servfail() -> None:
    world = peered()
    _server(world, SERVER, forward=[_forward(".", FAR_SERVER)])
    _server(world, FAR_SERVER, forward=[_forward(".", SERVER)])
    _ask_first(world, SERVER)
    answer = world.ask("db.corp.example")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.SERVFAIL)


def test_a_server_on_premises_whose_way_nobody_knows_is_unknown_unless_it_loops() -> None:
    world = peered()
    outside = {"ip": SERVER, "vpc": world.vpc}
    _server(world, SERVER)
    world.outside(
        dns_servers=[
            outside | {"forward": [_forward("corp.internal", "192.168.7.53")]},
            {"ip": "192.168.7.53", "vpc": None, "answers": [_answer("db.corp.internal", "10.9.0.1")]},
        ]
    )
    answer = world.ask("db.corp.internal", server=SERVER)
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.NO_ROUTE_TO_DESTINATION


def test_clients_in_different_vpcs_of_one_question_are_told_apart() -> None:
    world = peered()
    group = world.estate.security_group(world.vpc, "dns", ingress=[any_protocol("10.1.1.0/24")])
    world.estate.instance(world.guide.requester.subnets[0], "dns", [group], address=SERVER)
    world.outside(dns_servers=[{"ip": SERVER, "vpc": world.vpc, "answers": [_answer("x.example", "10.9.0.1")]}])
    _ask_first(world, SERVER)
    answer = world.ask("x.example", client=world.vpc)
    assert answer.verdict is Verdict.PARTIAL
    assert (len(answer.works), len(answer.fails), answer.addresses) == (1, 1, ("10.9.0.1",))
    assert answer.decided_by is not None
    assert answer.decided_by.resource == group
    assert world.ask("x.example", client=world.guide.requester.subnets[0]).verdict is Verdict.ALLOWED
    assert world.ask("x.example", client=world.guide.requester.subnets[1]).rcode is Rcode.TIMEOUT


def test_an_address_in_no_vpc_has_no_known_server() -> None:
    world = peered()
    snapshot = snapshot_of(world.estate)
    host = find_client(snapshot, "internet").hosts[0]
    assert resolve(snapshot, host, world.api_estate.endpoint_name(world.endpoint)).addresses == ENDPOINT_IPS
    assert resolve(snapshot, host, ORDERS_NAME).verdict is Verdict.DENIED


@pytest.mark.parametrize("server", ["somewhere", "10.0.0.256", "10.0.0.0/8", "a" * 300])
def test_a_server_that_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(InputError):
        peered().ask(ORDERS_NAME, server=server)

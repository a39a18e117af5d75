"""DNS Firewall of the VPC that receives a question (FW-01 to FW-08, IN-05)."""

from typing import Any

import pytest
from tests.builders import any_protocol
from tests.unit.dns.estates import ENDPOINT_IPS, ORDERS_NAME, World, forwarded, peered

from narrowgate.model.answer import FirewallBlock, Rcode, Verdict
from narrowgate.model.reason import Reason


def _rule(world: World, priority: int, action: str, *domains: str, **fields: Any) -> dict[str, Any]:
    listed = world.estate.domain_list(f"{priority} {domains}", list(domains))
    rule = {"Priority": priority, "Action": action, "Name": "", "FirewallDomainListId": listed}
    return rule | ({"BlockResponse": "NODATA"} if action == "BLOCK" else {}) | fields


def _group(world: World, *rules: dict[str, Any], priority: int = 101, vpc: str = "") -> str:
    group = world.estate.firewall_group(f"group {priority}", list(rules))
    world.estate.associate_firewall(group, vpc or world.vpc, priority)
    return group


def _zoned() -> World:
    world = peered()
    world.zone("app.example", web="10.9.0.1", apex="10.9.0.2")
    return world


@pytest.mark.parametrize(("response", "rcode"), [("NODATA", Rcode.NODATA), ("NXDOMAIN", Rcode.NXDOMAIN)])
def test_a_blocked_name_gets_the_rules_response(response: str, rcode: Rcode) -> None:
    world = _zoned()
    group = world.block("web.app.example", BlockResponse=response)
    answer = world.ask("web.app.example")
    assert (answer.verdict, answer.rcode, answer.addresses) == (Verdict.DENIED, rcode, ())
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource) == (Reason.DNS_FIREWALL_BLOCKED, group)
    assert answer.blocked is not None
    assert (answer.blocked.group, answer.blocked.action, answer.blocked.response) == (group, "BLOCK", response)
    assert answer.blocked.list is not None
    assert world.ask("app.example").addresses == ("10.9.0.2",)


def test_an_override_is_an_answer_with_the_overriding_record() -> None:
    world = _zoned()
    group = world.block(
        "web.app.example",
        BlockResponse="OVERRIDE",
        BlockOverrideDomain="sink.example.com.",
        BlockOverrideDnsType="CNAME",
        BlockOverrideTtl=0,
    )
    answer = world.ask("web.app.example")
    assert (answer.verdict, answer.rcode, answer.addresses) == (Verdict.ALLOWED, Rcode.NOERROR, ())
    assert (answer.records, answer.target) == (("web.app.example CNAME sink.example.com",), "sink.example.com")
    assert isinstance(answer.blocked, FirewallBlock)
    assert (answer.blocked.group, answer.blocked.response) == (group, "OVERRIDE")


@pytest.mark.parametrize(
    ("entry", "name", "is_blocked"),
    [
        ("app.example", "app.example", True),
        ("app.example", "web.app.example", False),
        ("APP.example.", "app.example", True),
        ("*.app.example", "web.app.example", True),
        ("*.app.example", "app.example", False),
        ("*.pp.example", "web.app.example", False),
        ("*", "web.app.example", True),
    ],
)
def test_entries_are_exact_names_or_everything_below(entry: str, name: str, is_blocked: bool) -> None:
    world = _zoned()
    world.block(entry)
    assert (world.ask(name).blocked is not None) is is_blocked


def test_an_entry_with_a_star_inside_a_label_is_documented_nowhere() -> None:
    world = _zoned()
    world.block("*app.example")
    assert world.ask("web.app.example").verdict is Verdict.UNKNOWN
    assert world.ask("localhost").verdict is Verdict.ALLOWED


def test_rules_go_by_priority_and_the_first_match_ends() -> None:
    world = _zoned()
    _group(world, _rule(world, 2, "BLOCK", "*"), _rule(world, 1, "ALLOW", "web.app.example"))
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)
    assert world.ask("app.example").blocked is not None


def test_groups_go_by_their_associations_priority() -> None:
    world = _zoned()
    _group(world, _rule(world, 1, "BLOCK", "*"), priority=200)
    assert world.ask("web.app.example").blocked is not None
    _group(world, _rule(world, 9, "ALLOW", "web.app.example"), priority=150)
    assert world.ask("web.app.example").blocked is None


def test_an_alert_lets_pass_and_ends_the_evaluation() -> None:
    world = _zoned()
    _group(world, _rule(world, 1, "ALERT", "*"), _rule(world, 2, "BLOCK", "*"))
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)


def test_a_rule_for_one_type_leaves_others_alone() -> None:
    world = _zoned()
    world.block("web.app.example", Qtype="AAAA")
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)
    assert world.ask("web.app.example", "AAAA").blocked is not None


def test_the_target_of_a_cname_is_inspected_too() -> None:
    world = _zoned()
    zone = world.zone("corp.example")
    world.estate.record(zone, "www.corp.example", "CNAME", ["web.app.example"])
    world.block("web.app.example")
    answer = world.ask("www.corp.example")
    assert (answer.verdict, answer.records) == (Verdict.DENIED, ())
    assert answer.blocked is not None


def test_a_walled_garden_must_list_the_targets_or_trust_them() -> None:
    for trust, is_blocked in (("INSPECT_REDIRECTION_DOMAIN", True), ("TRUST_REDIRECTION_DOMAIN", False)):
        world = _zoned()
        zone = world.zone("corp.example")
        world.estate.record(zone, "www.corp.example", "CNAME", ["web.app.example"])
        allow = _rule(world, 1, "ALLOW", "www.corp.example", FirewallDomainRedirectionAction=trust)
        _group(world, allow, _rule(world, 2, "BLOCK", "*"))
        assert (world.ask("www.corp.example").blocked is not None) is is_blocked


def test_an_alias_is_no_redirection() -> None:
    world = _zoned()
    zone = world.zone("corp.example", web="10.9.0.3")
    world.estate.alias_record(zone, "www.corp.example", "web.corp.example", target_zone=zone)
    world.block("web.corp.example")
    assert world.ask("www.corp.example").addresses == ("10.9.0.3",)


def test_the_firewall_of_the_inbound_endpoints_vpc_filters_what_comes_through_it() -> None:
    world = forwarded()
    group = world.block(ORDERS_NAME, vpc=world.api_vpc)
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.NODATA)
    assert answer.blocked is not None
    assert answer.blocked.group == group


def test_the_firewall_of_another_vpc_does_not_matter() -> None:
    world = forwarded()
    other = world.estate.vpc("10.9.0.0/16", "other")
    world.block("*", vpc=other)
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_a_blocked_name_is_blocked_before_it_is_forwarded() -> None:
    world = forwarded()
    world.estate.remove_route(world.guide.requester.route_table, "10.0.0.0/16")
    world.block(ORDERS_NAME)
    assert world.ask(ORDERS_NAME).rcode is Rcode.NODATA


def test_public_names_of_endpoints_are_filtered_as_well() -> None:
    world = peered()
    name = world.api_estate.endpoint_name(world.endpoint)
    assert world.ask(name).verdict is Verdict.ALLOWED
    world.block("*")
    assert world.ask(name).blocked is not None


@pytest.mark.parametrize(
    ("fail_open", "rcode"), [(None, Rcode.SERVFAIL), (False, Rcode.SERVFAIL), (True, Rcode.NOERROR)]
)
def test_an_outage_fails_closed_unless_told_otherwise(fail_open: bool | None, rcode: Rcode) -> None:
    world = _zoned()
    world.block("other.example")
    world.outside(unavailable=["dns_firewall"])
    if fail_open is not None:
        world.estate.set_firewall_fail_open(world.vpc, fail_open=fail_open)
    answer = world.ask("web.app.example")
    assert answer.rcode is rcode
    if rcode is Rcode.SERVFAIL:
        assert answer.decided_by is not None
        assert answer.decided_by.reason is Reason.DNS_FIREWALL_UNAVAILABLE


def test_an_outage_matters_only_where_a_group_is_associated() -> None:
    world = _zoned()
    world.outside(unavailable=["dns_firewall"])
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)


def test_an_outage_whose_mode_was_not_collected_is_unknown() -> None:
    world = _zoned()
    world.block("other.example")
    world.outside(unavailable=["dns_firewall"])
    world.estate.forget("route53resolver.list_firewall_configs")
    assert world.ask("web.app.example").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("action", "verdict"), [("BLOCK", Verdict.UNKNOWN), ("ALERT", Verdict.ALLOWED)])
def test_a_list_that_aws_manages_may_hold_any_name(action: str, verdict: Verdict) -> None:
    world = _zoned()
    rule = _rule(world, 1, action)
    listed = rule["FirewallDomainListId"]
    world.estate.resource(listed)["ManagedOwnerName"] = "Route 53 Resolver DNS Firewall"
    _group(world, rule)
    answer = world.ask("web.app.example")
    assert answer.verdict is verdict
    if verdict is Verdict.UNKNOWN:
        assert (answer.unknowns[0].resource, answer.addresses, answer.rcode) == (listed, (), None)


def test_a_managed_list_does_not_matter_after_a_rule_that_decides() -> None:
    world = _zoned()
    managed = _rule(world, 2, "BLOCK")
    world.estate.resource(managed["FirewallDomainListId"])["ManagedOwnerName"] = "AWS"
    _group(world, _rule(world, 1, "ALLOW", "web.app.example"), managed)
    assert world.ask("web.app.example").verdict is Verdict.ALLOWED
    assert world.ask("app.example").verdict is Verdict.UNKNOWN


def test_an_advanced_rule_that_blocks_is_not_modelled() -> None:
    world = _zoned()
    rule = {"Priority": 1, "Action": "BLOCK", "Name": "", "BlockResponse": "NODATA", "DnsThreatProtection": "DGA"}
    _group(world, rule)
    assert world.ask("web.app.example").verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "call",
    [
        "route53resolver.list_firewall_rule_group_associations",
        "route53resolver.list_firewall_rules",
        "route53resolver.list_firewall_domains",
    ],
)
def test_a_firewall_that_was_not_collected_leaves_the_answer_open(call: str) -> None:
    world = _zoned()
    world.block("other.example")
    assert world.ask("web.app.example").verdict is Verdict.ALLOWED
    world.estate.forget(call)
    answer = world.ask("web.app.example")
    assert answer.verdict is Verdict.UNKNOWN
    assert any(call in missing.fact for missing in answer.unknowns)


def test_a_group_whose_association_is_changing_leaves_the_answer_open_where_it_matters() -> None:
    world = _zoned()
    world.block("web.app.example")
    associations = world.estate.ledger.elements[
        (world.estate.where, "route53resolver.list_firewall_rule_group_associations")
    ]
    associations[0]["Status"] = "UPDATING"
    assert world.ask("web.app.example").verdict is Verdict.UNKNOWN
    assert world.ask("app.example").verdict is Verdict.ALLOWED


def test_a_client_that_asks_another_server_is_not_filtered() -> None:
    world = forwarded()
    world.block("*")
    server = "10.1.1.99"
    group = world.estate.security_group(world.vpc, "server")
    world.estate.set_permissions(group, ingress=[any_protocol("0.0.0.0/0")])
    world.estate.instance(world.guide.requester.subnets[0], "server", [group], address=server)
    world.outside(
        dns_servers=[
            {"ip": server, "vpc": world.vpc, "answers": [{"name": "x.example", "type": "A", "value": "10.9.0.8"}]}
        ]
    )
    assert world.ask("x.example").blocked is not None
    assert world.ask("x.example", server=server).addresses == ("10.9.0.8",)

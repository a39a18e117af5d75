"""Route 53 Profiles: what they bring, and who wins beside what is local (PROF-01 to PROF-04)."""

from typing import Any

import pytest
from tests.unit.dns.estates import DOMAIN, ENDPOINT_IPS, ORDERS_NAME, World, forwarded, peered

from narrowgate.model.answer import Rcode, Verdict
from narrowgate.model.reason import Reason


def _profile(
    world: World, *resources: str, name: str = "shared", priority: int | None = None, **fields: Any
) -> str:
    profile = world.estate.profile(name, vpcs=[world.vpc], resources=[(arn, "ANY") for arn in resources])
    association = world.estate.ledger.elements[(world.estate.where, "route53profiles.list_profile_associations")][
        -1
    ]
    association |= {} if priority is None else {"Priority": priority}
    association |= fields
    return profile


def _zone_arn(zone: str) -> str:
    return f"arn:aws:route53:::hostedzone/{zone}"


def _far_zone(world: World, domain: str, **records: str) -> str:
    """The ARN of a zone that the requester VPC is not associated with."""
    return _zone_arn(world.zone(domain, world.api_vpc, **records))


def test_a_zone_in_a_profile_is_seen() -> None:
    world = peered()
    _profile(world, _zone_arn(world.guide.corp_zone))
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)


def test_a_rule_in_a_profile_forwards() -> None:
    world = forwarded()
    world.estate.remove("route53resolver.list_resolver_rule_associations", world.guide.rule_association, "Id")
    assert world.ask(ORDERS_NAME).verdict is Verdict.DENIED
    _profile(world, world.estate.resource(world.guide.rule)["Arn"])
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS


def test_an_endpoint_in_a_profile_is_seen_only_while_its_private_dns_is_on() -> None:
    world = peered()
    _profile(world, world.api_estate.arn("ec2", f"vpc-endpoint/{world.endpoint}"))
    assert world.ask(ORDERS_NAME).addresses == ENDPOINT_IPS
    world.api_estate.set_private_dns(world.endpoint, enabled=False)
    assert world.ask(ORDERS_NAME).verdict is Verdict.DENIED


def test_a_firewall_group_in_a_profile_filters_in_the_order_of_all_priorities() -> None:
    world = peered()
    world.zone("app.example", web="10.9.0.1")
    listed = world.estate.domain_list("all", ["*"])
    rule = {
        "Priority": 1,
        "Action": "BLOCK",
        "Name": "",
        "FirewallDomainListId": listed,
        "BlockResponse": "NXDOMAIN",
    }
    group = world.estate.firewall_group("all", [rule])
    profile = _profile(world, world.estate.resource(group)["Arn"])
    body = world.estate.ledger.answer("route53profiles.list_profile_resource_associations", profile)
    body["ProfileResourceAssociations"][0]["ResourceProperties"] = '{"priority": 500}'
    answer = world.ask("web.app.example")
    assert answer.blocked is not None
    assert (answer.rcode, answer.blocked.group) == (Rcode.NXDOMAIN, group)
    world.block("web.app.example", action="ALLOW")
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)


def test_on_one_name_the_local_zone_wins() -> None:
    world = peered()
    _profile(world, _far_zone(world, "corp.example", web="10.9.0.1"))
    assert world.ask("web.corp.example").addresses == ("10.9.0.1",)
    world.zone("corp.example", web="10.9.0.2")
    assert world.ask("web.corp.example").addresses == ("10.9.0.2",)


def test_the_more_specific_name_wins_wherever_it_comes_from() -> None:
    world = peered()
    _profile(world, _far_zone(world, "test.example", web="10.9.0.1"))
    world.zone("example", any="10.9.0.2")
    assert world.ask("web.test.example").addresses == ("10.9.0.1",)
    assert world.ask("absent.test.example").rcode is Rcode.NXDOMAIN
    assert world.ask("web.other.example").addresses == ("10.9.0.2",)


def test_a_profiles_rule_against_a_local_zone_is_documented_nowhere() -> None:
    world = forwarded("corp.internal")
    world.estate.remove("route53resolver.list_resolver_rule_associations", world.guide.rule_association, "Id")
    world.zone("corp.internal", db="10.9.0.1", same="10.0.1.20")
    _profile(world, world.estate.resource(world.guide.rule)["Arn"])
    answer = world.ask("db.corp.internal")
    assert answer.verdict is Verdict.INDETERMINATE
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.DNS_TIE_UNDEFINED, "PROF-02")
    world.api_estate.record(world.guide.corp_zone, "same.corp.internal", "A", ["10.0.1.20"])
    assert world.ask("same.corp.internal").addresses == ("10.0.1.20",)


def test_a_local_rule_beats_a_profiles_zone() -> None:
    world = forwarded("corp.internal")
    other = world.estate.vpc("10.9.0.0/16", "other")
    _profile(world, _zone_arn(world.zone("corp.internal", other, db="10.9.0.1")))
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)
    world.estate.remove("route53resolver.list_resolver_rule_associations", world.guide.rule_association, "Id")
    assert world.ask("db.corp.internal").addresses == ("10.9.0.1",)


def test_several_profiles_go_by_priority() -> None:
    for first, second, expected in ((200, 100, "10.9.0.2"), (100, 200, "10.9.0.1")):
        world = peered()
        _profile(world, _far_zone(world, "corp.example", web="10.9.0.1"), name="one", priority=first)
        _profile(world, _far_zone(world, "corp.example", web="10.9.0.2"), name="two", priority=second)
        assert world.ask("web.corp.example").addresses == (expected,)


def test_several_profiles_without_priority_are_indeterminate_unless_they_agree() -> None:
    world = peered()
    _profile(world, _far_zone(world, "corp.example", web="10.9.0.1", same="10.9.0.9"), name="one")
    _profile(world, _far_zone(world, "corp.example", web="10.9.0.2", same="10.9.0.9"), name="two")
    assert world.ask("web.corp.example").verdict is Verdict.INDETERMINATE
    assert world.ask("same.corp.example").addresses == ("10.9.0.9",)


@pytest.mark.parametrize("status", ["CREATING", "FAILED", "DELETING"])
def test_an_association_that_is_not_complete_does_not_count(status: str) -> None:
    world = peered()
    _profile(world, _zone_arn(world.guide.corp_zone), Status=status)
    answer = world.ask("db.corp.internal")
    assert answer.rcode is Rcode.NXDOMAIN
    assert any(status in text for text in answer.warnings)


def test_a_profile_of_another_vpc_changes_nothing() -> None:
    world = peered()
    other = world.estate.vpc("10.9.0.0/16", "other")
    world.estate.profile("shared", vpcs=[other], resources=[(_zone_arn(world.guide.corp_zone), "ANY")])
    assert world.ask("db.corp.internal").rcode is Rcode.NXDOMAIN


@pytest.mark.parametrize(
    "call", ["route53profiles.list_profile_associations", "route53profiles.list_profile_resource_associations"]
)
def test_profiles_that_were_not_collected_leave_the_answer_open(call: str) -> None:
    world = peered()
    _profile(world, _zone_arn(world.guide.corp_zone))
    world.estate.forget(call)
    assert world.ask("db.corp.internal").verdict is Verdict.UNKNOWN


def test_a_resource_of_a_profile_that_is_in_no_list_could_cover_any_name() -> None:
    world = peered()
    _profile(world, _zone_arn("Z00000000000000000000"))
    assert world.ask("db.corp.internal").verdict is Verdict.UNKNOWN


def test_an_endpoint_of_a_profile_needs_the_vpcs_dns_attributes() -> None:
    world = peered()
    _profile(world, world.api_estate.arn("ec2", f"vpc-endpoint/{world.endpoint}"))
    world.estate.set_dns_attribute(world.vpc, "enableDnsHostnames", value=False)
    assert world.ask(f"x.{DOMAIN}").verdict is Verdict.UNKNOWN
    assert world.ask(ORDERS_NAME).verdict is Verdict.DENIED

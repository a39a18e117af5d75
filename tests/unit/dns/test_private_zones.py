"""Private hosted zones: visibility, wildcards, aliases, CNAME chains, negative answers (PHZ-*, RSLV-11)."""

import pytest
from tests.unit.dns.estates import ENDPOINT_IPS, ORDERS_NAME, World, forwarded, peered

from narrowgate.model.answer import Leg, Rcode, Verdict
from narrowgate.model.reason import Reason


def test_a_record_of_an_associated_zone_answers() -> None:
    world = peered()
    zone = world.zone("app.example", web="10.9.0.1")
    answer = world.ask("web.app.example")
    assert (answer.verdict, answer.rcode, answer.addresses) == (Verdict.ALLOWED, Rcode.NOERROR, ("10.9.0.1",))
    assert (answer.target, answer.answered_by) == ("web.app.example", zone)
    assert answer.records == ("web.app.example A 10.9.0.1",)


def test_case_and_final_dot_mean_nothing() -> None:
    world = peered()
    world.zone("App.Example", web="10.9.0.1")
    assert world.ask("WEB.app.EXAMPLE.").addresses == ("10.9.0.1",)


def test_a_zone_of_another_vpc_is_not_seen_over_a_peering() -> None:
    world = peered()
    answer = world.ask("db.corp.internal")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.NXDOMAIN)
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource) == (
        Reason.DNS_NAME_NOT_FOUND,
        world.guide.corp_zone,
    )
    assert [cause.reason for cause in answer.blocking][1:] == [Reason.DNS_ZONE_NOT_ASSOCIATED]


def test_a_zone_of_another_account_is_seen_once_associated() -> None:
    world = peered(two_accounts=True)
    assert world.ask("db.corp.internal").verdict is Verdict.DENIED
    world.api_estate.associate_zone(world.guide.corp_zone, world.vpc)
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)


def test_a_zone_that_is_authorised_and_not_associated_is_not_seen() -> None:
    world = peered(two_accounts=True)
    body = world.estate.ledger.answer("route53.list_vpc_association_authorizations", world.guide.corp_zone)
    body["VPCs"].append({"VPCRegion": "us-east-1", "VPCId": world.vpc})
    answer = world.ask("db.corp.internal")
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None
    assert answer.decided_by.rule == "PHZ-02"


def test_a_zone_of_a_vpc_in_another_region_is_seen() -> None:
    world = peered(requester_region="eu-west-1")
    world.api_estate.associate_zone(world.guide.corp_zone, world.vpc)
    assert world.ask("db.corp.internal").addresses == ("10.0.1.20",)


def test_elsewhere_a_private_name_below_a_real_domain_is_public_dns_to_tell() -> None:
    world = peered()
    world.zone("corp.example.com", world.api_vpc, db="10.9.0.1")
    answer = world.ask("db.corp.example.com")
    assert (answer.verdict, answer.rcode, answer.addresses) == (Verdict.UNKNOWN, None, ())
    assert [missing.fact for missing in answer.unknowns] == ["public DNS"]


def test_a_missing_name_is_nxdomain_and_never_public() -> None:
    world = peered()
    world.zone("secretsmanager.us-east-1.amazonaws.com", other="10.9.0.1")
    answer = world.ask("sub.secretsmanager.us-east-1.amazonaws.com")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.NXDOMAIN)
    assert world.ask("secretsmanager.us-east-1.amazonaws.com").rcode is Rcode.NODATA


def test_a_name_without_the_type_is_nodata() -> None:
    world = peered()
    world.zone("app.example", web="10.9.0.1")
    answer = world.ask("web.app.example", "AAAA")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.NODATA)
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.DNS_NO_RECORD_OF_TYPE


@pytest.mark.parametrize(
    ("name", "rcode"),
    [
        ("anything.app.example", Rcode.NOERROR),
        ("two.labels.app.example", Rcode.NOERROR),
        ("web.app.example", Rcode.NOERROR),
        ("app.example", Rcode.NODATA),
        ("b.app.example", Rcode.NODATA),
        ("x.b.app.example", Rcode.NXDOMAIN),
        ("x.web.app.example", Rcode.NXDOMAIN),
    ],
)
def test_a_wildcard_covers_what_does_not_exist_and_nothing_below_what_exists(name: str, rcode: Rcode) -> None:
    world = peered()
    zone = world.zone("app.example", any="10.9.0.9", web="10.9.0.1")
    world.estate.record(zone, "a.b.app.example", "A", ["10.9.0.2"])
    assert world.ask(name).rcode is rcode


def test_an_explicit_name_wins_over_the_wildcard() -> None:
    world = peered()
    world.zone("app.example", any="10.9.0.9", web="10.9.0.1")
    assert world.ask("web.app.example").addresses == ("10.9.0.1",)
    assert world.ask("other.app.example").addresses == ("10.9.0.9",)


def test_the_zone_with_more_labels_wins_and_does_not_fall_back() -> None:
    world = peered()
    world.zone("example", web="10.9.0.1", any="10.9.0.9")
    inner = world.zone("app.example", web="10.9.0.2")
    assert world.ask("web.app.example").addresses == ("10.9.0.2",)
    missing = world.ask("absent.app.example")
    assert (missing.rcode, missing.answered_by) == (Rcode.NXDOMAIN, inner)
    assert world.ask("absent.example").addresses == ("10.9.0.9",)


def test_a_cname_is_looked_up_again_in_the_same_view() -> None:
    world = forwarded(ORDERS_NAME)
    zone = world.zone("corp.example")
    world.estate.record(zone, "api.corp.example", "CNAME", [ORDERS_NAME + "."])
    answer = world.ask("api.corp.example")
    assert (answer.verdict, answer.addresses, answer.target) == (Verdict.ALLOWED, ENDPOINT_IPS, world.endpoint)
    assert answer.records[0] == f"api.corp.example CNAME {ORDERS_NAME}"
    asked_for_itself = world.ask("api.corp.example", "CNAME")
    assert (asked_for_itself.addresses, asked_for_itself.records) == ((), answer.records[:1])


def test_the_cname_of_a_forwarded_answer_is_looked_up_in_the_view_that_forwarded() -> None:
    world = forwarded("corp.internal")
    world.estate.record(world.zone("shadow.internal"), "db.shadow.internal", "A", ["10.9.0.7"])
    world.api_estate.record(world.guide.corp_zone, "moved.corp.internal", "CNAME", ["db.shadow.internal"])
    assert world.ask("moved.corp.internal").addresses == ("10.9.0.7",)
    seen_from_the_api_vpc = world.ask("moved.corp.internal", client="database")
    assert seen_from_the_api_vpc.rcode is Rcode.NXDOMAIN


def test_a_chain_that_ends_nowhere_is_nxdomain() -> None:
    world = peered()
    world.estate.record(world.zone("corp.example"), "a.corp.example", "CNAME", ["b.corp.example"])
    assert world.ask("a.corp.example").rcode is Rcode.NXDOMAIN


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c", "d", "e")])
def test_cname_records_that_lead_back_fail(names: tuple[str, ...]) -> None:
    world = peered()
    zone = world.zone("corp.example")
    for position, name in enumerate(names):
        target = names[(position + 1) % len(names)]
        world.estate.record(zone, f"{name}.corp.example", "CNAME", [f"{target}.corp.example"])
    answer = world.ask("a.corp.example")
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.SERVFAIL)
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.DNS_CNAME_LOOP


def test_a_chain_of_a_thousand_names_is_not_followed_to_its_end() -> None:
    world = peered()
    zone = world.zone("corp.example", n1000="10.9.0.1")
    for position in range(1000):
        world.estate.record(zone, f"n{position}.corp.example", "CNAME", [f"n{position + 1}.corp.example"])
    assert world.ask("n0.corp.example").verdict is Verdict.UNKNOWN
    assert world.ask("n990.corp.example").addresses == ("10.9.0.1",)


def test_an_alias_to_an_endpoint_shows_plain_addresses_under_the_name_asked() -> None:
    world = peered()
    zone = world.zone("api.corp.example")
    world.estate.alias_to_endpoint(zone, "api.corp.example", world.endpoint)
    answer = world.ask("api.corp.example")
    assert (answer.addresses, answer.target, answer.answered_by) == (ENDPOINT_IPS, world.endpoint, zone)
    assert answer.records == tuple(f"api.corp.example A {text}" for text in ENDPOINT_IPS)
    assert world.ask("api.corp.example", "AAAA").rcode is Rcode.NODATA


def test_an_alias_with_another_zone_id_than_its_target_is_refused_by_aws() -> None:
    world = peered()
    zone = world.zone("api.corp.example")
    name = world.api_estate.endpoint_name(world.endpoint)
    world.estate.alias_record(zone, "api.corp.example", name, target_zone="Z0000000000000000000X")
    answer = world.ask("api.corp.example")
    assert answer.verdict is Verdict.INVALID
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.leg) == (Reason.DNS_ALIAS_MISMATCH, Leg.CONFIG)


def test_an_alias_inside_the_zone_answers_with_its_targets_records() -> None:
    world = peered()
    zone = world.zone("corp.example", web="10.9.0.1")
    world.estate.alias_record(zone, "www.corp.example", "web.corp.example", target_zone=zone)
    answer = world.ask("www.corp.example")
    assert (answer.addresses, answer.records) == (("10.9.0.1",), ("www.corp.example A 10.9.0.1",))


def test_aliases_that_lead_back_fail() -> None:
    world = peered()
    zone = world.zone("corp.example")
    world.estate.alias_record(zone, "a.corp.example", "b.corp.example", target_zone=zone)
    world.estate.alias_record(zone, "b.corp.example", "a.corp.example", target_zone=zone)
    assert world.ask("a.corp.example").rcode is Rcode.SERVFAIL


def test_an_alias_to_what_nobody_knows_is_unknown() -> None:
    world = peered()
    zone = world.zone("corp.example")
    for label, target in (
        ("gone", "vpce-0123456789abcdef0-abcdefgh.execute-api.us-east-1.vpce.amazonaws.com"),
        ("odd", "d111111abcdef8.cloudfront.net"),
    ):
        world.estate.alias_record(zone, f"{label}.corp.example", target, target_zone="Z7HUB22UULQXV")
        assert world.ask(f"{label}.corp.example").verdict is Verdict.UNKNOWN


def _sets(world: World, *sets: dict[str, object]) -> None:
    zone = world.zone("corp.example")
    body = world.estate.ledger.answer("route53.list_resource_record_sets", zone)
    for number, each in enumerate(sets):
        values = [{"Value": value} for value in each.pop("values")]  # type: ignore[attr-defined]
        record = {"Name": "x.corp.example.", "Type": "A", "TTL": 60, "ResourceRecords": values}
        body["ResourceRecordSets"].append(record | {"SetIdentifier": f"s{number}"} | each)


def test_weighted_records_all_count_but_those_of_weight_zero() -> None:
    world = peered()
    _sets(
        world,
        {"Weight": 10, "values": ["10.9.0.1"]},
        {"Weight": 0, "values": ["10.9.0.2"]},
        {"Weight": 1, "values": ["10.9.0.3"]},
    )
    answer = world.ask("x.corp.example")
    assert (answer.verdict, answer.addresses) == (Verdict.ALLOWED, ("10.9.0.1", "10.9.0.3"))


def test_multivalue_records_all_count() -> None:
    world = peered()
    _sets(
        world,
        {"MultiValueAnswer": True, "values": ["10.9.0.1"]},
        {"MultiValueAnswer": True, "values": ["10.9.0.2"]},
    )
    assert world.ask("x.corp.example").addresses == ("10.9.0.1", "10.9.0.2")


def test_latency_records_are_judged_in_the_region_that_receives_the_question() -> None:
    world = peered()
    _sets(world, {"Region": "eu-west-1", "values": ["10.9.0.1"]}, {"Region": "us-east-1", "values": ["10.9.0.2"]})
    assert world.ask("x.corp.example").addresses == ("10.9.0.2",)


def test_latency_records_of_other_regions_only_are_indeterminate_unless_they_agree() -> None:
    world = peered()
    _sets(world, {"Region": "eu-west-1", "values": ["10.9.0.1"]}, {"Region": "eu-west-2", "values": ["10.9.0.2"]})
    answer = world.ask("x.corp.example")
    assert answer.verdict is Verdict.INDETERMINATE
    assert answer.decided_by is not None
    assert answer.decided_by.reason is Reason.DNS_RECORDS_DIFFER
    alike = peered()
    _sets(alike, {"Region": "eu-west-1", "values": ["10.9.0.1"]}, {"Region": "eu-west-2", "values": ["10.9.0.1"]})
    assert alike.ask("x.corp.example").addresses == ("10.9.0.1",)


def test_failover_goes_by_health_which_nobody_collects() -> None:
    unwatched, watched = peered(), peered()
    _sets(
        unwatched,
        {"Failover": "SECONDARY", "values": ["10.9.0.2"]},
        {"Failover": "PRIMARY", "values": ["10.9.0.1"]},
    )
    assert unwatched.ask("x.corp.example").addresses == ("10.9.0.1",)
    _sets(
        watched,
        {"Failover": "SECONDARY", "values": ["10.9.0.2"]},
        {"Failover": "PRIMARY", "values": ["10.9.0.1"], "HealthCheckId": "11111111-2222-3333-4444-555555555555"},
    )
    assert watched.ask("x.corp.example").verdict is Verdict.UNKNOWN


def test_two_zones_of_one_name_on_one_vpc_are_refused_by_aws() -> None:
    world = peered()
    world.zone("corp.example", web="10.9.0.1")
    world.zone("corp.example", web="10.9.0.2")
    answer = world.ask("web.corp.example")
    assert answer.verdict is Verdict.INVALID
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.DNS_ZONE_CONFLICT, "PHZ-03")
    world.zone("below.corp.example", web="10.9.0.3")
    assert world.ask("web.below.corp.example").addresses == ("10.9.0.3",)


@pytest.mark.parametrize("attribute", ["enableDnsHostnames", "enableDnsSupport"])
def test_a_private_zone_needs_both_dns_attributes(attribute: str) -> None:
    world = peered()
    zone = world.zone("corp.example", web="10.9.0.1")
    world.estate.set_dns_attribute(world.vpc, attribute, value=False)
    answer = world.ask("web.corp.example")
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None
    if attribute == "enableDnsSupport":
        assert (answer.rcode, answer.decided_by.rule) == (Rcode.TIMEOUT, "DNS-04")
    else:
        assert (answer.rcode, answer.decided_by.rule, answer.decided_by.resource) == (
            Rcode.NXDOMAIN,
            "DNS-05",
            world.vpc,
        )
        assert any(zone in text for text in answer.warnings)


def test_name_servers_in_a_zone_do_not_delegate() -> None:
    world = peered()
    zone = world.zone("corp.example")
    world.estate.record(zone, "sub.corp.example", "NS", ["ns1.corp.example"])
    assert world.ask("web.sub.corp.example").rcode is Rcode.NXDOMAIN


def test_other_types_come_back_as_records() -> None:
    world = peered()
    zone = world.zone("corp.example")
    world.estate.record(zone, "note.corp.example", "TXT", ['"hello there"'])
    answer = world.ask("note.corp.example", "TXT")
    assert (answer.verdict, answer.addresses, answer.records) == (
        Verdict.ALLOWED,
        (),
        ('note.corp.example TXT "hello there"',),
    )


def test_a_public_zone_of_the_estate_answers_everywhere() -> None:
    world = peered()
    zone = world.estate.private_zone("shop.example.com", [])
    world.estate.resource(zone)["Config"]["PrivateZone"] = False
    world.estate.record(zone, "www.shop.example.com", "A", ["203.0.113.5"])
    answer = world.ask("www.shop.example.com")
    assert (answer.verdict, answer.addresses, answer.answered_by) == (Verdict.ALLOWED, ("203.0.113.5",), zone)
    assert answer.warnings
    world.zone("shop.example.com", www="10.9.0.1")
    assert world.ask("www.shop.example.com").addresses == ("10.9.0.1",)

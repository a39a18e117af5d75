"""Names of interface endpoints and APIs, private and public (VPCE-DNS-*, AGW-04 to AGW-06)."""

import pytest
from tests.unit.dns.estates import (
    BILLING_NAME,
    DOMAIN,
    ENDPOINT_IPS,
    ORDERS_NAME,
    PUBLIC_NAME,
    World,
    forwarded,
    peered,
)

from narrowgate.model.answer import Rcode, Verdict
from narrowgate.model.reason import Reason


def _alias(world: World, endpoint: str = "") -> str:
    return ORDERS_NAME.replace(".", f"-{endpoint or world.endpoint}.", 1)


@pytest.mark.parametrize(
    "name", [DOMAIN, ORDERS_NAME, BILLING_NAME, PUBLIC_NAME, f"nosuchapi.{DOMAIN}", f"d-abcdefghij.{DOMAIN}"]
)
def test_private_dns_takes_every_name_of_its_domain(name: str) -> None:
    world = peered()
    answer = world.ask(name, client="database")
    assert (answer.addresses, answer.target, answer.answered_by) == (ENDPOINT_IPS, world.endpoint, world.endpoint)


def test_private_dns_does_not_take_another_regions_names() -> None:
    answer = peered().ask("a1b2c3d4e5.execute-api.us-west-2.amazonaws.com", client="database")
    assert answer.verdict is Verdict.UNKNOWN


def test_an_alias_name_is_captured_by_the_views_own_endpoint() -> None:
    world = peered()
    subnets, group = world.guide.requester.subnets, world.guide.requester.host_group
    own = world.estate.interface_endpoint(subnets, [group], name="own")
    assert world.ask(_alias(world)).target == own


@pytest.mark.parametrize("service", ["secretsmanager", "ec2", "ecr.api"])
def test_other_services_have_the_names_that_the_endpoint_lists(service: str) -> None:
    world = peered()
    subnets, group = world.guide.requester.subnets, world.guide.requester.host_group
    own = world.estate.interface_endpoint(subnets, [group], service=service, name=service)
    names = [each["DnsName"] for each in world.estate.resource(own)["DnsEntries"]]
    private = next(name for name in names if "vpce" not in name)
    assert world.ask(private).target == own
    assert world.ask(f"sub.{private}").rcode is Rcode.NXDOMAIN


def test_private_dns_serves_its_own_vpc_only() -> None:
    world = peered()
    answer = world.ask(ORDERS_NAME)
    assert (answer.verdict, answer.rcode, answer.addresses, answer.target) == (Verdict.DENIED, None, (), None)
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.rule) == (Reason.DNS_NO_PRIVATE_ANSWER, "VPCE-DNS-10")


def test_private_dns_that_is_off_is_the_deciding_fact() -> None:
    world = peered()
    world.api_estate.set_private_dns(world.endpoint, enabled=False)
    answer = world.ask(ORDERS_NAME, client="database")
    assert answer.decided_by is not None
    assert (answer.decided_by.reason, answer.decided_by.resource) == (Reason.DNS_NO_PRIVATE_ANSWER, world.endpoint)
    assert [each.field for each in answer.decided_by.evidence] == ["PrivateDnsEnabled"]


def test_private_dns_of_unknown_state_leaves_the_answer_open() -> None:
    world = peered()
    del world.api_estate.resource(world.endpoint)["PrivateDnsEnabled"]
    answer = world.ask(ORDERS_NAME, client="database")
    assert (answer.verdict, answer.unknowns[0].fact) == (Verdict.UNKNOWN, "VpcEndpoint.PrivateDnsEnabled")
    assert world.ask("db.corp.internal", client="database").verdict is Verdict.ALLOWED


@pytest.mark.parametrize("attribute", ["enableDnsHostnames", "enableDnsSupport"])
def test_private_dns_needs_both_attributes(attribute: str) -> None:
    world = peered()
    world.api_estate.set_dns_attribute(world.api_vpc, attribute, value=False)
    answer = world.ask(ORDERS_NAME, client="database")
    assert answer.verdict is Verdict.DENIED
    assert answer.decided_by is not None
    expected = ("DNS-04", Rcode.TIMEOUT) if attribute == "enableDnsSupport" else ("DNS-05", None)
    assert (answer.decided_by.rule, answer.rcode) == expected
    assert answer.decided_by.resource == world.api_vpc


@pytest.mark.parametrize("attribute", ["enableDnsHostnames", "enableDnsSupport"])
def test_an_attribute_that_was_not_collected_leaves_the_answer_open_where_it_matters(attribute: str) -> None:
    world = peered()
    exchanges = world.estate.ledger.exchanges[(world.api_estate.where, "ec2.describe_vpc_attribute")]
    exchanges[:] = [each for each in exchanges if each.parent != f"{world.api_vpc}/{attribute}"]
    for complete in (False, True):
        answer = world.ask(ORDERS_NAME, client="database", complete=complete)
        assert answer.verdict is Verdict.UNKNOWN
        assert attribute in answer.unknowns[0].fact
    public = world.ask(world.api_estate.endpoint_name(world.endpoint), client="database")
    assert public.verdict is (Verdict.ALLOWED if attribute == "enableDnsHostnames" else Verdict.UNKNOWN)


def test_endpoint_names_are_public_and_hold_private_addresses() -> None:
    world = peered()
    entries = [each["DnsName"] for each in world.api_estate.resource(world.endpoint)["DnsEntries"]]
    regional, *zonal = [name for name in entries if "vpce.amazonaws" in name]
    for client in ("requester-host", "billing-host", "internet"):
        assert world.ask(regional, client=client).addresses == ENDPOINT_IPS
    assert sorted(text for name in zonal for text in world.ask(name).addresses) == sorted(ENDPOINT_IPS)
    assert all(len(world.ask(name).addresses) == 1 for name in zonal)


def test_a_name_that_the_endpoint_does_not_have_does_not_exist() -> None:
    world = peered()
    label, rest = world.api_estate.endpoint_name(world.endpoint).split(".", 1)
    assert world.ask(f"{label}-us-east-1f.{rest}").rcode is Rcode.NXDOMAIN
    assert world.ask(f"vpce-0123456789abcdef0-abcdefgh.{rest}").verdict is Verdict.UNKNOWN


def test_rules_and_zones_for_the_region_do_not_touch_endpoint_names() -> None:
    world = forwarded(DOMAIN)
    world.estate.remove_route(world.guide.requester.route_table, "10.0.0.0/16")
    assert world.ask(ORDERS_NAME).rcode is Rcode.SERVFAIL
    assert world.ask(world.api_estate.endpoint_name(world.endpoint)).addresses == ENDPOINT_IPS


def test_an_alias_name_exists_where_the_api_lists_the_endpoint() -> None:
    world = peered()
    for client in ("requester-host", "internet"):
        answer = world.ask(_alias(world), client=client)
        assert (answer.addresses, answer.target) == (ENDPOINT_IPS, world.endpoint)
    other = world.ask(_alias(world, world.guide.billing_endpoint))
    assert (other.verdict, other.rcode) == (Verdict.DENIED, Rcode.NXDOMAIN)
    assert other.decided_by is not None
    assert other.decided_by.rule == "VPCE-DNS-03"


def test_an_alias_name_whose_api_nobody_collected_is_unknown() -> None:
    world = peered()
    world.estate.forget("apigateway.get_rest_apis")
    assert world.ask(_alias(world)).verdict is Verdict.UNKNOWN
    assert world.ask(ORDERS_NAME).verdict is Verdict.UNKNOWN
    assert world.ask(ORDERS_NAME, client="database").verdict is Verdict.ALLOWED


def test_an_alias_name_of_another_region_does_not_exist() -> None:
    world = peered()
    assert world.ask(_alias(world).replace("us-east-1", "us-west-2")).rcode is Rcode.NXDOMAIN


@pytest.mark.parametrize(
    ("kind", "type", "rcode"),
    [
        (None, "A", Rcode.NOERROR),
        (None, "AAAA", Rcode.NODATA),
        ("ipv4", "AAAA", Rcode.NODATA),
        ("dualstack", "A", Rcode.NOERROR),
        ("dualstack", "AAAA", Rcode.NOERROR),
        ("ipv6", "A", Rcode.NODATA),
        ("ipv6", "AAAA", Rcode.NOERROR),
        ("service-defined", "A", Rcode.NOERROR),
        ("service-defined", "AAAA", None),
        ("dualstack", "TXT", Rcode.NODATA),
    ],
)
def test_the_record_ip_type_decides_which_addresses_come_back(
    kind: str | None, type: str, rcode: Rcode | None
) -> None:
    world = peered()
    endpoint = world.api_estate.resource(world.endpoint)
    endpoint["DnsOptions"] = {} if kind is None else {"DnsRecordIpType": kind}
    for number, interface in enumerate(endpoint["NetworkInterfaceIds"]):
        world.api_estate.resource(interface)["Ipv6Addresses"] = [{"Ipv6Address": f"2001:db8::{number + 1}"}]
    answer = world.ask(ORDERS_NAME, type, client="database")
    assert answer.rcode is rcode
    if rcode is Rcode.NOERROR:
        assert answer.addresses == (ENDPOINT_IPS if type == "A" else ("2001:db8::1", "2001:db8::2"))


def test_addresses_that_nobody_collected_are_unknown_and_the_endpoint_is_not() -> None:
    world = peered()
    gone = world.api_estate.resource(world.endpoint)["NetworkInterfaceIds"][0]
    world.estate.forget("ec2.describe_network_interfaces")
    answer = world.ask(ORDERS_NAME, client=world.guide.api.subnets[0])
    assert (answer.verdict, answer.rcode, answer.target) == (Verdict.UNKNOWN, Rcode.NOERROR, world.endpoint)
    assert answer.unknowns[0].resource == gone


@pytest.mark.parametrize("state", ["rejected", "expired", "deleted", "pendingAcceptance"])
def test_an_endpoint_that_never_came_to_be_has_no_names(state: str) -> None:
    world = peered()
    name = world.api_estate.endpoint_name(world.endpoint)
    world.api_estate.resource(world.endpoint)["State"] = state
    assert world.ask(ORDERS_NAME, client="database").verdict is Verdict.DENIED
    assert world.ask(name).verdict is not Verdict.ALLOWED


@pytest.mark.parametrize(("state", "warns"), [("Available", False), ("partial", False), ("failed", True)])
def test_an_endpoint_in_another_state_keeps_its_names_with_a_warning(state: str, warns: bool) -> None:
    world = peered()
    world.api_estate.resource(world.endpoint)["State"] = state
    answer = world.ask(ORDERS_NAME, client="database")
    assert (answer.addresses, bool(answer.warnings)) == (ENDPOINT_IPS, warns)


def test_private_dns_for_inbound_questions_only() -> None:
    world = forwarded("secretsmanager.us-east-1.amazonaws.com")
    name = "secretsmanager.us-east-1.amazonaws.com"
    endpoint = next(
        each
        for each in world.estate.ledger.elements[(world.api_estate.where, "ec2.describe_vpc_endpoints")]
        if each["ServiceName"].endswith("secretsmanager")
    )
    endpoint["DnsOptions"] = {"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": True}
    assert world.ask(name).target == endpoint["VpcEndpointId"]
    assert world.ask(name, client="database").target == "public"


@pytest.mark.parametrize("name", ["secretsmanager.us-east-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"])
def test_service_names_are_public(name: str) -> None:
    answer = peered().ask(name)
    assert (answer.verdict, answer.rcode, answer.target, answer.addresses) == (
        Verdict.ALLOWED,
        Rcode.NOERROR,
        "public",
        (),
    )


@pytest.mark.parametrize(
    "name", ["www.example.com", "nosuchservice.us-east-1.amazonaws.com", f"zzzzzzzzzz.{DOMAIN}"]
)
def test_what_only_public_dns_knows_is_unknown(name: str) -> None:
    answer = peered().ask(name)
    assert (answer.verdict, answer.rcode, answer.target) == (Verdict.UNKNOWN, None, None)


def test_the_outside_file_tells_public_records() -> None:
    world = peered()
    world.outside(
        public_records=[
            {"name": "www.example.com", "type": "A", "value": "203.0.113.7"},
            {
                "name": "alias.example.com",
                "type": "CNAME",
                "value": world.api_estate.endpoint_name(world.endpoint),
            },
            {"name": ORDERS_NAME, "type": "A", "value": "203.0.113.8"},
        ]
    )
    answer = world.ask("www.example.com")
    assert (answer.addresses, answer.target) == (("203.0.113.7",), "public")
    assert world.ask("alias.example.com").target == world.endpoint
    assert world.ask(ORDERS_NAME).addresses == ("203.0.113.8",)
    assert world.ask("www.example.com", "AAAA").rcode is Rcode.NODATA


def test_the_name_of_an_internal_load_balancer_is_public_and_holds_private_addresses() -> None:
    world = peered()
    arn = world.estate.load_balancer("front", world.guide.requester.subnets)
    balancer = world.estate.resource(arn)
    for client in ("requester-host", "billing-host"):
        answer = world.ask(balancer["DNSName"], client=client)
        assert answer.target == arn
        assert answer.addresses
        assert all(text.startswith("10.1.") for text in answer.addresses)
    balancer["Scheme"] = "internet-facing"
    assert world.ask(balancer["DNSName"]).target == "public"

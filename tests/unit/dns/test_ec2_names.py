"""Names that EC2 gives: hostnames, reverse names, and what connections do to them (PEER-DNS-*, RSLV-08)."""

import pytest
from tests.unit.dns.estates import HOSTNAME, PUBLIC_IP, World, forwarded, inbound_ips, peered, with_public_address

from narrowgate.model.answer import Rcode, Verdict

PRIVATE_IP = "10.0.1.20"
PRIVATE_NAME = "ip-10-0-1-20.ec2.internal"
REVERSE_NAME = "20.1.0.10.in-addr.arpa"


def _world(**options: object) -> World:
    world = peered(**options)
    with_public_address(world)
    return world


def test_a_public_hostname_is_private_inside_its_own_vpc() -> None:
    answer = _world().ask(HOSTNAME, client="database")
    assert (answer.verdict, answer.addresses) == (Verdict.ALLOWED, (PRIVATE_IP,))


def test_the_option_counts_on_the_side_whose_hostnames_are_asked_for() -> None:
    for requester, accepter, expected in ((True, False, PUBLIC_IP), (False, True, PRIVATE_IP)):
        world = _world()
        world.estate.set_peering_dns(world.guide.peering, requester=requester, accepter=accepter)
        assert world.ask(HOSTNAME).addresses == (expected,)


@pytest.mark.parametrize("side", ["requester", "api"])
def test_the_option_needs_both_attributes_in_both_vpcs(side: str) -> None:
    world = _world()
    world.estate.set_peering_dns(world.guide.peering, requester=True, accepter=True)
    found = getattr(world.guide, side)
    found.estate.set_dns_attribute(found.vpc, "enableDnsHostnames", value=False)
    assert world.ask(HOSTNAME).addresses == (PUBLIC_IP,)


def test_the_option_needs_an_active_peering() -> None:
    world = _world()
    world.estate.set_peering_dns(world.guide.peering, requester=True, accepter=True)
    world.estate.set_peering_state(world.guide.peering, "deleted")
    assert world.ask(HOSTNAME).addresses == (PUBLIC_IP,)


def test_the_option_works_across_regions_and_accounts() -> None:
    world = _world(two_accounts=True, requester_region="eu-west-1")
    assert world.ask(HOSTNAME).addresses == (PUBLIC_IP,)
    world.estate.set_peering_dns(world.guide.peering, requester=True, accepter=True)
    assert world.ask(HOSTNAME).addresses == (PRIVATE_IP,)


def test_an_option_that_nobody_collected_leaves_the_answer_open() -> None:
    world = _world()
    for view in world.estate.views(
        "ec2.describe_vpc_peering_connections", world.guide.peering, "VpcPeeringConnectionId"
    ):
        view["AccepterVpcInfo"].pop("PeeringOptions", None)
    assert world.ask(HOSTNAME).verdict is Verdict.UNKNOWN
    forgotten = _world()
    forgotten.estate.forget("ec2.describe_vpc_peering_connections")
    assert forgotten.ask(HOSTNAME).verdict is Verdict.UNKNOWN
    assert forgotten.ask(HOSTNAME, client="database").addresses == (PRIVATE_IP,)


def test_the_internet_sees_the_public_address() -> None:
    assert _world().ask(HOSTNAME, client="internet").addresses == (PUBLIC_IP,)


def test_a_hostname_of_nobody_is_unknown() -> None:
    assert _world().ask("ec2-203-0-113-9.compute-1.amazonaws.com").verdict is Verdict.UNKNOWN


def test_a_gateway_with_dns_support_turns_hostnames_private_with_a_warning() -> None:
    world = _world()
    world.estate.set_peering_state(world.guide.peering, "deleted")
    gateway = world.estate.transit_gateway("hub")
    near = world.estate.attach_vpc(gateway, world.guide.requester.subnets)
    world.estate.attach_vpc(gateway, world.guide.api.subnets)
    for element in (world.estate.resource(gateway), world.estate.resource(near)):
        element.setdefault("Options", {})["DnsSupport"] = "enable"
    answer = world.ask(HOSTNAME)
    assert answer.addresses == (PRIVATE_IP,)
    assert any("TGW-DNS-01" in text for text in answer.warnings)
    for view in world.estate.views(
        "ec2.describe_transit_gateway_vpc_attachments", near, "TransitGatewayAttachmentId"
    ):
        view["Options"]["DnsSupport"] = "disable"
    assert world.ask(HOSTNAME).addresses == (PUBLIC_IP,)


def test_private_names_of_a_connected_vpc_in_the_region_need_no_option() -> None:
    world = peered()
    assert world.ask(PRIVATE_NAME).addresses == (PRIVATE_IP,)
    assert world.ask("ip-10-1-1-10.ec2.internal").addresses == ("10.1.1.10",)
    world.estate.set_peering_state(world.guide.peering, "deleted")
    answer = world.ask(PRIVATE_NAME)
    assert (answer.verdict, answer.rcode) == (Verdict.DENIED, Rcode.NXDOMAIN)


def test_private_names_of_another_region_need_the_option() -> None:
    world = peered(requester_region="eu-west-1")
    assert world.ask(PRIVATE_NAME).verdict is Verdict.DENIED
    assert world.ask("ip-10-1-1-10.eu-west-1.compute.internal").addresses == ("10.1.1.10",)
    world.estate.set_peering_dns(world.guide.peering, requester=True, accepter=True)
    assert world.ask(PRIVATE_NAME).addresses == (PRIVATE_IP,)


def test_ec2_names_need_the_hostnames_attribute() -> None:
    world = peered()
    world.estate.set_dns_attribute(world.vpc, "enableDnsHostnames", value=False)
    assert world.ask("ip-10-1-1-10.ec2.internal").rcode is Rcode.NXDOMAIN


def test_an_address_is_named_in_its_own_vpc_and_over_connections_with_dns_support() -> None:
    world = peered()
    own = world.ask("10.1.1.10.in-addr.arpa", "PTR")
    assert own.records == ("10.1.1.10.in-addr.arpa PTR ip-10-1-1-10.ec2.internal",)
    assert world.ask(REVERSE_NAME, "PTR").rcode is Rcode.NXDOMAIN
    world.estate.set_peering_dns(world.guide.peering, requester=True, accepter=True)
    assert world.ask(REVERSE_NAME, "PTR").records == (f"{REVERSE_NAME} PTR {PRIVATE_NAME}",)


def test_reverse_rules_are_more_specific_than_a_forward_rule_and_can_be_switched_off() -> None:
    world = forwarded("10.in-addr.arpa")
    assert world.ask(REVERSE_NAME, "PTR").records == (f"{REVERSE_NAME} PTR {PRIVATE_NAME}",)
    own = "10.1.1.10.in-addr.arpa"
    assert world.ask(own, "PTR").records == (f"{own} PTR ip-10-1-1-10.ec2.internal",)
    world.estate.ledger.add(
        world.estate.where,
        "route53resolver.list_resolver_configs",
        {"Id": "rslvr-rc-1", "ResourceId": world.vpc, "AutodefinedReverse": "DISABLED"},
    )
    answer = world.ask(own, "PTR")
    assert answer.verdict is Verdict.DENIED
    assert any(step.component == world.guide.rule for step in answer.steps)


def test_reverse_settings_that_nobody_collected_leave_the_answer_open_where_a_rule_would_take_over() -> None:
    world = forwarded("10.in-addr.arpa")
    world.estate.forget("route53resolver.list_resolver_configs")
    assert world.ask("10.1.1.10.in-addr.arpa", "PTR").verdict is Verdict.UNKNOWN
    assert world.ask("localhost").verdict is Verdict.ALLOWED


def test_the_inbound_endpoint_gives_its_own_vpcs_view_of_hostnames() -> None:
    world = forwarded("compute-1.amazonaws.com")
    with_public_address(world)
    assert inbound_ips(world)
    assert world.ask(HOSTNAME).addresses == (PRIVATE_IP,)


@pytest.mark.parametrize(
    ("name", "type", "rcode", "addresses"),
    [
        ("localhost", "A", Rcode.NOERROR, ("127.0.0.1",)),
        ("localhost", "AAAA", Rcode.NOERROR, ("::1",)),
        ("localhost", "TXT", Rcode.NODATA, ()),
        ("x.localhost", "A", Rcode.NXDOMAIN, ()),
        ("localdomain", "A", Rcode.NODATA, ()),
        ("nonsense.ec2.internal", "A", Rcode.NXDOMAIN, ()),
        (PRIVATE_NAME, "AAAA", Rcode.NXDOMAIN, ()),
    ],
)
def test_autodefined_names(name: str, type: str, rcode: Rcode, addresses: tuple[str, ...]) -> None:
    answer = peered().ask(name, type)
    assert (answer.rcode, answer.addresses) == (rcode, addresses)


def test_an_address_of_the_vpc_that_no_interface_has_is_unknown() -> None:
    assert peered().ask("ip-10-1-1-222.ec2.internal").verdict is Verdict.UNKNOWN

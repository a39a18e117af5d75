"""Ways to the Internet by packets: internet and NAT gateways, public APIs, and what private DNS does to these."""

import pytest
from tests.builders import invoke_statement, policy_document, tcp
from tests.lab.internet_site import BARE, ELSEWHERE, NAMES, NAT, PUBLIC, Site, random_site

from narrowgate.model.laboratory import Compared


@pytest.fixture(scope="module")
def told() -> dict[str, Compared]:
    site = Site()
    asked = {
        "public host out": ("public", "reach", f"{ELSEWHERE}:443"),
        "private host out": ("private", "reach", f"{ELSEWHERE}:443"),
        "bare host out": ("bare", "reach", f"{ELSEWHERE}:443"),
        "private host to the public one": ("private", "reach", "198.51.100.1:443"),
        "public host to itself on a closed port": ("private", "reach", "198.51.100.1:80"),
        "public host to a NAT gateway": ("public", "reach", "198.51.100.9:443"),
        "a private address by the gateway": ("public", "reach", "10.9.0.1:443"),
        "from the Internet": ("internet", "reach", "198.51.100.1:443"),
        "from the Internet to what lets nobody in": ("internet", "reach", "198.51.100.1:22"),
        "public API": ("private", "call", site.url()),
        "public API without a way": ("bare", "call", site.url()),
    }
    return dict(zip(asked, site.compared(*asked.values()), strict=True))


@pytest.mark.parametrize(
    ("name", "observed"),
    [
        ("public host out", "reached"),
        ("private host out", "reached"),
        ("bare host out", "connect_timeout"),
        ("private host to the public one", "reached"),
        ("public host to itself on a closed port", "connect_timeout"),
        ("public host to a NAT gateway", "connect_timeout"),
        ("a private address by the gateway", "connect_timeout"),
        ("from the Internet", "reached"),
        ("from the Internet to what lets nobody in", "connect_timeout"),
    ],
)
def test_packets_leave_and_come_by_gateways_as_the_engine_says(told, name, observed):
    compared = told[name]
    assert compared.observed == (observed,), compared
    assert compared.agrees is not False, compared


def test_the_place_of_a_loss_is_the_gateway(told):
    assert told["bare host out"].dropped_at.startswith("NOPUBLIC igw-")


def test_a_public_api_answers_whoever_has_a_way_to_the_internet(told):
    assert told["public API"].observed == told["public API without a way"].observed == ("public_answer",)
    assert told["public API"].text == "and there http_200"
    assert told["public API without a way"].text == "and there connect_timeout"


def test_private_dns_loses_public_apis():
    site = Site()
    endpoint_group = site.estate.security_group(site.vpc, "endpoint", ingress=[tcp(443, "10.1.0.0/16")])
    site.estate.interface_endpoint([site.subnets["public"]], [endpoint_group])
    (compared,) = site.compared(("private", "call", site.url()))
    assert compared.observed == ("http_403",)
    assert compared.agrees is True


def test_a_policy_of_a_public_api_sees_the_public_address():
    site = Site()
    only = invoke_statement(IpAddress={"aws:SourceIp": "198.51.100.9/32"})
    site.estate.set_policy(site.public_api, policy_document(only))
    site.estate.deploy(site.public_api)
    by_nat, by_itself = site.compared(("private", "call", site.url()), ("public", "call", site.url()))
    assert (by_nat.text, by_itself.text) == ("and there http_200", "and there http_403")


def test_ipv6_leaves_by_a_gateway_that_lets_nobody_in():
    site = Site()
    # Another gateway would let calls in.
    site.estate.resource(site.gateway)["Attachments"] = []
    gateway = "eigw-0a1b2c3d4e5f60718"
    attached = [{"State": "attached", "VpcId": site.vpc}]
    element = {"EgressOnlyInternetGatewayId": gateway, "Attachments": attached}
    site.estate._add("ec2.describe_egress_only_internet_gateways", element, gateway)
    site.estate.set_permissions(site.group, ingress=[tcp(443, "::/0")], egress=[tcp(443, "::/0", "0.0.0.0/0")])
    site.estate.route(site.tables["private"], "::/0", gateway)
    out, come = site.compared(
        ("private", "reach", "2001:db8:9::1:443"), ("internet", "reach", "2001:db8:1:1::10:443")
    )
    assert (out.observed, out.agrees) == (("reached",), True), out
    assert (come.observed, come.dropped_at) == (("connect_timeout",), f"NOINBOUND {gateway}"), come


@pytest.mark.parametrize("seed", range(12))
def test_packets_and_engine_agree_on_random_sites(seed):
    site = random_site(seed)
    own = {name: site.estate.resource(each)["PrivateIpAddress"] for name, each in site.hosts.items()}
    # What a host sends to itself is not the network's.
    asked = [
        (name, "reach", f"{target}:443")
        for name in NAMES
        for target in (ELSEWHERE, PUBLIC, BARE, NAT, *own.values())
        if target != own[name]
    ]
    asked += [("internet", "reach", f"{each}:443") for each in (PUBLIC, BARE, NAT)]
    assert not [each for each in site.compared(*asked) if each.agrees is False]

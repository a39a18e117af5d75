"""Ways to the Internet by packets: internet and NAT gateways, public APIs, and what private DNS does to these."""

import pytest
from tests.builders import Estate, invoke_statement, policy_document, snapshot_of, tcp

from narrowgate.api.lab_comparison import compare
from narrowgate.api.lab_questions import Question
from narrowgate.lab.observe import Query, observe
from narrowgate.model.laboratory import Compared

ELSEWHERE = "192.0.2.10"


class Site:
    """A VPC with an internet gateway: a public host, one behind a NAT gateway, one whose subnet has no public
    addresses; and one with IPv6 alone that may call out and not be called."""

    def __init__(self) -> None:
        self.estate = estate = Estate()
        self.vpc = estate.vpc("10.1.0.0/16", "requester", ipv6="2001:db8:1::/56")
        self.gateway = estate.internet_gateway(self.vpc)
        self.group = estate.security_group(self.vpc, "hosts", ingress=[tcp(443, "0.0.0.0/0", "::/0")])
        self.subnets = {
            name: estate.subnet(self.vpc, f"10.1.{number}.0/24", name="s" + name, ipv6=f"2001:db8:1:{number}::/64")
            for number, name in enumerate(("public", "private", "bare"))
        }
        self.nat = estate.nat_gateway(self.subnets["public"], public_ip="198.51.100.9")
        self.tables = {
            name: estate.route_table(self.vpc, name, subnets=[subnet]) for name, subnet in self.subnets.items()
        }
        estate.route(self.tables["public"], "0.0.0.0/0", self.gateway)
        estate.route(self.tables["private"], "0.0.0.0/0", self.nat)
        estate.route(self.tables["bare"], "0.0.0.0/0", self.gateway)
        self.hosts = {
            name: estate.instance(subnet, name, [self.group], ipv6=f"2001:db8:1:{number}::10")
            for number, (name, subnet) in enumerate(self.subnets.items())
        }
        interface = self.interface("public")
        estate.resource(interface)["Association"] = {"PublicIp": "198.51.100.1", "IpOwnerId": "amazon"}
        self.public_api = estate.rest_api("status", {"/status": ["GET"]}, kind="REGIONAL")
        estate.deploy(self.public_api)

    def interface(self, name: str) -> str:
        return self.estate.resource(self.hosts[name])["NetworkInterfaces"][0]["NetworkInterfaceId"]

    def url(self) -> str:
        return f"https://{self.public_api}.execute-api.us-east-1.amazonaws.com/prod/status"

    def compared(self, *asked: tuple[str, str, str]) -> list[Compared]:
        """What the engine and packets say of (host, kind, target)."""
        snapshot = snapshot_of(self.estate)
        questions = [
            Question(client=host, host=host, kind=kind, target=target)
            for name, kind, target in asked
            for host in (self.hosts.get(name, name),)
        ]
        seen = observe(snapshot, [Query(client=q.host, kind=q.kind, target=q.target) for q in questions])
        assert not seen.left_out
        return [compare(snapshot, q, found) for q, found in zip(questions, seen.answers, strict=True)]


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

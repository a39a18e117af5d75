"""Load balancers in front of an endpoint by packets: whose certificate, whose address, and where a call ends."""

import pytest
from tests.builders import Estate, invoke_statement, policy_document, snapshot_of, tcp

from narrowgate.api.lab_comparison import compare
from narrowgate.api.lab_questions import Question
from narrowgate.lab.observe import Query, observe
from narrowgate.model.laboratory import Compared

NAME, ENDPOINT = "orders.example.com", "10.0.1.20"
BALANCERS, HOSTS = "10.0.2.0/24", "10.0.3.0/24"


class Site:
    """A host, a balancer and an endpoint, each in its own subnet; the name leads to the balancer."""

    def __init__(
        self, kind: str, *, certificate: bool = True, admits: str = BALANCERS, source: str = BALANCERS
    ) -> None:
        self.estate = estate = Estate()
        vpc = estate.vpc("10.0.0.0/16", "api")
        subnets = [estate.subnet(vpc, f"10.0.{number}.0/24", name=f"s{number}") for number in (1, 2, 3)]
        self.host = estate.instance(subnets[2], "web", [estate.security_group(vpc, "web")])
        door = estate.security_group(vpc, "endpoint", ingress=[tcp(443, admits)])
        endpoint = estate.interface_endpoint([subnets[0]], [door], private_dns=False, addresses=[ENDPOINT])
        only = invoke_statement(StringEquals={"aws:SourceVpce": endpoint}, IpAddress={"aws:VpcSourceIp": source})
        self.api = estate.rest_api("orders", {"/orders": ["GET"]}, policy=policy_document(only))
        estate.deploy(self.api)
        group = estate.security_group(vpc, "balancer", ingress=[tcp((0, 65535), HOSTS)])
        arn = estate.load_balancer(
            "front",
            [subnets[1]],
            [group] if kind == "application" else [],
            kind=kind,
            targets=[ENDPOINT],
            certificate=estate.certificate(NAME) if certificate else None,
        )
        balancer = estate.resource(arn)
        zone = estate.private_zone("example.com", [vpc])
        estate.alias_record(zone, NAME, balancer["DNSName"], target_zone=balancer["CanonicalHostedZoneId"])

    def called(self, *, port: int = 443) -> Compared:
        snapshot = snapshot_of(self.estate)
        url = f"https://{NAME}:{port}/prod/orders"
        asked = Question(
            client=self.host, host=self.host, kind="call", target=url, headers=(f"x-apigw-api-id: {self.api}",)
        )
        query = Query(client=self.host, kind="call", target=url, headers=(("x-apigw-api-id", self.api),))
        return compare(snapshot, asked, observe(snapshot, [query]).answers[0])


@pytest.mark.parametrize(
    ("site", "symptom"),
    [
        (Site("application"), "http_200"),
        (Site("network"), "http_200"),
        # TLS that passes through shows AWS's certificate, which is for no name of one's own (AGW-10).
        (Site("network", certificate=False), "tls_name_mismatch"),
        # The API sees the balancer, whoever calls (VPCE-06).
        (Site("application", source=HOSTS), "http_403"),
    ],
    ids=["application", "network with TLS", "network with TCP", "policy for the host's own address"],
)
def test_packets_and_engine_agree_about_a_balancer(site, symptom):
    compared = site.called()
    assert (compared.observed, compared.agrees) == ((symptom,), True), compared


def test_a_balancer_that_its_target_does_not_admit_answers_for_it():
    compared = Site("application", admits=HOSTS).called()
    assert compared.observed == ("http_504",)
    assert compared.verdict == "denied"


def test_a_balancer_that_ends_tls_and_goes_on_without_reaches_no_api():
    site = Site("network")
    group = next(own for own in site.estate.ledger.by_id if ":targetgroup/" in own)
    site.estate.resource(group)["Protocol"] = "TCP"
    compared = site.called()
    assert (compared.verdict, compared.observed) == ("denied", ("connection_closed",))


def test_a_balancer_is_silent_where_it_has_no_listener():
    compared = Site("application").called(port=8443)
    assert (compared.observed, compared.agrees) == (("connect_timeout",), True), compared

"""Each way to connect, on the guide's design and on its neighbours: what the engine says, and what is refused."""

from functools import cache

import pytest
from tests.unit.design.designs import GUIDE, read

from narrowgate.api.designs import compare_design
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import OptionAnswer
from narrowgate.options.registry import OPTIONS, find_option

NEIGHBOURS = GUIDE.replace(
    "{cidr: 10.0.0.0/16}",
    "{cidr: 10.0.0.0/16, private_zones: {corp.internal: {db: 10.0.1.20}}, endpoints: [secretsmanager]}",
).replace(
    "apis:",
    "apis:\n  billing: {vpc: api, routes: [GET /invoices]}\n  status: {type: regional, routes: [GET /status]}",
)
NAMED = NEIGHBOURS.replace("orders: {vpc: api, ", "orders: {vpc: api, custom_domain: orders.example.com, ")


@cache
def answers(text: str = NAMED) -> dict[str, OptionAnswer]:
    return {each.option: each for each in compare_design(read(text)).options}


WORKS = {
    "alias": Verdict.ALLOWED,
    "hosted-zone": Verdict.ALLOWED,
    "privatelink": Verdict.ALLOWED,
    "privatelink-alias": Verdict.ALLOWED,
    "host-header": Verdict.ALLOWED,
    "custom-domain": Verdict.ALLOWED,
    "resolver": Verdict.ALLOWED,
    "resolver-region": Verdict.ALLOWED,
    "transit-gateway": Verdict.ALLOWED,
    "transit-gateway-hosted-zone": Verdict.ALLOWED,
    "transit-gateway-resolver": Verdict.ALLOWED,
    "profiles": Verdict.ALLOWED,
    "load-balancer": Verdict.ALLOWED,
    "lattice": Verdict.UNKNOWN,
    "hosts-file": Verdict.ALLOWED,
    "custom-dns-in-api-vpc": Verdict.ALLOWED,
    "custom-dns": Verdict.DENIED,
    "peering-dns": Verdict.DENIED,
}


def test_the_table_holds_every_option():
    assert set(WORKS) == {option.name for option in OPTIONS}


@pytest.mark.parametrize("option", WORKS)
def test_the_engine_says_whether_an_option_works(option):
    assert answers()[option].works is WORKS[option]


def test_forwarding_to_the_other_vpcs_resolver_fails_by_the_rule_that_says_so():
    assert answers()["custom-dns"].decided_by.rule == "DNS-03"


def test_the_peering_option_fails_because_it_shares_no_private_dns():
    assert answers()["peering-dns"].decided_by.rule == "PEER-DNS-02"


# What a requester can newly resolve (dns.md, 17.1), by the end of the name's description.
ORDERS, BILLING, CORP, SECRETS = (
    "`orders`",
    "`billing`",
    "corp.internal of `api`",
    "secretsmanager endpoint of `api`",
)
NAMES = {
    "alias": set(),
    "hosted-zone": {ORDERS},
    "privatelink": {ORDERS, BILLING},
    "privatelink-alias": set(),
    "host-header": set(),
    "custom-domain": set(),
    "resolver": {ORDERS},
    "resolver-region": {ORDERS, BILLING, CORP, SECRETS},
    "transit-gateway": set(),
    "transit-gateway-hosted-zone": {ORDERS},
    "transit-gateway-resolver": {ORDERS},
    "profiles": {ORDERS},
    "load-balancer": set(),
    "hosts-file": set(),
    "custom-dns-in-api-vpc": {ORDERS, BILLING, CORP, SECRETS},
    "custom-dns": set(),
    "peering-dns": set(),
}


@pytest.mark.parametrize("option", NAMES)
def test_an_option_opens_exactly_the_names_of_the_rule_books_table(option):
    opened = {each.what for each in answers()[option].opened("name") if "that it calls" not in each.what}
    found = {
        name for name in (ORDERS, BILLING, CORP, SECRETS) if any(what.endswith(name + ")") for what in opened)
    }
    assert found == NAMES[option]
    assert len(opened) == len(found)


LOSES_PUBLIC_APIS = {"privatelink", "resolver-region", "custom-dns-in-api-vpc", "custom-dns"}


@pytest.mark.parametrize("option", sorted(NAMES))
def test_a_captured_domain_takes_public_apis_from_consumers(option):
    lost = {each.what for each in answers()[option].broken_for_consumers}
    assert ("the public API `status`" in lost) is (option in LOSES_PUBLIC_APIS)


def test_a_captured_public_api_answers_403():
    lost = answers()["privatelink"].broken_for_consumers
    assert [(each.symptom, each.rule) for each in lost] == [("http_403", "AGW-17")]


@pytest.mark.parametrize("option", sorted(set(NAMES) - {"resolver-region", "custom-dns-in-api-vpc", "custom-dns"}))
def test_no_socket_is_open_that_nobody_needs(option):
    assert answers()[option].opened("socket", intended=False) == ()


def test_a_wide_inbound_group_lets_clients_ask_it_for_anything():
    sockets = answers()["resolver-region"].opened("socket", intended=False)
    assert {each.what.split(" ")[0] for each in sockets} == {
        "10.0.1.53:53/udp",
        "10.0.1.53:53/tcp",
        "10.0.2.53:53/udp",
        "10.0.2.53:53/tcp",
    }


@pytest.mark.parametrize("option", sorted(NAMES))
def test_no_option_opens_a_method_that_nobody_may_call(option):
    assert answers()[option].opened("api", intended=False) == ()
    assert len(answers()[option].opened("api")) == 2


@pytest.mark.parametrize(
    ("option", "configures"),
    [
        ("alias", False),
        ("privatelink", False),
        ("host-header", False),
        ("hosts-file", False),
        ("custom-dns", False),
        ("resolver", True),
        ("hosted-zone", True),
        ("profiles", True),
        ("custom-domain", True),
    ],
)
def test_whether_route53_is_configured_is_read_off_the_resources(option, configures):
    assert answers()[option].uses_route53 is configures


@pytest.mark.parametrize(
    ("option", "packets"),
    [("alias", True), ("privatelink", False), ("transit-gateway", False), ("resolver", True)],
)
def test_whether_packets_take_the_peering_is_read_off_the_trace(option, packets):
    assert answers()[option].uses_peering is packets


@pytest.mark.parametrize(
    ("option", "is_stable"), [("alias", False), ("hosted-zone", True), ("custom-domain", True)]
)
def test_a_name_that_holds_the_endpoints_id_dies_with_it(option, is_stable):
    assert answers()[option].is_name_stable is is_stable


REFUSALS = {
    "overlap_peering": (GUIDE.partition("links:")[0].replace("10.1.0.0/16", "10.0.0.0/16"), "alias", "PCX-04"),
    "overlap_hub": (
        GUIDE.partition("links:")[0].replace("10.1.0.0/16", "10.0.0.0/16"),
        "transit-gateway",
        "TGW-06",
    ),
    "region_endpoint": (
        GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, region: eu-west-1}"),
        "privatelink",
        "AGW-16",
    ),
    "region_hub": (
        GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, region: eu-west-1}"),
        "transit-gateway",
        "TGW-09",
    ),
    "region_profile": (
        GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, region: eu-west-1}"),
        "profiles",
        "PROF-01",
    ),
    "no_name": (GUIDE, "custom-domain", "AGW-08"),
    "browser": (GUIDE.replace("{vpc: requester, ", "{vpc: requester, browser: true, "), "host-header", "AGW-07"),
    "attributes": (
        GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, dns_hostnames: false}"),
        "privatelink",
        "DNS-05",
    ),
    "attributes_zone": (
        GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, dns_hostnames: false}"),
        "hosted-zone",
        "DNS-05",
    ),
    "no_endpoint": (GUIDE + "constraints: {no_endpoint: true}\n", "alias", "AGW-01"),
    "hub_exists": (GUIDE.replace("peering:", "transit_gateway:"), "transit-gateway", "TGW-01"),
    "no_vpc_for_the_api": (
        GUIDE.partition("links:")[0].replace("{vpc: api, ", "{"),
        "alias",
        "AGW-01",
    ),
    "edge": (
        "region: us-east-1\nvpcs: {api: {cidr: 10.0.0.0/16}, edge: {cidr: 10.1.0.0/16}}\n"
        "on_premises: {office: {cidr: 192.168.0.0/16, vpc: edge}}\n"
        "apis: {orders: {vpc: api, routes: [GET /orders]}}\n"
        "consumers: {erp: {on_premises: office, may_call: [orders]}}\n",
        "alias",
        "PCX-08",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_built_is_refused_with_its_rule(case):
    text, option, rule = REFUSALS[case]
    fit = find_option(option).applies(read(text))
    assert (fit.fits, fit.rule) == (False, rule)
    assert fit.text


@pytest.mark.parametrize("case", REFUSALS)
def test_the_refusal_has_a_neighbour_that_can_be_built(case):
    option = REFUSALS[case][1]
    assert find_option(option).applies(read(NAMED)).fits


def test_an_endpoint_of_ones_own_needs_no_route_between_overlapping_ranges():
    text = GUIDE.partition("links:")[0].replace("10.1.0.0/16", "10.0.0.0/16")
    assert answers(text)["privatelink"].verdict is Verdict.ALLOWED


def test_an_existing_endpoint_is_used_and_its_group_widened():
    text = GUIDE.replace(
        "{cidr: 10.0.0.0/16}",
        "{cidr: 10.0.0.0/16, endpoints: [{service: execute-api, id: vpce-0123456789abcdef0, "
        "security_group: sg-0123456789abcdef0}]}",
    )
    alias = answers(text)["alias"]
    assert alias.works is Verdict.ALLOWED
    assert "vpce-0123456789abcdef0" in alias.calls[0].url
    kinds = [line.split(" ")[0] for line in alias.resources]
    assert "AWS::EC2::VPCEndpoint" not in kinds
    assert "AWS::EC2::SecurityGroupIngress" in kinds


def test_an_existing_api_gets_a_policy_and_is_deployed_again():
    text = GUIDE.replace("{vpc: api, ", "{vpc: api, id: a1b2c3d4e5, stage: prod, ")
    hosted = answers(text)["hosted-zone"]
    assert hosted.works is Verdict.ALLOWED
    assert hosted.calls[0].url == "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders"
    assert any(line.startswith("Custom::RestApiUpdate") for line in hosted.resources)


def test_two_regions_are_joined_by_an_inter_region_peering():
    text = GUIDE.replace("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, region: eu-west-1}").partition("links:")[0]
    found = answers(text)
    assert found["hosted-zone"].verdict is Verdict.ALLOWED
    assert found["resolver"].works is Verdict.ALLOWED


def test_two_accounts_each_act_on_their_own_side():
    text = GUIDE.replace("{cidr: 10.0.0.0/16}", '{cidr: 10.0.0.0/16, account: "444455556666"}')
    found = answers(text)
    assert found["hosted-zone"].verdict is Verdict.ALLOWED
    assert found["hosted-zone"].accounts == ("111122223333", "444455556666")
    assert found["transit-gateway"].works is Verdict.ALLOWED
    assert found["resolver"].works is Verdict.ALLOWED
    assert found["privatelink"].works is Verdict.ALLOWED


def test_one_zone_makes_a_single_point_of_failure_and_two_do_not():
    single = GUIDE.replace("{cidr: 10.0.0.0/16}", "{cidr: 10.0.0.0/16, azs: 1}")
    assert answers(single)["alias"].single_points_of_failure
    assert not answers(GUIDE)["alias"].single_points_of_failure


@pytest.mark.parametrize(
    ("authorization", "principal"),
    [("none", ""), ("iam", ', principal: "arn:aws:iam::111122223333:role/web"'), ("lambda", ""), ("cognito", "")],
)
def test_policies_fit_every_authorization(authorization, principal):
    text = GUIDE.replace("{vpc: api, ", f"{{vpc: api, authorization: {authorization}, ").replace(
        "{vpc: requester, ", "{vpc: requester" + principal + ", "
    )
    alias = answers(text)["alias"]
    # Whose identity policies or token nobody showed: that is open, and nothing else is.
    assert alias.works is (Verdict.ALLOWED if authorization == "none" else Verdict.UNKNOWN)
    assert alias.is_open_at_caller_only is (authorization != "none")

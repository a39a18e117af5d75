"""What a short design means, and what is refused in it with line, rule and way out."""

import msgspec
import pytest
from tests.unit.design.designs import GUIDE, changed, read, refusal

from narrowgate.model.design import Expectation, Permission, Route, Subnet, Usage, Where


def test_two_zones_and_their_subnets_are_cut_from_the_range():
    assert read().vpc("requester").subnets == (
        Subnet(name="requester-a", cidr="10.1.1.0/24", az="a"),
        Subnet(name="requester-b", cidr="10.1.2.0/24", az="b"),
    )


@pytest.mark.parametrize(
    ("cidr", "azs", "subnets"),
    [
        ("10.1.0.0/16", "3", ["10.1.1.0/24", "10.1.2.0/24", "10.1.3.0/24"]),
        ("10.1.0.0/24", "2", ["10.1.0.64/26", "10.1.0.128/26"]),
        ("10.1.0.0/26", "2", ["10.1.0.16/28", "10.1.0.32/28"]),
        ("10.1.0.0/27", "1", ["10.1.0.16/28"]),
        ("10.1.0.0/16", "[c, a]", ["10.1.1.0/24", "10.1.2.0/24"]),
    ],
)
def test_subnets_fit_the_range(cidr, azs, subnets):
    vpc = read(changed("{cidr: 10.1.0.0/16}", f"{{cidr: {cidr}, azs: {azs}}}")).vpc("requester")
    assert [subnet.cidr for subnet in vpc.subnets] == subnets


def test_a_range_too_small_for_its_zones_is_refused():
    error = refusal(changed("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/27}"))
    assert (error.where, error.message) == ("narrowgate.yaml:3:21", "`10.1.0.0/27` is too small for 2 subnets")


def test_a_consumer_may_call_every_route_or_the_ones_named():
    every = read().consumer("web").may_call
    assert every == (Permission(api="orders", routes=read().api("orders").routes),)
    some = read(changed("may_call: [orders]", "may_call: [{orders: [GET /orders]}]")).consumer("web").may_call
    assert some == (Permission(api="orders", routes=(Route(method="GET", path="/orders"),)),)


def test_an_expectation_is_read_into_its_parts():
    text = GUIDE + "expect:\n  - web must not call DELETE orders/orders/7\n"
    assert read(text).expect == (
        Expectation(
            consumer="web",
            must=False,
            verb="call",
            target="orders",
            method="DELETE",
            path="/orders/7",
            where=Where(file="narrowgate.yaml", line=12, column=5),
        ),
    )


@pytest.mark.parametrize(
    "line",
    [
        "web must resolve db.corp.internal",
        "web must not reach 10.0.1.20:5432",
        "web must call GET orders/orders",
        "web must call GET https://api.example.com/orders",
    ],
)
def test_an_expectation_is_written_as_it_is_read(line):
    assert str(read(GUIDE + f"expect: ['{line}']\n").expect[0]) == line


def test_usage_without_a_word_is_the_rule_books():
    assert read().usage == Usage(
        requests=1_000_000, gigabytes=10.0, dns_queries=2_000_000, hours=730, cross_az_percent=100.0
    )
    assert read(GUIDE + "usage: {requests: 5_000}\n").usage == msgspec.structs.replace(Usage(), requests=5000)


def test_routes_come_from_an_openapi_file_beside_the_design():
    document = (
        b'{"openapi": "3.0.1", "info": {}, "paths": {"/orders": {"get": {}, "post": {}, "parameters": []}, '
        b'"/any": {"x-amazon-apigateway-any-method": {}}}}'
    )
    text = changed('routes: [GET /orders, "GET /orders/{id}"]', "openapi: api.json")
    assert [str(route) for route in read(text, api_json=document).api("orders").routes] == [
        "GET /orders",
        "POST /orders",
        "ANY /any",
    ]


def test_a_wrong_openapi_file_is_refused_with_both_places():
    text = changed('routes: [GET /orders, "GET /orders/{id}"]', "openapi: api.yaml")
    error = refusal(text, api_yaml=b"openapi: 3.0.1\npaths: {}\n")
    assert error.where == "narrowgate.yaml:6:31"
    assert "api.yaml: no path has a method" in error.message


def test_an_account_is_named_once():
    text = GUIDE.replace("vpcs:", "accounts: {shop: '012345678901'}\naccount: shop\nvpcs:")
    assert read(text).vpc("api").account == "012345678901"


def test_an_account_id_keeps_its_leading_zero_without_quotes():
    assert read(GUIDE.replace("vpcs:", "account: 012345678901\nvpcs:")).vpc("api").account == "012345678901"


CASES = {
    "unknown_region": (
        changed("us-east-1", "us-eats-1"),
        "1:9",
        "unknown Region `us-eats-1`",
        "did you mean `us-east-1`",
    ),
    "region_like_none": (changed("us-east-1", "xx-nowhere-99"), "1:9", "unknown Region", "such as `us-east-1`"),
    "unknown_az": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, azs: [a, g]}"),
        "3:43",
        "unknown Availability Zone `g` in us-east-1",
        "us-east-1f",
    ),
    "az_without_the_service": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, azs: [a, e], execute_api_azs: [a, b]}"),
        "3:39",
        "execute-api is not offered in us-east-1e (LIM-06)",
        "us-east-1a, us-east-1b",
    ),
    "host_bits": (
        changed("10.1.0.0/16", "10.1.0.5/16"),
        "3:21",
        "`10.1.0.5/16` has bits set behind its prefix",
        "did you mean `10.1.0.0/16`?",
    ),
    "unknown_key": (
        changed("may_call", "may_cal"),
        "8:25",
        "unknown key `may_cal` in `consumers.web`",
        "did you mean `may_call`?",
    ),
    "unknown_vpc": (
        changed("vpc: requester", "vpc: requestor"),
        "8:14",
        "unknown VPC `requestor`",
        "did you mean `requester`?",
    ),
    "unknown_api": (changed("[orders]", "[ordres]"), "8:36", "unknown API `ordres`", "did you mean `orders`?"),
    "unknown_route": (
        changed("[orders]", "[{orders: [POST /orders]}]"),
        "8:46",
        "`orders` has no route `POST /orders`",
        "GET /orders",
    ),
    "overlap_of_linked_vpcs": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: 10.0.128.0/17}"),
        "10:5",
        "AWS joins no such pair (PCX-04)",
        "privatelink",
    ),
    "overlap_inside_a_vpc": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: [10.1.0.0/16, 10.1.64.0/18]}"),
        "3:3",
        "overlaps it",
        "",
    ),
    "overlap_of_subnets": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, subnets: [10.1.1.0/24, 10.1.0.0/22]}"),
        "3:3",
        "subnets 10.1.1.0/24 and 10.1.0.0/22 of `requester` overlap",
        "",
    ),
    "subnet_outside": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, subnets: [10.2.1.0/24]}"),
        "3:3",
        "lies outside `requester`",
        "10.1.0.0/16",
    ),
    "http_api_marked_private": (
        changed("{vpc: api, ", "{vpc: api, protocol: http, "),
        "6:32",
        "an HTTP API cannot be private: only REST APIs can (AGW-02)",
        "`protocol: rest`",
    ),
    "policy_that_admits_nobody": (
        changed(
            "{vpc: api, ",
            '{vpc: api, policy: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", '
            'Action: "execute-api:Invoke", Resource: "execute-api:/*"}]}, ',
        ),
        "6:3",
        "admits nobody: it allows nothing (POL-06)",
        "leave `policy` out",
    ),
    "policy_that_is_none": (
        changed("{vpc: api, ", "{vpc: api, policy: {Statement: [{Effect: Alow}]}, "),
        "6:3",
        "Alow",
        "",
    ),
    "policy_that_names_no_vpc": (
        changed(
            "{vpc: api, ",
            '{vpc: api, policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: '
            '"execute-api:Invoke", Resource: "execute-api:/*", Condition: {StringEquals: {"aws:SourceVpc": '
            '"${vpcs.requestor}"}}}]}, ',
        ),
        "6:3",
        "names `${vpcs.requestor}`",
        "requester, api",
    ),
    "stage_that_does_not_exist": (
        changed("{vpc: api, ", "{vpc: api, id: a1b2c3d4e5, stage: prd, stages: [prod, test], "),
        "6:45",
        "`orders` has no stage `prd`: calls would answer 403 (ERR-01)",
        "did you mean `prod`?",
    ),
    "policy_whose_deny_takes_back_all_that_it_allows": (
        changed(
            "{vpc: api, ",
            '{vpc: api, policy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: '
            '"execute-api:Invoke", Resource: "execute-api:/*", Condition: {StringEquals: {"aws:SourceVpc": '
            '"${vpcs.api}"}}}, {Effect: Deny, Principal: "*", Action: "execute-api:*", Resource: "*"}]}, ',
        ),
        "6:3",
        "admits nobody: its `Deny` covers every call that it allows (POL-05)",
        "by a condition",
    ),
    "stage_missing": (
        changed("{vpc: api, ", "{vpc: api, id: a1b2c3d4e5, "),
        "6:11",
        "`apis.orders.stage` is missing",
        "an existing API's stage has to be named",
    ),
    "two_private_dns_endpoints": (
        changed("{cidr: 10.0.0.0/16}", "{cidr: 10.0.0.0/16, endpoints: [execute-api, execute-api]}"),
        "4:3",
        "two execute-api endpoints with private DNS (VPCE-DNS-07)",
        "private_dns: false",
    ),
    "zone_beside_private_dns": (
        changed(
            "{cidr: 10.0.0.0/16}",
            "{cidr: 10.0.0.0/16, endpoints: [execute-api], "
            "private_zones: {execute-api.us-east-1.amazonaws.com: {}}}",
        ),
        "4:3",
        "(PHZ-08)",
        "private_dns: false",
    ),
    "private_dns_without_attributes": (
        changed("{cidr: 10.0.0.0/16}", "{cidr: 10.0.0.0/16, dns_hostnames: false, endpoints: [secretsmanager]}"),
        "4:3",
        "(DNS-05)",
        "dns_support",
    ),
    "hostnames_without_support": (
        changed("{cidr: 10.0.0.0/16}", "{cidr: 10.0.0.0/16, dns_support: false}"),
        "4:3",
        "cannot have dns_hostnames without dns_support (DNS-05)",
        "both",
    ),
    "api_in_another_region": (
        changed("{vpc: api, ", "{vpc: api, region: eu-west-1, "),
        "6:3",
        "(AGW-16)",
        "its own Region",
    ),
    "peered_twice": (GUIDE + "  - peering: [api, requester]\n", "11:5", "peered already (PCX-09)", "one peering"),
    "peering_of_three": (
        changed("[requester, api]", "[requester, api, api]"),
        "10:14",
        "a peering joins two VPCs",
        "",
    ),
    "gateway_over_regions": (
        changed("{cidr: 10.1.0.0/16}", "{cidr: 10.1.0.0/16, region: eu-west-1}").replace(
            "peering", "transit_gateway"
        ),
        "10:5",
        "(TGW-09)",
        "one Region",
    ),
    "signed_calls_without_a_signer": (
        changed("{vpc: api, ", "{vpc: api, authorization: iam, "),
        "8:3",
        "signs none (POL-28)",
        "principal",
    ),
    "wildcard_domain": (
        changed("{vpc: api, ", "{vpc: api, custom_domain: '*.example.com', "),
        "6:37",
        "cannot be a wildcard (AGW-08)",
        "certificate",
    ),
    "ipv6_range": (changed("10.1.0.0/16", "2001:db8::/56"), "3:21", "IPv4 ranges only", "VPCE-09"),
    "no_vpc": ("region: us-east-1\nvpcs: {}\n", "2:7", "no VPC is named", ""),
    "no_region": ("vpcs: {api: {cidr: 10.0.0.0/16}}\n", "1:1", "`region` is missing", ""),
    "expectation_of_nobody": (
        GUIDE + "expect: [wbe must call GET orders/orders]\n",
        "11:10",
        "unknown consumer `wbe`",
        "did you mean `web`?",
    ),
    "expectation_without_must": (GUIDE + "expect: [web can call orders]\n", "11:10", "is no expectation", "must"),
    "expectation_of_another_verb": (
        GUIDE + "expect: [web must rech 10.0.1.1:443]\n",
        "11:10",
        "`rech` cannot be expected",
        "did you mean `reach`?",
    ),
    "expectation_beyond_permission": (
        changed("may_call: [orders]", "may_call: []") + "expect: [web must call GET orders/orders]\n",
        "11:10",
        "which its `may_call` does not name",
        "may_call: [orders]",
    ),
    "consumer_nowhere": (changed("vpc: requester, ", ""), "8:8", "where is `web`?", "on_premises"),
    "consumer_called_like_a_vpc": (changed("web:", "api:"), "8:3", "`api` is a VPC already", "another name"),
    "address_outside": (
        changed("vpc: requester, ", "vpc: requester, address: 10.2.0.1, "),
        "8:34",
        "10.2.0.1 lies outside 10.1.0.0/16",
        "",
    ),
    "account_of_eleven_digits": (
        GUIDE.replace("vpcs:", "account: 12345678901\nvpcs:"),
        "2:10",
        "`12345678901` is no account id",
        "twelve digits",
    ),
    "name_in_capitals": (changed("  web:", "  Web:"), "8:3", "`Web` is no name", "lower-case"),
    "usage_below_nothing": (GUIDE + "usage: {gigabytes: -1}\n", "11:20", "`usage.gigabytes` is -1", "0 to"),
    "usage_that_is_no_number": (GUIDE + "usage: {requests: many}\n", "11:19", "whole number", ""),
    "flag_that_is_neither": (
        GUIDE + "constraints: {no_route53: yes}\n",
        "11:27",
        "is true or false, not `yes`",
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_aws_would_refuse_is_refused_with_place_rule_and_way_out(case):
    text, place, words, way_out = CASES[case]
    error = refusal(text)
    assert error.where == f"narrowgate.yaml:{place}"
    assert words in error.message
    assert way_out in error.help


def test_the_unchanged_design_is_accepted():
    assert read().name == "design"


def test_overlapping_vpcs_are_fine_while_nothing_joins_them():
    text = GUIDE.replace("10.1.0.0/16", "10.0.0.0/16").partition("links:")[0]
    assert [vpc.cidrs for vpc in read(text).vpcs] == [("10.0.0.0/16",), ("10.0.0.0/16",)]


@pytest.mark.parametrize("key", ["aws:SourceVpc", "aws:SourceVpce"])
def test_a_fence_that_leaves_somebody_in_is_taken(key):
    value = "${vpcs.api}" if key == "aws:SourceVpc" else "${endpoints.api}"
    statement = '{Effect: %s, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"%s}'
    fence = f', Condition: {{StringNotEquals: {{"{key}": "{value}"}}}}'
    policy = f"Version: '2012-10-17', Statement: [{statement % ('Allow', '')}, {statement % ('Deny', fence)}]"
    assert read(changed("{vpc: api, ", "{vpc: api, policy: {" + policy + "}, ")).api("orders").policy

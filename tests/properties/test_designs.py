"""Random designs: what is recommended keeps every constraint, holds by the engine, and is always the same."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from narrowgate.api.designs import compare_design
from narrowgate.model.answer import Verdict
from narrowgate.model.design import Api, Constraints, Consumer, Design, Link, Permission, Route, Subnet, Usage, Vpc
from narrowgate.model.errors import InputError
from narrowgate.model.resource import Resource
from narrowgate.options.compare.clients import client_of
from narrowgate.options.compare.constraints import FLAGS
from narrowgate.options.compare.expectations import trace_permissions
from narrowgate.options.pricing import make_price
from narrowgate.options.registry import OPTIONS, find_option
from narrowgate.sources.design.check import check_design
from narrowgate.sources.prices.read import load_price_book
from narrowgate.sources.resources.build import build_world

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("us-east-1", "eu-west-1")
ROUTES = (Route(method="GET", path="/orders"), Route(method="POST", path="/orders"))


def _vpc(name: str, second_octet: int, account: str, region: str, zones: str) -> Vpc:
    subnets = tuple(
        Subnet(name=f"{name}-{zone}", cidr=f"10.{second_octet}.{at}.0/24", az=zone)
        for at, zone in enumerate(zones, start=1)
    )
    return Vpc(name=name, account=account, region=region, cidrs=(f"10.{second_octet}.0.0/16",), subnets=subnets)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """One API's VPC, one to three consumers in VPCs of any account, Region, range and number of zones."""
    api_vpc = _vpc(
        "api", 0, draw(st.sampled_from(ACCOUNTS)), "us-east-1", draw(st.sampled_from(["a", "ab", "abc"]))
    )
    vpcs, consumers, links = [api_vpc], [], []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        octet = draw(st.sampled_from([0, number, number, number]))
        region = draw(st.sampled_from((REGIONS[0], REGIONS[0], REGIONS[1])))
        vpc = _vpc(
            f"net-{number}", octet, draw(st.sampled_from(ACCOUNTS)), region, draw(st.sampled_from(["ab", "b"]))
        )
        vpc = msgspec.structs.replace(vpc, dns_hostnames=draw(st.sampled_from([True, True, False])))
        vpcs.append(vpc)
        routes = ROUTES[: draw(st.integers(1, 2))]
        wanted = [Permission(api="orders", routes=routes)]
        if draw(st.booleans()):
            wanted.append(Permission(api="status", routes=(Route(method="GET", path="/status"),)))
        address = f"10.{octet}.1.77" if draw(st.booleans()) else None
        consumers.append(Consumer(name=f"job-{number}", vpc=vpc.name, may_call=tuple(wanted), address=address))
        if octet and draw(st.booleans()):
            links.append(Link(kind="peering", vpcs=(vpc.name, "api")))
    domain = draw(st.sampled_from([None, "orders.internal.example.com"]))
    flags: dict[str, Any] = {flag: draw(st.sampled_from([False, False, False, True])) for flag in FLAGS}
    # Around what the cheap options cost, so that a cent decides now and then.
    flags["max_monthly_cost"] = draw(st.sampled_from([None, None, 18.39, 18.40, 19.0, 40.0, 100.0, 1000.0]))
    design = Design(
        name="random",
        region="us-east-1",
        vpcs=tuple(vpcs),
        apis=(
            Api(
                name="orders",
                vpc="api",
                account=api_vpc.account,
                region="us-east-1",
                routes=ROUTES,
                custom_domain=domain,
            ),
            Api(
                name="status",
                vpc=None,
                account=api_vpc.account,
                region="us-east-1",
                routes=(Route(method="GET", path="/status"),),
                endpoint_type="REGIONAL",
            ),
        ),
        consumers=tuple(consumers),
        links=tuple(links),
        constraints=Constraints(**flags),
    )
    try:
        check_design(design)
    except InputError:
        assume(False)
    return design


def _breaks(design: Design, name: str) -> list[str]:
    """The constraints that an option breaks, read off its resources and traces anew."""
    option = find_option(name)
    resources = [each for each in option.resources(design) if not each.exists]
    world = build_world(option.resources(design))
    calls = trace_permissions(world, design, option)
    kinds = {each.type for each in resources}
    hosts = {call.url.split("/")[2] for call in calls if call.api == "orders"}
    facts: dict[str, Any] = {
        "no_new_peering": "AWS::EC2::VPCPeeringConnection" in kinds,
        "no_transit_gateway": "AWS::EC2::TransitGateway" in kinds,
        "no_route53": any(kind.startswith("AWS::Route53") for kind in kinds),
        "keep_public_apis": any(call.verdict is not Verdict.ALLOWED for call in calls if call.api == "status"),
        "keep_default_name": hosts != {f"{world.ids['OrdersApi']}.execute-api.us-east-1.amazonaws.com"},
        "no_client_change": any(call.headers for call in calls) or name in ("hosts-file", "custom-dns-in-api-vpc"),
    }
    broken = [flag for flag, is_broken in facts.items() if is_broken and getattr(design.constraints, flag)]
    limit = design.constraints.max_monthly_cost
    if limit is not None and not _month(design, option.resources(design)) <= limit:
        broken.append("max_monthly_cost")
    return broken


def _month(design: Design, resources: Sequence[Resource]) -> float:
    """A month's dollars by the rule book's formula (COST-05); infinite where a price is missing."""
    new = [each for each in resources if not each.exists]
    kinds = [each.type for each in new]
    if {"AWS::EC2::Instance", "AWS::VpcLattice::ResourceGateway"} & set(kinds):
        return float("inf")
    if any(each.region != "us-east-1" and "Resolver::ResolverEndpoint" in each.type for each in new):
        return float("inf")
    endpoints = sum(len(each.properties["SubnetIds"]) for each in new if each.type == "AWS::EC2::VPCEndpoint")
    resolvers = [each for each in new if each.type == "AWS::Route53Resolver::ResolverEndpoint"]
    addresses = sum(len(each.properties["IpAddresses"]) for each in resolvers)
    dollars = endpoints * 730 * 0.01 + addresses * 730 * 0.125 + kinds.count("AWS::Route53::HostedZone") * 0.50
    dollars += kinds.count("AWS::EC2::TransitGatewayVpcAttachment") * 730 * 0.05
    dollars += kinds.count("AWS::Route53Profiles::Profile") * 730 * 0.75
    balancers = kinds.count("AWS::ElasticLoadBalancingV2::LoadBalancer")
    dollars += balancers * (730 * 0.0225 + 1_000_000 / 90_000 * 0.008)
    ways = len({each.properties["Direction"] for each in resolvers})
    dollars += 3.50 + 10 * 0.01 + ways * 2 * 0.40
    # Every consumer is in another VPC than the API's, and calls it alike; to Europe a gigabyte costs the same.
    homes = {each.properties["VpcId"].logical_id for each in resources if each.type == "AWS::EC2::VPCEndpoint"}
    if "ApiVpc" in homes:
        dollars += 10 * 0.02
    return dollars


@FEW
@given(designs())
def test_what_is_recommended_holds_and_breaks_no_constraint(design):
    found = compare_design(design).recommendation
    if found is None:
        return
    option = find_option(found.option)
    assert option.applies(design).fits
    calls = trace_permissions(build_world(option.resources(design)), design, option)
    assert {call.verdict for call in calls} == {Verdict.ALLOWED}
    assert _breaks(design, found.option) == []


@FEW
@given(designs())
def test_nothing_is_recommended_only_where_everything_fails_or_breaks_a_constraint(design):
    answer = compare_design(design)
    if answer.recommendation is not None:
        return
    for each in answer.options:
        assert not each.fits or each.verdict is not Verdict.ALLOWED or each.violations


@SOME
@given(designs(), st.sampled_from([option for option in OPTIONS if option.name != "lattice"]))
def test_a_design_leaves_nothing_unknown_by_accident(design, option):
    assume(option.applies(design).fits)
    world = build_world(option.resources(design))
    calls = trace_permissions(world, design, option)
    assert all(call.verdict is not Verdict.UNKNOWN for call in calls), [call.unknowns for call in calls]
    assert all(client_of(world, design, consumer).hosts for consumer in design.consumers)


@SOME
@given(designs(), st.sampled_from(OPTIONS))
def test_resources_name_each_other_once_and_completely(design, option):
    assume(option.applies(design).fits)
    resources = option.resources(design)
    ids = [each.logical_id for each in resources]
    assert len(ids) == len(set(ids))
    assert all(name.isalnum() and name[0].isalpha() for name in ids)
    assert all(set(each.depends_on) <= set(ids) for each in resources)
    assert all(each.purpose for each in resources)
    assert option.resources(design) == resources


@FEW
@given(designs())
def test_the_same_design_gives_the_same_bytes(design):
    one, other = (msgspec.json.encode(compare_design(design)) for _ in range(2))
    assert one == other


@SOME
@given(designs(), st.sampled_from(OPTIONS))
def test_a_bill_is_the_rule_book_s_formula(design, option):
    assume(option.applies(design).fits)
    resources = option.resources(design)
    found = make_price(load_price_book())(option, resources, design)
    by_hand = _month(design, resources)
    if by_hand == float("inf"):
        assert found.total is None
    else:
        assert found.total == pytest.approx(by_hand, abs=0.011)


@FEW
@given(designs())
def test_a_month_never_gets_cheaper_with_more_calls(design):
    price = make_price(load_price_book())
    more = msgspec.structs.replace(design, usage=Usage(requests=10**9, gigabytes=10**6, dns_queries=3 * 10**9))
    for option in OPTIONS:
        if option.applies(design).fits:
            resources = option.resources(design)
            assert price(option, resources, more).at_least >= price(option, resources, design).at_least

"""The rule book's comparison (COST-04), to the cent, computed on the resources of real designs."""

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from tests.unit.design.designs import EXAMPLES

from narrowgate.cost.estimate import estimate
from narrowgate.cost.standing import standing_demands
from narrowgate.cost.traffic import Flow, Passage, Side, traffic_demands
from narrowgate.model.comparison import MonthlyCost
from narrowgate.model.design import Design, Usage
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.pricing import make_price
from narrowgate.options.registry import find_option
from narrowgate.sources.design.read import load_design
from narrowgate.sources.prices.read import load_price_book

GUIDE = next(path for path in EXAMPLES if path.parent.name == "guide")

# The table: option, fixed, variable, total. Without logs, 2 zones, 730 h, 1 M calls, 10 GB, 2 M queries.
TABLE = [
    ("A", "resolver", 379.60, 5.40, 385.00),
    ("B", "alias", 14.60, 3.80, 18.40),
    ("C", "hosted-zone", 15.10, 3.80, 18.90),
    ("D", "privatelink", 14.60, 3.60, 18.20),
    ("E", "transit-gateway-resolver", 452.60, 5.40, 458.00),
    ("E'", "transit-gateway-hosted-zone", 88.10, 3.80, 91.90),
]


def bill(design: Design, option: str) -> MonthlyCost:
    found = find_option(option)
    return make_price(load_price_book())(found, found.resources(design), design)


@pytest.mark.parametrize(("row", "option", "fixed", "variable", "total"), TABLE, ids=[row[0] for row in TABLE])
def test_a_row_of_the_table_comes_out_to_the_cent(row, option, fixed, variable, total):
    found = bill(load_design(GUIDE), option)
    assert (found.fixed, found.variable, found.total) == (fixed, variable, total)
    assert found.unknown_prices == ()


def test_the_lattice_row_comes_out_as_far_as_its_prices_are_known():
    found = bill(load_design(GUIDE), "lattice")
    # "≈33": what the provider pays for data is billed, and nobody found the amount.
    assert (found.fixed, found.variable, found.total, found.at_least) == (29.20, None, None, 32.90)
    assert found.unknown_prices == ("data at the provider of VPC Lattice resources in us-east-1",)


SIDE = Side("111122223333", "us-east-1")


def made(name: str, kind: str, **properties: object) -> Resource:
    return Resource(
        logical_id=name, type=kind, account=SIDE.account, region=SIDE.region, properties=dict(properties)
    )


def endpoint(name: str) -> Resource:
    return made(name, "AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=[Ref("A"), Ref("B")])


def by_hand(resources: list[Resource], *passages: str) -> MonthlyCost:
    """No option builds these two: their parts and their way are written down here."""
    flow = Flow(
        share=Fraction(1),
        consumer=SIDE,
        api=SIDE,
        door=SIDE,
        path=None,
        passages=tuple(Passage(kind, SIDE) for kind in passages),
    )
    usage = Usage()
    found = [*standing_demands(resources, usage.hours), *traffic_demands([flow], usage)]
    return estimate(found, load_price_book().index())


def test_the_lattice_service_row_comes_out_to_the_cent():
    parts = [endpoint("Central"), made("Service", "AWS::VpcLattice::Service")]
    found = by_hand(parts, "lattice-service", "interface-endpoint")
    assert (found.fixed, found.variable, found.total) == (32.85, 3.85, 36.70)


def test_the_row_of_an_endpoint_service_of_one_s_own_comes_out_to_the_cent():
    parts = [
        endpoint("Consumer"),
        endpoint("Central"),
        made("Service", "AWS::EC2::VPCEndpointService"),
        made("Balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", Type="network"),
    ]
    found = by_hand(parts, "interface-endpoint", "network-balancer", "interface-endpoint")
    assert (found.fixed, found.variable, found.total) == (45.62, 3.76, 49.38)


def test_three_addresses_each_make_a_resolver_pair_547_50():
    text = GUIDE.read_text().replace("cidr: 10.1.0.0/16", "cidr: 10.1.0.0/16\n    azs: 3")
    text = text.replace("cidr: 10.0.0.0/16", "cidr: 10.0.0.0/16\n    azs: 3")
    design = read(text)
    lines = {line.item: line for line in bill(design, "resolver").lines}
    assert lines["resolver-endpoint-hours"].amount == 547.50
    assert lines["resolver-endpoint-hours"].formula == "6 addresses × 730 h × 0.125"


def test_in_one_zone_and_with_one_billed_endpoint_the_guide_s_design_costs_384():
    """COST-04: nothing crosses a zone (0.20 less), and one endpoint is billed for each query (0.80 less)."""
    design = load_design(GUIDE)
    usage = msgspec.structs.replace(design.usage, cross_az_percent=0.0, dns_queries=1_000_000)
    assert bill(msgspec.structs.replace(design, usage=usage), "resolver").total == 384.00


@pytest.mark.parametrize(
    ("option", "more"),
    [("alias", 0.00), ("hosted-zone", 0.00), ("resolver", 0.00), ("privatelink", 14.60)],
)
def test_a_further_consumer_vpc_adds_what_the_rule_book_says(option, more):
    from narrowgate.options.compare.break_even import with_consumer_vpcs

    one = load_design(GUIDE)
    added = bill(with_consumer_vpcs(one, 2), option).fixed - bill(one, option).fixed
    assert round(added, 2) == more


def test_a_further_vpc_on_the_hub_adds_an_attachment():
    from narrowgate.options.compare.break_even import with_consumer_vpcs

    one = load_design(GUIDE)
    name = "transit-gateway"
    assert round(bill(with_consumer_vpcs(one, 2), name).fixed - bill(one, name).fixed, 2) == 36.50


def read(text: str) -> Design:
    from narrowgate.sources.design.read import read_design

    def beside(name: str) -> bytes:
        return Path(name).read_bytes()

    return read_design(text.encode(), file="narrowgate.yaml", read_beside=beside)

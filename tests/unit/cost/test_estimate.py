"""Quantities into money: tiers, rounding, unknown prices, payers, and what stands apart."""

from fractions import Fraction

import pytest

from narrowgate.cost.demand import Demand, Factor, hours, merge
from narrowgate.cost.estimate import difference, estimate
from narrowgate.cost.price_book import Item, Price, PriceBook, Tier
from narrowgate.cost.standing import FREE, standing_demands
from narrowgate.cost.traffic import Flow, Passage, Side, query_demands, traffic_demands
from narrowgate.model.design import Usage
from narrowgate.model.resource import Resource
from narrowgate.sources.prices.read import load_price_book

ONE, OTHER = Side("111122223333", "us-east-1"), Side("444455556666", "us-east-1")
BOOK = load_price_book()
INDEX = BOOK.index()


def demand(item: str, count: object, **changes: object) -> Demand:
    fields = {"region": "us-east-1", "payer": "111122223333", "word": "unit", **changes}
    return Demand(item=item, count=Fraction(count), **fields)


def flow(**changes: object) -> Flow:
    fields = {"share": Fraction(1), "consumer": ONE, "api": ONE, "door": ONE, "path": None, "passages": ()}
    return Flow(**{**fields, **changes})


def amounts(cost: object) -> dict[tuple[str, str], float | None]:
    return {(line.item, line.payer): line.amount for line in cost.lines}


@pytest.mark.parametrize(
    ("calls", "dollars"),
    [
        (1, 0.0),
        (333_000_000, 1165.50),
        (333_000_001, 1165.50),
        (1_000_000_000, 1165.50 + 667 * 2.80),
        (20_000_000_000, 1165.50 + 667 * 2.80 + 19_000 * 2.38),
        (30_000_000_000, 1165.50 + 667 * 2.80 + 19_000 * 2.38 + 10_000 * 1.51),
    ],
)
def test_calls_are_priced_by_tier(calls, dollars):
    assert estimate([demand("api-requests", calls)], INDEX).total == pytest.approx(dollars, abs=0.005)


def test_a_formula_shows_every_tier():
    (line,) = estimate([demand("api-requests", 400_000_000, word="call")], INDEX).lines
    assert line.formula == "400,000,000 calls: (333,000,000 × 3.50 + 67,000,000 × 2.80) a million"


def test_a_tier_is_reached_by_the_sum_of_a_month():
    zones = [demand("hosted-zone", 1, region="global", word="zone", is_fixed=True) for _ in range(26)]
    (line,) = estimate(zones, INDEX).lines
    assert (line.amount, line.formula) == (12.60, "26 zones: (25 × 0.50 + 1 × 0.10)")


def test_the_same_on_another_bill_is_another_line():
    found = merge([demand("hosted-zone", 1), demand("hosted-zone", 1, payer="444455556666")])
    assert len(found) == 2


def test_a_region_without_a_price_is_unknown_by_name_and_never_another_s():
    found = estimate([demand("resolver-queries", 5, region="eu-west-1"), demand("api-requests", 10**6)], INDEX)
    assert (found.total, found.at_least) == (None, 3.50)
    assert found.unknown_prices == ("DNS queries through Resolver endpoints in eu-west-1",)


def test_what_is_the_same_everywhere_is_so_in_commercial_regions_only():
    for region, amount in (
        ("eu-west-1", 0.125),
        ("sa-east-1", 0.125),
        ("us-gov-west-1", None),
        ("cn-north-1", None),
    ):
        (line,) = estimate([demand("resolver-endpoint-hours", 1, region=region)], INDEX).lines
        assert line.amount == amount, region


def test_an_unknown_price_leaves_the_other_sum_known():
    found = estimate([demand("no-such-item", 1, is_fixed=True), demand("api-requests", 10**6)], INDEX)
    assert (found.fixed, found.variable, found.total) == (None, 3.50, None)


def test_a_resource_that_nobody_knows_is_an_unknown_price():
    new = Resource(logical_id="X", type="AWS::New::Thing", account="1" * 12, region="us-east-1", properties={})
    found = estimate(standing_demands([new], 730), INDEX)
    assert (found.total, found.unknown_prices) == (None, ("AWS::New::Thing in us-east-1",))


def test_what_exists_is_on_a_bill_already():
    old = Resource(
        logical_id="X", type="AWS::New::Thing", account="1" * 12, region="us-east-1", properties={}, exists=True
    )
    assert list(standing_demands([old], 730)) == []


def test_half_a_cent_goes_to_the_even_side_and_columns_add_up():
    book = PriceBook(
        as_of="2026-11",
        items=(Item(id="x", text="x", unit="x"),),
        prices=(
            Price(
                item="x", region="*", tiers=(Tier(amount="0.005"),), confidence="high", seen="2026-11", source="s"
            ),
        ),
    )
    import msgspec

    index = msgspec.convert(msgspec.to_builtins(book), PriceBook).index()
    found = estimate([demand("x", 1, is_fixed=True), demand("x", 3)], index)
    assert (found.fixed, found.variable, found.total) == (0.0, 0.02, 0.02)


def test_thirds_come_together_to_the_cent():
    thirds = [demand("api-requests", Fraction(10**6, 3)) for _ in range(3)]
    (line,) = estimate(thirds, INDEX).lines
    assert (line.quantity, line.amount) == (10**6, 3.50)


def test_each_side_pays_its_half_of_what_crosses_zones():
    found = estimate(traffic_demands([flow(door=OTHER, api=OTHER, path="peering")], Usage()), INDEX)
    assert amounts(found)["zone-transfer", ONE.account] == 0.10
    assert amounts(found)["zone-transfer", OTHER.account] == 0.10
    assert amounts(found)["api-requests", OTHER.account] == 3.50


def test_in_one_zone_a_peering_costs_nothing():
    usage = Usage(cross_az_percent=0)
    found = estimate(traffic_demands([flow(door=OTHER, api=OTHER, path="peering")], usage), INDEX)
    assert amounts(found)["zone-transfer", ONE.account] == 0.0


def test_each_sender_pays_what_a_gateway_processes():
    found = estimate(traffic_demands([flow(door=OTHER, path="transit-gateway")], Usage()), INDEX)
    assert amounts(found)["transit-gateway-data", ONE.account] == 0.10
    assert amounts(found)["transit-gateway-data", OTHER.account] == 0.10


def test_between_regions_the_sender_pays_by_its_own_region_s_rate():
    far = Side("111122223333", "ap-northeast-1")
    found = estimate(traffic_demands([flow(consumer=far, path="peering")], Usage()), INDEX)
    lines = {(line.region, line.to): line.amount for line in found.lines if line.item == "region-transfer"}
    assert lines == {("ap-northeast-1", "us-east-1"): 0.45, ("us-east-1", "ap-northeast-1"): 0.10}


def test_two_regions_that_are_near_have_a_rate_of_their_own():
    near = Side("111122223333", "us-east-2")
    found = estimate(traffic_demands([flow(consumer=near, path="peering")], Usage()), INDEX)
    lines = {(line.region, line.to): line.amount for line in found.lines if line.item == "region-transfer"}
    assert lines["us-east-1", "us-east-2"] == 0.05


def test_queries_count_at_each_endpoint_that_they_pass():
    (line,) = estimate(query_demands([[ONE], [ONE]], Usage()), INDEX).lines
    assert (line.amount, line.formula) == (1.60, "2,000,000 DNS queries × 2 endpoints × 0.40 a million")


def test_queries_are_spread_over_the_endpoints_of_a_direction():
    found = estimate(query_demands([[ONE], [ONE, OTHER]], Usage()), INDEX)
    assert amounts(found) == {("resolver-queries", ONE.account): 1.20, ("resolver-queries", OTHER.account): 0.40}


@pytest.mark.parametrize(("calls", "units"), [(1_000_000, 11.111111), (900, 10.0)])
def test_a_balancer_s_load_is_the_larger_of_data_and_connections(calls, units):
    found = traffic_demands([flow(passages=(Passage("application-balancer", ONE),))], Usage(requests=calls))
    line = next(each for each in estimate(found, INDEX).lines if each.item == "application-balancer-units")
    assert line.quantity == units


def test_logs_stand_apart_from_the_total():
    found = estimate([demand("alarm", 3, is_apart=True), demand("api-requests", 10**6)], INDEX)
    assert (found.total, found.logs) == (3.50, 0.30)


def test_a_total_carries_the_dates_of_its_own_prices():
    found = estimate(
        [demand("hosted-zone", 1, region="global"), demand("vended-log-ingest", 1, is_apart=True)], INDEX
    )
    assert (found.prices_as_of, found.confidence) == ("2026-09", "high")


def test_a_difference_needs_the_same_unknowns_on_both_sides():
    lacking = demand("api-requests", 10**6, region="eu-west-1")
    dear, cheap = (estimate([lacking, demand("hosted-zone", n, region="global")], INDEX) for n in (2, 1))
    assert difference(dear, cheap) == 0.50
    assert difference(dear, estimate([demand("hosted-zone", 1, region="global")], INDEX)) is None
    fewer = demand("api-requests", 10**5, region="eu-west-1")
    assert difference(dear, estimate([fewer], INDEX)) is None


def test_hours_and_shares_multiply():
    found = demand("resolver-endpoint-hours", 2, factors=(hours(730), Factor(Fraction(1, 2), "half")))
    assert (found.quantity, found.how) == (730, "2 units × 730 h × half")


def test_free_types_and_priced_ones_are_apart():
    from narrowgate.cost.standing import _DEMANDS

    assert not FREE & set(_DEMANDS)

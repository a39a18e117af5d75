"""Prices from the AWS Price List API: answers in its recorded shape, through botocore's own checks."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from narrowgate.api import costs
from narrowgate.cost.price_book import GLOBAL, PriceBook
from narrowgate.model.errors import CollectionError, InputError
from narrowgate.sources.prices.price_list import price_list_client, refresh_prices
from narrowgate.sources.prices.queries import QUERIES
from narrowgate.sources.prices.read import load_price_book

BOOK = load_price_book()


def product(
    usage_type: str,
    *prices: tuple[str, str, str],
    region: str = "us-east-1",
    sku: str = "3A9HJ5M2T8QW7XYZ",
    **attributes: str,
) -> str:
    """One entry of `PriceList`: a string of JSON, in the shape that the API has sent since 2017."""
    return json.dumps(
        {
            "product": {
                "productFamily": "Any",
                "attributes": {"usagetype": usage_type, "regionCode": region, **attributes},
                "sku": sku,
            },
            "serviceCode": "Any",
            "terms": {
                "OnDemand": {
                    f"{sku}.JRTCKXETXF": {
                        "priceDimensions": {
                            f"{sku}.JRTCKXETXF.{at}": {
                                "unit": "Hrs",
                                "beginRange": begin,
                                "endRange": end,
                                "description": "$ per unit",
                                "appliesTo": [],
                                "rateCode": f"{sku}.JRTCKXETXF.{at}",
                                "pricePerUnit": {"USD": amount},
                            }
                            for at, (begin, end, amount) in enumerate(prices)
                        },
                        "sku": sku,
                        "effectiveDate": "2026-11-01T00:00:00Z",
                        "offerTermCode": "JRTCKXETXF",
                        "termAttributes": {},
                    }
                }
            },
            "version": "20261113201212",
            "publicationDate": "2026-11-13T20:12:12Z",
        }
    )


FLAT = ("0", "Inf", "0.0110000000")
TIERED = (
    ("333000000", "1000000000", "0.0000028000"),
    ("0", "333000000", "0.0000035000"),
    ("1000000000", "Inf", "0.0000023800"),
)


def client() -> Any:
    return boto3.client(
        "pricing",
        region_name="us-east-1",
        aws_access_key_id="made",
        aws_secret_access_key="up",  # noqa: S106
    )


def answered(*by_query: tuple[str, list[str]], regions: tuple[str, ...] = ("us-east-1",)) -> Any:
    """AWS as it answers for some items; all others are not listed."""
    known = dict(by_query)
    found = client()
    stub = Stubber(found)
    for query in QUERIES:
        places = (
            1 if query.kind == "global" else len(regions) * (len(regions) - 1 if query.kind == "between" else 1)
        )
        for _ in range(places):
            stub.add_response(
                "get_products",
                {"FormatVersion": "aws_v1", "PriceList": known.get(query.item, [])},
                {"ServiceCode": query.service, "FormatVersion": "aws_v1", "Filters": ANY},
            )
    stub.activate()
    return found


def test_a_flat_price_is_read_with_its_date_and_product():
    found = refresh_prices(
        answered(("interface-endpoint-hours", [product("EU-VpcEndpoint-Hours", FLAT)])), BOOK, ["us-east-1"]
    )
    price = found.book.index().find("interface-endpoint-hours", "us-east-1")
    assert (str(price.tiers[0].amount), price.seen, price.confidence) == ("0.011", "2026-11-13", "high")
    assert price.source == "AWS Price List API, product 3A9HJ5M2T8QW7XYZ"
    assert price.rule == "network:COST-01"
    assert found.found == 1


def test_tiers_are_sorted_and_counted_by_the_million():
    found = refresh_prices(
        answered(("api-requests", [product("USE1-ApiGatewayRequest", *TIERED)])), BOOK, ["us-east-1"]
    )
    tiers = found.book.index().find("api-requests", "us-east-1").tiers
    assert [(str(tier.amount), tier.up_to) for tier in tiers] == [
        ("3.5", 333_000_000),
        ("2.8", 1_000_000_000),
        ("2.38", None),
    ]


def test_products_of_other_usage_types_are_left_alone():
    others = [
        product("USE1-VpcEndpoint-GWLBE-Hours", FLAT),
        product("USE1-VpcEndpoint-Hours", ("0", "Inf", "0.01")),
    ]
    found = refresh_prices(answered(("interface-endpoint-hours", others)), BOOK, ["us-east-1"])
    assert str(found.book.index().find("interface-endpoint-hours", "us-east-1").tiers[0].amount) == "0.01"


@pytest.mark.parametrize(
    ("products", "why"),
    [
        ([], "no such product"),
        (
            [product("USE1-VpcEndpoint-Hours", FLAT), product("VpcEndpoint-Hours", ("0", "Inf", "0.02"))],
            "different",
        ),
        ([product("USE1-VpcEndpoint-Hours")], "no such product"),
        ([product("USE1-VpcEndpoint-Hours", ("0", "5", "0.01"))], "no such product"),
        ([product("USE1-VpcEndpoint-Hours", ("0", "5", "0.01"), ("6", "Inf", "0.02"))], "no such product"),
        ([product("USE1-VpcEndpoint-Hours", ("0", "Inf", "0.0000000000"))], "no such product"),
        ([product("USE1-VpcEndpoint-Hours", ("0", "Inf", "free"))], "no such product"),
    ],
)
def test_what_is_not_told_unmistakably_stays_as_it_was(products, why):
    found = refresh_prices(answered(("interface-endpoint-hours", products)), BOOK, ["us-east-1"])
    assert found.book.index().find("interface-endpoint-hours", "us-east-1").seen == "2024-10"
    assert any(
        line.startswith("interface-endpoint-hours in us-east-1: ") and why in line for line in found.missing
    )


def test_the_same_price_twice_is_one_price():
    twice = [product("USE1-VpcEndpoint-Hours", FLAT), product("VpcEndpoint-Hours", FLAT, sku="B")]
    assert refresh_prices(answered(("interface-endpoint-hours", twice)), BOOK, ["us-east-1"]).found == 1


def test_a_region_that_the_book_lacks_becomes_known():
    assert BOOK.index().find("api-requests", "eu-west-1") is None
    found = refresh_prices(
        answered(("api-requests", [product("EU-ApiGatewayRequest", *TIERED)]), regions=("eu-west-1",)),
        BOOK,
        ["eu-west-1"],
    )
    assert found.book.index().find("api-requests", "eu-west-1").tiers[0].amount == 3.5


def test_every_page_is_read():
    found = client()
    with Stubber(found) as stub:
        pages = [
            {"PriceList": [], "NextToken": "more"},
            {"PriceList": [product("USE1-ApiGatewayRequest", *TIERED)]},
        ]
        for page in pages:
            stub.add_response("get_products", page)
        for _ in QUERIES[1:]:
            # Between Regions nothing is asked where there is one.
            stub.add_response("get_products", {"PriceList": []})
        assert QUERIES[0].item == "api-requests"
        assert refresh_prices(found, BOOK, ["us-east-1"]).found == 1


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("AccessDeniedException", CollectionError, "refused"),
        ("ExpiredTokenException", CollectionError, "expired"),
        ("ThrottlingException", CollectionError, "ThrottlingException"),
        ("InternalErrorException", CollectionError, "InternalErrorException"),
    ],
)
def test_a_refusal_is_told_in_one_sentence(code, error, words):
    found = client()
    with Stubber(found) as stub:
        stub.add_client_error("get_products", code, "not today")
        with pytest.raises(error, match=words):
            refresh_prices(found, BOOK, ["us-east-1"])


def test_an_answer_that_is_no_json_is_told():
    found = client()
    with Stubber(found) as stub:
        stub.add_response("get_products", {"PriceList": ["{"]})
        with pytest.raises(CollectionError, match="no JSON"):
            refresh_prices(found, BOOK, ["us-east-1"])


def test_without_credentials_the_way_out_is_named(monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(InputError, match="no AWS credentials") as caught:
        price_list_client()
    assert "--profile" in caught.value.help


def test_a_refreshed_book_is_written_and_used(tmp_path):
    from tests.unit.design.designs import EXAMPLES

    guide = next(path for path in EXAMPLES if path.parent.name == "guide")
    out = tmp_path / "prices.json"
    aws = answered(("resolver-endpoint-hours", [product("USE1-ResolverNetworkInterface", ("0", "Inf", "0.1"))]))
    assert costs.refresh(guide, out, client=aws).found == 1
    assert isinstance(load_price_book(out), PriceBook)
    assert costs.cost(guide, via="resolver", prices=out).cost.fixed == 306.60
    assert [path.name for path in tmp_path.iterdir()] == ["prices.json"]


def test_a_book_that_cannot_be_written_leaves_nothing(tmp_path):
    from tests.unit.design.designs import EXAMPLES

    guide = next(path for path in EXAMPLES if path.parent.name == "guide")
    with pytest.raises(InputError, match="cannot be written"):
        costs.refresh(guide, tmp_path / "nowhere" / "prices.json", client=answered())


def test_every_query_names_an_item_of_the_book_and_asks_once():
    items = [query.item for query in QUERIES]
    assert len(items) == len(set(items))
    assert set(items) <= {each.id for each in BOOK.items}
    assert {query.kind for query in QUERIES} == {"regional", "global", "between"}
    assert GLOBAL == "global"


def test_a_usage_type_is_known_by_its_end():
    by_item = {query.item: query for query in QUERIES}
    assert by_item["resolver-endpoint-hours"].matches("APN1-ResolverNetworkInterface")
    assert by_item["resolver-endpoint-hours"].matches("ResolverNetworkInterface")
    assert not by_item["resolver-endpoint-hours"].matches("USE1-ResolverNetworkInterface-SecurityEnabled")
    assert by_item["region-transfer"].matches("USE1-EUW1-AWS-Out-Bytes")
    assert not by_item["resolver-queries"].matches("USE1-Geo-DNS-QueriesX")

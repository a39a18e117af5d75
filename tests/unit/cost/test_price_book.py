"""The price book: complete, dated, and equal to the rule book's list; a bad one is refused with its place."""

import json
from decimal import Decimal
from importlib import resources

import msgspec
import pytest

from narrowgate.cost.price_book import PriceBook
from narrowgate.model.errors import InputError
from narrowgate.options.registry import OPTIONS
from narrowgate.rulebook.catalogue import load_rules
from narrowgate.sources.prices.read import decode_price_book, load_price_book

BOOK = load_price_book()
INDEX = BOOK.index()
TEXT = (resources.files("narrowgate.sources.prices") / "book.json").read_text()

# COST-01's list, written down again from the rule book: item, the first and the last tier.
LIST = {
    "api-requests": ("3.50", "1.51"),
    "interface-endpoint-hours": ("0.01", "0.01"),
    "interface-endpoint-data": ("0.01", "0.004"),
    "zone-transfer": ("0.01", "0.01"),
    "region-transfer": ("0.02", "0.02"),
    "resolver-endpoint-hours": ("0.125", "0.125"),
    "resolver-queries": ("0.40", "0.20"),
    "dns-firewall-queries": ("0.60", "0.40"),
    "transit-gateway-hours": ("0.05", "0.05"),
    "transit-gateway-data": ("0.02", "0.02"),
    "lattice-service-hours": ("0.025", "0.025"),
    "lattice-resource-hours": ("0.02", "0.02"),
    "network-balancer-hours": ("0.0225", "0.0225"),
    "network-balancer-units": ("0.006", "0.006"),
    "application-balancer-units": ("0.008", "0.008"),
    "log-ingest": ("0.50", "0.50"),
    "vended-log-ingest": ("0.50", "0.05"),
    "alarm": ("0.10", "0.10"),
    "kms-key": ("1", "1"),
    "web-acl": ("5", "5"),
    "nat-gateway-hours": ("0.045", "0.045"),
}


@pytest.mark.parametrize("item", sorted(LIST))
def test_a_price_is_the_rule_book_s(item):
    found = INDEX.find(item, "us-east-1")
    assert (found.tiers[0].amount, found.tiers[-1].amount) == tuple(map(Decimal, LIST[item]))


def test_every_price_has_a_source_a_date_and_a_rule_that_exists():
    rules = {rule.id for rule in load_rules()}
    for each in BOOK.prices:
        assert each.source, each.item
        assert each.rule in rules, each


def test_what_nobody_documented_is_not_of_high_confidence():
    assert {each.confidence for each in BOOK.prices if each.source.startswith("own")} <= {"low", "medium"}


def test_every_item_has_a_price_somewhere_but_the_one_that_nobody_found():
    priced = {each.item for each in BOOK.prices}
    assert {each.id for each in BOOK.items} - priced == {"lattice-provider-data"}


def test_the_book_survives_being_written_and_read():
    assert decode_price_book(msgspec.json.encode(BOOK), where="x") == BOOK


def change(**changes: object) -> bytes:
    book = json.loads(TEXT)
    book["prices"] = [{**book["prices"][0], **changes}]
    return json.dumps(book).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no price book"),
        (b"[1, 2", "no price book"),
        (b"\xff\xfe", "no price book"),
        (b"[" * 100_000, "no price book"),
        (b"{}", "missing required field"),
        (TEXT.replace("prices/1", "prices/2").encode(), "is not read"),
        (TEXT.replace("USD", "EUR").encode(), "is not read"),
        (change(item="a-thing"), "not listed"),
        (change(tiers=[]), "open end"),
        (change(tiers=[{"amount": "1", "up_to": 5}]), "open end"),
        (change(tiers=[{"amount": "1"}, {"amount": "2"}]), "open end"),
        (change(tiers=[{"amount": "3", "up_to": 9}, {"amount": "2", "up_to": 5}, {"amount": "1"}]), "open end"),
        (change(tiers=[{"amount": "-1"}]), "not a price"),
        (change(tiers=[{"amount": "NaN"}]), "not a price"),
        (change(tiers=[{"amount": "cheap"}]), "Invalid decimal"),
        (change(seen="lately"), "no date"),
        (change(confidence="certain"), "Invalid enum value"),
        (change(colour="red"), "unknown field"),
    ],
)
def test_a_bad_book_is_refused_in_one_line(content, words):
    with pytest.raises(InputError) as caught:
        decode_price_book(content, where="prices.json")
    assert words in caught.value.message
    assert caught.value.where.startswith("prices.json")
    assert caught.value.help


def test_two_prices_of_one_item_and_region_are_refused():
    book = msgspec.structs.replace(BOOK, prices=(BOOK.prices[0], BOOK.prices[0]))
    with pytest.raises(InputError, match="twice"):
        decode_price_book(msgspec.json.encode(book), where="x")


def test_a_file_that_is_not_there_is_told_with_the_way_out(tmp_path):
    with pytest.raises(InputError) as caught:
        load_price_book(tmp_path / "prices.json")
    assert "--refresh" in caught.value.help


def test_every_option_s_parts_are_free_or_have_a_price_or_are_known_to_have_none():
    from tests.unit.design.designs import EXAMPLES

    from narrowgate.options.pricing import make_price
    from narrowgate.sources.design.read import load_design

    price = make_price(BOOK)
    unknown: set[str] = set()
    for path in EXAMPLES:
        design = load_design(path)
        if design.region != "us-east-1" or any(vpc.region != "us-east-1" for vpc in design.vpcs):
            continue
        for option in OPTIONS:
            if option.applies(design).fits:
                unknown |= set(price(option, option.resources(design), design).unknown_prices)
    assert unknown == {
        "data at the provider of VPC Lattice resources in us-east-1",
        "volumes of instances in us-east-1",
    }


def test_the_type_is_one_that_files_can_hold():
    assert msgspec.json.schema(PriceBook)["$defs"]["PriceBook"]["additionalProperties"] is False

"""The AWS Price List API, asked for some Regions; what it does not tell unmistakably is left as it was."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from narrowgate.cost.price_book import GLOBAL, Item, Price, PriceBook, Tier
from narrowgate.model.errors import CollectionError, InputError
from narrowgate.sources.live.accounts import make_client, need_boto3
from narrowgate.sources.live.failures import failure_of, session_error, unknown_profile
from narrowgate.sources.prices.queries import QUERIES, Query

HOME = "us-east-1"
"""The Price List API answers in few Regions, for all of them."""
_MOST_PAGES = 200


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """A book with new prices, and which were asked for in vain: item and Region, with the reason."""

    book: PriceBook
    found: int
    missing: tuple[str, ...]


class _Place(msgspec.Struct, frozen=True):
    region: str
    to: str | None = None

    def __str__(self) -> str:
        return f"{self.region} to {self.to}" if self.to else self.region


def price_list_client(profile: str | None = None) -> Any:
    """A client of the Price List API.

    Raises:
        InputError: no boto3, no such profile, no credentials.
    """
    boto3 = need_boto3()
    from botocore.exceptions import ProfileNotFound

    try:
        session = boto3.Session(profile_name=profile)
    except ProfileNotFound:
        raise unknown_profile(str(profile), boto3.Session().available_profiles) from None
    if session.get_credentials() is None:
        raise InputError(
            "no AWS credentials were found, and the Price List API answers nobody else",
            help="name a profile with --profile; without --refresh the built-in prices are used",
        )
    return make_client(session, "pricing", HOME, None)


def refresh_prices(client: Any, book: PriceBook, regions: Sequence[str]) -> Refreshed:
    """The book with the prices of Regions as AWS lists them now; only `pricing:GetProducts` is called.

    Args:
        client: a boto3 client of `pricing`.
        book: the book to start from: what AWS does not tell stays as it is, with its own date and source.
        regions: the Regions to ask for.

    Raises:
        InputError: no credentials.
        CollectionError: AWS did not answer.
    """
    items = {each.id: each for each in book.items}
    prices = {(each.item, each.region, each.to): each for each in book.prices}
    found, missing = 0, []
    for query in QUERIES:
        for place in _places(query, regions):
            price, why = _ask(client, query, items[query.item], place)
            if price is None:
                missing.append(f"{query.item} in {place}: {why}")
            else:
                found += 1
                old = prices.get((price.item, price.region, price.to))
                rule = old.rule if old is not None else "network:COST-05"
                prices[price.item, price.region, price.to] = msgspec.structs.replace(price, rule=rule)
    new = msgspec.structs.replace(
        book, prices=tuple(prices.values()), as_of=max(each.seen[:7] for each in prices.values())
    )
    return Refreshed(book=new, found=found, missing=tuple(missing))


def _places(query: Query, regions: Sequence[str]) -> Iterator[_Place]:
    if query.kind == "global":
        yield _Place(GLOBAL)
    elif query.kind == "regional":
        yield from map(_Place, regions)
    else:
        yield from (_Place(one, other) for one in regions for other in regions if one != other)


def _ask(client: Any, query: Query, item: Item, place: _Place) -> tuple[Price | None, str]:
    """The price of an item in a place; else why there is none."""
    found = {}
    for text in _products(client, query, place):
        product = _decode(text)
        attributes = product.get("product", {}).get("attributes", {})
        if query.matches(str(attributes.get("usagetype", ""))):
            tiers = _tiers(product, item)
            if tiers is not None:
                found[tiers] = product
    if not found:
        return None, "AWS lists no such product"
    if len(found) > 1:
        return None, f"AWS lists {len(found)} products with different prices"
    ((tiers, product),) = found.items()
    sku = product.get("product", {}).get("sku", "?")
    price = Price(
        item=item.id,
        region=place.region,
        to=place.to,
        tiers=tiers,
        confidence="high",
        seen=str(product.get("publicationDate", ""))[:10],
        source=f"AWS Price List API, product {sku}",
    )
    return price, ""


def _products(client: Any, query: Query, place: _Place) -> Iterator[str]:
    fields = list(query.where)
    if query.kind == "between" or query.item == "zone-transfer":
        fields.append(("fromRegionCode", place.region))
        if place.to:
            fields.append(("toRegionCode", place.to))
    elif query.kind == "regional":
        fields.append(("regionCode", place.region))
    wanted: dict[str, Any] = {
        "ServiceCode": query.service,
        "FormatVersion": "aws_v1",
        "Filters": [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in fields],
    }
    for _ in range(_MOST_PAGES):
        answer = _call(client, wanted)
        yield from answer.get("PriceList", ())
        if not answer.get("NextToken"):
            return
        wanted = {**wanted, "NextToken": answer["NextToken"]}
    raise CollectionError("the Price List API gives pages without end", where=query.service)


def _call(client: Any, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = client.get_products(**wanted)
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        if failure.code in ("AccessDeniedException", "AccessDenied"):
            raise CollectionError(
                f"the Price List API refused: {failure.error}", help="allow `pricing:GetProducts`"
            ) from None
        raise session_error(error, "the Price List API") from None
    return answer


def _decode(text: object) -> dict[str, Any]:
    """A product; AWS sends each as JSON in a string."""
    try:
        product = json.loads(text) if isinstance(text, str | bytes) else text
    except (ValueError, RecursionError):
        product = None
    if not isinstance(product, dict):
        raise CollectionError("the Price List API sent a product that is no JSON object")
    return product


def _tiers(product: Mapping[str, Any], item: Item) -> tuple[Tier, ...] | None:
    """The price's tiers for the item's number of units; None for a product without a rising list of dollars."""
    try:
        terms: Iterable[Mapping[str, Any]] = product["terms"]["OnDemand"].values()
        parts = [part for term in terms for part in term["priceDimensions"].values()]
        read = sorted(((Decimal(part["beginRange"]), part) for part in parts), key=lambda pair: pair[0])
        tiers = tuple(
            Tier(amount=_plain(Decimal(part["pricePerUnit"]["USD"]) * item.per), up_to=_end(part["endRange"]))
            for _, part in read
        )
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation):
        return None
    ends = [tier.up_to for tier in tiers[:-1]]
    starts = [int(begin) for begin, _ in read[1:]]
    is_whole = bool(tiers) and tiers[-1].up_to is None and ends == starts
    return tiers if is_whole and any(tier.amount > 0 for tier in tiers) else None


def _plain(amount: Decimal) -> Decimal:
    """The amount without an exponent or zeros at its end."""
    return Decimal(format(amount.normalize(), "f"))


def _end(text: str) -> int | None:
    return None if text == "Inf" else int(Decimal(text))

"""Prices as data: each for one item and Region, with tiers, source, date and confidence (COST-05)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

EVERYWHERE = "*"
"""Stands for every commercial Region, where a source says that a price is the same in all of them."""
GLOBAL = "global"
"""Stands in place of a Region for items that have none, such as hosted zones."""
_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-")


class BookRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all parts of a price book."""


class Item(BookRecord, frozen=True, kw_only=True):
    """Something that has a price: what bills call it, its unit, and how many units the price is for."""

    id: str
    text: str
    unit: str
    per: int = 1


class Tier(BookRecord, frozen=True, kw_only=True):
    """The price of a month's units up to a number; `up_to` is None for the last tier."""

    amount: Decimal
    up_to: int | None = None


class Price(BookRecord, frozen=True, kw_only=True):
    """The price of an item in a Region, in US dollars; `to` is the other Region of a transfer.

    `seen` is the month of the evidence, not of the last change; `rule` is the rule that states it.
    """

    item: str
    region: str
    tiers: tuple[Tier, ...]
    confidence: Literal["high", "medium", "low"]
    seen: str
    source: str
    rule: str = ""
    to: str | None = None


class PriceBook(BookRecord, frozen=True, kw_only=True):
    """A dated list of prices."""

    schema: str = "narrowgate.prices/1"
    currency: str = "USD"
    as_of: str
    items: tuple[Item, ...]
    prices: tuple[Price, ...]

    def index(self) -> "PriceIndex":
        """The book, ready to be asked."""
        return PriceIndex(
            items={each.id: each for each in self.items},
            prices={(each.item, each.region, each.to): each for each in self.prices},
        )


class PriceIndex(msgspec.Struct, frozen=True, kw_only=True):
    """A price book by item and Region."""

    items: Mapping[str, Item]
    prices: Mapping[tuple[str, str, str | None], Price]

    def find(self, item: str, region: str, to: str | None = None) -> Price | None:
        """The price of an item in a Region; None where the book does not know it (COST-06)."""
        keys = [(item, region, to), (item, region, None)]
        if not region.startswith(_OTHER_PARTITIONS):
            keys.append((item, EVERYWHERE, None))
        return next((self.prices[key] for key in keys if key in self.prices), None)

    def item(self, item: str) -> Item:
        """An item; one that no book knows is called by its id."""
        return self.items.get(item) or Item(id=item, text=item, unit="", per=1)

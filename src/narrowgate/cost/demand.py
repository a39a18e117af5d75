"""What is billed, before any price: an item, how much of it, and who pays (COST-09)."""

from collections.abc import Iterable
from fractions import Fraction

import msgspec


class Factor(msgspec.Struct, frozen=True):
    """A number that a count is multiplied by, in words: `730 h`, `100 % across zones`."""

    value: Fraction
    text: str


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity of an item: `count` of `word` (one of them) times the factors, in a Region, on an account's bill.

    `is_fixed` marks what is due without a single call; `is_apart` what stands beside the total: logs, alarms,
    keys, firewall. `parts` are the resources behind it, by logical id.
    """

    item: str
    region: str
    to: str | None = None
    payer: str
    count: Fraction
    word: str
    factors: tuple[Factor, ...] = ()
    is_fixed: bool = False
    is_apart: bool = False
    parts: tuple[str, ...] = ()

    @property
    def quantity(self) -> Fraction:
        """How many units are billed."""
        found = self.count
        for each in self.factors:
            found *= each.value
        return found

    @property
    def how(self) -> str:
        """The quantity in words: `4 addresses × 730 h`."""
        return " × ".join([counted(self.count, self.word), *(each.text for each in self.factors)])


def merge(demands: Iterable[Demand]) -> tuple[Demand, ...]:
    """Demands of the same kind on the same bill in one: tiers count a month's sum."""
    found: dict[tuple[object, ...], Demand] = {}
    for each in demands:
        key = (each.item, each.region, each.to, each.payer, each.word, each.factors, each.is_fixed, each.is_apart)
        before = found.get(key)
        if before is not None:
            parts = tuple(dict.fromkeys((*before.parts, *each.parts)))
            each = msgspec.structs.replace(each, count=before.count + each.count, parts=parts)
        found[key] = each
    return tuple(each for each in found.values() if each.count)


def hours(count: int) -> Factor:
    """The hours of a month."""
    return Factor(Fraction(count), f"{count} h")


def counted(count: Fraction, word: str) -> str:
    """A number of things: `1 zone`, `4 addresses`; units and phrases stay as they are."""
    if count == 1 or " " in word or word.isupper():
        return f"{number(count)} {word}"
    return f"{number(count)} {word}{'es' if word.endswith('ss') else 's'}"


def number(value: Fraction) -> str:
    """A quantity as people write it: `1,000,000`, `3.33`."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")

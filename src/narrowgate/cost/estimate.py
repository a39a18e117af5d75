"""Demands and a price book into a month's bill whose every line can be checked by hand (COST-05)."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

from narrowgate.cost.demand import Demand, merge, number
from narrowgate.cost.price_book import GLOBAL, Item, Price, PriceIndex
from narrowgate.model.comparison import CostLine, MonthlyCost

_CENT = Decimal("0.01")
_FINE = Decimal("0.000001")
_CONFIDENCES = ("low", "medium", "high")


def estimate(demands: Iterable[Demand], prices: PriceIndex) -> MonthlyCost:
    """The bill of all demands; a sum over something without a known price is None, `at_least` is what is known."""
    merged = merge(demands)
    priced = [(each, prices.find(each.item, each.region, each.to)) for each in merged]
    lines = tuple(_line(each, prices.item(each.item), price) for each, price in priced)
    fixed = [line for line in lines if line.is_fixed and not line.is_apart]
    variable = [line for line in lines if not line.is_fixed and not line.is_apart]
    sums = [_sum(fixed), _sum(variable)]
    known = [price for each, price in priced if price is not None and not each.is_apart]
    unknown = [line for line in lines if line.amount is None]
    return MonthlyCost(
        fixed=sums[0],
        variable=sums[1],
        total=None if None in sums else _cents(sum(map(_decimal, sums), Decimal(0))),
        at_least=_cents(sum((_decimal(_known_sum(each)) for each in (fixed, variable)), Decimal(0))),
        lines=lines,
        unknown_prices=tuple(dict.fromkeys(_unknown_name(line) for line in unknown if not line.is_apart)),
        logs=_sum([line for line in lines if line.is_apart]),
        prices_as_of=_dates(known),
        confidence=min((each.confidence for each in known), key=_CONFIDENCES.index, default=""),
    )


def difference(one: MonthlyCost, other: MonthlyCost) -> float | None:
    """How much dearer the first bill is. Lines without a price may stand in both alike; else nobody can tell."""
    if open_lines(one) != open_lines(other):
        return None
    return float(_decimal(one.at_least) - _decimal(other.at_least))


def open_lines(cost: MonthlyCost) -> list[tuple[str, str, str, float]]:
    """What of the total has no known price: item, Region, the other Region, quantity."""
    return sorted(
        (line.item, line.region, line.to or "", line.quantity)
        for line in cost.lines
        if line.amount is None and not line.is_apart
    )


def _line(demand: Demand, item: Item, price: Price | None) -> CostLine:
    amount = None if price is None else _amount(demand.quantity, item, price)
    return CostLine(
        item=item.id,
        text=item.text,
        formula=_formula(demand, item, price),
        unit_price=float(price.tiers[0].amount) if price is not None else None,
        unit=f"{item.per:,} {item.unit}" if item.per > 1 else item.unit,
        quantity=round(float(demand.quantity), 6),
        amount=None if amount is None else float(amount),
        is_fixed=demand.is_fixed,
        is_apart=demand.is_apart,
        region=demand.region,
        to=demand.to,
        payer=demand.payer,
        parts=demand.parts,
        rule=price.rule if price is not None else "network:COST-06",
        confidence=price.confidence if price is not None else "",
        seen=price.seen if price is not None else "",
        source=price.source if price is not None else "",
    )


def _slices(quantity: Fraction, price: Price) -> list[tuple[Fraction, Decimal]]:
    """The quantity cut at the tiers' ends, each part with its amount."""
    found: list[tuple[Fraction, Decimal]] = []
    start = Fraction(0)
    for tier in price.tiers:
        end = quantity if tier.up_to is None else min(quantity, Fraction(tier.up_to))
        if end > start or not found:
            found.append((end - start, tier.amount))
            start = end
    return found


def _amount(quantity: Fraction, item: Item, price: Price) -> Decimal:
    parts = [part / item.per * Fraction(amount) for part, amount in _slices(quantity, price)]
    exact = sum(parts, Fraction(0))
    # The default context's 28 digits would round a large bill twice.
    with localcontext() as context:
        context.prec = 50
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_FINE, ROUND_HALF_EVEN)


def _formula(demand: Demand, item: Item, price: Price | None) -> str:
    each = "" if item.per == 1 else " a million" if item.per == 1_000_000 else f" per {item.per:,}"
    if price is None:
        return f"{demand.how} × ?{each}"
    slices = _slices(demand.quantity, price)
    if len(slices) == 1:
        return f"{demand.how} × {_money(slices[0][1])}{each}"
    parts = " + ".join(f"{number(part)} × {_money(amount)}" for part, amount in slices)
    return f"{demand.how}: ({parts}){each}"


def _money(amount: Decimal) -> str:
    """At least cents: `0.50`, `0.125`."""
    text = format(amount.normalize(), "f")
    return text if len(text.partition(".")[2]) >= 2 else f"{amount:.2f}"


def _known_sum(lines: Sequence[CostLine]) -> float:
    return _cents(sum((_decimal(each.amount) for each in lines if each.amount is not None), Decimal(0)))


def _sum(lines: Sequence[CostLine]) -> float | None:
    """None where one line has no price."""
    return None if any(each.amount is None for each in lines) else _known_sum(lines)


def _cents(amount: Decimal) -> float:
    return float(amount.quantize(_CENT, ROUND_HALF_EVEN))


def _decimal(amount: float | None) -> Decimal:
    return Decimal(str(amount or 0))


def _unknown_name(line: CostLine) -> str:
    where = "" if line.region == GLOBAL else f" in {line.region}"
    return f"{line.text}{where}" + (f" to {line.to}" if line.to else "")


def _dates(prices: Sequence[Price]) -> str:
    """The months of the evidence, oldest and newest: no total stands without its date."""
    seen = sorted({each.seen for each in prices})
    return "" if not seen else seen[0] if len(seen) == 1 else f"{seen[0]} to {seen[-1]}"

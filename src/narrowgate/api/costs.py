"""Use cases about money: the bill of a design's way to connect."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from narrowgate.api.designs import meant_option
from narrowgate.model.answer import Cause, Leg, Missing, Verdict
from narrowgate.model.comparison import CostAnswer, CostLine, MonthlyCost
from narrowgate.model.design import Design
from narrowgate.model.errors import InputError
from narrowgate.model.reason import Reason
from narrowgate.options.option import Option
from narrowgate.options.pricing import make_price
from narrowgate.options.registry import find_option
from narrowgate.sources.design.read import load_design
from narrowgate.sources.prices.price_list import Refreshed, price_list_client, refresh_prices
from narrowgate.sources.prices.read import load_price_book
from narrowgate.sources.prices.write import write_price_book

__all__ = ["Refreshed", "cost", "refresh"]


def cost(path: Path, *, via: str | None = None, prices: Path | None = None) -> CostAnswer:
    """What a month costs by an option: the given one, else the one that the design means.

    Args:
        path: the design.
        via: an option's name, in place of the design's own `via`.
        prices: a price book of the user's; None for the built-in one.

    Raises:
        InputError: a file cannot be read, or the option cannot be built for the design.
    """
    book = load_price_book(prices)
    design = load_design(path)
    option = _option(design, path, via)
    bill = make_price(book)(option, option.resources(design), design)
    limit = design.constraints.max_monthly_cost
    cause = _over_limit(option, bill, limit)
    unknowns = tuple(
        Missing(fact="price", resource=name, why="the price book does not know it") for name in bill.unknown_prices
    )
    return CostAnswer(
        verdict=Verdict.DENIED if cause else Verdict.UNKNOWN if bill.total is None else Verdict.ALLOWED,
        decided_by=cause,
        blocking=(cause,) if cause else (),
        unknowns=unknowns,
        design=design.name,
        option=option.name,
        cost=bill,
        usage=design.usage,
        by_account=_by_account(design, bill.lines),
    )


def refresh(
    path: Path, out: Path, *, prices: Path | None = None, profile: str | None = None, client: Any = None
) -> Refreshed:
    """Ask AWS for the prices of a design's Regions, and write them with the rest of the book into a file.

    Args:
        path: the design.
        out: the file to write.
        prices: the book to start from; None for the built-in one.
        profile: whose credentials to use.
        client: a boto3 client of `pricing` in place of one of the profile's.

    Raises:
        InputError: a file cannot be read or written; no boto3, profile or credentials.
        CollectionError: AWS did not answer.
    """
    design = load_design(path)
    regions = sorted({*(vpc.region for vpc in design.vpcs), *(api.region for api in design.apis)})
    book = load_price_book(prices)
    refreshed = refresh_prices(client or price_list_client(profile), book, regions)
    write_price_book(refreshed.book, out)
    return refreshed


def _option(design: Design, path: Path, via: str | None) -> Option:
    if via is None or via == "auto":
        return meant_option(design, path)
    option = find_option(via)
    fit = option.applies(design)
    if not fit.fits:
        message = f"`{via}` cannot be built here: {fit.text} ({fit.rule})"
        raise InputError(message, where=str(path), help=fit.way_out)
    return option


def _over_limit(option: Option, bill: MonthlyCost, limit: float | None) -> Cause | None:
    if limit is None or bill.at_least <= limit:
        return None
    least = "" if bill.total is not None else "at least "
    return Cause(
        leg=Leg.CONFIG,
        layer="cost",
        reason=Reason.MONTHLY_COST_OVER_LIMIT,
        resource=option.name,
        rule="network:COST-05",
        text=f"{least}{bill.at_least:,.2f} dollars a month, over {limit:,.2f}",
    )


def _by_account(design: Design, lines: Iterable[CostLine]) -> tuple[tuple[str, float | None], ...]:
    """Each account's part of the total, where there are several payers (COST-09); None with a price unknown."""
    names = {account: name for name, account in design.accounts}
    parts: dict[str, list[float | None]] = {}
    for line in lines:
        if not line.is_apart:
            parts.setdefault(line.payer, []).append(line.amount)
    if len(parts) < 2:
        return ()
    return tuple(
        (
            f"{names[account]} ({account})" if account in names else account,
            None if None in amounts else round(sum(each or 0.0 for each in amounts), 2),
        )
        for account, amounts in sorted(parts.items())
    )

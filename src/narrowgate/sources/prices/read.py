"""A price book from its file: the built-in one, or one of the user's."""

import re
from importlib import resources
from pathlib import Path

import msgspec

from narrowgate.cost.price_book import PriceBook
from narrowgate.model.errors import InputError

_MONTH = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")
_MAX_BYTES = 16 * 1024 * 1024


def load_price_book(path: Path | None = None) -> PriceBook:
    """The user's price book, or the built-in one.

    Raises:
        InputError: the file cannot be read, or is no price book.
    """
    if path is None:
        content = (resources.files("narrowgate.sources.prices") / "book.json").read_bytes()
        return decode_price_book(content, where="the built-in price book")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError("too large for a price book", where=str(path), help=f"{_MAX_BYTES:,} bytes at most")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}",
            where=str(path),
            help="`narrowgate cost --refresh FILE` writes one",
        ) from None
    return decode_price_book(content, where=str(path))


def decode_price_book(content: bytes, *, where: str) -> PriceBook:
    """A price book's text, checked: rising tiers, no negative price, dates, one price for an item and Region.

    Raises:
        InputError: it is no price book.
    """
    try:
        book = msgspec.json.decode(content, type=PriceBook)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        words = " ".join(str(error).split())
        raise InputError(f"no price book: {words}", where=where, help="`--refresh FILE` writes one") from None
    if book.schema != "narrowgate.prices/1" or book.currency != "USD":
        raise InputError(
            f"`{book.schema[:40]}` in `{book.currency[:10]}` is not read",
            where=where,
            help="`narrowgate.prices/1` in `USD`",
        )
    known = {each.id for each in book.items}
    seen = set()
    for at, each in enumerate(book.prices):
        place = f"{where}: prices[{at}] ({each.item[:60]} in {each.region[:30]})"
        key = (each.item, each.region, each.to)
        limits = [tier.up_to for tier in each.tiers]
        ends = [limit for limit in limits if limit is not None]
        if each.item not in known:
            raise InputError("the item is not listed", where=place, help="list it in `items`")
        if key in seen:
            raise InputError("stands here twice", where=place, help="one price for an item and Region")
        if not limits or limits[-1] is not None or len(ends) != len(limits) - 1 or ends != sorted(set(ends)):
            raise InputError(
                "the tiers do not rise to an open end", where=place, help="`up_to` in all but the last"
            )
        if any(not tier.amount.is_finite() or tier.amount < 0 for tier in each.tiers):
            raise InputError("an amount is not a price", where=place, help="a number of dollars, 0 or more")
        if not _MONTH.match(each.seen):
            raise InputError(
                f"`{each.seen[:20]}` is no date", where=place, help="the month of the evidence: 2026-09"
            )
        seen.add(key)
    return book

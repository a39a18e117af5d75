"""Text for HTML pages: names come from files and accounts, and none of them may act as markup."""

from html import escape

from narrowgate.report.cost import amount_text
from narrowgate.report.style import clean


def text(words: object) -> str:
    """Words, escaped."""
    return escape(clean(str(words)))


def sentence(words: str) -> str:
    """A sentence of ours in which names stand in backticks."""
    parts = text(words).split("`")
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def money(amount: float | None) -> str:
    """Dollars and cents; `?` where the price is not known."""
    return amount_text(amount)

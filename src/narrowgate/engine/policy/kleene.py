"""Kleene's three values as small integers: `min` is AND, `max` is OR, `2 - x` is NOT.

Plain integers and not an enum, because every condition of every decision passes through them.
"""

from typing import Final

NO: Final = 0
UNKNOWN: Final = 1
YES: Final = 2

WORDS: Final = ("no", "unknown", "yes")
"""The words that stand in answers, by value."""

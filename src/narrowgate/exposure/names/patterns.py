"""Which entry of a list speaks of a name: patterns, their exceptions, names made of addresses."""

from collections.abc import Iterable
from typing import TypeVar

from narrowgate.exposure.names.ec2 import embedded_address
from narrowgate.model.address import Address, parse_address, parse_cidr
from narrowgate.model.domain import is_in_domain
from narrowgate.model.exposure import ExposedName, LostName

E = TypeVar("E", ExposedName, LostName)

_EXACT = 1000


def covers(entry: ExposedName | LostName, name: str) -> int:
    """How specifically an entry speaks of a canonical name: 0 not at all, more for longer domains."""
    if isinstance(entry, ExposedName) and entry.embeds:
        address = embedded_address(name)
        is_alike = name.partition(".")[2] == entry.name.partition(".")[2]
        return _EXACT if is_alike and address is not None and _is_inside(address, entry.embeds) else 0
    if entry.name == name:
        return _EXACT
    if entry.name == "*":
        return 1
    if not entry.name.startswith("*."):
        return 0
    domain = entry.name[2:]
    if not _is_below(name, domain) or any(_matches(but, name) for but in getattr(entry, "but_not", ())):
        return 0
    return 2 + domain.count(".")


def _is_inside(address: Address, ranges: Iterable[str]) -> bool:
    for text in ranges:
        first, dash, last = text.partition("-")
        if not dash and parse_cidr(text).holds(address):
            return True
        if dash and parse_address(first).value <= address.value <= parse_address(last).value:
            return True
    return False


def _is_below(name: str, domain: str) -> bool:
    return name != domain and is_in_domain(name, domain)


def _matches(pattern: str, name: str) -> bool:
    return pattern == name or (pattern.startswith("*.") and _is_below(name, pattern[2:]))


def entry_for(entries: Iterable[E], name: str) -> E | None:
    """The entry that speaks most specifically of a name; None where none does."""
    best = max(entries, key=lambda each: covers(each, name), default=None)
    return best if best is not None and covers(best, name) else None

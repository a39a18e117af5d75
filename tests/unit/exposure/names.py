"""Read a list of names as a person would: the entry that covers a name, and what it says of it."""

from narrowgate.exposure.names.ec2 import embedded_address
from narrowgate.model.address import parse_cidr
from narrowgate.model.domain import is_in_domain
from narrowgate.model.exposure import ExposedName, ExposureAnswer, LostName


def covers(entry: ExposedName | LostName, name: str) -> int:
    """How specific an entry covers a name: 0 not at all."""
    embeds = entry.embeds if isinstance(entry, ExposedName) else ()
    if embeds:
        address = embedded_address(name)
        domain = entry.name.partition(".")[2]
        inside = address is not None and any(parse_cidr(text).holds(address) for text in embeds if "-" not in text)
        return 1000 if inside and name.partition(".")[2] == domain else 0
    if entry.name == name:
        return 1000
    if not entry.name.startswith("*"):
        return 0
    domain = entry.name[2:]
    if name == domain or not is_in_domain(name, domain):
        return 0
    for but in entry.but_not if isinstance(entry, ExposedName) else ():
        if but == name or (but.startswith("*.") and name != but[2:] and is_in_domain(name, but[2:])):
            return 0
    return 1 + domain.count(".") + bool(domain)


def entry_for(entries, name):
    """The most specific entry that covers a name, or None."""
    best = max(entries, key=lambda each: covers(each, name), default=None)
    return best if best is not None and covers(best, name) else None


def listed(answer: ExposureAnswer, name: str) -> ExposedName | None:
    return entry_for(answer.names, name) or entry_for(answer.public_names, name)


def lost(answer: ExposureAnswer, name: str) -> LostName | None:
    return entry_for(answer.lost_names, name)

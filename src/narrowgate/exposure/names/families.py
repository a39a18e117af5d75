"""Public names by the domain that they lie directly in, and which of them firewall lists hold."""

from collections.abc import Sequence

from narrowgate.engine.dns.autodefined import may_be_autodefined
from narrowgate.engine.dns.firewall import Firewall
from narrowgate.engine.dns.firewall_domains import domain_list
from narrowgate.exposure.names.cells import WITNESS
from narrowgate.exposure.names.public import public_entries
from narrowgate.model.answer import Missing
from narrowgate.model.domain import parents
from narrowgate.model.exposure import ExposedName
from narrowgate.model.snapshot import Snapshot, index


class Family:
    """The public names directly below one domain.

    `asked` are the names that stand for entries, which `by_name` has by them, and `by_address` has entries' names
    by their addresses; `is_reserved` where rules that AWS makes itself may cover some of them in some VPC.
    """

    __slots__ = ("asked", "by_address", "by_name", "entries", "is_reserved", "names")

    def __init__(self, entries: Sequence[ExposedName]) -> None:
        self.entries = tuple(entries)
        self.names = frozenset(each.name for each in entries)
        self.by_name: dict[str, list[ExposedName]] = {}
        self.by_address: dict[str, set[str]] = {}
        for each in entries:
            self.by_name.setdefault(asked_name(each), []).append(each)
            for address in each.addresses:
                self.by_address.setdefault(address, set()).add(each.name)
        self.asked = frozenset(self.by_name)
        self.is_reserved = any(map(may_be_autodefined, self.by_name))


def asked_name(entry: ExposedName) -> str:
    """The name that stands for a pattern."""
    return entry.name.replace("*", WITNESS)


def parent_of(name: str) -> str:
    """The domain that a name lies directly in."""
    return name.partition(".")[2]


@index
def families_of(snapshot: Snapshot) -> dict[str, Family]:
    """All public names, by their parent."""
    found: dict[str, list[ExposedName]] = {}
    for entry in public_entries(snapshot):
        found.setdefault(parent_of(entry.name), []).append(entry)
    return {parent: Family(entries) for parent, entries in found.items()}


@index
def reserved_parents(snapshot: Snapshot) -> frozenset[str]:
    """The parents of names that rules of AWS itself may cover: each VPC is asked about them by itself."""
    return frozenset(parent for parent, family in families_of(snapshot).items() if family.is_reserved)


@index
def parents_inside(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The parents of public names by every domain that they are or lie in."""
    found: dict[str, list[str]] = {}
    for parent in families_of(snapshot):
        for domain in parents(parent):
            found.setdefault(domain, []).append(parent)
    return {domain: tuple(inside) for domain, inside in found.items()}


def listed_by(snapshot: Snapshot, firewall: Firewall) -> frozenset[str] | None:
    """The public names that a firewall's lists hold, or may hold; None where it may judge any name (FW-04)."""
    if firewall.missing:
        return None
    found: set[str] = set()
    for group in firewall.groups:
        if isinstance(group.rules, Missing):
            return None
        for rule in group.rules:
            listed = _listed(snapshot, rule.firewall_domain_list_id) if rule.firewall_domain_list_id else None
            if listed is None:
                return None
            found |= listed
    return frozenset(found)


@index
def _lists(snapshot: Snapshot) -> dict[str, frozenset[str] | None]:
    """Filled as lists are asked for."""
    return {}


def _listed(snapshot: Snapshot, list_id: str) -> frozenset[str] | None:
    kept = _lists(snapshot)
    if list_id not in kept:
        kept[list_id] = _read_list(snapshot, list_id)
    return kept[list_id]


def _read_list(snapshot: Snapshot, list_id: str) -> frozenset[str] | None:
    families, domains = families_of(snapshot), domain_list(snapshot, list_id)
    if isinstance(domains, Missing):
        return None
    if domains.everything or domains.unclear:
        every = (name for family in families.values() for name in family.by_name)
        return frozenset(name for name in every if domains.matches(name) is not False)
    inside = parents_inside(snapshot)
    found = {
        name for domain in domains.below for each in inside.get(domain, ()) for name in families[each].by_name
    }
    for name in domains.exact:
        family = families.get(parent_of(name))
        if family is not None and name in family.by_name:
            found.add(name)
    return frozenset(found)

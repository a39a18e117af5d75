"""Entries of several VPCs as one list: those that differ in the VPC alone stand once."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

import msgspec

from narrowgate.model.exposure import Entry, ExposedApi, ExposedName, ExposedSocket, LostName

E = TypeVar("E", bound=Entry)

_SEVERAL = -1


class Joined(Generic[E]):
    """A list in the making. Most entries are of one VPC only, so that few are ever compared as a whole."""

    def __init__(self) -> None:
        """Start with no entry."""
        self._entries: list[E] = []
        self._more: dict[int, list[str]] = {}
        """Further VPCs, by the place of their entry."""
        self._first: dict[Hashable, int] = {}
        """The place of the one entry of a hint, or that there are several."""
        self._places: dict[E, int] = {}
        """Places by the entry without its VPCs, where several have one hint."""

    def add(self, entries: Iterable[E]) -> None:
        """Take the entries of a VPC."""
        first, every = self._first, self._entries
        for each in entries:
            hint = _hint(each)
            place = first.get(hint) if hint is not None else None
            if place is not None:
                self._add_similar(each, hint, place)
                continue
            if hint is not None:
                first[hint] = len(every)
            every.append(each)

    def _add_similar(self, entry: E, hint: Hashable, place: int) -> None:
        if place != _SEVERAL:
            self._places[_alone(self._entries[place])] = place
            self._first[hint] = _SEVERAL
        alone = _alone(entry)
        held = self._places.get(alone)
        if held is None:
            self._places[alone] = len(self._entries)
            self._entries.append(entry)
        else:
            self._more.setdefault(held, []).extend(entry.consumers)

    def entries(self) -> tuple[E, ...]:
        """The entries, each with all VPCs that it is open to; equal sets of VPCs are the very same tuple."""
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        for place, more in self._more.items():
            entry = self._entries[place]
            vpcs = tuple(dict.fromkeys((*entry.consumers, *more)))
            self._entries[place] = msgspec.structs.replace(entry, consumers=known.setdefault(vpcs, vpcs))
        self._more.clear()
        return tuple(self._entries)


def _alone(entry: E) -> E:
    return msgspec.structs.replace(entry, consumers=())


def _hint(entry: Entry) -> Hashable:
    """What equal entries have in common and few others have; None where no other VPC can have the same entry."""
    match entry:
        case ExposedSocket():
            # A subnet lies in one VPC. An instance may have interfaces in two.
            return None if entry.startable else (entry.target, entry.protocol, entry.ports, entry.via)
        case ExposedApi():
            return (entry.api, entry.endpoint, entry.path, entry.method, entry.who, entry.via)
        case ExposedName():
            return (entry.name, entry.via, entry.target)
        case LostName():
            return (entry.name, entry.answer)
        case _:
            return entry

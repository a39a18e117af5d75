"""What opens to one target, in the fewest words that keep everything: spelled out as sockets when somebody asks.

A VPC opens thousands of sockets to others, most of them alike. A piece holds what is alike once, and the sockets
that it stands for are made where they are printed or searched, always in the same order.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from narrowgate.engine.network.interfaces import Interface
from narrowgate.exposure.sockets.classes import TargetClass
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.model.address import Address
from narrowgate.model.exposure import ExposedSocket

Members = tuple[tuple[Interface, Address], ...]
"""Interfaces, each with one of its addresses."""


class Socket(NamedTuple):
    """Openings that all senders of a class have to all members of another."""

    senders: tuple[Sender, ...]
    targets: Members
    protocol: int
    opening: Opening


class Piece(ABC):
    """Sockets to one target; `is_certain` where nothing about them is in doubt."""

    __slots__ = ("target",)
    is_certain = True

    def __init__(self, target: TargetClass) -> None:
        self.target = target

    @abstractmethod
    def sockets(self) -> Iterator[Socket]:
        """The sockets, in order."""


class Told(Piece):
    """Sockets that were asked pair by pair, as they are."""

    __slots__ = ("_sockets",)
    is_certain = False

    def __init__(self, target: TargetClass, sockets: Sequence[Socket]) -> None:
        super().__init__(target)
        self._sockets = tuple(sockets)

    def sockets(self) -> Iterator[Socket]:
        """The sockets, in order."""
        yield from self._sockets


def but_itself(senders: tuple[Sender, ...], targets: Members, protocol: int, opening: Opening) -> Iterator[Socket]:
    """A host opens no socket to itself: where a class is sender and target, pair by pair."""
    own = {each.host.network_interface_id for each in senders if each.is_real}
    shared = own & {known.interface_id for known, _ in targets}
    if not shared:
        yield Socket(senders, targets, protocol, opening)
        return
    for each in senders:
        others = tuple(pair for pair in targets if pair[0].interface_id != each.host.network_interface_id)
        if others:
            yield Socket((each,), others, protocol, opening)


class Bundle(NamedTuple):
    """What opens to the targets of one VPC."""

    vpc_id: str
    pieces: tuple[Piece, ...]

    def sockets(self) -> Iterator[Socket]:
        """All of it, spelled out."""
        for each in self.pieces:
            yield from each.sockets()


class Chosen(dict[TargetClass, bool]):
    """Which targets somebody looks for: each is judged once, whoever reaches it."""

    def __init__(self, is_wanted: Callable[[TargetClass], bool]) -> None:
        super().__init__()
        self._is_wanted = is_wanted

    def __missing__(self, target: TargetClass) -> bool:
        self[target] = found = self._is_wanted(target)
        return found


class Sockets(NamedTuple):
    """What a VPC can open: VPC by VPC, its own first, and entries where nobody can tell of classes."""

    bundles: tuple[Bundle, ...]
    unread: tuple[ExposedSocket, ...]
    """What nobody can tell because a fact is missing."""
    outside: tuple[ExposedSocket, ...]
    """What opens beyond the estate."""

    @property
    def unknown(self) -> tuple[ExposedSocket, ...]:
        """Entries that stand for no class."""
        return (*self.unread, *self.outside)

    @property
    def found(self) -> Iterator[Socket]:
        """All of it, spelled out."""
        for each in self.bundles:
            yield from each.sockets()

    def to(self, chosen: Chosen) -> Iterator[Socket]:
        """The sockets to some targets only; the others are not spelled out."""
        for bundle in self.bundles:
            for each in bundle.pieces:
                if chosen[each.target]:
                    yield from each.sockets()

    def in_doubt(self) -> Iterator[Socket]:
        """The sockets that may be uncertain: none of the others is."""
        for bundle in self.bundles:
            for each in bundle.pieces:
                if not each.is_certain:
                    yield from each.sockets()

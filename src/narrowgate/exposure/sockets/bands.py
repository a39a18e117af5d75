"""Sockets that differ in nothing but who sends, told together: many times fewer than the sockets.

An entry of a list stands for all senders that a rule lets through: nothing is gained by telling them one by one. A
band comes where the first of its sockets would, with that one's opening.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from narrowgate.exposure.sockets.columns import Column
from narrowgate.exposure.sockets.meetings import Meeting, Meetings, SpelledWay, spell_way
from narrowgate.exposure.sockets.pair import Opening
from narrowgate.exposure.sockets.pieces import Bundle, Members, Socket
from narrowgate.exposure.sockets.senders import Sender
from narrowgate.exposure.sockets.sides import Cell

Hosts = tuple[tuple[Sender, ...], ...]
"""Senders, class by class."""


class Band(NamedTuple):
    """Openings of one protocol that many senders have to the same members."""

    senders: Hosts
    """The very same tuple wherever the same classes send."""
    targets: Members
    protocol: int
    opening: Opening
    is_of_class: bool
    """Whether `targets` are all of a class, the very same tuple wherever it is met."""


class _Strand(NamedTuple):
    """What is alike of a column's cells: all of one opening, to one zone; `cell` is the first of them."""

    senders: Hosts
    cell: Cell


class Bands:
    """The bands of one VPC's sockets; what many of its pieces share is gathered once."""

    def __init__(self) -> None:
        """Start with nothing gathered."""
        self._hosts: dict[tuple[int, ...], Hosts] = {}
        self._strands: dict[tuple[int, tuple[str, ...]], tuple[_Strand, ...]] = {}
        self._in_group: dict[tuple[int, str], tuple[Sender, ...]] = {}

    def of(self, bundle: Bundle) -> Iterator[Band]:
        """What opens to the targets of one VPC, in the order of its sockets."""
        for each in bundle.pieces:
            if isinstance(each, Column):
                yield from self._of_column(each)
            elif isinstance(each, Meetings):
                yield from self._of_meetings(each)
            else:
                yield from _as_told(each.sockets())

    def _of_column(self, column: Column) -> Iterator[Band]:
        vias = tuple(each.via for each in column.outs)
        # Cells last as long as their column, so that their place in memory stands for them.
        key = (id(column.cells), vias)
        strands = self._strands.get(key)
        if strands is None:
            strands = self._strands[key] = tuple(self._read_strands(column.cells, vias))
        for senders, cell in strands:
            yield Band(senders, column.members_of(cell.zone), cell.template[0], column.opening_of(cell), True)

    def _read_strands(self, cells: tuple[Cell, ...], vias: tuple[str, ...]) -> Iterator[_Strand]:
        alike: dict[tuple[int, str, int], list[Cell]] = {}
        for each in cells:
            alike.setdefault((each.number, vias[each.outlook], each.zone), []).append(each)
        for members in alike.values():
            yield _Strand(self._gathered([each.senders for each in members]), members[0])

    def _of_meetings(self, piece: Meetings) -> Iterator[Band]:
        alike: dict[tuple[int, SpelledWay], list[Meeting]] = {}
        for each in piece.meetings:
            if not piece.is_with_itself(each.sender):
                alike.setdefault((id(each.plan), spell_way(each.leg)), []).append(each)
                continue
            yield from self._of_alike(piece, alike)
            alike = {}
            yield from _as_told(piece.sockets_of(each))
        yield from self._of_alike(piece, alike)

    def _of_alike(self, piece: Meetings, alike: dict[tuple[int, SpelledWay], list[Meeting]]) -> Iterator[Band]:
        members = piece.target.every_member
        for (_, way), meetings in alike.items():
            for template, group in meetings[0].plan:
                senders = self._gathered([self._senders(each, group) for each in meetings])
                yield Band(senders, members, template[0], piece.opening_of(template, way), True)

    def _senders(self, meeting: Meeting, group: str | None) -> tuple[Sender, ...]:
        every = meeting.sender.every_sender
        if group is None:
            return every
        key = (id(every), group)
        found = self._in_group.get(key)
        if found is None:
            found = self._in_group[key] = tuple(each._replace(group=group) for each in every)
        return found

    def _gathered(self, classes: list[tuple[Sender, ...]]) -> Hosts:
        """One tuple for the same classes."""
        key = tuple(map(id, classes))
        found = self._hosts.get(key)
        if found is None:
            found = self._hosts[key] = tuple(classes)
        return found


def _as_told(sockets: Iterable[Socket]) -> Iterator[Band]:
    for each in sockets:
        yield Band((each.senders,), each.targets, each.protocol, each.opening, False)

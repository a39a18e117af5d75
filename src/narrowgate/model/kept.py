"""Answers that are kept with a snapshot, so that equal questions are asked once, within bounds."""

from typing import TypeVar

Key = TypeVar("Key")
Found = TypeVar("Found")


class Kept(dict[Key, Found]):
    """Answers by what was asked: a table that begins anew when it is full.

    A conversation may go on for days; what was asked long ago is found again at the cost of asking it again.
    """

    __slots__ = ("most",)

    def __init__(self, most: int) -> None:
        """Make an empty table of at most that many answers."""
        super().__init__()
        self.most = most

    def keep(self, key: Key, found: Found) -> Found:
        """Keep an answer, and give it back."""
        if len(self) >= self.most:
            self.clear()
        self[key] = found
        return found

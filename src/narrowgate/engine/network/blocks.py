"""Which blocks of a long list lie inside a subnet, without looking at each (RCH-02)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from narrowgate.model.address import Cidr


class BlockIndex:
    """Blocks sorted by where they begin: a hub's route table holds one for each of a thousand VPCs."""

    __slots__ = ("_blocks", "_firsts")

    def __init__(self, blocks: Iterable[Cidr]) -> None:
        """Take the blocks in any order; repeated ones count once."""
        self._blocks = sorted(set(blocks), key=lambda block: (block.family, block.first))
        self._firsts = [(block.family, block.first) for block in self._blocks]

    def inside(self, whole: Cidr) -> list[Cidr]:
        """The blocks that lie inside `whole` and are narrower than it."""
        first = bisect_left(self._firsts, (whole.family, whole.first))
        last = bisect_right(self._firsts, (whole.family, whole.last))
        return [block for block in self._blocks[first:last] if block.last <= whole.last and block != whole]

    def apart(self, other: "BlockIndex") -> frozenset[Cidr]:
        """The blocks that one of the two holds and the other does not."""
        return frozenset() if self is other else frozenset(self._blocks) ^ frozenset(other._blocks)

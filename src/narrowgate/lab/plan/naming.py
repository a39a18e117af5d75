"""Short names for the kernel: devices take 15 characters, and words of nft must not be names."""


class Names:
    """Numbers things in the order in which they are met; one counter for all, so that no two share a name."""

    def __init__(self) -> None:
        """Start at 1: 0 stands for none."""
        self._next = 1
        self._known: dict[tuple[str, str], int] = {}

    def number(self, kind: str, label: str) -> int:
        """The number of a thing, the same whenever it is asked."""
        key = (kind, label)
        if key not in self._known:
            self._known[key] = self._next
            self._next += 1
        return self._known[key]

    def name(self, kind: str, label: str) -> str:
        """Its name: the kind's letter and its number."""
        return f"{kind}{self.number(kind, label)}"

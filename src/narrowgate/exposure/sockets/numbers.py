"""Numbers for contents: equal contents share one, so that long keys are compared once."""

from collections.abc import Hashable

from narrowgate.model.snapshot import Snapshot, index


@index
def _numbers(snapshot: Snapshot) -> dict[Hashable, int]:
    """A number for every different content."""
    return {}


def number_of(snapshot: Snapshot, content: Hashable) -> int:
    """A number that equal contents share."""
    numbers = _numbers(snapshot)
    return numbers.setdefault(content, len(numbers))

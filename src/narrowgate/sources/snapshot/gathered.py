"""What responses have come to so far: facts, whose they are, and which calls were answered as a whole."""

from narrowgate.model.estate_facts import Call, Collections, Place


class Gathered:
    """Facts in the making; readers of single calls add to it."""

    def __init__(self, warnings: list[str]) -> None:
        """Start empty; `warnings` collects what was set aside."""
        self.collections = Collections()
        self.places: dict[str, Place] = {}
        self.calls: set[Call] = set()
        self.warnings = warnings

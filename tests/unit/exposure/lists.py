"""Read a list of names as a person would: the entry that speaks of a name."""

from narrowgate.exposure.names.patterns import covers, entry_for
from narrowgate.model.exposure import ExposureAnswer, LostName

__all__ = ["covers", "entry_for", "lost"]


def lost(answer: ExposureAnswer, name: str) -> LostName | None:
    return entry_for(answer.lost_names, name)

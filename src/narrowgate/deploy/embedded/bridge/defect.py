"""What a defect of moto is."""

from collections.abc import Callable
from typing import Any

import msgspec


class Defect(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between moto and AWS."""

    name: str
    moto: str
    """What moto does."""
    aws: str
    """What AWS does."""
    mend: Callable[[], None]


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of a method, or where there is none; `owner` is a class of moto."""
    setattr(owner, name, make(getattr(owner, name, None)))

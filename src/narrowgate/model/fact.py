"""The base of every AWS fact: an immutable record that decodes straight from AWS's own JSON.

A field that AWS always sends and that decides something defaults to `UNSET`: left out means *nobody knows*, not
empty. Fields that AWS leaves out when they do not apply default to `None` or an empty tuple.
"""

from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "Fact", "LowerFact", "Tag", "UnsetType", "known", "name_tag"]

T = TypeVar("T")


class Fact(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """A record of an API whose keys start in upper case (EC2, Route 53, ELB, IAM…)."""


class LowerFact(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """A record of an API whose keys start in lower case (API Gateway)."""


class Tag(Fact, frozen=True, kw_only=True):
    """A tag."""

    key: str
    value: str = ""


def known(value: T | UnsetType | None, default: T) -> T:
    """The value where it was given, else `default`: for fields whose absence means the default."""
    return default if value is UNSET or value is None else value


def name_tag(tags: tuple[Tag, ...]) -> str | None:
    """The value of the `Name` tag, or None."""
    return next((tag.value for tag in tags if tag.key == "Name"), None)

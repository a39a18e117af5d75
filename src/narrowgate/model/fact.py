"""The base of every AWS fact: an immutable record that decodes straight from AWS's own JSON.

A field that AWS always sends and that decides something defaults to `UNSET`: left out means *nobody knows*, not
empty. Fields that AWS leaves out when they do not apply default to `None` or an empty tuple.
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

__all__ = [
    "ADDRESS_PATTERN",
    "CIDR_PATTERN",
    "PROTOCOL_PATTERN",
    "UNSET",
    "AddressText",
    "CidrText",
    "Fact",
    "LowerFact",
    "ProtocolText",
    "Tag",
    "UnsetType",
    "known",
    "name_tag",
]

T = TypeVar("T")


_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = rf"(?:{_BYTE}\.){{3}}{_BYTE}"
_IPV6 = r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+"

ADDRESS_PATTERN = rf"^(?:{_IPV4}|{_IPV6})?$"
CIDR_PATTERN = rf"^(?:{_IPV4}(?:/(?:3[0-2]|[12]?\d))?|{_IPV6}(?:/(?:12[0-8]|1[01]\d|[1-9]?\d))?)?$"
# EC2 takes these names and the numbers of all others.
PROTOCOL_PATTERN = r"^(?:-1|\d{1,3}|all|tcp|udp|icmp|icmpv6)$"

AddressText = Annotated[str, msgspec.Meta(pattern=ADDRESS_PATTERN)]
"""An IP address as AWS prints it, or nothing; told apart while it is read, so that an error knows its place."""

CidrText = Annotated[str, msgspec.Meta(pattern=CIDR_PATTERN)]
"""A CIDR block as AWS prints it, or nothing."""

ProtocolText = Annotated[str, msgspec.Meta(pattern=PROTOCOL_PATTERN)]
"""A protocol of a group's or an ACL's rule; a word that EC2 does not know is no rule that never matches."""


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

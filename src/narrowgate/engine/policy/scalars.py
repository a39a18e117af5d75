"""Condition values that are not plain text: numbers, dates, booleans, addresses, bytes.

Each reader returns None for text that is no such value; the caller decides what that means.
"""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
_EPOCH: Final = re.compile(r"-?\d{5,15}(?:\.\d{1,9})?\Z", re.ASCII)
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d)?)?)?)?\Z",
    re.ASCII,
)
_ADDRESS_BITS: Final = {4: 32, 6: 128}

Network = tuple[int, int, int]
"""IP version, first address, last address."""


def read_number(text: str) -> Decimal | None:
    """A number of IAM's Numeric operators: an integer or a decimal."""
    text = text.strip()
    return Decimal(text) if _NUMBER.match(text) else None


def read_date(text: str) -> Decimal | None:
    """Seconds since 1970 of an ISO 8601 date (W3C profile) or of a UNIX time.

    Four digits are a year, as in the W3C profile; a time without a zone is UTC.
    """
    text = text.strip()
    if _EPOCH.match(text):
        return Decimal(text)
    found = _DATE.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=_zone(zone),
        )
    except ValueError:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Decimal(since.days * 86400 + since.seconds) + Decimal(f"0.{fraction or 0}")


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def read_bool(text: str) -> bool | None:
    """`true` or `false`, in any case."""
    return {"true": True, "false": False}.get(text.strip().lower())


def read_bytes(text: str) -> bytes | None:
    """Bytes from base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=65536)
def read_address(text: str) -> tuple[int, int] | None:
    """IP version and number of an address."""
    try:
        if ":" in text:
            if "%" in text:
                return None
            return 6, int(IPv6Address(text))
        return 4, int(IPv4Address(text))
    except (AddressValueError, ValueError):
        return None


def read_network(text: str) -> Network | None:
    """IP version, first and last address of a CIDR; a bare address is one host, host bits do no harm (POL-09)."""
    address, slash, length = text.strip().partition("/")
    found = read_address(address)
    if found is None:
        return None
    version, number = found
    bits = _ADDRESS_BITS[version]
    if not slash:
        return version, number, number
    if not length.isascii() or not length.isdigit() or len(length) > 3 or int(length) > bits:
        return None
    span = (1 << (bits - int(length))) - 1
    first = number & ~span
    return version, first, first | span


def has_host_bits(text: str) -> bool:
    """Whether a CIDR names a host inside its network, such as `10.0.0.5/24`."""
    address, slash, length = text.strip().partition("/")
    network = read_network(text)
    found = read_address(address)
    return bool(slash and length and network and found and network[1] != found[1])


def format_network(network: Network) -> str:
    """A range that is one CIDR block, as a CIDR."""
    version, first, last = network
    length = _ADDRESS_BITS[version] - (last - first).bit_length()
    if version == 4:
        return str(IPv4Network((first, length)))
    return str(IPv6Network((first, length)))


def format_address(version: int, number: int) -> str:
    """An address as text."""
    return str(IPv4Address(number) if version == 4 else IPv6Address(number))

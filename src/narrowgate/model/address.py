"""Addresses, CIDR blocks and exact interval sets (addresses and ports), as integers for speed.

Parsing is the standard library's `ipaddress`; the algebra is on integers because a trace compares thousands of
blocks and `ipaddress` objects compare slowly.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from narrowgate.model.errors import InputError


class Address(NamedTuple):
    """An IP address: `family` is 4 or 6, `value` its number."""

    family: int
    value: int

    def __str__(self) -> str:
        if self.family == 4:
            # By hand: every step of a trace spells addresses, and `ipaddress` takes ten times as long.
            value = self.value
            return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"
        return str(ipaddress.IPv6Address(self.value))


class Cidr(NamedTuple):
    """A block: first and last address as numbers, both included."""

    family: int
    first: int
    last: int
    prefix_length: int

    def __contains__(self, address: object) -> bool:
        return (
            isinstance(address, Address)
            and self.family == address.family
            and self.first <= address.value <= self.last
        )

    def holds(self, address: Address) -> bool:
        """True where the block contains the address; as `in`, for type checkers that know a tuple's `in` only."""
        return self.family == address.family and self.first <= address.value <= self.last

    def covers(self, other: "Cidr") -> bool:
        """True where every address of `other` lies in this block."""
        return self.family == other.family and self.first <= other.first and other.last <= self.last

    def overlaps(self, other: "Cidr") -> bool:
        """True where the blocks share an address."""
        return self.family == other.family and self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return _spelled_block(self.family, self.first, self.prefix_length)


@lru_cache(maxsize=65536)
def _spelled_block(family: int, first: int, prefix_length: int) -> str:
    return f"{Address(family, first)}/{prefix_length}"


_OCTETS = {str(number): number for number in range(256)}
_LENGTHS = {str(number): number for number in range(33)}


def _plain_ipv4(text: str) -> int | None:
    """The number of an address of four plain decimals; None for every other spelling, which `ipaddress` judges."""
    value, parts = 0, text.split(".")
    for part in parts:
        octet = _OCTETS.get(part)
        if octet is None:
            return None
        value = value << 8 | octet
    return value if len(parts) == 4 else None


@lru_cache(maxsize=65536)
def parse_address(text: str) -> Address:
    """Parse an IPv4 or IPv6 address.

    Raises:
        InputError: the text is no address.
    """
    plain = _plain_ipv4(text)
    if plain is not None:
        return Address(4, plain)
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        raise InputError(f"`{text[:80]}` is no IP address") from None
    return Address(parsed.version, int(parsed))


@lru_cache(maxsize=65536)
def parse_cidr(text: str) -> Cidr:
    """Parse a block; a bare address is a block of one; host bits are dropped, as EC2 canonicalises them.

    Raises:
        InputError: the text is no block.
    """
    written, slash, spelled = text.partition("/")
    plain, length = _plain_ipv4(written), _LENGTHS.get(spelled) if slash else 32
    if plain is not None and length is not None:
        hosts = (1 << 32 - length) - 1
        return Cidr(4, plain & ~hosts, plain | hosts, length)
    try:
        parsed = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise InputError(f"`{text[:80]}` is no CIDR block") from None
    return Cidr(parsed.version, int(parsed.network_address), int(parsed.broadcast_address), parsed.prefixlen)


@lru_cache(maxsize=65536)
def is_address(text: str) -> bool:
    """True where `text` is an IPv4 or IPv6 address."""
    try:
        parse_address(text)
    except InputError:
        return False
    return True


def is_block(text: str) -> bool:
    """True where `text` is a CIDR block or a bare address."""
    try:
        parse_cidr(text)
    except InputError:
        return False
    return True


_PRIVATE = tuple(map(parse_cidr, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))


def is_private(address: Address) -> bool:
    """True for addresses that public DNS is not expected to hold (RFC 1918, RFC 6598, RFC 4193)."""
    return any(block.holds(address) for block in _PRIVATE)


class IntervalSet:
    """A set of integers as sorted, disjoint, non-adjacent closed intervals; immutable."""

    __slots__ = ("intervals",)

    def __init__(self, intervals: Iterable[tuple[int, int]] = ()) -> None:
        merged: list[tuple[int, int]] = []
        for first, last in sorted(pair for pair in intervals if pair[0] <= pair[1]):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        self.intervals: tuple[tuple[int, int], ...] = tuple(merged)

    @classmethod
    def _of(cls, intervals: Iterable[tuple[int, int]]) -> "IntervalSet":
        """Intervals that are sorted, disjoint and non-adjacent already."""
        made = cls.__new__(cls)
        made.intervals = tuple(intervals)
        return made

    def __or__(self, other: "IntervalSet") -> "IntervalSet":
        if not other.intervals or self.intervals == other.intervals:
            return self
        return IntervalSet((*self.intervals, *other.intervals)) if self.intervals else other

    def __and__(self, other: "IntervalSet") -> "IntervalSet":
        if not self.intervals or self.intervals == other.intervals:
            return self
        if len(other.intervals) == 1:
            # One range around all of it, as every port is, takes nothing away.
            first, last = other.intervals[0]
            if first <= self.intervals[0][0] and self.intervals[-1][1] <= last:
                return self
        return IntervalSet._of(
            [
                (a if a > c else c, b if b < d else d)
                for a, b in self.intervals
                for c, d in other.intervals
                if a <= d and c <= b
            ]
        )

    def __sub__(self, other: "IntervalSet") -> "IntervalSet":
        left = self.intervals
        if left == other.intervals:
            return IntervalSet._of(())
        for first, last in other.intervals:
            left = tuple(
                piece
                for a, b in left
                for piece in ((a, min(b, first - 1)), (max(a, last + 1), b))
                if piece[0] <= piece[1]
            )
        return IntervalSet._of(left)

    def __contains__(self, value: int) -> bool:
        return any(first <= value <= last for first, last in self.intervals)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, IntervalSet) and self.intervals == other.intervals)

    def __hash__(self) -> int:
        return hash(self.intervals)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self.intervals)

    def __len__(self) -> int:
        """How many integers the set holds."""
        return sum(last - first + 1 for first, last in self.intervals)

    def __repr__(self) -> str:
        return f"IntervalSet({self!s})"

    def __str__(self) -> str:
        return _spelled_intervals(self.intervals)


@lru_cache(maxsize=4096)
def _spelled_intervals(intervals: tuple[tuple[int, int], ...]) -> str:
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in intervals) or "none"

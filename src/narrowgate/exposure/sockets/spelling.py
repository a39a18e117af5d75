"""Sets of addresses and ports as a person reads them."""

from collections.abc import Iterable

from narrowgate.model.address import Address, IntervalSet


def spell_ranges(family: int, addresses: IntervalSet) -> tuple[str, ...]:
    """Ranges of addresses: a block as a block, one address alone, else first and last."""
    return tuple(_range(family, first, last) for first, last in addresses)


def _range(family: int, first: int, last: int) -> str:
    size = last - first + 1
    if size & (size - 1) == 0 and first % size == 0:
        whole = (32 if family == 4 else 128) - (size.bit_length() - 1)
        return str(Address(family, first)) if size == 1 else f"{Address(family, first)}/{whole}"
    return f"{Address(family, first)}-{Address(family, last)}"


def spell_addresses(addresses: Iterable[Address]) -> tuple[str, ...]:
    """Addresses of both families, neighbours merged."""
    every = set(addresses)
    return tuple(
        text
        for family in (4, 6)
        for text in spell_ranges(
            family, IntervalSet((each.value, each.value) for each in every if each.family == family)
        )
    )


def spell_ports(ports: IntervalSet) -> str:
    """`443`, `443,8000-8100`, or `all`."""
    return "all" if ports.intervals in (((0, 65535),), ((1, 65535),)) else str(ports)


def spell_sender(key: tuple[str, int, str | None, bool], addresses: IntervalSet, whole: IntervalSet) -> str:
    """A real interface by its label; a subnet with the part of it that is meant, and the group."""
    label, family, group, is_real = key
    if is_real:
        return label
    part = "" if addresses == whole else f" ({', '.join(spell_ranges(family, addresses))})"
    return f"{label}{part}" + (f" in {group}" if group else "")

"""Records as text, the way `dig +short` readers know them: `name TYPE value`."""

from collections.abc import Iterable

_NAMES_IN_VALUE = frozenset({"CNAME", "NS", "PTR"})


def record_text(name: str, record_type: str, value: str) -> str:
    """One record; a name in its value loses its final dot, as names in answers have none (DNS-10)."""
    if record_type in _NAMES_IN_VALUE:
        value = value.rstrip(".")
    return f"{name} {record_type} {value}"


def records_text(name: str, record_type: str, values: Iterable[str]) -> tuple[str, ...]:
    """Several records of one name and type."""
    return tuple(record_text(name, record_type, value) for value in values)

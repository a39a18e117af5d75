"""Entries of an exposure in words, the same for every form of report."""

from collections.abc import Callable

from narrowgate.model.answer import Verdict
from narrowgate.model.exposure import (
    OPEN,
    PARTIAL,
    Difference,
    Entry,
    ExposedApi,
    ExposedName,
    ExposedSocket,
    LostName,
)

Named = Callable[[str], str]
"""Adds the name of an id, where people gave it one."""


def namer(labels: dict[str, str]) -> Named:
    """Spells an id with its Name tag."""

    def named(own: str) -> str:
        label = labels.get(own)
        return f"{own} ({label})" if label and label != own else own

    return named


def mark_of(entry: Entry | Difference) -> Verdict:
    """How an entry is marked: meant, unmeant, in parts, not known."""
    if entry.state == PARTIAL:
        return Verdict.PARTIAL
    if entry.state != OPEN:
        return Verdict.UNKNOWN
    return Verdict.ALLOWED if isinstance(entry, Entry) and entry.intended else Verdict.DENIED


def name_cells(entry: ExposedName, named: Named) -> tuple[str, str]:
    """The name, and what it leads to."""
    inside = f" for {', '.join(entry.embeds)}" if entry.embeds else ""
    excepting = f" but {', '.join(entry.but_not)}" if entry.but_not else ""
    kinds = "" if set(entry.types) <= {"A", "AAAA"} else f" {'/'.join(entry.types)}"
    target = named(entry.target) if entry.target and entry.target != entry.name else ""
    addresses = shortened(entry.addresses, 3)
    return f"{entry.name}{kinds}{inside}{excepting}", " ".join(part for part in (target, addresses) if part) or "?"


def lost_cells(entry: LostName, named: Named) -> tuple[str, str]:
    """The name, and what comes back instead of its public answer."""
    return entry.name, f"{named(entry.answer)}: {entry.via}"


def socket_cells(entry: ExposedSocket, named: Named) -> tuple[str, str]:
    """The target with its ports, and who gets there."""
    ports = (
        "all ports" if entry.ports == "all" else f"port {entry.ports}" if entry.ports.isdigit() else entry.ports
    )
    where = f" {shortened(entry.addresses, 3)}" if entry.addresses else ""
    return f"{entry.protocol} {ports} of {named(entry.target)}{where}", entry.kind


def socket_senders(entry: ExposedSocket, named: Named) -> tuple[str, str]:
    """The two columns: real interfaces, and hosts that could be started."""
    real = shortened(tuple(named(each) for each in entry.interfaces), 3) or "none"
    startable = shortened(tuple(_first_named(each, named) for each in entry.startable), 3) or "none"
    return real, startable


def _first_named(text: str, named: Named) -> str:
    head, space, rest = text.partition(" ")
    return f"{named(head)}{space}{rest}"


def api_cells(entry: ExposedApi, named: Named) -> tuple[str, str]:
    """The call, and as whom by which endpoint."""
    if entry.api == "*":
        return entry.name or "APIs that nobody listed", f"{entry.who}, by {named(entry.endpoint)}"
    what = f"{entry.method} {entry.path}" if entry.method != "*" else "any method"
    needs = f", needs {'; '.join(entry.needs)}" if entry.needs else ""
    sources = f" from {shortened(entry.sources, 3)}" if entry.sources else ""
    call = f"{what} of {entry.name or entry.api} ({entry.api}/{entry.stage})"
    return call, f"{entry.who}{sources}{needs}, by {named(entry.endpoint)}"


def shortened(values: tuple[str, ...], most: int) -> str:
    """The first few, and how many more."""
    if len(values) <= most:
        return ", ".join(values)
    return f"{', '.join(values[:most])} and {len(values) - most} more"


def reason_line(entry: Entry | Difference) -> str:
    """The last link of the chain, with its rule."""
    if not entry.because:
        return ""
    last = entry.because[-1]
    return f"{last.text} ({last.rule})" if last.rule else last.text

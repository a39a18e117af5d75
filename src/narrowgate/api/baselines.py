"""Answers that are kept: written beside and renamed, read entry by entry, held against another answer."""

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from narrowgate.exposure.compare import differences, mark_known
from narrowgate.exposure.held import contents
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.exposure import (
    UNKNOWN,
    Entry,
    ExposedApi,
    ExposedName,
    ExposedSocket,
    ExposureAnswer,
    LostName,
)
from narrowgate.report.json import json_parts

__all__ = ["read_baseline", "with_baseline", "write_baseline"]

E = TypeVar("E", bound=Entry)


def with_baseline(answer: ExposureAnswer, baseline: ExposureAnswer) -> ExposureAnswer:
    """The answer with what a baseline holds marked as meant, and what was added to it or removed from it."""
    known, now = contents(baseline), contents(answer)
    # What both say alike is no difference: most of two long lists.
    known, now = known.beside(now), now.beside(known)
    added = differences(known, now)
    removed = differences(now, known.within(frozenset(answer.consumers)))
    certain = any(each.state != UNKNOWN for each in added)
    doubtful = any(each.state == UNKNOWN for each in added)
    verdict = Verdict.DENIED if certain else Verdict.UNKNOWN if doubtful else Verdict.ALLOWED
    return msgspec.structs.replace(mark_known(answer, now, known), added=added, removed=removed, verdict=verdict)


def read_baseline(path: Path) -> ExposureAnswer:
    """A baseline that `write_baseline` wrote.

    Raises:
        InputError: no such file, or it is no baseline.
    """
    try:
        return _read(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"is no baseline: {error}", where=str(path), help="`narrowgate exposure --write-baseline` makes one"
        ) from None


def _read(content: bytes) -> ExposureAnswer:
    """An answer in which equal parts of entries are one: its file says them again for each entry."""
    raw = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    lists = {name: raw.pop(name) for name in _LISTS if name in raw}
    answer = msgspec.json.decode(msgspec.json.encode(raw), type=ExposureAnswer)
    known: dict[Hashable, Hashable] = {}
    found = {name: tuple(_entries(entries, _LISTS[name], known)) for name, entries in lists.items()}
    return msgspec.structs.replace(answer, **found)


_LISTS: dict[str, type[Entry]] = {
    "names": ExposedName,
    "public_names": ExposedName,
    "lost_names": LostName,
    "sockets": ExposedSocket,
    "apis": ExposedApi,
}


def _entries(entries: msgspec.Raw, kind: type[E], known: dict[Hashable, Hashable]) -> Iterator[E]:
    decoder = msgspec.json.Decoder(kind)
    names = [field.name for field in msgspec.structs.fields(kind)]
    for each in msgspec.json.decode(entries, type=list[msgspec.Raw]):
        entry = decoder.decode(each)
        parts = ((name, getattr(entry, name)) for name in names)
        yield msgspec.structs.replace(
            entry, **{name: known.setdefault(part, part) for name, part in parts if part}
        )


def write_baseline(answer: ExposureAnswer, path: Path) -> None:
    """Keep an answer as a baseline; written beside and renamed, so that it is whole or not there.

    Raises:
        InputError: it cannot be written.
    """
    plain = msgspec.structs.replace(answer, added=msgspec.UNSET, removed=msgspec.UNSET)
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            file.writelines(json_parts(plain, indent=1))
            file.write(b"\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None

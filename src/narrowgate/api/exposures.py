"""Use cases about exposure: what VPCs can resolve, reach and invoke, against a baseline, between two sources."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from narrowgate.api.sources import load
from narrowgate.exposure.compare import contents, differences, mark_known
from narrowgate.exposure.consumers import find_api, find_vpc
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.exposure.inverse import evaluate_inverse
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.exposure import UNKNOWN, DiffAnswer, ExposureAnswer
from narrowgate.model.snapshot import Snapshot
from narrowgate.report.json import json_parts

__all__ = ["diff", "exposure", "inverse", "load_meant", "read_baseline", "with_baseline", "write_baseline"]

_SCHEMA = "narrowgate.exposure/1"


def load_meant(source: Path, *, assume_complete: bool = False) -> tuple[Snapshot, Intent]:
    """Read a source, and what it means to be open: a design says so, other sources do not.

    Raises:
        InputError: the source cannot be read.
    """
    if source.is_file():
        from narrowgate.api import design_worlds, designs

        if designs.is_design(source):
            return design_worlds.design_intent(source)
    return load(source, assume_complete=assume_complete), NOTHING_MEANT


def exposure(
    snapshot: Snapshot, consumer: str | None, *, to: str | None = None, intent: Intent = NOTHING_MEANT
) -> ExposureAnswer:
    """Everything that a VPC can resolve, reach and invoke.

    Args:
        snapshot: the estate.
        consumer: a VPC by id or name; None for all.
        to: the VPC, by id or name, that entries must lead to.
        intent: what is meant to be open.

    Raises:
        InputError: no such VPC.
    """
    consumers = sorted(snapshot.facts.vpcs) if consumer is None else [find_vpc(snapshot, consumer)]
    return evaluate_exposure(snapshot, consumers, to=find_vpc(snapshot, to) if to else None, intent=intent)


def exposure_of(snapshot: Snapshot, consumers: Sequence[str], *, intent: Intent = NOTHING_MEANT) -> ExposureAnswer:
    """The same of several VPCs, by id: equal entries are told once."""
    return evaluate_exposure(snapshot, consumers, intent=intent)


def inverse(snapshot: Snapshot, api: str, *, intent: Intent = NOTHING_MEANT) -> ExposureAnswer:
    """Everybody who can invoke an API, named by id or name.

    Raises:
        InputError: no such API.
    """
    return evaluate_inverse(snapshot, find_api(snapshot, api), intent=intent)


def with_baseline(answer: ExposureAnswer, baseline: ExposureAnswer) -> ExposureAnswer:
    """The answer with what a baseline holds marked as meant, and what was added to it or removed from it."""
    known, now = contents(baseline), contents(answer)
    shared = set(answer.consumers)
    added = differences(known, now)
    removed = differences(now, {key: held for key, held in known.items() if key.consumer in shared})
    certain = any(each.state != UNKNOWN for each in added)
    doubtful = any(each.state == UNKNOWN for each in added)
    verdict = Verdict.DENIED if certain else Verdict.UNKNOWN if doubtful else Verdict.ALLOWED
    return msgspec.structs.replace(mark_known(answer, known), added=added, removed=removed, verdict=verdict)


def read_baseline(path: Path) -> ExposureAnswer:
    """A baseline that `write_baseline` wrote.

    Raises:
        InputError: no such file, or it is no baseline.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=ExposureAnswer)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"is no baseline: {error}", where=str(path), help="`narrowgate exposure --write-baseline` makes one"
        ) from None


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


def diff(before: Path, after: Path, *, assume_complete: bool = False) -> DiffAnswer:
    """What a change opens, closes and breaks.

    Raises:
        InputError: a source cannot be read.
    """
    first, meant_first = load_meant(before, assume_complete=assume_complete)
    second, meant_second = load_meant(after, assume_complete=assume_complete)
    return evaluate_diff(first, second, meant_before=meant_first, meant_after=meant_second)

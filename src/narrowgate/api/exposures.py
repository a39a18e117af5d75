"""Use cases about exposure: what VPCs can resolve, reach and invoke, and what differs between two sources."""

from collections.abc import Sequence
from pathlib import Path

from narrowgate.api.addresses import followed
from narrowgate.api.sources import load
from narrowgate.exposure.consumers import find_api, find_vpc
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.exposure import evaluate_exposure
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.exposure.inverse import evaluate_inverse
from narrowgate.model.exposure import DiffAnswer, ExposureAnswer
from narrowgate.model.snapshot import Snapshot

__all__ = ["diff", "exposure", "inverse", "load_meant"]


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
    consumers = sorted(snapshot.facts.vpcs) if consumer is None else [_vpc(snapshot, consumer)]
    return evaluate_exposure(snapshot, consumers, to=_vpc(snapshot, to) if to else None, intent=intent)


def _vpc(snapshot: Snapshot, text: str) -> str:
    """A VPC by id, name, or its address in a person's own files."""
    return find_vpc(snapshot, followed(snapshot, text))


def exposure_of(snapshot: Snapshot, consumers: Sequence[str], *, intent: Intent = NOTHING_MEANT) -> ExposureAnswer:
    """The same of several VPCs, by id: equal entries are told once."""
    return evaluate_exposure(snapshot, consumers, intent=intent)


def inverse(snapshot: Snapshot, api: str, *, intent: Intent = NOTHING_MEANT) -> ExposureAnswer:
    """Everybody who can invoke an API, named by id or name.

    Raises:
        InputError: no such API.
    """
    return evaluate_inverse(snapshot, find_api(snapshot, followed(snapshot, api)), intent=intent)


def diff(before: Path, after: Path, *, assume_complete: bool = False) -> DiffAnswer:
    """What a change opens, closes and breaks.

    Raises:
        InputError: a source cannot be read.
    """
    first, meant_first = load_meant(before, assume_complete=assume_complete)
    second, meant_second = load_meant(after, assume_complete=assume_complete)
    return evaluate_diff(first, second, meant_before=meant_first, meant_after=meant_second)

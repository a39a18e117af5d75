"""Faults planted in the engine, one a layer and rule, and how long the differential test takes to find each.

`python -m tests.differential.lab_mutants --estates 500` prints the table that stands in docs/lab.md. What packets
do in an estate is asked once; every engine, the sound one and each faulty one, is then laid beside it.
"""

import argparse
import functools
import sys
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

import msgspec
import pytest
from tests.differential.lab_estates import Asked, LabEstate
from tests.differential.lab_judgement import difference

from narrowgate.lab.observe import observe
from narrowgate.lab.probe import Observed
from narrowgate.model.snapshot import Snapshot

Patch = pytest.MonkeyPatch


class Mutant(msgspec.Struct, frozen=True):
    """A fault: the layer it is in, what it says wrongly, and how to plant it."""

    layer: str
    name: str
    plant: Callable[[Patch], None]


def replace(patch: Patch, original: FunctionType, wrong: Any) -> None:
    """Put another function in an engine function's place, wherever a module has imported it."""
    for module in _engine():
        for name, value in list(vars(module).items()):
            if value is original:
                patch.setattr(module, name, wrong)


def forget() -> None:
    """Empty what the engine remembers beyond one snapshot: decisions of another engine are none."""
    for module in _engine():
        for value in list(vars(module).values()):
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def _engine() -> list[Any]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(("narrowgate.engine", "narrowgate.api")) and module is not None
    ]


@functools.lru_cache(maxsize=1000)
def packets(seed: int) -> tuple[tuple[Asked, ...], tuple[tuple[Observed, ...], ...]]:
    """The questions of an estate and what packets did there; asked once, whoever compares."""
    estate = LabEstate(seed)
    asked = estate.questions()
    return asked, observe(estate.snapshot(), [each.query for each in asked]).answers


def differences(snapshot: Snapshot, seed: int) -> Iterable[tuple[Asked, str]]:
    """What the engine, as it stands now, says otherwise than packets did."""
    for asked, found in zip(*packets(seed), strict=True):
        text = difference(snapshot, asked, found)
        if text:
            yield asked, text


def estates_until_found(mutant: Mutant, seeds: Iterable[int]) -> int | None:
    """How many estates it takes until a fault shows; None where it never does."""
    with Patch.context() as patch:
        forget()
        mutant.plant(patch)
        try:
            for number, seed in enumerate(seeds, 1):
                # A new snapshot each time: what the engine has worked out is remembered with it.
                if _is_found(LabEstate(seed).snapshot(), seed):
                    return number
        finally:
            forget()
    return None


def _is_found(snapshot: Snapshot, seed: int) -> bool:
    try:
        return next(iter(differences(snapshot, seed)), None) is not None
    except AssertionError:
        return True


def main() -> None:
    """Print what the sound engine says otherwise than packets, which is to be nothing, then the table."""
    from tests.differential.lab_faults import MUTANTS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--estates", type=int, default=100)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    chosen = [each for each in MUTANTS if options.only in f"{each.layer} {each.name}"]
    seeds = range(options.estates)
    for seed in seeds:
        for asked, text in differences(LabEstate(seed).snapshot(), seed):
            print(f"seed {seed}: {asked.query} {text}", flush=True)
    for mutant in chosen:
        number = estates_until_found(mutant, seeds)
        print(f"| {mutant.layer} | {mutant.name} | {number or 'not found'} |", flush=True)


if __name__ == "__main__":
    main()

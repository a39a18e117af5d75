"""A figure of the table, and how one is taken."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table; `target` and `peer` are empty where there is none."""

    what: str
    measured: str
    target: str = ""
    holds: bool | None = None
    """Whether the target was met; None without a target."""
    peer: str = ""
    """What it compares with, measured in the same run."""


def a_second(function: Callable[[], object], *, seconds: float = 2.0, batch: int = 1) -> float:
    """How often a second `function` runs, `batch` counting for one call of it; the first call warms up."""
    function()
    count = 0
    started = time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        function()
        count += batch
    return count / passed


def process_seconds(command: Sequence[str], *, runs: int = 9) -> float:
    """The median wall time of a whole process; its first run, which fills the disk's cache, does not count."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def in_a_process(code: str, *arguments: str) -> str:
    """What a Python program prints, run by itself: memory is the process's own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return done.stdout


def at_least(what: str, rate: float, target: float, *, unit: str = "a second", peer: str = "") -> Figure:
    """A rate with the least that it must be."""
    return Figure(
        what=what,
        measured=f"{rate:,.0f} {unit}",
        target=f"over {target:,.0f}",
        holds=rate > target,
        peer=peer,
    )


def at_most(what: str, value: float, target: float, *, unit: str = "s", peer: str = "") -> Figure:
    """A time or size with the most that it may be."""
    return Figure(
        what=what,
        measured=f"{value:,.2f} {unit}",
        target=f"under {target:g} {unit}",
        holds=value < target,
        peer=peer,
    )


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of equal columns."""
    header = ("what", "measured", "target", "", "compared with")
    marks = {True: "holds", False: "MISSED", None: ""}
    rows = [header, *((each.what, each.measured, each.target, marks[each.holds], each.peer) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

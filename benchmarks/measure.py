"""All figures in one table."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import collect_embedded
import edits
import exposures
import guide_size
import many_vpcs
import policies
import real_packets
import terraform_plan
from estate import write_estate
from figures import Figure, table

from narrowgate import __version__


def main() -> int:
    """Measure, print, and exit with 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="benchmarks/run", description="Measure narrowgate; a few minutes.")
    parser.add_argument("--vpcs", type=int, default=1000, help="size of the large estate")
    parser.add_argument("--largest", type=int, default=1000, help="end of the curve; 10,000 takes ten minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--estate", type=Path, help="a large estate that `benchmarks/estate.py` wrote")
    options = parser.parse_args()
    figures: list[Figure] = []
    _take(figures, "a cold process", guide_size.cold_trace)
    _take(figures, "questions on a loaded snapshot", guide_size.loaded)
    _take(figures, "policy decisions", policies.decisions)
    _take(figures, "ask", guide_size.ask)
    _take(figures, "a Terraform plan", terraform_plan.checked)
    _take(figures, "the lab", real_packets.packets)
    _take(figures, "a collection", collect_embedded.collected)
    with tempfile.TemporaryDirectory(prefix="narrowgate-estate-") as made:
        folder = options.estate or Path(made)
        if options.estate is None:
            _note(f"writing an estate of {options.vpcs} VPCs")
            write_estate(folder, options.vpcs, options.seed)
        _take(figures, "loading the large estate", lambda: many_vpcs.load(folder))
        _take(figures, "questions of the large estate", lambda: many_vpcs.questions(folder))
        _take(figures, "the page of the large estate", lambda: many_vpcs.page(folder))
        _take(figures, "exposure of the large estate", lambda: exposures.every_vpc(folder))
        _take(figures, "exposure after an edit", lambda: exposures.after_an_edit(folder))
    _take(figures, "exposure after edits of many kinds", lambda: edits.after_edits(options.seed))
    _take(figures, "exposure along a curve", lambda: exposures.curve(options.seed, options.largest))
    print(f"narrowgate {__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    print(table(figures))
    return 1 if any(each.holds is False for each in figures) else 0


def _take(figures: list[Figure], what: str, measure: Callable[[], list[Figure]]) -> None:
    started = time.perf_counter()
    _note(what)
    figures.extend(measure())
    _note(f"  {time.perf_counter() - started:.0f} s")


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

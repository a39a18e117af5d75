"""Figures on a large estate: loading it, and every consumer VPC against every private API."""

import json
import random
import statistics
import time
from collections import Counter
from pathlib import Path

from figures import Figure, a_second, at_most, in_a_process

from narrowgate import api
from narrowgate.api import audits, reports
from narrowgate.model.snapshot import Snapshot

# `ru_maxrss` survives exec, so that a child seems as large as its parent was: the kernel's own mark is read here.
_LOAD = """
import json, sys, time
from pathlib import Path
from narrowgate.sources.snapshot import load_snapshot
started = time.perf_counter()
snapshot = load_snapshot(Path(sys.argv[1]))
seconds = time.perf_counter() - started
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({"seconds": seconds, "peak": peak, "vpcs": len(snapshot.facts.vpcs)}))
"""
_PARSE = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
kept = [json.loads(path.read_bytes()) for path in Path(sys.argv[1]).rglob("*.json")]
print(time.perf_counter() - started)
"""
_GIB = 1024**3
_RUNS = 3
_PAIR_SECONDS = 20.0


def load(folder: Path) -> list[Figure]:
    """Reading it, in a process of its own, beside the standard library's parser; medians of three."""
    runs = [json.loads(in_a_process(_LOAD, str(folder))) for _ in range(_RUNS)]
    found = sorted(runs, key=lambda run: float(run["seconds"]))[_RUNS // 2]
    parse = statistics.median(float(in_a_process(_PARSE, str(folder))) for _ in range(_RUNS))
    size = sum(path.stat().st_size for path in folder.rglob("*.json"))
    what = f"load {found['vpcs']:,} VPCs, {size / 1e6:,.0f} MB"
    peer = f"json.loads of the same files: {parse:.2f} s, ratio {found['seconds'] / parse:.2f}"
    return [
        at_most(what, found["seconds"], 3.0, peer=peer),
        at_most("  … and the most memory that the process had", found["peak"] / _GIB, 1.0, unit="GiB"),
    ]


def page(folder: Path) -> list[Figure]:
    """The HTML page of the whole estate: reading, auditing, drawing, writing."""
    out = folder.with_name(folder.name + ".html")
    started = time.perf_counter()
    size = reports.write_report(out, reports.report(folder, reports.Wanted(), audits.Terms()))
    seconds = time.perf_counter() - started
    out.unlink()
    measured = f"{seconds:,.1f} s, {size / 1e6:,.1f} MB"
    return [Figure(what="report of the large estate, one HTML file", measured=measured)]


def questions(folder: Path) -> list[Figure]:
    """Single questions, and every consumer against every API, on the large estate."""
    snapshot = api.load(folder)
    dice = random.Random(1)
    instances = sorted(snapshot.facts.instances)
    urls = _urls(snapshot)
    vpcs = sorted(snapshot.facts.vpcs)
    clients = [dice.choice(instances) for _ in range(500)]
    reach = a_second(lambda: api.reach(snapshot, dice.choice(clients), dice.choice(clients), api.Flow(port=443)))
    names = [url.partition("//")[2].partition("/")[0] for url in urls]
    resolve = a_second(lambda: api.resolve(snapshot, dice.choice(clients), dice.choice(names)))
    return [
        Figure(what=f"reach between instances of {len(vpcs):,} VPCs", measured=f"{reach:,.0f} a second"),
        Figure(what="resolve of private API names there", measured=f"{resolve:,.0f} a second"),
        _every_pair(snapshot, vpcs, urls, dice),
    ]


def _urls(snapshot: Snapshot) -> list[str]:
    """One URL for each private API: its default name, its first method."""
    return [
        f"https://{each.id}.execute-api.{snapshot.region_of(each.id)}.amazonaws.com/prod/v1/resource-00"
        for each in snapshot.facts.rest_apis.values()
    ]


def _every_pair(snapshot: Snapshot, vpcs: list[str], urls: list[str], dice: random.Random) -> Figure:
    """As many VPCs as fit the time, each against every API, and what all of them would take at that rate."""
    order = dice.sample(vpcs, k=len(vpcs))
    verdicts: Counter[str] = Counter()
    started = time.perf_counter()
    done = 0
    while order and time.perf_counter() - started < _PAIR_SECONDS:
        vpc = order.pop()
        verdicts.update(api.trace(snapshot, vpc, url).verdict for url in urls)
        done += 1
    seconds = time.perf_counter() - started
    said = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(verdicts.items()))
    how = "all traced" if done == len(vpcs) else f"reckoned from {done:,} VPCs"
    what = f"every consumer VPC x every private API: {len(vpcs) * len(urls):,} pairs"
    return at_most(what, seconds * len(vpcs) / done, 10.0, peer=f"{how}: {said}")

"""Figures on a large estate: loading it, and every consumer VPC against every private API."""

import json
import random
import statistics
import time
from pathlib import Path

from figures import Figure, a_second, at_most, in_a_process

from narrowgate import api
from narrowgate.api import audits, reports

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
_PAIRS = """
import json, sys, time
from collections import Counter
from pathlib import Path
from narrowgate import api
from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.collection import without_cycle_search
snapshot = api.load(Path(sys.argv[1]))
apis = {}
for each in snapshot.facts.rest_apis.values():
    host = f"{each.id}.execute-api.{snapshot.region_of(each.id)}.amazonaws.com"
    apis[f"https://{host}/prod/v1/resource-00"] = each.id
vpcs, limit = sorted(snapshot.facts.vpcs), float(sys.argv[2])
verdicts, allowed, done = Counter(), set(), 0
clock = time.process_time
started = clock()
with without_cycle_search():
    for vpc in vpcs:
        for call in api.trace_many(snapshot, [vpc], apis):
            verdict = call.verdict
            verdicts[verdict, call.symptom] += 1
            if verdict == "allowed":
                allowed.add((vpc, apis[call.url]))
        done += 1
        if clock() - started > limit:
            break
judged = clock() - started
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) * 1024
some = vpcs[: done : max(1, done // 50)]
started = clock()
with without_cycle_search():
    for vpc in some:
        for url in apis:
            api.trace(snapshot, vpc, url)
written = (clock() - started) / len(some) / len(apis)
exposed = set()
with without_cycle_search():
    for vpc in vpcs[:done]:
        for each in apis_of_vpc(snapshot, vpc, sockets_of_vpc(snapshot, vpc)):
            verbs, path = each.method.split(", "), each.path.partition(" ")[0]
            if each.state == "open" and each.stage in ("prod", "*") and path in ("/v1/resource-00", "*"):
                if {"GET", "ANY", "*"} & set(verbs):
                    exposed.add((vpc, each.api))
print(json.dumps({
    "vpcs": len(vpcs), "apis": len(apis), "done": done, "judged": judged, "written": written, "peak": peak,
    "verdicts": {f"{verdict}, {symptom}": count for (verdict, symptom), count in verdicts.items()},
    "allowed": len(allowed), "exposed": len(exposed), "missing": len(allowed - exposed),
}))
"""
_GIB = 1024**3
_RUNS = 3
_PAIR_SECONDS = 120.0


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
    clients = [dice.choice(instances) for _ in range(500)]
    reach = a_second(lambda: api.reach(snapshot, dice.choice(clients), dice.choice(clients), api.Flow(port=443)))
    names = [
        f"{each.id}.execute-api.{snapshot.region_of(each.id)}.amazonaws.com"
        for each in snapshot.facts.rest_apis.values()
    ]
    resolve = a_second(lambda: api.resolve(snapshot, dice.choice(clients), dice.choice(names)))
    return [
        Figure(
            what=f"reach between instances of {len(snapshot.facts.vpcs):,} VPCs", measured=f"{reach:,.0f} a second"
        ),
        Figure(what="resolve of private API names there", measured=f"{resolve:,.0f} a second"),
        *_every_pair(folder),
    ]


def _every_pair(folder: Path) -> list[Figure]:
    """Every VPC against every API, on a snapshot just read; what exposure says of the same calls beside it."""
    found = json.loads(in_a_process(_PAIRS, str(folder), str(_PAIR_SECONDS)))
    pairs = found["vpcs"] * found["apis"]
    how = "all judged" if found["done"] == found["vpcs"] else f"reckoned from {found['done']:,} VPCs"
    said = "; ".join(f"{count:,} {outcome}" for outcome, count in sorted(found["verdicts"].items()))
    held = f"of {found['allowed']:,} allowed pairs {found['missing']:,} are not among its {found['exposed']:,}"
    return [
        at_most(
            f"every consumer VPC x every private API: {pairs:,} pairs",
            found["judged"] * found["vpcs"] / found["done"],
            10.0,
            unit="CPU s",
            peer=f"{how}: {said}",
        ),
        Figure(what="  … and the most memory that the process had", measured=f"{found['peak'] / _GIB:.2f} GiB"),
        Figure(what="  … one of them, written out in full", measured=f"{found['written'] * 1e6:,.0f} CPU µs"),
        Figure(
            what="  … and the calls that exposure lists, of hosts that could be started and of signers too",
            measured=f"{found['exposed']:,} open",
            target="none missing",
            holds=found["missing"] == 0,
            peer=held,
        ),
    ]

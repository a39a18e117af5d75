"""Figures of `exposure` on large estates: every VPC's lists, single questions, and how they grow."""

import json
import tempfile
from pathlib import Path

from estate import write_estate
from figures import Figure, at_most, in_a_process

_ALL = """
import json, sys, time
from pathlib import Path
from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.names.names import names_of_vpc
from narrowgate.exposure.sockets.listing import socket_entries
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.collection import without_cycle_search
from narrowgate.sources.snapshot import load_snapshot
snapshot = load_snapshot(Path(sys.argv[1]))
vpcs, limit = sorted(snapshot.facts.vpcs), float(sys.argv[2])
spent = {"sockets": 0.0, "names": 0.0, "calls": 0.0, "spelled": 0.0}
done = entries = 0
clock = time.process_time
began = clock()
with without_cycle_search():
    for vpc in vpcs:
        started = clock()
        sockets = sockets_of_vpc(snapshot, vpc)
        told = clock()
        names = names_of_vpc(snapshot, vpc, sockets)
        named = clock()
        apis = apis_of_vpc(snapshot, vpc, sockets)
        called = clock()
        entries += len(socket_entries(snapshot, sockets, vpc)) + len(names.private) + len(apis)
        spent["sockets"] += told - started
        spent["names"] += named - told
        spent["calls"] += called - named
        spent["spelled"] += clock() - called
        done += 1
        if clock() - began > limit:
            break
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({"vpcs": len(vpcs), "done": done, "entries": entries, "peak": peak} | spent))
"""
_EDIT = """
import json, sys, time
from pathlib import Path
import msgspec
from narrowgate.exposure.apis.apis import apis_of_vpc
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.exposure.names.names import names_of_vpc
from narrowgate.exposure.reuse.earlier import continue_from
from narrowgate.exposure.sockets.sockets import sockets_of_vpc
from narrowgate.model.collection import without_cycle_search
from narrowgate.repair.change import Change, Edit, apply_changes
from narrowgate.sources.snapshot import load_snapshot
def answer(snapshot):
    started = time.process_time()
    with without_cycle_search():
        for vpc in sorted(snapshot.facts.vpcs):
            sockets = sockets_of_vpc(snapshot, vpc)
            names_of_vpc(snapshot, vpc, sockets)
            apis_of_vpc(snapshot, vpc, sockets)
    return time.process_time() - started
before = load_snapshot(Path(sys.argv[1]))
scratch = answer(before)
group = [each for each in before.facts.security_groups.values() if each.group_name == "service-03"][37]
edit = Edit("security_groups", group.group_id, msgspec.structs.replace(group, ip_permissions=()))
after = apply_changes(before, (Change(kind="edit", resource="", text="", commands=(), edits=(edit,)),))
started = time.process_time()
earlier = continue_from(after, before)
reused = time.process_time() - started + answer(after)
started = time.process_time()
evaluate_diff(before, after)
diff = time.process_time() - started
print(json.dumps({"scratch": scratch, "reused": reused, "diff": diff, "work": earlier.work}))
"""
_GIB = 1024**3
_LIMIT = 240.0
_CURVE = (100, 300, 1000, 3000)


def every_vpc(folder: Path) -> list[Figure]:
    """Every VPC's names, sockets and calls, after load; the rest is reckoned where time runs out."""
    found = json.loads(in_a_process(_ALL, str(folder), str(_LIMIT)))
    seconds = sum(found[each] for each in ("sockets", "names", "calls")) * found["vpcs"] / found["done"]
    parts = ", ".join(
        f"{each} {found[each] * found['vpcs'] / found['done']:.1f} s"
        for each in ("sockets", "names", "calls", "spelled")
    )
    how = "" if found["done"] == found["vpcs"] else f", reckoned from {found['done']:,}"
    what = f"exposure of each of {found['vpcs']:,} VPCs, every private API among it"
    return [
        at_most(what, seconds, 10.0, unit="CPU s", peer=f"{parts} beside; {found['entries']:,} entries{how}"),
        Figure(what="  … and the most memory that the process had", measured=f"{found['peak'] / _GIB:.2f} GiB"),
    ]


def after_an_edit(folder: Path) -> list[Figure]:
    """The same after an edit of one group, with what can be taken over; and what `diff` takes for both."""
    found = json.loads(in_a_process(_EDIT, str(folder)))
    work = ", ".join(f"{count:,} {what}" for what, count in found["work"].items()) or "nothing"
    ratio = found["scratch"] / found["reused"]
    return [
        Figure(
            what="exposure of every VPC again, after an edit of one group",
            measured=f"{found['reused']:.2f} CPU s",
            peer=f"from scratch: {found['scratch']:.2f} s, ratio {ratio:.1f}; anew: {work}",
        ),
        Figure(what="  … and the difference, spelled out", measured=f"{found['diff']:.2f} CPU s"),
    ]


def curve(seed: int, largest: int) -> list[Figure]:
    """The same on estates up to a size: the time for each VPC must not grow with their number."""
    figures = []
    for vpcs in (*(each for each in _CURVE if each < largest), largest):
        with tempfile.TemporaryDirectory(prefix="narrowgate-curve-") as made:
            write_estate(Path(made), vpcs, seed)
            found = json.loads(in_a_process(_ALL, made, str(_LIMIT)))
        seconds = sum(found[each] for each in ("sockets", "names", "calls"))
        each = f"{seconds / found['done'] * 1e6:,.0f} µs a VPC, {found['peak'] / _GIB:.2f} GiB"
        figures.append(Figure(what=f"  … of {vpcs:,} VPCs", measured=f"{seconds:.2f} CPU s", peer=each))
    return figures

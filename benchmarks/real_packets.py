"""The lab: the guide's estate up, its checks by packets, down; larger ones; two side by side; a random network."""

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from estate import write_estate
from figures import Figure, at_most, process_seconds

from narrowgate.lab.doctor import examine
from narrowgate.lab.state import State

ROOT = Path(__file__).resolve().parent.parent
_GUIDE = ROOT / "examples" / "guide" / "snapshot"
_HOST, _NAME = "requester-host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
_NETWORKS, _PAIRS = 20, 12
_LARGE = ((50, 5.0), (150, 30.0))
"""VPCs, and the seconds that they may take; an endpoint, instances and six subnets in each."""
_GIB = 1 << 30


def packets() -> list[Figure]:
    """Nothing where no lab can run."""
    if not all(each.holds for each in examine()):
        return []
    with tempfile.TemporaryDirectory(prefix="narrowgate-lab-") as made:
        os.environ["XDG_RUNTIME_DIR"] = made
        figures = [*_guide(), *_side_by_side(), _compared()]
        for vpcs, seconds in _LARGE:
            folder = Path(made) / f"estate-{vpcs}"
            write_estate(folder, vpcs, 1)
            figures += _large(folder, vpcs, seconds)
    return [*figures, at_most("lab: a random network, 12 connections", _networks(), 0.25)]


@contextmanager
def _running(source: Path, name: str) -> Iterator[tuple[State, float]]:
    """A lab, and the seconds until it answered."""
    from narrowgate.api.labs import start_lab
    from narrowgate.lab.process import stop

    started = time.perf_counter()
    state = start_lab(source, name)
    took = time.perf_counter() - started
    try:
        yield state, took
    finally:
        stop(state)


def _guide() -> list[Figure]:
    """Up in a process of its own; then ten checks with the tools of this machine, and down."""
    from narrowgate.lab.shell import run_in
    from narrowgate.lab.state import find_host

    command = [sys.executable, "-m", "narrowgate", "lab"]
    up = process_seconds(["sh", "-c", f"{' '.join(command)} up {_GUIDE} && {' '.join(command)} down"], runs=3)
    down = process_seconds([*command, "down"], runs=3)
    checks = [
        ("dig", "+short", _NAME),
        ("nslookup", _NAME),
        ("getent", "hosts", _NAME),
        *[("curl", "-s", "-o", os.devnull, f"https://{_NAME}/prod/orders")] * 6,
        ("curl", "-s", "-o", os.devnull, f"https://{_NAME}/prod/nothing"),
    ]
    with _running(_GUIDE, "ten") as (state, took):
        started = time.perf_counter()
        host = find_host(state, _HOST)
        statuses = {_silently(partial(run_in, state, host, each)) for each in checks}
        assert statuses == {0}, statuses
        beginning = time.perf_counter()
    checked, ended = beginning - started, time.perf_counter() - beginning
    return [
        at_most("lab: the guide's estate up, within a process", took, 1.0),
        at_most("  … `narrowgate lab up` as a cold process", up - down, 1.0),
        at_most("  … ten checks with dig, nslookup, getent and curl, and down", checked + ended, 3.0),
    ]


def _silently(work: Callable[[], int]) -> int:
    """The result of work whose children write nothing here."""
    kept, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        return work()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(null)


def _side_by_side() -> list[Figure]:
    with _running(_GUIDE, "one") as (_, first), _running(_GUIDE, "two") as (_, second):
        return [at_most("lab: a second one beside the first", second, max(1.0, 3 * first))]


def _compared() -> Figure:
    from narrowgate.api.labs import ask_packets

    started = time.perf_counter()
    answer = ask_packets(ROOT / "examples" / "guide" / "narrowgate.yaml")
    took = time.perf_counter() - started
    return at_most(f"lab: up, {len(answer.compared)} checks by packets and by the engine, down", took, 10.0)


def _large(folder: Path, vpcs: int, seconds: float) -> list[Figure]:
    with _running(folder, f"large-{vpcs}") as (state, took):
        status = Path(f"/proc/{state.process}/status").read_text().splitlines()
        peak = next(int(each.split()[1]) * 1024 for each in status if each.startswith("VmHWM"))
        spaces = len(list(Path(f"/proc/{state.process}/fd").iterdir()))
    return [
        at_most(f"lab: {vpcs} VPCs up, {spaces:,} namespaces and sockets", took, seconds),
        at_most("  … the most memory of its process", peak / _GIB, 1.0, unit="GiB"),
    ]


def _networks() -> float:
    """Seconds for one network of the differential test, on the mean of some."""
    from narrowgate.lab.observe import Query, observe

    sys.path.insert(0, str(ROOT))
    random_estate = importlib.import_module("tests.differential.random_estates").RandomEstate
    started = time.perf_counter()
    for seed in range(_NETWORKS):
        estate = random_estate(seed)
        snapshot = estate.snapshot()
        addresses = [snapshot.facts.network_interfaces[each].private_ip_address for each in estate.interfaces]
        observe(
            snapshot,
            [
                Query(client=estate.hosts[0], kind="reach", target=f"{addresses[n % len(addresses)]}:443")
                for n in range(_PAIRS)
            ],
        )
    return (time.perf_counter() - started) / _NETWORKS

"""The lab: the guide's estate up, its checks by packets, down; and a random network."""

import importlib
import sys
import time
from pathlib import Path

from figures import Figure, at_most

from narrowgate.lab.doctor import examine

ROOT = Path(__file__).resolve().parent.parent
_NETWORKS, _PAIRS = 20, 12


def packets() -> list[Figure]:
    """Nothing where no lab can run."""
    if not all(each.holds for each in examine()):
        return []
    from narrowgate.api.labs import ask_packets

    started = time.perf_counter()
    answer = ask_packets(ROOT / "examples" / "guide" / "narrowgate.yaml")
    took = time.perf_counter() - started
    checks = f"lab: up, {len(answer.compared)} checks by packets and by the engine, down"
    return [at_most(checks, took, 10.0), at_most("lab: a random network, 12 connections", _networks(), 0.25)]


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

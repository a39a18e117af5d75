"""Kill labs at random moments, and see that nothing stays: `python benchmarks/lab_kills.py --kills 10 --seed 1`.

Each time a lab is started as a process of its own and killed, parent and lab, or interrupted, after a random part
of two seconds. Then another one has to come up and go down; the folder of labs has to be empty, the host as it
was, and no process of a lab alive. These are the commands that a person types.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "examples" / "guide" / "snapshot"
LONGEST = 2.0


def main() -> int:
    """Kill, look, say; 1 where something stayed."""
    parser = argparse.ArgumentParser(description="Kill labs at random moments.")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.kills):
            seconds = moments.uniform(0, LONGEST)
            sign = (signal.SIGKILL, signal.SIGINT)[number % 2]
            found = list(stayed(Path(folder), seconds, sign))
            print(f"{sign.name} after {seconds:.2f} s: {'; '.join(found) or 'nothing stays'}", flush=True)
            if found:
                return 1
    return 0


def stayed(folder: Path, seconds: float, sign: signal.Signals) -> Iterator[str]:
    """What is left of a lab that got a signal so long after its start; nothing, if all is well."""
    before = host()
    starting = _lab(folder, "up", str(GUIDE))
    time.sleep(seconds)
    if sign is signal.SIGKILL:
        for process in (starting.pid, *labs_of(folder)):
            _signal(process, sign)
    else:
        _signal(starting.pid, sign)
    starting.communicate(timeout=60)
    if sign is signal.SIGKILL:
        _wait_for_the_end(folder)
    else:
        # Interrupted once it was ready, it runs: that is what was asked for.
        _done(folder, "down", "--all")
    if labs_of(folder):
        yield f"processes {labs_of(folder)}"
    up = _done(folder, "up", str(GUIDE), "--name", "after")
    if up.returncode:
        yield f"another does not come up: {up.stderr}"
    _done(folder, "down", "--all")
    left = [str(each) for each in folder.glob("narrowgate-lab-*/*")]
    if left:
        yield f"files {left}"
    if host() != before:
        yield "the host is not as it was"


def host() -> tuple[str, ...]:
    """Links, routes and mounts of this machine."""
    links = sorted(line.partition(":")[0].strip() for line in Path("/proc/self/net/dev").read_text().splitlines())
    return ("\n".join(links), *(Path(f"/proc/self/{each}").read_text() for each in ("net/route", "mounts")))


def labs_of(folder: Path) -> list[int]:
    """Processes that speak into a file of this folder: labs have their output there."""
    found = []
    for each in Path("/proc").iterdir():
        if each.name.isdecimal():
            try:
                place = str((each / "fd" / "1").readlink())
            except OSError:
                continue
            if place.startswith(f"{folder}/"):
                found.append(int(each.name))
    return found


def _wait_for_the_end(folder: Path) -> None:
    for _ in range(100):
        if not labs_of(folder):
            return
        for process in labs_of(folder):
            _signal(process, signal.SIGKILL)
        time.sleep(0.05)


def _signal(process: int, sign: signal.Signals) -> None:
    try:
        os.kill(process, sign)
    except ProcessLookupError:
        return


def _lab(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "narrowgate", "lab", *arguments],
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _done(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    process = _lab(folder, *arguments)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


if __name__ == "__main__":
    raise SystemExit(main())

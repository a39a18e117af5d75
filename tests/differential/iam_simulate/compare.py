"""Compare narrowgate with `@cloud-copilot/iam-simulate` on random policies and requests of common IAM.

    python -m tests.differential.iam_simulate.compare --pairs 20000

The simulator (AGPL) is installed by npm into a temporary folder and runs as a process of its own. A difference is
explained only by a named class, and only if both agree once what the class is about is taken out of the case.
"""

import argparse
import copy
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.differential.iam_simulate.random_cases import Case

from narrowgate.engine.policy.authorize import authorize
from narrowgate.engine.policy.quick import decide
from narrowgate.engine.policy.request_json import request_from
from narrowgate.engine.policy.scalars import read_address, read_network

RUNNER = Path(__file__).parent / "runner.mjs"
PACKAGE = "@cloud-copilot/iam-simulate@0.1.173"
WORDS = {"Allowed": "allowed", "ExplicitlyDenied": "explicit_deny", "ImplicitlyDenied": "implicit_deny"}


def _statements(policies: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in policies.values():
        for document in value if isinstance(value, list) else [value]:
            yield from document["Statement"]


def without_steps(case: Case) -> None:
    """API Gateway asks the endpoint policy first and stops; the simulator looks for a deny everywhere at once."""
    case.policies.pop("endpoint_policy", None)


def without_other_family(case: Case) -> None:
    """POL-09: IPv4 and IPv6 never match, so NotIpAddress holds; the simulator takes it for false."""
    found = read_address(case.given.get("aws:VpcSourceIp", ""))
    for statement in _statements(case.policies):
        for operator, keys in list(statement.get("Condition", {}).items()):
            values = keys.get("aws:VpcSourceIp", [])
            networks = [read_network(value) for value in (values if isinstance(values, list) else [values])]
            if "IpAddress" in operator and found and any(n and n[0] != found[0] for n in networks):
                keys.pop("aws:VpcSourceIp")


def without_variables(case: Case) -> None:
    """What a missing variable does to a negated operator is not documented; 2008 has no variables."""
    for statement in _statements(case.policies):
        for name in ("Resource", "NotResource"):
            if name in statement:
                values = statement[name] if isinstance(statement[name], list) else [statement[name]]
                statement[name] = [value for value in values if "${" not in value] or ["arn:aws:s3:::nothing"]
        for keys in statement.get("Condition", {}).values():
            for key, values in keys.items():
                listed = values if isinstance(values, list) else [values]
                keys[key] = [value for value in listed if "${" not in value] or ["nothing"]


def without_not_principal(case: Case) -> None:
    """An account in NotPrincipal spares all of its callers (POL-25); the simulator wants each spelled out."""
    for statement in _statements(case.policies):
        if "NotPrincipal" in statement:
            statement["Principal"] = statement.pop("NotPrincipal")


def without_session_policies(case: Case) -> None:
    """ORG-03: no session policy limits what the very session, or anybody, is granted; the simulator's does."""
    case.policies.pop("session_policies", None)


CLASSES: dict[str, Callable[[Case], None]] = {
    "order of steps": without_steps,
    "address family": without_other_family,
    "policy variables": without_variables,
    "NotPrincipal": without_not_principal,
    "session policies": without_session_policies,
}


def install(folder: Path) -> Path:
    """Install the simulator into a folder; returns the folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm")
    command = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


def simulate(cases: list[Case], folder: Path) -> tuple[list[str], float]:
    """The simulator's decisions, and the seconds that it spent deciding."""
    lines = "".join(json.dumps({"id": case.number, "simulation": case.simulation}) + "\n" for case in cases)
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, str(RUNNER), str(folder)], input=lines, capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    seconds = sum(answer["nanoseconds"] for answer in answers) / 1e9
    return [WORDS.get(answer["result"], json.dumps(answer.get("errors"))) for answer in answers], seconds


def ours(case: Case) -> str:
    """narrowgate's decision."""
    return authorize(request_from(case.request)).decision.value


def compare(pairs: int, seed: int, folder: Path) -> tuple[Counter[str], list[Case], dict[str, float]]:
    """Differences by class, the cases that no class explains, and what both took."""
    cases = [Case(number, random.Random(f"{seed}/{number}")) for number in range(pairs)]
    theirs, their_seconds = simulate(cases, folder)
    requests = [request_from(case.request) for case in cases]
    started = time.perf_counter()
    for request in requests:
        decide(request)
    speed = {"theirs": pairs / their_seconds, "ours": pairs / (time.perf_counter() - started)}
    different = [case for case, their in zip(cases, theirs, strict=True) if ours(case) != their]
    explained: Counter[str] = Counter()
    # One class at a time first; only then several at once, so that a class cannot hide behind another.
    attempts = {**{name: [change] for name, change in CLASSES.items()}, "several of these": [*CLASSES.values()]}
    for name, changes in attempts.items():
        changed = [_changed(case, changes) for case in different]
        again, _ = simulate(changed, folder) if changed else ([], 0.0)
        agree = [ours(case) == their for case, their in zip(changed, again, strict=True)]
        explained[name] += sum(agree)
        different = [case for case, settled in zip(different, agree, strict=True) if not settled]
    return explained, different, speed


def _changed(case: Case, changes: list[Callable[[Case], None]]) -> Case:
    changed = copy.deepcopy(case)
    for change in changes:
        change(changed)
    return changed


def main() -> int:
    """Print the comparison; 1 where a difference stays unexplained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--modules", type=Path, help="a folder where the simulator is installed already")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.modules or install(Path(temporary))
        explained, unexplained, speed = compare(arguments.pairs, arguments.seed, folder)
    print(f"{arguments.pairs} pairs, {sum(explained.values()) + len(unexplained)} differ")
    for name, count in explained.items():
        print(f"  {count:6} {name}")
    print(f"  {len(unexplained):6} unexplained")
    print(f"decisions a second: narrowgate {speed['ours']:.0f}, iam-simulate {speed['theirs']:.0f}")
    for case in unexplained[:5]:
        print(json.dumps(case.request), file=sys.stderr)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())

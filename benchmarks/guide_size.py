"""Figures on the guide's estate: a cold process, questions on a loaded snapshot, and `ask`."""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any

from figures import Figure, a_second, at_least, at_most, process_seconds

from narrowgate import api
from narrowgate.api.ask import answer_questions
from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import BILLING, CLIENT, ORDERS, Guide, build_guide
from narrowgate.guide.folder import snapshot_of, write_snapshot
from narrowgate.model.snapshot import Snapshot

_QUESTIONS = 10_000


def cold_trace() -> list[Figure]:
    """The whole process, from the shell's point of view."""
    command = str(Path(sys.executable).parent / "narrowgate")
    guide = build_guide()
    with tempfile.TemporaryDirectory() as folder:
        write_snapshot(guide.estate, Path(folder))
        seconds = process_seconds([command, "trace", folder, "--from", CLIENT, guide.url])
    bare = process_seconds([sys.executable, "-c", "pass"])
    peer = f"python alone: {bare:.2f} s"
    return [at_most("trace of the guide, whole process, cold", seconds, 0.4, peer=peer)]


def loaded() -> list[Figure]:
    """Questions of each kind in turn, on one snapshot that stays loaded."""
    guide = build_guide()
    snapshot = snapshot_of(guide.estate)
    traces = _in_turn(_traces(snapshot, guide))
    different = _different(snapshot, guide)
    fresh = a_second(lambda: _fresh_trace(guide), seconds=1.0)
    reaches = _in_turn(
        [
            partial(api.reach, snapshot, CLIENT, to, api.Flow(port=port))
            for to in (guide.endpoint, "10.0.1.53", guide.api.host)
            for port in (443, 53, 5432)
        ]
    )
    names = (
        f"{ORDERS}.execute-api.us-east-1.amazonaws.com",
        "db.corp.internal",
        "example.com",
        guide.alias_url[8:-12],
    )
    resolves = _in_turn(
        [partial(api.resolve, snapshot, client, name) for name in names for client in (CLIENT, guide.api.host)]
    )
    return [
        at_least("traces on a loaded snapshot, six kinds in turn", a_second(traces), 2000),
        at_least("  … no two alike: another address and path each time", a_second(different), 2000),
        Figure(what="  … each on a snapshot built anew from responses", measured=f"{fresh:,.0f} a second"),
        Figure(what="reach on a loaded snapshot", measured=f"{a_second(reaches):,.0f} a second"),
        Figure(what="resolve on a loaded snapshot", measured=f"{a_second(resolves):,.0f} a second"),
    ]


def ask() -> list[Figure]:
    """A mixed file of questions about the working form and five broken ones, some of them nonsense."""
    with tempfile.TemporaryDirectory() as folder:
        lines = list(_questions(Path(folder)))
        started = time.perf_counter()
        answers = [json.loads(answer) for answer in answer_questions(lines, source=Path(folder) / "working")]
        seconds = time.perf_counter() - started
    crashes = sum("internal error" in answer.get("error", {}).get("message", "") for answer in answers)
    errors = sum("error" in answer for answer in answers)
    return [
        Figure(
            what=f"ask, {len(answers):,} mixed questions of six sources",
            measured=f"{len(answers) / seconds:,.0f} a second",
            target="no crash",
            holds=crashes == 0 and len(answers) == _QUESTIONS,
            peer=f"{errors:,} answered with an error, as they should",
        )
    ]


def _in_turn(functions: list[Callable[[], Any]]) -> Callable[[], Any]:
    turn = cycle(functions)
    return lambda: next(turn)()


def _traces(snapshot: Snapshot, guide: Guide) -> list[Callable[[], Any]]:
    header = f"x-apigw-api-id: {ORDERS}"
    billing = guide.url.replace(ORDERS, BILLING)
    calls: list[tuple[str, str, tuple[str, ...]]] = [
        (guide.url, "GET", ()),
        (f"{guide.url}/17", "GET", ()),
        (guide.url, "POST", ()),
        (guide.alias_url, "GET", ()),
        (guide.endpoint_url, "GET", (header,)),
        (billing, "GET", ()),
    ]
    return [
        partial(api.trace, snapshot, CLIENT, url, method=method, headers=headers) for url, method, headers in calls
    ]


def _different(snapshot: Snapshot, guide: Guide) -> Callable[[], Any]:
    """Traces from the free addresses of the requester's subnets, each with a path of its own."""
    hosts = [f"10.1.{subnet}.{last}" for last in range(60, 250) for subnet in (1, 2)]
    number = count()

    def ask_another() -> Any:
        own = next(number)
        return api.trace(snapshot, hosts[own % len(hosts)], f"{guide.url}/{own}")

    return ask_another


def _fresh_trace(guide: Guide) -> None:
    api.trace(snapshot_of(guide.estate), CLIENT, guide.url)


def _questions(folder: Path) -> Iterator[bytes]:
    guide = build_guide()
    write_snapshot(guide.estate, folder / "working")
    sources = ["working"]
    for name in list(VARIATIONS)[::16][:5]:
        write_snapshot(VARIATIONS[name].make().guide.estate, folder / name)
        sources.append(name)
    dice = random.Random(1)
    kinds: list[dict[str, Any]] = [
        {"ask": "trace", "from": CLIENT, "url": guide.url},
        {"ask": "trace", "from": guide.requester.vpc, "url": guide.alias_url, "method": "POST"},
        {"ask": "reach", "from": CLIENT, "to": "10.0.1.10", "port": 443},
        {"ask": "reach", "from": guide.requester.subnets[1], "to": "10.0.1.53", "port": 53, "protocol": "udp"},
        {"ask": "resolve", "from": CLIENT, "name": guide.url[8:].partition("/")[0]},
        {"ask": "resolve", "from": guide.api.vpc, "name": "reports.corp.internal", "type": "AAAA"},
        {"ask": "resolve", "from": CLIENT, "name": "db.corp.internal", "server": "10.0.1.53"},
        {"ask": "trace", "from": "nobody", "url": guide.url},
        {"ask": "reach", "from": CLIENT, "to": "10.0.1.10", "port": 99999},
        {"ask": "dance"},
    ]
    for number in range(_QUESTIONS):
        kind = dice.choices(kinds, weights=[20, 10, 15, 10, 20, 10, 10, 2, 2, 1])[0]
        source = str(folder / dice.choice(sources))
        yield json.dumps({"id": number, "source": source, **kind}).encode()

"""Ask many questions of packets in a lab of their own, which is gone when the answers are there."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from narrowgate.lab.child import in_child
from narrowgate.lab.folders import claim, remove
from narrowgate.lab.kernel.spaces import LabError, enter_user_namespace
from narrowgate.lab.plan.internet import INTERNET
from narrowgate.lab.plan.types import Port
from narrowgate.lab.probe import Observed, Prober, Wanted
from narrowgate.lab.world import World
from narrowgate.model.snapshot import Snapshot


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One question to packets: `call` a URL, `reach` an address and port, or `resolve` a name."""

    client: str
    """A host by interface, instance, subnet or address."""
    kind: str
    target: str
    record_type: str = "A"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    source_port: int = 0
    principal: str | None = None


class Observation(msgspec.Struct, frozen=True):
    """What came of all questions, in their order, and what the lab does not have."""

    answers: tuple[tuple[Observed, ...], ...]
    left_out: tuple[tuple[str, str], ...]


def observe(snapshot: Snapshot, queries: Sequence[Query]) -> Observation:
    """Build a lab, ask, take it down.

    Raises:
        LabError: the kernel refuses, or a question names a host that the lab does not have.
    """
    # A name that no lab of a person has; the lock says whose folder it is, should this process be killed.
    folder, lock = claim(f".{os.getpid()}-{time.monotonic_ns()}")

    def work(tell: Callable[[bytes], None]) -> None:
        enter_user_namespace()
        tell(msgspec.msgpack.encode(asyncio.run(_observe(snapshot, folder, queries))))

    try:
        return msgspec.msgpack.decode(in_child(work), type=Observation)
    finally:
        os.close(lock)
        remove(folder)


async def _observe(snapshot: Snapshot, folder: Path, queries: Sequence[Query]) -> Observation:
    signers = tuple(each.principal for each in queries if each.principal is not None)
    world = World(snapshot, folder, signers, in_a_hurry=True)
    await world.start()
    try:
        prober = Prober(world)
        answers = []
        for query in queries:
            port = world.plan.port(query.client)
            if port is None:
                way_out = "no VPC has an internet gateway" if query.client == INTERNET else ""
                raise LabError(f"the lab has no host `{query.client[:60]}`", help=way_out)
            answers.append(await ask(prober, port, query))
        return Observation(tuple(answers), world.plan.left_out)
    finally:
        await world.stop()


async def ask(prober: Prober, port: Port, query: Query) -> tuple[Observed, ...]:
    """One question from one host."""
    match query.kind:
        case "call":
            wanted = Wanted(
                client=query.client,
                url=query.target,
                method=query.method,
                headers=query.headers,
                source_port=query.source_port,
                principal=query.principal,
            )
            return await prober.call(port, wanted)
        case "resolve":
            return await prober.resolve(port, query.target, query.record_type)
        case _:
            address, _, number = query.target.rpartition(":")
            return (await prober.reach(port, address.strip("[]"), int(number), source_port=query.source_port),)

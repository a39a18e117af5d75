"""A lab as a process: started behind, waited for, stopped; everything goes with it, whatever ends it."""

import asyncio
import os
import resource
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from narrowgate.lab.child import in_child
from narrowgate.lab.control import Control
from narrowgate.lab.folders import claim, remove, sweep
from narrowgate.lab.integrations.mapping import Integration
from narrowgate.lab.integrations.relay import Relay
from narrowgate.lab.kernel.spaces import LabError, enter_user_namespace
from narrowgate.lab.plan.breakable import breakable
from narrowgate.lab.plan.internet import INTERNET, PUBLIC_CLIENT, PUBLIC_DNS
from narrowgate.lab.probe import name_servers
from narrowgate.lab.state import Reachable, State, started_at, write_state
from narrowgate.lab.world import World
from narrowgate.model.fact import name_tag
from narrowgate.model.snapshot import Snapshot


def start(
    snapshot: Snapshot,
    name: str,
    *,
    source: str,
    principals: Sequence[str] = (),
    calls: Sequence[tuple[str, str, str]] = (),
    names: dict[str, str] | None = None,
    integrations: Sequence[Integration] = (),
) -> State:
    """Start a lab in the background; returns when it answers.

    Args:
        snapshot: the estate.
        name: what the lab is called.
        source: where the estate was read from, for people.
        principals: who gets an access key.
        calls: examples of a host, a URL and who signs, for people.
        names: further names of hosts, by interface, instance or subnet.
        integrations: what stands behind APIs, the closest first.

    Raises:
        InputError: a lab of that name runs already, or its folder cannot be written.
        LabError: the kernel or `nft` refuses; nothing is left behind.
    """
    sweep()
    folder, lock = claim(name)

    def live(tell: Callable[[bytes], None]) -> None:
        os.setsid()
        _detach_output(folder)
        # The relay stays where this process is now: what it is not told here, no lab can reach (decision 0006).
        addresses = [each.authority for each in integrations if each.authority is not None]
        relay = Relay(addresses) if addresses else None
        enter_user_namespace()
        world = World(snapshot, folder, tuple(principals), integrations=integrations, relay=relay)
        asyncio.run(_serve(world, name, source, calls, names or {}, tell))

    try:
        outcome = in_child(live, waits_for_end=False)
    except BaseException:
        remove(folder)
        raise
    finally:
        os.close(lock)
    return msgspec.json.decode(outcome, type=State)


async def _serve(
    world: World,
    name: str,
    source: str,
    calls: Sequence[tuple[str, str, str]],
    names: dict[str, str],
    tell: Callable[[bytes], None],
) -> None:
    _raise_limits()
    await world.start()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    state = State(
        name=name,
        folder=str(world.folder),
        source=source,
        process=os.getpid(),
        started=started_at(os.getpid()) or "",
        hosts=tuple(_hosts(world, names)),
        keys=tuple((each.access_key, each.secret, each.principal) for each in world.keys),
        calls=tuple(calls),
        left_out=world.plan.left_out,
        breakable=breakable(world.plan, world.snapshot),
        integrations=tuple(each.text for each in world.integrations.mappings),
    )
    control = Control(world, state)
    await control.start()
    write_state(state)
    tell(msgspec.json.encode(state))
    await ended.wait()
    control.close()
    await world.stop()
    remove(world.folder)


def _hosts(world: World, names: dict[str, str]) -> list[Reachable]:
    facts = world.snapshot.facts
    found = []
    for port in world.plan.ports:
        if port.service not in ("", "instance"):
            continue
        router = next(each for each in world.plan.routers if each.label == port.vpc)
        called = [
            names.get(port.owner),
            names.get(port.label),
            names.get(port.subnet) if not port.groups else None,
        ]
        instance, subnet, vpc = (
            facts.instances.get(port.owner),
            facts.subnets.get(port.subnet),
            facts.vpcs.get(port.vpc),
        )
        called += [name_tag(each.tags) for each in (instance, subnet) if each is not None]
        called += [port.owner, port.label, port.subnet]
        # A VPC's name stands for the first of its hosts.
        called += [name_tag(vpc.tags), port.vpc] if vpc is not None else []
        found.append(
            Reachable(
                names=tuple(dict.fromkeys(each for each in called if each)),
                address=port.addresses[0],
                descriptor=world.spaces.descriptor(port.name),
                servers=name_servers(world, router),
                host_name=port.host_name or port.name,
            )
        )
    found += [
        Reachable(
            names=(INTERNET,),
            address=PUBLIC_CLIENT,
            descriptor=world.spaces.descriptor(hub.name),
            servers=(PUBLIC_DNS,),
            host_name=INTERNET,
        )
        for hub in world.plan.hubs
        if hub.label == INTERNET
    ]
    return found


def stop(state: State, *, seconds: float = 5.0) -> None:
    """Stop a lab, and wait until it is gone.

    Raises:
        LabError: it does not end.
    """
    try:
        watched = os.pidfd_open(state.process)
    except ProcessLookupError:
        return
    try:
        if started_at(state.process) != state.started:
            return
        signal.pidfd_send_signal(watched, signal.SIGTERM)
        if not _ended(watched, seconds):
            signal.pidfd_send_signal(watched, signal.SIGKILL)
            if not _ended(watched, seconds):
                raise LabError(f"the lab's process {state.process} does not end")
    finally:
        os.close(watched)
        remove(Path(state.folder))


def _ended(watched: int, seconds: float) -> bool:
    import select

    return bool(select.select([watched], [], [], seconds)[0])


def _detach_output(folder: Path) -> None:
    """Speak into a file from now on: whoever started the lab wants the terminal back."""
    log = os.open(folder / "lab.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _raise_limits() -> None:
    """A large lab holds a descriptor for each namespace and socket."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

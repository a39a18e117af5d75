"""What a running lab says of itself in its folder, so that other commands find it."""

from pathlib import Path

import msgspec

from narrowgate.lab.folders import sweep
from narrowgate.model.errors import InputError, UnknownNameError

_FILE = "lab.json"


class Reachable(msgspec.Struct, frozen=True):
    """A host of the lab that a person can enter: names for it, its address, its namespace's descriptor."""

    names: tuple[str, ...]
    address: str
    descriptor: int
    servers: tuple[str, ...]
    host_name: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A running lab; `started` is the process's start time, so that a reused process id is not taken for it."""

    name: str
    folder: str
    source: str
    process: int
    started: str
    hosts: tuple[Reachable, ...]
    keys: tuple[tuple[str, str, str], ...] = ()
    """Access key, secret and principal."""
    calls: tuple[tuple[str, str, str], ...] = ()
    """Examples of a host, a URL that it can call, and who signs (empty: nobody)."""
    left_out: tuple[tuple[str, str], ...] = ()
    breakable: dict[str, dict[str, tuple[str, ...]]] = {}
    """What `break` takes: by kind and name (see `plan.breakable`)."""
    broken: tuple[str, ...] = ()
    """What is broken now, in words."""
    integrations: tuple[str, ...] = ()
    """What stands behind APIs, as the person said it."""


def started_at(process: int) -> str | None:
    """When a process started, in the kernel's own ticks; None where there is none, or only what awaits burial."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return None


def labs() -> tuple[State, ...]:
    """Labs that run; folders of those that died are removed on the way."""
    found = []
    for folder in sweep():
        try:
            state = msgspec.json.decode((folder / _FILE).read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            # Another lab that is just starting, or questions in a lab of their own.
            continue
        if started_at(state.process) == state.started:
            found.append(state)
    return tuple(found)


def find_lab(name: str | None) -> State:
    """A running lab by name, or the only one.

    Raises:
        InputError: none runs, none has that name, or several run and no name was given.
    """
    running = labs()
    if name is not None:
        found = next((each for each in running if each.name == name), None)
        if found is None:
            known = [each.name for each in running]
            raise UnknownNameError("lab", name[:40], known, otherwise=f"running: {', '.join(known) or 'none'}")
        return found
    if not running:
        raise InputError("no lab is running", help="start one with `narrowgate lab up SOURCE`")
    if len(running) > 1:
        names = ", ".join(each.name for each in running)
        raise InputError("several labs are running", help=f"name one with --name: {names}")
    return running[0]


def write_state(state: State) -> None:
    """Say that a lab is ready; written beside and renamed."""
    folder = Path(state.folder)
    beside = folder / f".{_FILE}"
    beside.write_bytes(msgspec.json.encode(state))
    beside.replace(folder / _FILE)


def find_host(state: State, text: str) -> Reachable:
    """A host by id, name, subnet or address.

    Raises:
        InputError: the lab has none of that name.
    """
    found = [each for each in state.hosts if text in each.names or text == each.address]
    if not found:
        known = [name for each in state.hosts for name in (*each.names, each.address)]
        some = ", ".join(sorted({each.names[0] for each in state.hosts})[:8])
        raise UnknownNameError("host", text[:60], known, otherwise=f"the lab has {some}")
    return found[0]

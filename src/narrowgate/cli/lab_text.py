"""What a running lab has, for a person: its hosts, keys, and calls to try."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from narrowgate.lab.state import State
from narrowgate.report.steps import section
from narrowgate.report.style import Style, clean

_SHOWN = 30
_NAMES = 3
"""How many names of a host are listed; all of them are understood."""


def describe(state: State, style: Style, *, verbose: bool = False) -> str:
    """A lab in a few lines."""
    return "\n".join(_lines(state, style, verbose))


def _lines(state: State, style: Style, verbose: bool) -> Iterator[str]:
    yield f"{style.strong(state.name)}: {len(state.hosts)} hosts  {style.dim(state.source)}"
    shown = state.hosts if verbose else state.hosts[:_SHOWN]
    yield from section(
        "Hosts", (f"  {each.address:<16} {clean(', '.join(each.names[:_NAMES]))}" for each in shown), style
    )
    if len(shown) < len(state.hosts):
        yield style.dim(f"  and {len(state.hosts) - len(shown)} more: -v shows all")
    yield from section("Broken", (f"  {clean(each)}" for each in state.broken), style)
    yield from section("Keys", (f"  {key} {clean(principal)}" for key, _, principal in state.keys), style)
    yield from section("Integrations", (f"  {clean(each)}" for each in state.integrations), style)
    name = f" --name {state.name}" if state.name != "lab" else ""
    yield from section("Try", (clean(f"  narrowgate lab shell{name}{each}") for each in _calls(state)), style)
    folder = Path(state.folder)
    logs = (f"  {folder / each}" for each in ("flow.log", "query.jsonl", "access.jsonl"))
    yield from section("Logs", logs, style)
    yield from section("Not in the lab", (f"  {clean(what)}: {clean(why)}" for what, why in state.left_out), style)


def _calls(state: State) -> Iterator[str]:
    """Calls as they are typed; one that is signed takes the key from the host's environment."""
    for host, url, principal in state.calls:
        if not principal:
            yield f" {shlex.quote(host)} -- curl -sv {shlex.quote(url)}"
            continue
        region = url.split(".")[2] if ".execute-api." in url else "REGION"
        key = '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
        command = f"curl -sv --aws-sigv4 aws:amz:{region}:execute-api --user {key} {shlex.quote(url)}"
        yield f" --as {shlex.quote(principal)} {shlex.quote(host)} -- sh -c {shlex.quote(command)}"

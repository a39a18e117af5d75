"""What a running lab has, for a person: its hosts, keys, and calls to try."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from narrowgate.lab.state import State
from narrowgate.report.steps import section
from narrowgate.report.style import Style, clean

_SHOWN = 30


def describe(state: State, style: Style, *, verbose: bool = False) -> str:
    """A lab in a few lines."""
    return "\n".join(_lines(state, style, verbose))


def _lines(state: State, style: Style, verbose: bool) -> Iterator[str]:
    yield f"{style.strong(state.name)}: {len(state.hosts)} hosts  {style.dim(state.source)}"
    shown = state.hosts if verbose else state.hosts[:_SHOWN]
    yield from section("Hosts", (f"  {each.address:<16} {clean(', '.join(each.names))}" for each in shown), style)
    if len(shown) < len(state.hosts):
        yield style.dim(f"  and {len(state.hosts) - len(shown)} more: -v shows all")
    yield from section("Broken", (f"  {clean(each)}" for each in state.broken), style)
    yield from section("Keys", (f"  {key} {clean(principal)}" for key, _, principal in state.keys), style)
    yield from section("Integrations", (f"  {clean(each)}" for each in state.integrations), style)
    name = f" --name {state.name}" if state.name != "lab" else ""
    calls = (
        f"  narrowgate lab shell{name} {shlex.quote(host)} -- curl -sv {shlex.quote(url)}"
        for host, url in state.calls
    )
    yield from section("Try", map(clean, calls), style)
    folder = Path(state.folder)
    logs = (f"  {folder / each}" for each in ("flow.log", "query.jsonl", "access.jsonl"))
    yield from section("Logs", logs, style)
    yield from section("Not in the lab", (f"  {clean(what)}: {clean(why)}" for what, why in state.left_out), style)

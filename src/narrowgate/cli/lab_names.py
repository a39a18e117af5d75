"""Names of a running lab on the command line: completed in the shell, ports and protocols read."""

import re

import click
from click.shell_completion import CompletionItem

from narrowgate.lab.plan.faults import Fault, Kind
from narrowgate.lab.state import State, find_lab, labs
from narrowgate.model.errors import NarrowgateError

PROTOCOLS = {"all": None, "icmp": 1, "tcp": 6, "udp": 17}
DIRECTIONS = {"in": ("in",), "out": ("out",), "both": ("in", "out")}
_HIGHEST_PORT = 65535
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


class PortRange(click.ParamType[tuple[int, int]]):
    """`443`, or `1024-65535`."""

    name = "port"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Two numbers, the lower first."""
        low, _, high = str(value).partition("-")
        if not (low.isdecimal() and (high or low).isdecimal()):
            self.fail(f"`{value}` is no port and no range such as 1024-65535", param, ctx)
        found = (int(low), int(high or low))
        if not 0 <= found[0] <= found[1] <= _HIGHEST_PORT:
            self.fail(f"`{value}` is no range of ports", param, ctx)
        return found


def narrowed(
    kind: str | None, protocol: str | None, ports: tuple[int, int] | None, direction: str | None
) -> Fault:
    """What of a filter is to be broken, from the options; other kinds take none of them.

    Raises:
        click.UsageError: the kind has no protocol, ports or direction; or ports without a protocol that has any.
    """
    if kind not in (Kind.ACL, Kind.GROUP) and (protocol or ports or direction):
        raise click.UsageError("--protocol, --port and --direction are for `acl` and `group`")
    if ports is not None and protocol in ("all", "icmp"):
        raise click.UsageError(f"{protocol} has no ports")
    number = PROTOCOLS[protocol or ("tcp" if ports is not None else "all")]
    return Fault(
        kind=Kind.ACL, target="", name="", protocol=number, ports=ports, ways=DIRECTIONS[direction or "both"]
    )


def complete_lab(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """Labs that run."""
    return _beginning(begun, [each.name for each in _quietly_all()])


def complete_host(context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """Hosts of the lab."""
    state = _quietly(context)
    return _beginning(
        begun, [name for each in state.hosts for name in each.names if " " not in name] if state else []
    )


def complete_kind(context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """What can be broken: kinds, and names that need no kind."""
    state = _quietly(context)
    names = [name for each in state.breakable.values() for name in each] if state is not None and begun else []
    return _beginning(begun, [*Kind, *names])


def complete_breakable(context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of the kind that was given."""
    state = _quietly(context)
    names = state.breakable.get(context.params.get("kind") or "", {}) if state is not None else {}
    return _beginning(begun, names)


def complete_broken(context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of what is broken."""
    state = _quietly(context)
    return _beginning(begun, [broken_name(each) for each in state.broken] if state is not None else [])


def checked_name(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """A name that a folder can have."""
    if value is not None and not _NAME.fullmatch(value):
        raise click.BadParameter("a lab's name has lower-case letters, digits and hyphens, 30 at most")
    return value


lab_option = click.option(
    "--name",
    callback=checked_name,
    metavar="NAME",
    shell_complete=complete_lab,
    help="Which lab, where several are running.",
)


def broken_name(text: str) -> str:
    """The name in the words for a fault (`acl api-a: tcp 443 in`)."""
    return text.partition(" ")[2].split(": ")[0]


def _quietly(context: click.Context) -> State | None:
    try:
        return find_lab(context.params.get("name"))
    except NarrowgateError:
        return None


def _quietly_all() -> tuple[State, ...]:
    try:
        return labs()
    except NarrowgateError:
        return ()


def _beginning(begun: str, names: "list[str] | dict[str, tuple[str, ...]]") -> list[CompletionItem]:
    return [CompletionItem(each) for each in sorted(set(names)) if each.startswith(begun)]

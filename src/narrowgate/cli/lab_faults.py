"""`narrowgate lab break` and `mend`."""

import click
import msgspec

from narrowgate.cli.lab_names import (
    DIRECTIONS,
    PROTOCOLS,
    PortRange,
    broken_name,
    complete_breakable,
    complete_broken,
    complete_kind,
    lab_option,
    narrowed,
)
from narrowgate.lab.plan.faults import Kind
from narrowgate.lab.state import State, find_lab
from narrowgate.model.errors import UnknownNameError


@click.command(name="break")
@click.argument("kind", metavar="[KIND]", shell_complete=complete_kind)
@click.argument("what", required=False, metavar="NAME", shell_complete=complete_breakable)
@click.option(
    "--protocol", type=click.Choice(sorted(PROTOCOLS)), help="Of an ACL or group; tcp where a port is given."
)
@click.option("--port", "ports", type=PortRange(), metavar="PORT|FROM-TO", help="Of an ACL or group.")
@click.option("--direction", type=click.Choice(list(DIRECTIONS)), help="Of an ACL or group; both unless told.")
@lab_option
def break_(
    kind: str,
    what: str | None,
    *,
    protocol: str | None,
    ports: tuple[int, int] | None,
    direction: str | None,
    name: str | None,
) -> None:
    r"""Break a link, a route, a rule, a zone; then see what the caller sees.

    \b
    KIND is one of:
      link         a peering, an attachment or an internet gateway: its routes become blackholes
      interface    an interface, or all of an instance, endpoint or NAT gateway
      address      whoever has the address
      subnet       everything in a subnet
      endpoint-az  the interfaces of an endpoint in one zone (ENDPOINT/ZONE), or of all endpoints there (ZONE)
      resolver-ip  one address of a Resolver endpoint
      route        one route of a table (TABLE/BLOCK): a blackhole
      acl          a deny before all entries of an ACL, or of one subnet's own
      group        rules of a security group taken away
    Without KIND the first that knows the name. Names are ids, Name tags and addresses; the shell completes them.

    \b
    Examples:
      narrowgate lab break link pcx-0a1b2c3d
      narrowgate lab break acl api-a --port 443 --direction in
      narrowgate lab break 10.0.1.10
    """
    from narrowgate.lab.plan.breakable import find_fault

    chosen = kind if what is not None else None
    if chosen is not None and chosen not in set(Kind):
        raise UnknownNameError("kind", chosen[:40], Kind, otherwise=f"one of {', '.join(Kind)}")
    state = find_lab(name)
    narrowing = narrowed(chosen, protocol, ports, direction)
    _order(state, "break", find_fault(state.breakable, chosen, what or kind, narrowed=narrowing))


@click.command()
@click.argument("names", nargs=-1, metavar="[[KIND] NAME]", shell_complete=complete_broken)
@lab_option
def mend(names: tuple[str, ...], *, name: str | None) -> None:
    r"""Bring back what `break` took down; without NAME everything.

    \b
    Example:
      narrowgate lab mend
    """
    state = find_lab(name)
    wanted = " ".join(names)
    chosen = [each for each in state.broken if wanted in ("", broken_name(each), each.split(": ")[0], each)]
    if wanted and not chosen:
        known = [broken_name(each) for each in state.broken]
        broken = ", ".join(state.broken) or "nothing"
        raise UnknownNameError("fault", wanted[:60], known, otherwise=f"broken: {broken}")
    _order(state, "mend", chosen)


def _order(state: State, do: str, what: object) -> None:
    from narrowgate.lab.orders import send_order

    click.echo(send_order(state, do, msgspec.to_builtins(what)))

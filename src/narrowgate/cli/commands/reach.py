"""`narrowgate reach`."""

from pathlib import Path

import click

from narrowgate import api
from narrowgate.cli.notes import noted
from narrowgate.cli.options import question_options, source_argument
from narrowgate.cli.output import finish, terminal_style
from narrowgate.report.reach import render_reach


@click.command(name="reach")
@source_argument
@question_options
@click.option(
    "--to",
    "target",
    required=True,
    metavar="TARGET",
    help="An interface, instance, load balancer, interface endpoint or address. Names belong to `trace`.",
)
@click.option("--port", required=True, type=click.IntRange(0, 65535), metavar="N", help="Destination port.")
@click.option(
    "--protocol", type=click.Choice(["tcp", "udp"], case_sensitive=False), default="tcp", show_default=True
)
@click.option(
    "--client-ports",
    metavar="A-B",
    help="The client's source ports (default 1024-65535; a known platform narrows it).",
)
@click.option(
    "--ip-version", type=click.Choice(["4", "6"]), help="Address family (default: whichever both ends have)."
)
def command(
    source: Path,
    *,
    client: str,
    security_groups: tuple[str, ...],
    assume_complete: bool,
    output_format: str,
    verbose: bool,
    target: str,
    port: int,
    protocol: str,
    client_ports: str | None,
    ip_version: str | None,
) -> None:
    r"""Can CLIENT open a socket to TARGET, there and back?

    \b
    Examples:
      narrowgate reach ./snapshot --from web-1 --to vpce-0a1b2c3d --port 443
      narrowgate reach ./snapshot --from subnet-0a1b2c3d --to 10.0.1.20 --port 53 --protocol udp
    """
    snapshot = noted(api.load(source, assume_complete=assume_complete))
    answer = api.reach(
        snapshot,
        client,
        target,
        api.Flow(port=port, protocol=protocol, client_ports=client_ports, ip_version=ip_version),
        security_groups=security_groups,
    )
    finish(answer, render_reach(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)

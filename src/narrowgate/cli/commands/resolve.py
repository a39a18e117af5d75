"""`narrowgate resolve`."""

from pathlib import Path

import click

from narrowgate import api
from narrowgate.cli.notes import noted
from narrowgate.cli.options import question_options, source_argument
from narrowgate.cli.output import finish, terminal_style
from narrowgate.report.resolve import render_resolve


@click.command(name="resolve")
@source_argument
@click.argument("name")
@question_options
@click.option(
    "--type", "record_type", default="A", show_default=True, metavar="TYPE", help="Record type to ask for."
)
@click.option("--server", metavar="ADDRESS", help="Ask this DNS server instead of the client's own.")
def command(
    source: Path,
    name: str,
    *,
    client: str,
    security_groups: tuple[str, ...],
    assume_complete: bool,
    output_format: str,
    verbose: bool,
    record_type: str,
    server: str | None,
) -> None:
    r"""What does CLIENT get when it asks for NAME, and why?

    \b
    Examples:
      narrowgate resolve ./snapshot --from web-1 a1b2c3d4e5.execute-api.us-east-1.amazonaws.com
      narrowgate resolve ./snapshot --from vpc-0a1b2c3d db.corp.internal --type AAAA
      narrowgate resolve ./snapshot --from web-1 db.corp.internal --server 10.0.1.20
    """
    snapshot = noted(api.load(source, assume_complete=assume_complete))
    answer = api.resolve(snapshot, client, name, record_type, server=server, security_groups=security_groups)
    finish(answer, render_resolve(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)

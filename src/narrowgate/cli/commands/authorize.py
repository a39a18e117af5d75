"""`narrowgate authorize`."""

from pathlib import Path

import click

from narrowgate import api
from narrowgate.cli.options import format_option, verbose_option
from narrowgate.cli.output import finish, terminal_style
from narrowgate.report.authorize import render_authorize

_FILE = click.Path(path_type=Path)


@click.command(name="authorize")
@click.option("--request", required=True, type=_FILE, metavar="FILE", help="The request (see docs/authorize.md).")
@click.option("--resource-policy", type=_FILE, metavar="FILE", help="The API's policy.")
@click.option("--endpoint-policy", type=_FILE, metavar="FILE", help="The VPC endpoint's policy.")
@click.option(
    "--identity-policy",
    "identity_policies",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="A policy of the caller (repeatable).",
)
@format_option
@verbose_option
def command(
    *,
    request: Path,
    resource_policy: Path | None,
    endpoint_policy: Path | None,
    identity_policies: tuple[Path, ...],
    output_format: str,
    verbose: bool,
) -> None:
    r"""Would policies let this request of a private API through, and which statement decides?

    \b
    Example:
      narrowgate authorize --request request.json --resource-policy api.json --endpoint-policy endpoint.json
    """
    answer = api.authorize(
        api.Document.read(request),
        resource_policy=api.Document.read(resource_policy) if resource_policy else None,
        endpoint_policy=api.Document.read(endpoint_policy) if endpoint_policy else None,
        identity_policies=[api.Document.read(path) for path in identity_policies],
    )
    finish(answer, render_authorize(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)

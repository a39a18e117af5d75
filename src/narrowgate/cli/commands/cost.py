"""`narrowgate cost`."""

from pathlib import Path

import click

from narrowgate.api import costs
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.options import prices_option, verbose_option
from narrowgate.cli.output import terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.report.cost import render_cost, render_cost_markdown
from narrowgate.report.json import to_json
from narrowgate.report.style import clean


@click.command(name="cost")
@click.argument("design", type=SourcePath(), metavar="DESIGN")
@click.option(
    "--via",
    metavar="OPTION",
    help="The way to connect; without it the one that the design names, else the recommended one.",
)
@prices_option
@click.option(
    "--refresh",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="First ask the AWS Price List API for the prices of the design's Regions, and keep them in FILE.",
)
@click.option("--profile", metavar="NAME", help="With --refresh: the profile whose credentials to use.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for machines, Markdown for documents.",
)
@verbose_option
def command(
    design: Path,
    *,
    via: str | None,
    prices: Path | None,
    refresh: Path | None,
    profile: str | None,
    output_format: str,
    verbose: bool,
) -> None:
    r"""What does a month cost, and who pays?

    Every line is a quantity times a unit price, fixed or by use, with the month in which the price was seen. Logs
    stand apart. A price that is not known for a Region is told by name, and no other Region's is put in its place.

    \b
    Examples:
      narrowgate cost examples/guide/narrowgate.yaml
      narrowgate cost examples/guide/narrowgate.yaml --via resolver
      narrowgate cost narrowgate.yaml --refresh prices.json --profile network
      narrowgate cost narrowgate.yaml --prices prices.json --format markdown
    """
    if refresh is not None:
        _tell(costs.refresh(design, refresh, prices=prices, profile=profile), refresh, verbose=verbose)
        prices = refresh
    answer = costs.cost(design, via=via, prices=prices)
    if output_format == "json":
        text = to_json(answer)
    elif output_format == "markdown":
        text = render_cost_markdown(answer)
    else:
        text = render_cost(answer, terminal_style(), verbose=verbose)
    click.echo(text, nl=not text.endswith("\n"))
    raise click.exceptions.Exit(int(exit_code(answer.verdict)))


def _tell(refreshed: costs.Refreshed, path: Path, *, verbose: bool) -> None:
    """What AWS told, on the other channel: the bill itself stays alone on this one."""
    missing = len(refreshed.missing)
    click.echo(f"{refreshed.found} prices from AWS, {missing} not told: {path}; use it with --prices", err=True)
    for line in refreshed.missing if verbose else ():
        click.echo(f"  {clean(line)}", err=True)

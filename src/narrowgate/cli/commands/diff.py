"""`narrowgate diff`."""

from pathlib import Path

import click

from narrowgate.api import exposures
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.options import assume_complete_option, markdown_format_option, verbose_option
from narrowgate.cli.output import print_json, terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.model.collection import without_cycle_search
from narrowgate.report.exposure import render_diff
from narrowgate.report.exposure_markdown import render_diff_markdown


@click.command(name="diff")
@click.argument("before", type=SourcePath(), metavar="BEFORE")
@click.argument("after", type=SourcePath(), metavar="AFTER")
@assume_complete_option
@markdown_format_option
@verbose_option
def command(before: Path, after: Path, *, assume_complete: bool, output_format: str, verbose: bool) -> None:
    r"""What does a change open, close and break?

    BEFORE and AFTER are any two sources. Every VPC's exposure is computed for both and compared: names, ports and
    calls, not resources. Resources whose ids differ are matched by their names, blocks and services.

    \b
    Examples:
      narrowgate diff ./snapshot-monday ./snapshot-friday
      narrowgate diff ./snapshot narrowgate.yaml --format markdown

    Status 1: something is opened or broken. Status 3: something may be.
    """
    with without_cycle_search():
        answer = exposures.diff(before, after, assume_complete=assume_complete)
        if output_format == "json":
            print_json(answer)
        elif output_format == "markdown":
            click.echo(render_diff_markdown(answer), color=True)
        else:
            click.echo(render_diff(answer, terminal_style(), verbose=verbose), color=True)
    raise click.exceptions.Exit(int(exit_code(answer.verdict)))

"""`narrowgate diff`."""

from pathlib import Path

import click

from narrowgate.api import exposures
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.options import assume_complete_option, markdown_format_option, verbose_option
from narrowgate.cli.output import terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.report.exposure import render_diff
from narrowgate.report.exposure_markdown import render_diff_markdown
from narrowgate.report.json import to_json


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
    answer = exposures.diff(before, after, assume_complete=assume_complete)
    if output_format == "json":
        text = to_json(answer)
    elif output_format == "markdown":
        text = render_diff_markdown(answer)
    else:
        text = render_diff(answer, terminal_style(), verbose=verbose)
    click.echo(text, color=True)
    raise click.exceptions.Exit(int(exit_code(answer.verdict)))

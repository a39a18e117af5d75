"""`narrowgate check`."""

from pathlib import Path

import click

from narrowgate.api import designs
from narrowgate.cli.options import format_option, prices_option, verbose_option
from narrowgate.cli.output import finish, terminal_style
from narrowgate.report.compare import render_check


@click.command(name="check")
@click.argument("design", type=click.Path(path_type=Path), metavar="DESIGN")
@format_option
@prices_option
@verbose_option
def command(design: Path, *, prices: Path | None, output_format: str, verbose: bool) -> None:
    r"""Does everything hold that a design promises?

    Every call that `may_call` allows is traced, and every line of `expect`, by the option that the design names
    (`via`), else by the recommended one. Fails when one does not hold, and is undecided when one cannot be told.

    \b
    Examples:
      narrowgate check narrowgate.yaml
      narrowgate check narrowgate.yaml --format json
    """
    answer = designs.check(design, prices)
    finish(answer, render_check(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)

"""`narrowgate compare`."""

from pathlib import Path

import click

from narrowgate.api import designs
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.options import prices_option, verbose_option
from narrowgate.cli.output import terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.report.compare import render_compare
from narrowgate.report.compare_html import render_compare_html
from narrowgate.report.compare_markdown import render_compare_markdown
from narrowgate.report.json import to_json


@click.command(name="compare")
@click.argument("design", type=SourcePath(), metavar="DESIGN")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for machines, Markdown and HTML for documents.",
)
@prices_option
@verbose_option
def command(design: Path, *, prices: Path | None, output_format: str, verbose: bool) -> None:
    r"""Which way to connect, and why? Every option, judged by the engine on the resources that it would add.

    Each option is built on paper and traced: whether it works, which names, sockets and API methods it opens, what
    it breaks, what it costs, who has to act. Then a recommendation with its reasons, and what would change it.

    \b
    Examples:
      narrowgate compare examples/guide/narrowgate.yaml
      narrowgate compare narrowgate.yaml --verbose
      narrowgate compare narrowgate.yaml --format markdown > options.md
    """
    answer = designs.compare(design, prices)
    if output_format == "json":
        text = to_json(answer)
    elif output_format == "markdown":
        text = render_compare_markdown(answer)
    elif output_format == "html":
        text = render_compare_html(answer)
    else:
        text = render_compare(answer, terminal_style(), verbose=verbose)
    click.echo(text, nl=not text.endswith("\n"))
    raise click.exceptions.Exit(int(exit_code(answer.verdict)))

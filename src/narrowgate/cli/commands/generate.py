"""`narrowgate generate`."""

from pathlib import Path

import click

from narrowgate.api import generate as api
from narrowgate.cli.options import format_option
from narrowgate.cli.output import finish, terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.model.answer import Verdict
from narrowgate.report.generate import render_generate

_READ_AGAIN = ("terraform", "cloudformation")


@click.command(name="generate")
@click.argument("form", type=click.Choice(sorted(api.FORMATS)), metavar="terraform|cloudformation|runbook")
@click.argument("design", type=SourcePath(), metavar="DESIGN")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where the files go.")
@click.option("--via", metavar="OPTION", help="The way to connect, in place of the design's own.")
@click.option(
    "--despite",
    multiple=True,
    metavar="NAME",
    help="What may fail or be undecided: an expectation's sentence, a consumer, a constraint (repeatable).",
)
@click.option("--force", is_flag=True, help="Overwrite generated files that somebody has edited.")
@format_option
def command(
    form: str,
    design: Path,
    *,
    out: Path,
    via: str | None,
    despite: tuple[str, ...],
    force: bool,
    output_format: str,
) -> None:
    r"""Write a design as Terraform, CloudFormation, or a runbook for hands.

    Every call that `may_call` allows and every line of `expect` is traced first, on the very resources that are
    written. Nothing is written when one fails or cannot be told, unless it is named with --despite. Files of your
    own in DIR are never touched; generated files that you edited are not overwritten without --force.

    \b
    Examples:
      narrowgate generate terraform narrowgate.yaml --out infra
      narrowgate generate runbook narrowgate.yaml --out runbook --via hosted-zone
      narrowgate generate cloudformation narrowgate.yaml --out stacks --despite "web must call GET status/status"
    """
    answer = api.generate(design, form, out, via=via, despite=despite, force=force)
    # Files with ids to fill in are a part of an estate only: nothing could be judged by them alone.
    if answer.verdict is Verdict.ALLOWED and form in _READ_AGAIN and not answer.to_fill_in:
        values = "".join(f" --parameter {name}=…" for name in api.variables_to_tell(form, out))
        click.echo(f"next: narrowgate check {out} --design {design}{values}", err=True)
    finish(answer, render_generate(answer, terminal_style()), answer.verdict, output_format)

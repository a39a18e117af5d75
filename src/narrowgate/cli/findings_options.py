"""Options of verbs that ask the audit; apart from the others, since a trace has no use for the audit's words."""

from pathlib import Path

import click

from narrowgate.cli.options import F
from narrowgate.model.finding import Severity


def findings_options(function: F) -> F:
    """Which findings of the audit count: for every verb that fails because of some."""
    file = click.Path(path_type=Path)
    for decorate in (
        click.option("--baseline", type=file, metavar="FILE", help="Findings that were there before."),
        click.option("--suppressions", type=file, metavar="FILE", help="Findings that are accepted."),
        click.option(
            "--fail-on",
            type=click.Choice([*(str(each) for each in Severity), "none"]),
            default="high",
            show_default=True,
            help="The least grave finding that makes the check fail.",
        ),
    ):
        function = decorate(function)
    return function

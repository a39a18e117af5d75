"""How answers leave: text for people with colour on a terminal only, JSON for machines."""

import os
import sys
from typing import NoReturn

import click

from narrowgate.cli.exit_codes import exit_code
from narrowgate.model.answer import Record, Verdict
from narrowgate.report.json import json_parts, to_json
from narrowgate.report.style import Style


def terminal_style() -> Style:
    """Colour on a terminal that wants it: never in a pipe, never with `NO_COLOR` or a dumb terminal."""
    wanted = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return Style(is_coloured=wanted or os.environ.get("FORCE_COLOR") not in (None, "", "0"))


def finish(answer: Record, text: str, verdict: Verdict, output_format: str) -> NoReturn:
    """Print an answer and leave with its status."""
    # Whether there is colour was decided with the text: click must not strip it again.
    click.echo(to_json(answer) if output_format == "json" else text, color=True)
    raise click.exceptions.Exit(int(exit_code(verdict)))


def print_json(answer: Record) -> None:
    """Print an answer with long lists as JSON, part by part."""
    sys.stdout.flush()
    output = sys.stdout.buffer
    output.writelines(json_parts(answer))
    output.write(b"\n")
    output.flush()

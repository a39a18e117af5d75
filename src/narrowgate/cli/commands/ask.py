"""`narrowgate ask`."""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

from narrowgate.api.ask import answer_questions
from narrowgate.cli.notes import noted
from narrowgate.cli.options import assume_complete_option
from narrowgate.cli.paths import SourcePath


@click.command(name="ask")
@click.argument("source", type=SourcePath(), metavar="[SOURCE]", required=False)
@click.option(
    "--questions",
    required=True,
    type=click.File("rb", lazy=False),
    metavar="FILE.jsonl",
    help="Questions, one JSON object a line; `-` reads standard input and answers line by line.",
)
@assume_complete_option
def command(source: Path | None, *, questions: BinaryIO, assume_complete: bool) -> None:
    r"""Answer many questions of one or more sources, one JSON answer a line, in order.

    A question is {"id": ..., "ask": "resolve|reach|trace|authorize", ...} with the verb's options as fields, and
    `source` where it differs from SOURCE. A question that fails answers with an `error` object.

    \b
    Examples:
      narrowgate ask ./snapshot --questions questions.jsonl > answers.jsonl
      echo '{"id": 1, "ask": "resolve", "from": "web-1", "name": "db.corp.internal"}' |
        narrowgate ask ./snapshot --questions -
    """
    base = (
        Path(questions.name).parent
        if questions is not sys.stdin.buffer and questions.name != "<stdin>"
        else Path()
    )
    started = time.perf_counter()
    count = 0
    output = sys.stdout.buffer
    answers = answer_questions(
        _lines(questions), source=source, assume_complete=assume_complete, base=base, tell=noted
    )
    for answer in answers:
        output.write(answer + b"\n")
        output.flush()
        count += 1
    seconds = time.perf_counter() - started
    rate = f"{count / seconds:,.0f} a second" if seconds > 0 else "at once"
    click.echo(f"{count:,} questions answered in {seconds:.1f} s ({rate})", err=True)


def _lines(stream: BinaryIO) -> Iterable[bytes]:
    """Line by line as they come: iterating a buffered pipe would wait for a block."""
    return iter(stream.readline, b"")

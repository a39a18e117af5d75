"""`narrowgate schema`."""

import click

from narrowgate.report.schema import SCHEMAS, json_schema


@click.command(name="schema")
@click.argument("verb", type=click.Choice(sorted(SCHEMAS)))
def command(verb: str) -> None:
    r"""Print the JSON Schema of what VERB answers with `--format json`.

    \b
    Example:
      narrowgate schema trace > narrowgate.trace.schema.json
    """
    click.echo(json_schema(verb))

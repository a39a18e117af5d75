"""`narrowgate schema`."""

import click

from narrowgate.api import designs
from narrowgate.report.json import to_json
from narrowgate.report.schema import SCHEMAS, json_schema

_DESIGN = "design"


@click.command(name="schema")
@click.argument("verb", type=click.Choice(sorted([*SCHEMAS, _DESIGN])), metavar="VERB")
def command(verb: str) -> None:
    r"""Print the JSON Schema of what VERB answers with `--format json`, or that of the design file.

    VERB is one that answers JSON, or `design`; any other word shows the list.

    \b
    Examples:
      narrowgate schema trace > narrowgate.trace.schema.json
      narrowgate schema design > narrowgate.design.schema.json
    """
    click.echo(to_json(designs.design_schema()) if verb == _DESIGN else json_schema(verb))

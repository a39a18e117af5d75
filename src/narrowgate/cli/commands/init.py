"""`narrowgate init`."""

from pathlib import Path

import click

from narrowgate import api
from narrowgate.api import designs


@click.command(name="init")
@click.argument("path", type=click.Path(path_type=Path), metavar="[PATH]", default=Path("narrowgate.yaml"))
@click.option(
    "--from",
    "snapshot",
    type=click.Path(path_type=Path),
    metavar="SNAPSHOT",
    help="Take over the VPCs, links, endpoints and APIs of a snapshot.",
)
def command(path: Path, *, snapshot: Path | None) -> None:
    r"""Write a design file to start from. A file that exists is never touched.

    \b
    Examples:
      narrowgate init
      narrowgate init --from ./snapshot estate.yaml
    """
    source = None
    if snapshot is not None:
        source = api.load(snapshot)
        source.label = str(snapshot)
    designs.write_design(path, designs.start_design(source))
    click.echo(f"wrote {path}; next: narrowgate compare {path}", err=True)

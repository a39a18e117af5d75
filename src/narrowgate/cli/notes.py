"""What a source set aside, on stderr: files that nobody understands, views that contradict each other."""

from collections.abc import Iterable

import click

from narrowgate.model.snapshot import Snapshot
from narrowgate.report.style import clean

_AT_MOST = 20


def noted(snapshot: Snapshot) -> Snapshot:
    """Tell what a snapshot's source set aside; the snapshot itself, for the verb to go on with."""
    tell(snapshot.warnings)
    return snapshot


def tell(warnings: Iterable[str]) -> None:
    """Write notes, the first twenty of many."""
    lines = list(warnings)
    for line in lines[:_AT_MOST]:
        click.echo(f"note: {clean(line)}", err=True)
    if len(lines) > _AT_MOST:
        click.echo(f"note: … and {len(lines) - _AT_MOST} more", err=True)

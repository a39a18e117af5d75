"""Paths that a user types: a design's folder stands for the design in it."""

import re
from pathlib import Path
from typing import Any

import click

DESIGN_NAME = "narrowgate.yaml"
"""What `narrowgate init` calls a design."""

_ACCOUNT = re.compile(r"\d{12}")


class SourcePath(click.Path):
    """The path of a source or design; `DIR` is taken as `DIR/narrowgate.yaml` where that is what DIR holds.

    A folder that is a snapshot itself stays one, also with a design beside its accounts.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert what was typed."""
        path = super().convert(value, param, ctx)
        return path / DESIGN_NAME if isinstance(path, Path) and _holds_design(path) else path


def _holds_design(folder: Path) -> bool:
    if not folder.is_dir() or not (folder / DESIGN_NAME).is_file():
        return False
    return not any(_ACCOUNT.fullmatch(each.name) and each.is_dir() for each in folder.iterdir())

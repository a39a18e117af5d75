"""A step of the runbook, and the table of types."""

from collections.abc import Callable
from typing import Any

import msgspec

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.shell import Command
from narrowgate.model.resource import Resource


class Check(msgspec.Struct, frozen=True):
    """A command that shows whether a step worked, and what it has to print."""

    command: Command
    expected: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What one resource takes: commands, a check, how to undo them, and where the console has it."""

    commands: tuple[Command, ...] = ()
    sets: tuple[tuple[str, Any], ...] = ()
    """Variables that commands give nothing for: name and value."""
    check: Check | None = None
    undo: tuple[Command, ...] = ()
    console: str = ""
    note: str = ""


Writer = Callable[[Plan, Resource], Work]

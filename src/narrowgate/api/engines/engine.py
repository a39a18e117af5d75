"""What `deploy` asks of an engine."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from narrowgate.api.collecting import Wish
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.world import World

Say = Callable[[str], None]
"""Told one line of progress."""
Confirm = Callable[[tuple[PlannedChange, ...]], bool]
"""Shown what nobody could foresee when the plan was agreed to; True for yes."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be deployed, and how."""

    design: Path
    target: str
    """`embedded` or `aws`."""
    engine: str = "terraform"
    """`terraform` or `cloudformation`."""
    folder: Path | None = None
    """Where files, state and snapshot stay; None, for the embedded AWS alone, for nowhere."""
    via: str | None = None
    despite: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    """Values of what exists, which the design does not tell."""
    role_arns: Mapping[str, str] = {}
    """Roles to take, by account name or number."""
    force: bool = False
    dry_run: bool = False
    """Whether to stop once it is shown what would change."""
    poll_seconds: float = 5.0
    """How long lies between two questions whether AWS is done."""


class Engine(Protocol):
    """One deployment by one engine.

    Methods raise DeploymentError with the engine's own first error and the way to go on.
    """

    @property
    def wish(self) -> Wish:
        """What to collect afterwards."""

    @property
    def folder(self) -> Path:
        """Where its files are."""

    def plan(self, *, destroy: bool = False) -> tuple[PlannedChange, ...]:
        """What would change; nothing of it is done."""

    def forget(self) -> None:
        """Throw a plan away that nobody wants."""

    def apply(self, confirm: Confirm) -> None:
        """Do what was planned; what the plan could not tell and takes something away is asked of `confirm`."""

    def is_settled(self) -> bool:
        """Whether nothing is left to change."""

    def world(self, snapshot: Snapshot) -> World:
        """The collected estate with what each resource of the plan came to be."""

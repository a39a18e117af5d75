"""Designs as worlds: what the option that they mean would build, and what they mean to be open."""

from pathlib import Path

from narrowgate.api.counterparts import world_in
from narrowgate.api.design_names import spoken_names
from narrowgate.api.designs import load_design, meant_option
from narrowgate.exposure.intent import Intent
from narrowgate.model.design import Design
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.intent import intent_of
from narrowgate.options.option import Option
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.world import World
from narrowgate.sources.resources.build import build_world


def design_snapshot(path: Path) -> Snapshot:
    """A design as a snapshot: its networks, its APIs, and the option that it means.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    return design_world(path)[2].snapshot


def design_world(path: Path) -> tuple[Design, Option, World]:
    """A design, the option that it means, and the world that comes of both.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    design = load_design(path)
    option = meant_option(design, path)
    world = build_world(with_logs(design, option.resources(design)))
    world.snapshot.label = str(path)
    world.snapshot.spoken = spoken_names(world, design, option)
    return design, option, world


def design_intent(path: Path) -> tuple[Snapshot, Intent]:
    """A design as a snapshot, and what it means to be open there.

    Raises:
        InputError: the design cannot be read, or no option may be taken.
    """
    design, option, world = design_world(path)
    return world.snapshot, intent_of(world, design, option)


def intent_against(path: Path, snapshot: Snapshot, source: str) -> Intent:
    """What a design means to be open, in the ids of another source.

    Raises:
        InputError: as `found_in`.
    """
    design, option, world = found_in(path, snapshot, source)
    return intent_of(world, design, option)


def found_in(path: Path, snapshot: Snapshot, source: str) -> tuple[Design, Option, World]:
    """A design, the option that it means, and the same as a world of another source.

    Raises:
        InputError: the design cannot be read, or the source has nothing that it asks about.
    """
    design = load_design(path)
    option = meant_option(design, path)
    resources = option.resources(design)
    return design, option, world_in(snapshot, resources, build_world(resources), source=source)

"""Faults at random in every way to connect: mended, and nothing is open then that was shut in the sound estate."""

from functools import cache
from pathlib import Path
from random import Random

import pytest
from tests.repair.faults import plant

from narrowgate.api.designs import load_design
from narrowgate.api.promises import calls_of
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.registry import find_option
from narrowgate.repair.goal import Goal
from narrowgate.repair.search import search
from narrowgate.sources.resources.build import build_world

EXAMPLES = Path(__file__).parents[2] / "examples"
WAYS = (
    ("custom-domain", "custom-domain"),
    ("guide", "resolver"),
    ("guide", "hosted-zone"),
    ("hub", "host-header"),
    ("hub", "privatelink-alias"),
    ("hub", "profiles"),
    ("hub", "transit-gateway-hosted-zone"),
    ("privatelink", "custom-dns-in-api-vpc"),
    ("privatelink", "privatelink"),
    ("two-accounts", "transit-gateway-resolver"),
    ("two-regions", "resolver-region"),
    ("two-regions", "alias"),
)
SEEDS = range(24)


@cache
def sound(example: str, option: str) -> tuple[Snapshot, tuple[Goal, ...]]:
    """An example built by one way to connect, and every call that it allows."""
    design, way = load_design(EXAMPLES / example / "narrowgate.yaml"), find_option(option)
    world = build_world(way.resources(design))
    goals = tuple({str(each): each for each in calls_of(world, design, way)}.values())
    assert goals
    assert all(each.holds(each.ask(world.snapshot)) for each in goals)
    return world.snapshot, goals


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_at_random_are_mended_and_nothing_else_is_open_then(seed):
    random = Random(seed)
    snapshot, goals = sound(*WAYS[seed % len(WAYS)])
    broken, faults = plant(snapshot, random, 2 + seed % 2)
    found = search(broken, goals)
    assert found.changes is not None, (faults, [cause.text for each in found.answers for cause in each.blocking])
    shown = (faults, [each.text for each in found.changes])
    assert all(goal.holds(goal.ask(found.snapshot)) for goal in goals), shown
    assert len(found.changes) <= len(faults), shown
    assert evaluate_diff(snapshot, found.snapshot).opened == (), shown

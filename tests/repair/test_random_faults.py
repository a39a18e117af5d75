"""Faults at random in every way to connect: mended, and nothing is open then that was shut in the sound estate."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import pytest
from tests.repair.faults import plant

from narrowgate.api.designs import load_design
from narrowgate.api.promises import calls_of
from narrowgate.exposure.diff import evaluate_diff
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.registry import find_option
from narrowgate.repair.change import Change, Edit, apply_changes
from narrowgate.repair.fix import mend
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


def test_a_command_says_its_region_and_which_account_runs_it():
    snapshot, goals = sound("two-accounts", "transit-gateway-resolver")
    (vpc, *_) = (host.vpc_id for goal in goals for host in goal.client_in(snapshot).hosts)
    attached = snapshot.facts.transit_gateway_vpc_attachments.values()
    (own,) = (each.transit_gateway_attachment_id for each in attached if each.vpc_id == vpc)
    lost = Change(kind="fault", resource=own, text="", commands=(), edits=tuple(_without_table(snapshot, own)))
    (step,) = mend(apply_changes(snapshot, (lost,)), goals).changes
    gateway = snapshot.place(next(iter(snapshot.facts.transit_gateways))).account
    assert (step.kind, step.account) == ("gateway_association", snapshot.place(own).account)
    assert step.account != gateway
    assert step.commands[0].endswith(f"# as account {gateway}")
    snapshot, goals = sound("two-regions", "alias")
    broken, _ = plant(snapshot, Random(3), 3)
    for step in mend(broken, goals).changes:
        assert all(f"--region {step.region}" in each for each in step.commands if "aws route53 " not in each)


def _without_table(snapshot: Snapshot, attachment: str) -> Iterator[Edit]:
    facts = snapshot.facts
    for own, held in facts.transit_gateway_associations.items():
        kept = tuple(each for each in held if each.transit_gateway_attachment_id != attachment)
        yield Edit("transit_gateway_associations", own, kept)
    generic = facts.transit_gateway_attachments[attachment]
    yield Edit("transit_gateway_attachments", attachment, msgspec.structs.replace(generic, association=None))
